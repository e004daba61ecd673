"""The one HTTP client: asks politely, retries what can pass, streams to disk, and trusts no answer.

One request and its answer belong here. How fast one may ask belongs to `limits`, which redirects are
followed to `addresses`, what a body is to `bodies`, files on disk to `partials`, what to ask to connectors.

httpx carries the requests (niquests would put its own urllib3 in the place of the one that others use);
tenacity repeats them.
"""

import json
import logging
import math
import os
import random
import shutil
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx
import orjson
import tenacity

from assets.fetch.errors import (
    BadRedirect,
    CutOff,
    FetchError,
    NotData,
    Refused,
    Throttled,
    TooLarge,
    TooSlow,
    Unreachable,
)
from assets.fetch.http.addresses import (
    Resolve,
    follow_redirect,
    hide_secrets,
    is_private,
    mask_address,
    resolve_host,
)
from assets.fetch.http.bodies import HEAD, check_json, judge_answer
from assets.fetch.http.headers import conditions, is_rest, is_same, retry_after
from assets.fetch.http.limits import RateLimit
from assets.fetch.http.partials import Partial, disk_error, open_partial, open_run, validator_of
from assets.fetch.http.wire import TimedTransport

AGENT = "innoregio/0.1 (regional open data pipeline; +{contact})"
CONTACT = "https://github.com/innoregio/innoregio"  # who to write to, unless INNOREGIO_CONTACT says
MOST_REDIRECTS = 5
IN_MEMORY = 30_000_000  # bytes of an answer that is read whole: JSON, listings, structures
SOURCE_SETTING = "INNOREGIO_SOURCE_SECONDS"  # replaces `RetryPolicy.source`
_VALIDATORS = ("etag", "last-modified", "content-length")


@dataclass(frozen=True)
class RetryPolicy:
    """How long and how much: seconds, tries, bytes."""

    connect: float = 15.0
    read: float = 60.0  # without a byte
    transfer: float = 1800.0  # one answer, from the request to its last byte
    source: float = 1800.0  # all requests about one table, waiting included
    tries: int = 5
    total: float = 3600.0  # all tries of one request, waiting included
    first_wait: float = 1.0  # before the second try; doubles, with jitter
    longest_wait: float = 60.0
    longest_retry_after: float = 600.0  # a server that asks for more is not waited for
    most_bytes: int = 8_000_000_000


@dataclass(frozen=True)
class Answer:
    """An answer on disk. `path` is None where nothing changed (304, or the same length and date)."""

    address: str  # as asked, secrets masked
    status: int
    headers: Mapping[str, str]  # names in lower case
    path: Path | None
    size: int = 0
    sha256: str = ""

    @property
    def validators(self) -> dict[str, str]:
        """What shows next time whether the same file is there: ETag, Last-Modified, length."""
        return {name: self.headers[name] for name in _VALIDATORS if name in self.headers}

    def content(self) -> bytes:
        """The body; for small answers."""
        assert self.path is not None, "an answer that says 'not changed' has no body"
        return self.path.read_bytes()

    def json(self) -> Any:
        """The body as JSON; `CutOff` where it is not."""
        try:
            return orjson.loads(self.content().removeprefix(b"\xef\xbb\xbf"))
        except ValueError as error:
            raise CutOff(f"{self.address}: the JSON is cut off or damaged") from error


@dataclass
class RequestTally:
    """What one thread asked for, so that a source's share can be measured."""

    requests: int = 0
    retries: int = 0
    bytes: int = 0


