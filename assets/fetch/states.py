"""What became of each source in a run, in words that stay the same, and what is remembered of it.

The states and their file beside the store belong here; what leads to a state belongs to `acquire`, showing
them to the command line, to Dagster and on pages.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from assets.descriptor import Dataset
from assets.errors import StoreError
from assets.fetch.cache import CacheEntry
from assets.fetch.http.partials import disk_error
from assets.files import replace_file

UNCHANGED = "unchanged"  # upstream has what we have, or there is nothing to ask
UPDATED = "updated"  # new data came
RETRIED = "retried"  # new data came, after failed tries
# Upstream did not give it; what we have is served on, or the source is optional and there is none yet.
STALE = "stale-but-served"
QUARANTINED = "quarantined"  # it came or was described, but its layout is not the descriptor's
FAILED = "failed"  # nothing to serve, or a fault on our side
STATES = (UNCHANGED, UPDATED, RETRIED, STALE, QUARANTINED, FAILED)


@dataclass(frozen=True)
class SourceState:
    """What became of one table of one dataset in the last run that asked for it."""

    dataset: str
    provider: str
    table: str
    state: str
    message: str = ""  # one line; empty where there is nothing to say
    checked: str = ""  # RFC 3339: when upstream was asked
    retrieved: str | None = None  # of the data that are served, RFC 3339; None for a recorded copy
    updated: str | None = None  # the provider's own update of the data that are served
    requests: int = 0
    retries: int = 0
    bytes: int = 0

    @property
    def changed(self) -> bool:
        """Whether downstream has work to do."""
        return self.state in (UPDATED, RETRIED)

    @property
    def is_good(self) -> bool:
        """Whether what is served is what upstream has now."""
        return self.state in (UNCHANGED, UPDATED, RETRIED)

    def age(self, now: datetime | None = None) -> int | None:
        """Whole days since the data that are served were up to date, as far as known."""
        newest = self.retrieved or self.updated
        if newest is None:
            return None
        moment = datetime.fromisoformat(newest)
        return ((now or datetime.now(UTC)) - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).days


def exit_code(states: Iterable[SourceState]) -> int:
    """0 good, 1 some source failed or is quarantined, 3 some is stale-but-served (1 wins)."""
    found = {state.state for state in states}
    if found & {FAILED, QUARANTINED}:
        return 1
    return 3 if STALE in found else 0


def worst_state(states: Iterable[SourceState]) -> str:
    """The state among `states` that comes last in `STATES`."""
    return max((state.state for state in states), key=STATES.index, default=UNCHANGED)


def read_states(store: Path) -> list[SourceState]:
    """The last state of every source that a run asked for, sorted by dataset, provider, table."""
    folder = store / ".sources" / "states"
    found = [read for path in sorted(folder.glob("*.json")) if (read := _read(path)) is not None]
    states = {(state.dataset, state.provider, state.table): state for state, *_ in found}
    return [states[key] for key in sorted(states)]


def read_cache(store: Path, dataset: str, provider: str, table: str, request: str) -> CacheEntry:
    """What is remembered of the last whole answer to the same request; nothing where it was another one."""
    read = _read(_path(store, dataset, provider, table))
    return read.cached if read is not None and read.request == request else CacheEntry()


def write_state(store: Path, state: SourceState, cached: CacheEntry, request: str, held: str = "") -> None:
    """Remembers a state; `held` is the descriptor under which a later stage found it wrong, if one did.

    Raises `StoreError` where the disk refuses.
    """
    path = _path(store, state.dataset, state.provider, state.table)
    content = {"state": asdict(state), "known": asdict(cached), "request": request, "held": held}
    written = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, written.encode(), durable=False)
    except OSError as error:
        raise disk_error(store, error) from error


def descriptor_digest(dataset: Dataset) -> str:
    """What changes when a person edits the descriptor."""
    text = json.dumps(dataset.raw, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Remembered(NamedTuple):
    """A state, and what belongs to it; `held`: the descriptor under which a later stage found it wrong."""

    state: SourceState
    cached: CacheEntry
    request: str
    held: str


def remembered_states(store: Path, dataset: str) -> Iterator[Remembered]:
    """What is remembered of the sources of a dataset."""
    for path in sorted((store / ".sources" / "states").glob(f"{dataset}-*.json")):
        read = _read(path)
        if read is not None and read.state.dataset == dataset:
            yield read


def _path(store: Path, *names: str) -> Path:
    digest = hashlib.sha256("/".join(names).encode()).hexdigest()[:8]
    return store / ".sources" / "states" / f"{'-'.join(names)}-{digest}.json"


def _read(path: Path) -> Remembered | None:
    """A remembered state; None where it is not there or damaged: then the source is asked as if new."""
    try:
        content: Mapping[str, Any] = json.loads(path.read_bytes())
        state, cached = SourceState(**content["state"]), CacheEntry(**content["known"])
        if cached.checked:
            datetime.fromisoformat(cached.checked)
        return Remembered(state, cached, str(content["request"]), str(content.get("held", "")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); give another folder") from error
    except (ValueError, TypeError, KeyError):
        return None
