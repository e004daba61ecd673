"""Connections that keep to the end of a transfer, and say whom they really reached.

httpx limits the wait for each single read; a server that sends one byte a minute, of the header or the body,
would hold a run for days. And a name that was public when a redirect was judged may lead to a private address
when it is connected to. Both can be seen only where the bytes go through. What is asked belongs to `http`,
which redirects are followed to `addresses`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

Seconds = Callable[[], float]
Judge = Callable[[str], None]
LIMITS = {"max_connections": 100, "max_keepalive_connections": 20, "keepalive_expiry": 5.0}  # httpx's own


@dataclass
class TimedStream(httpcore.NetworkStream):
    """A connection whose reads and writes end with the transfer; `left` are its seconds."""

    stream: httpcore.NetworkStream
    left: Seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes as they come; `httpcore.ReadTimeout` where the time is up."""
        return self.stream.read(max_bytes, _within(timeout, self.left(), httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends; `httpcore.WriteTimeout` where the time is up."""
        self.stream.write(buffer, _within(timeout, self.left(), httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection under TLS."""
        limit = _within(timeout, self.left(), httpcore.ConnectTimeout)
        return TimedStream(self.stream.start_tls(ssl_context, server_hostname, limit), self.left)

    def close(self) -> None:
        """Ends it."""
        self.stream.close()

    def get_extra_info(self, info: str) -> Any:
        """What the connection below knows of itself."""
        return self.stream.get_extra_info(info)


@dataclass
class TimedNetwork(httpcore.NetworkBackend):
    """Opens `TimedStream`s; `judge` hears of each address that was reached, and may raise."""

    network: httpcore.NetworkBackend
    left: Seconds
    judge: Judge | None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to a host."""
        limit = _within(timeout, self.left(), httpcore.ConnectTimeout)
        stream = self.network.connect_tcp(host, port, limit, local_address, socket_options)
        reached = stream.get_extra_info("server_addr")
        if self.judge is not None and reached:
            try:
                self.judge(str(reached[0]))
            except BaseException:
                stream.close()
                raise
        return TimedStream(stream, self.left)


@dataclass
class ResponseBytes(httpx.SyncByteStream):
    """A body as it comes, with httpx's errors."""

    stream: Any  # httpcore's: iterated once, then closed

    def __iter__(self) -> Iterator[bytes]:
        with _httpx_errors():
            yield from self.stream

    def close(self) -> None:
        """Gives the connection back."""
        self.stream.close()


class TimedTransport(httpx.BaseTransport):
    """httpx's requests over httpcore's connections, which keep to `left` seconds, read anew each time, and
    give `judge` the address that they reached.

    Proxies are those of the environment; a proxy's address is not judged, since it is not what was asked for.
    """

    def __init__(self, left: Seconds, judge: Judge, context: SSLContext) -> None:
        def network(own_judge: Judge | None) -> TimedNetwork:
            return TimedNetwork(httpcore.SyncBackend(), left, own_judge)

        shared: dict[str, Any] = {"ssl_context": context, **LIMITS}
        self._direct = httpcore.ConnectionPool(network_backend=network(judge), **shared)
        self._proxies = {
            scheme: _proxy_pool(address, network_backend=network(None), **shared)
            for scheme, address in getproxies().items()
            if scheme in ("http", "https", "all")
        }

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request; the body of the answer is still to be read."""
        url = request.url
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _httpx_errors():
            answer = self._pool(url).handle_request(sent)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=ResponseBytes(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Ends all connections."""
        for pool in (self._direct, *self._proxies.values()):
            pool.close()

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        if not self._proxies or proxy_bypass(url.host if url.port is None else f"{url.host}:{url.port}"):
            return self._direct
        return self._proxies.get(url.scheme) or self._proxies.get("all") or self._direct


def _proxy_pool(address: str, **options: Any) -> httpcore.ConnectionPool:
    """Connections through a proxy, its name and password taken from its address."""
    parts = urlsplit(address if "://" in address else f"http://{address}")
    name, password = (unquote(text or "").encode() for text in (parts.username, parts.password))
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    url = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    kind = httpcore.SOCKSProxy if parts.scheme.startswith("socks") else httpcore.HTTPProxy
    return kind(url, proxy_auth=(name, password) if name or password else None, **options)


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """Gives what httpcore raises the name that it has in httpx."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise getattr(httpx, type(error).__name__, httpx.TransportError)(str(error)) from error
    except (httpcore.ProxyError, httpcore.UnsupportedProtocol) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


def _within(timeout: float | None, left: float, kind: type[Exception]) -> float:
    if left <= 0:
        raise kind("the transfer's time is up")
    return left if timeout is None else min(timeout, left)
