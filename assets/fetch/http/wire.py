"""Connections that keep to the end of a transfer, and say whom they really reached.

httpx limits the wait for each single read; a server that sends one byte a minute, of the header or the body,
would hold a run for days. And a name that was public when a redirect was judged may lead to a private address
when it is connected to. Both can be told only where the bytes go through. What is asked belongs to `http`,
which redirects are followed to `addresses`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

Seconds = Callable[[], float]
Judge = Callable[[str], None]


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


def guard_connections(client: httpx.Client, left: Seconds, judge: Judge) -> None:
    """Makes all connections of `client` keep to `left` seconds, read anew each time, and tell `judge` the
    address that they reached; a proxy's is not told, since it is not the one that was asked for.
    """
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            asked = judge if type(pool) is httpcore.ConnectionPool else None
            pool._network_backend = TimedNetwork(pool._network_backend, left, asked)


def _within(timeout: float | None, left: float, kind: type[Exception]) -> float:
    if left <= 0:
        raise kind("the transfer's time is up")
    return left if timeout is None else min(timeout, left)