@dataclass
class HttpClient:
    """Connections, limits and manners of one run; used by many threads. A context manager.

    `folder` takes bodies while they come in. `resolve`, `sleep` and `clock` are replaced in tests.
    """

    folder: Path
    contact: str = CONTACT
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    resolve: Resolve = resolve_host
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    rate_limits: dict[str, RateLimit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        if self.sleep is time.sleep:
            self.sleep = self._sleep
        for name in ("httpx", "httpcore"):  # they write whole addresses, with what is secret in them
            logging.getLogger(name).setLevel(logging.WARNING)
        self._proxies = tuple(p if "://" in p else f"http://{p}" for p in getproxies().values())
        self._local = threading.local()
        self._run = open_run(self.folder)
        self._client = httpx.Client(
            timeout=httpx.Timeout(self.policy.read, connect=self.policy.connect),
            headers={"User-Agent": AGENT.format(contact=self.contact), "Accept": "*/*"},
            follow_redirects=False,
            transport=TimedTransport(
                self._left,
                self._judge_peer,
                _trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
            ),
        )

    def __enter__(self) -> "HttpClient":
        return self

    def __exit__(self, *raised: object) -> None:
        self._client.close()
        shutil.rmtree(self._run, ignore_errors=True)

    def stop(self) -> None:
        """Ends waits and transfers of all threads, with `KeyboardInterrupt` in each."""
        self._stopped.set()

    def _sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise KeyboardInterrupt

    @contextmanager
    def limit_time(self) -> Iterator[None]:
        """What this thread asks for in the block ends within `policy.source` seconds, or `TooSlow` does."""
        self._local.source_deadline = self.clock() + self.policy.source
        try:
            yield
        finally:
            self._local.source_deadline = math.inf

    def rest(self, seconds: float) -> None:
        """Waits; raises `TooSlow` at once where the time for the source would be up before."""
        if seconds > self._source_left():
            limit = f"{self.policy.source:.0f} seconds"
            raise TooSlow(f"not whole within {limit}; fetch again later, or allow more by {SOURCE_SETTING}")
        self.sleep(seconds)

    def _source_left(self) -> float:
        """Seconds that this thread's source may still take."""
        return float(getattr(self._local, "source_deadline", math.inf)) - self.clock()

    def _left(self) -> float:
        """Seconds that this thread's transfer may still take."""
        return float(getattr(self._local, "deadline", math.inf)) - self.clock()

    def _judge_peer(self, reached: str) -> None:
        """Refuses what a redirect led to, where its name was public and its address is not."""
        redirected = getattr(self._local, "redirected", "")
        if redirected and is_private(reached, self.resolve):
            raise BadRedirect(f"{redirected}: redirects to the private address {reached}; not followed")

    @property
    def run_folder(self) -> Path:
        """Where bodies lie until the client is closed."""
        return self._run

    @property
    def tally(self) -> RequestTally:
        """The count of this thread."""
        if not hasattr(self._local, "tally"):
            self._local.tally = RequestTally()
        return self._local.tally  # type: ignore[no-any-return]

    def rate_limit(self, provider: str) -> RateLimit:
        """The provider's limits, shared by all threads; 30 calls in 10 seconds until it says otherwise."""
        return self.rate_limits.setdefault(provider, RateLimit(30, 10.0, self.clock, self.sleep))

    def ask(
        self,
        address: str,
        provider: str,
        *,
        cached: Mapping[str, str] | None = None,
        body: Any = None,
        check: Callable[[Path], None] | None = None,
        most_bytes: int | None = None,
        resume: bool = False,
    ) -> Answer:
        """The answer to GET (or POST of `body` as JSON), on disk until the client is closed.

        `cached` are the validators of the last time: where the server says that nothing changed, or the same
        length and date come again, the answer has no path. `check` judges the file; what it raises counts as
        a failed try. `resume` is for large files: what came is kept, also for the next run, and only the rest
        is asked for. Raises `FetchError`, or `StoreError` where the disk refuses.
        """
        rate_limit, begun = self.rate_limit(provider), self.clock()

        def once() -> Answer:
            if self._stopped.is_set():
                raise KeyboardInterrupt
            try:
                rate_limit.wait(self.rest)
                self.rest(0.0)
            except TooSlow as error:
                raise TooSlow(f"{mask_address(address)}: {error}") from error
            try:
                return self._once(address, cached or {}, body, check, most_bytes, resume)
            except FetchError as error:
                error.args = (hide_secrets(str(error), [address, *self._proxies]),)
                if isinstance(error, Throttled):
                    if error.retry_after is None:
                        error.retry_after = rate_limit.seconds
                    rate_limit.pause(min(error.retry_after, self.policy.longest_retry_after))
                raise

        def wait(state: tenacity.RetryCallState) -> float:
            pause = _stated_wait(state)
            jitter = random.uniform(0, self.policy.first_wait)
            longest = self.policy.longest_wait
            doubled = min(self.policy.first_wait * 2.0 ** (state.attempt_number - 1), longest)
            return (doubled if pause is None else pause) + jitter

        def give_up(state: tenacity.RetryCallState) -> bool:
            pause = _stated_wait(state) or 0.0
            late = self.clock() - begun + pause > self.policy.total
            too_long = pause > self.policy.longest_retry_after or state.upcoming_sleep > self._source_left()
            return late or too_long or state.attempt_number >= self.policy.tries

        def count(state: tenacity.RetryCallState) -> None:
            self.tally.retries += 1

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda e: isinstance(e, FetchError) and e.can_pass),
            wait=wait,
            stop=give_up,
            sleep=self.sleep,
            before_sleep=count,
            reraise=True,
        )(once)

    def ask_json(self, address: str, provider: str) -> Any:
        """A small answer in JSON; one that is cut off counts as a failed try. Raises as `ask`."""
        shown = mask_address(address)
        answer = self.ask(address, provider, check=lambda p: check_json(p, shown), most_bytes=IN_MEMORY)
        return answer.json()

    def _once(
        self,
        address: str,
        cached: Mapping[str, str],
        body: Any,
        check: Callable[[Path], None] | None,
        most_bytes: int | None,
        resume: bool,
    ) -> Answer:
        shown = mask_address(address)
        most = self.policy.most_bytes if most_bytes is None else most_bytes
        self._local.deadline = self.clock() + min(self.policy.transfer, self._source_left())
        try:
            with open_partial(self.folder, self._run, address if resume else None) as partial:
                headers = {"Accept-Encoding": "identity" if resume else "gzip"} | conditions(cached, partial)
                with self._send(address, headers, body, shown) as response:
                    found = {name.lower(): value for name, value in response.headers.items()}
                    if response.status_code == 304 and not cached:
                        raise NotData(f"{shown}: 'not changed', and nothing was asked to be compared")
                    status = response.status_code
                    if status == 304 or (status == 200 and is_same(cached, found)):
                        return Answer(shown, 304, found, None)
                    self._receive(response, partial, found, most, shown)
                with partial.path.open("rb") as written:
                    head = written.read(HEAD)
                try:
                    judge_answer(head, response.status_code, shown, retry_after(found))
                    if check is not None:
                        check(partial.path)
                except FetchError:
                    partial.forget()
                    raise
                return Answer(shown, response.status_code, found, *partial.keep(self._run))
        except OSError as error:
            raise disk_error(self.folder, error) from error

    @contextmanager
    def _send(self, address: str, headers: dict[str, str], body: Any, shown: str) -> Iterator[httpx.Response]:
        """The response to the request, redirects followed as far as they may be."""
        base_is_private = is_private(urlsplit(address).hostname or "", self.resolve)
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        if content is not None:
            headers = headers | {"Content-Type": "application/json"}
        try:
            for hop in range(MOST_REDIRECTS + 1):
                self._local.redirected = "" if base_is_private or not hop else shown
                self.tally.requests += 1
                method = "GET" if content is None else "POST"
                with self._client.stream(method, address, headers=headers, content=content) as response:
                    if response.status_code not in (301, 302, 303, 307, 308):
                        yield response
                        return
                    location = response.headers.get("location", "")
                    if content is not None and response.status_code in (301, 302, 303):
                        raise BadRedirect(f"{shown}: redirects a request that has a body; not followed")
                address = follow_redirect(address, location, base_is_private, self.resolve)
            raise BadRedirect(f"{shown}: more than {MOST_REDIRECTS} redirects; not followed further")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Refused(f"{shown}: no address that can be asked ({type(error).__name__})") from None
        except httpx.TimeoutException as error:
            if self._left() <= 0:
                seconds = min(self.policy.transfer, self.policy.source)
                raise TooSlow(f"{shown}: not whole after {seconds:.0f} seconds") from None
            raise Unreachable(f"{shown}: no answer in time ({type(error).__name__})") from None
        except httpx.DecodingError:
            raise CutOff(f"{shown}: the compressed body is damaged") from None
        except httpx.RemoteProtocolError as error:
            kind = CutOff if "body" in str(error) else Unreachable
            raise kind(f"{shown}: {_sentence(error)}") from None
        except httpx.TransportError as error:
            raise Unreachable(f"{shown}: {_sentence(error)}") from None

    def _receive(
        self,
        response: httpx.Response,
        partial: Partial,
        headers: Mapping[str, str],
        most: int,
        shown: str,
    ) -> None:
        """Writes the body behind what there is of it, or from the beginning; within the limit of bytes."""
        if response.status_code == 206:
            if not (partial.validator and is_rest(headers.get("content-range", ""), partial.size)):
                partial.forget()
                raise CutOff(f"{shown}: another part of the file than the one asked for")
        else:
            partial.begin(validator_of(headers) if response.status_code == 200 else "")
        size, declared = partial.size, headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and size + int(declared) > most:
            raise TooLarge(f"{shown}: {size + int(declared)} bytes, more than the limit of {most}")
        for chunk in response.iter_bytes():  # as they come: gathering them would hide a drip
            if self._stopped.is_set():
                raise KeyboardInterrupt
            size += len(chunk)
            self.tally.bytes += len(chunk)
            if size > most:
                partial.forget()
                raise TooLarge(f"{shown}: more than the limit of {most} bytes")
            partial.file.write(chunk)
        partial.file.flush()


@cache
def _trusted(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Whom TLS trusts: the authorities that the environment names, else the usual ones; read once."""
    return httpx.create_ssl_context(verify=True, trust_env=True)


def _stated_wait(state: tenacity.RetryCallState) -> float | None:
    """The seconds that the failed try asks to wait."""
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after if isinstance(error, FetchError) else None


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
