"""What every connector gets and gives, and what a run's connectors share.

The types belong here; a protocol belongs to its own module, what becomes of an answer to `acquire`.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from assets.descriptor import Provider, Source
from assets.errors import DescriptorError
from assets.fetch.cache import CacheEntry, is_trusted
from assets.fetch.http.client import IN_MEMORY, HttpClient
from assets.fetch.http.partials import disk_error
from assets.files import move_file, replace_file

T = TypeVar("T")

MEDIA_TYPES = {
    "tsv": "text/tab-separated-values",
    "csv": "text/csv",
    "cordis-csv": "text/csv",
    "sdmx-csv": "application/vnd.sdmx.data+csv",
    "json-stat": "application/json",
    "px": "text/x-px",
    "pxweb-csv": "text/csv",
    "pxweb-json": "application/json",
    "area-shares": "application/json",
    "map-json": "application/json",
    "cordis-xml": "application/xml",
    "cordis-zip": "application/zip",
    "data-browser": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class SourceRequest:
    """One table of one dataset: all its sources, and what is known from before (nothing: `CacheEntry()`)."""

    dataset: str
    provider: Provider
    table: str
    sources: Sequence[Source]
    cached: CacheEntry

    @property
    def name(self) -> str:
        """How errors name it."""
        return f"{self.provider.name}/{self.table}"


@dataclass(frozen=True)
class FetchedPart:
    """One part of an answer, whole and checked."""

    name: str
    content: Path
    obtained_from: str
    media_type: str
    updated: str | None = None


@dataclass(frozen=True)
class FetchResult:
    """A whole answer, and what to remember for the next run."""

    parts: Sequence[FetchedPart]
    change_token: str = ""
    validators: Mapping[str, str] = field(default_factory=dict)
    place: str = ""


@dataclass
class Session:
    """What the sources of one run share: the client, the listings, one place at a time in a queue."""

    client: HttpClient
    store: Path
    environment: Mapping[str, str]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _made: dict[str, tuple[Any, Exception | None]] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lock(self, name: str) -> threading.Lock:
        """A lock of this name, the same for all threads of the run."""
        with self._lock:
            return self._locks.setdefault(name, threading.Lock())

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gave the first time in this run; an error is remembered too, and raised again."""
        with self.lock(name):
            if name not in self._made:
                try:
                    self._made[name] = (make(), None)
                except Exception as error:
                    self._made[name] = (None, error)
            value, failure = self._made[name]
        if failure is not None:
            raise failure
        return value  # type: ignore[no-any-return]

    def listing(self, address: str, provider: str, check: Callable[[Path], None]) -> bytes:
        """The body of a provider's listing, asked for once a run, and only sent when it changed since."""
        return self.once(f"listing {address}", lambda: self._listing(address, provider, check))

    def _listing(self, address: str, provider: str, check: Callable[[Path], None]) -> bytes:
        folder = self.store / ".sources" / "listings"
        stem = hashlib.sha256(address.encode()).hexdigest()[:16]
        body, about = folder / f"{stem}.body", folder / f"{stem}.about"
        cached = {}
        try:
            written = json.loads(about.read_text("utf-8"))
            whole = hashlib.sha256(body.read_bytes()).hexdigest() == written["sha256"]
            if whole and is_trusted(str(written["taken"]), self.now()):
                cached = {str(k): str(v) for k, v in written["validators"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        answer = self.client.ask(address, provider, cached=cached, check=check, most_bytes=IN_MEMORY)
        if answer.path is None:
            return body.read_bytes()
        try:
            content = answer.content()
            if "etag" in answer.validators or "last-modified" in answer.validators:
                folder.mkdir(parents=True, exist_ok=True)
                about.unlink(missing_ok=True)
                move_file(answer.path, body)
                taken = self.now().isoformat(timespec="seconds")
                record = {"sha256": answer.sha256, "validators": answer.validators, "taken": taken}
                replace_file(about, json.dumps(record).encode(), durable=False)
            return content
        except OSError as error:
            raise disk_error(folder, error) from error


def part_name(source: Source) -> str:
    """The part that a live answer to one statistical source is: the one that it names, or `data`."""
    if len(source.parts) > 1:
        problem = "a live table is one part; name one part, or none"
        raise DescriptorError(f"{source.provider}/{source.table}: parts {', '.join(source.parts)}: {problem}")
    return source.parts[0] if source.parts else "data"


def query_of(source: Source) -> dict[str, list[str]]:
    """The query of a source: variable -> codes and patterns."""
    query = source.options.get("query") or {}
    return {
        str(name): [str(wanted)] if isinstance(wanted, str) else [str(code) for code in wanted]
        for name, wanted in query.items()
    }


def eliminates(source: Source) -> bool:
    """Whether variables that the query does not name are left out, where the table can do without them."""
    return bool(source.options.get("eliminate"))


def request_by_part(request: SourceRequest) -> dict[str, Source]:
    """Part -> the source that asks for it. Raises `DescriptorError` where two ask differently for one."""
    parts: dict[str, Source] = {}
    for source in request.sources:
        other = parts.setdefault(part_name(source), source)
        if (other.format, query_of(other), eliminates(other)) != (
            source.format,
            query_of(source),
            eliminates(source),
        ):
            problem = "two queries of one table; give each source a part of its own (parts)"
            raise DescriptorError(f"{request.dataset}: {request.name}: {problem}")
    return parts
