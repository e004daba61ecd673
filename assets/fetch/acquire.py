"""Live acquisition: asks providers for what changed, keeps it whole in the store, tells what became of it.

One table of a dataset is asked for at a time: checked, fetched, added as a set, remembered, in that order, so
that a kill between any two leaves the store as it was or as it becomes. Protocols belong to the connectors,
the states to `states`; what a table's content is worth belongs to the later stages.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from assets.descriptor import Dataset, Provider, Source
from assets.errors import DescriptorError, InnoregioError, SettingError, StoreError
from assets.fetch.cache import CacheEntry
from assets.fetch.connectors.connector import FetchResult, Session, SourceRequest
from assets.fetch.connectors.download import fetch_download
from assets.fetch.connectors.eurostat import fetch_eurostat
from assets.fetch.connectors.paged import fetch_paged
from assets.fetch.connectors.providers import find_provider, setting_name
from assets.fetch.connectors.pxweb import fetch_pxweb
from assets.fetch.connectors.pxweb2 import fetch_pxweb2
from assets.fetch.errors import FetchError, LayoutChanged, NoLiveSource
from assets.fetch.http.client import CONTACT, SOURCE_SETTING, HttpClient, RetryPolicy
from assets.fetch.http.limits import RateLimit
from assets.fetch.http.partials import disk_error
from assets.fetch.outline import compare_layouts
from assets.fetch.snapshots import request_digest, table_snapshots, table_sources
from assets.fetch.states import (
    FAILED,
    QUARANTINED,
    RETRIED,
    STALE,
    UNCHANGED,
    UPDATED,
    SourceState,
    descriptor_digest,
    read_cache,
    read_held,
    write_state,
)
from assets.store.sets import add_set, newest_set, set_snapshots
from assets.store.snapshots import Provenance, Snapshot, bundle_root, read_moment

log = logging.getLogger(__name__)
Connector = Callable[[SourceRequest, Session], FetchResult | None]

CONNECTORS: dict[str, Connector] = {
    "eurostat": fetch_eurostat,
    "pxweb": fetch_pxweb,
    "pxweb2": fetch_pxweb2,
    "download": fetch_download,
    "paged": fetch_paged,
}
AT_ONCE = 8  # tables asked for side by side; each provider's own limits hold over all of them


@contextmanager
def open_session(
    store: Path,
    environment: Mapping[str, str],
    patience: RetryPolicy | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Session]:
    """What the sources of one run share: connections, limits, listings. Close it before the process ends.

    Settings of `environment`: `INNOREGIO_<PROVIDER>_URL`, `INNOREGIO_CONTACT` for the User-Agent, and
    `INNOREGIO_SOURCE_SECONDS`, which one table may take; `SettingError` where that is no number of seconds.
    """
    patience = patience or RetryPolicy()
    if limit := environment.get(SOURCE_SETTING, "").strip():
        if not (limit.isascii() and limit.isdigit() and 0 < int(limit) <= 1_000_000):
            raise SettingError(f"{SOURCE_SETTING} is '{limit}'; give whole seconds, such as 1800")
        patience = replace(patience, source=float(limit))
    contact = environment.get("INNOREGIO_CONTACT", "").strip()
    if not (contact and contact.isascii() and contact.isprintable()):
        contact = CONTACT
    with HttpClient(store / ".fetch", contact, patience) as client:
        yield Session(client, store, environment, now)


def acquire(
    dataset: Dataset,
    store: Path,
    environment: Mapping[str, str],
    session: Session | None = None,
    bundle: Path | None = None,
) -> list[SourceState]:
    """Asks upstream for every table of `dataset`, and tells what became of each; sorted by provider, table.

    Give the runs of several datasets one `session`, so that listings are asked for once. Nothing is raised
    for a source that fails; `StoreError` is, where the store itself cannot be written.
    """
    if session is None:
        with open_session(store, environment) as own:
            return acquire(dataset, store, environment, own, bundle)
    roots = (store, bundle or bundle_root())
    tables = sorted(table_sources(dataset).items())
    return [_acquire_table(dataset, name, sources, roots, session) for name, sources in tables]


def acquire_all(
    datasets: Sequence[Dataset],
    store: Path,
    environment: Mapping[str, str],
    session: Session | None = None,
    bundle: Path | None = None,
    tell: Callable[[Sequence[SourceState]], None] = lambda states: None,
) -> dict[str, list[SourceState]]:
    """`acquire` for several datasets side by side: name -> states; `tell` hears of each when it is done.

    An interruption (Ctrl-C, SIGTERM) is passed on at once; transfers under way end with their next bytes.
    """
    if session is None:
        with open_session(store, environment) as own:
            return acquire_all(datasets, store, environment, own, bundle, tell)

    def one(dataset: Dataset) -> list[SourceState]:
        states = acquire(dataset, store, environment, session, bundle)
        tell(states)
        return states

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        return {d.name: states for d, states in zip(datasets, pool.map(one, datasets), strict=True)}
    except BaseException:
        session.client.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _acquire_table(
    dataset: Dataset,
    name: tuple[str, str],
    sources: Sequence[Source],
    roots: tuple[Path, Path],
    session: Session,
) -> SourceState:
    store, request = roots[0], request_digest(sources)
    checked = session.now().isoformat(timespec="seconds")
    before = replace(session.client.tally)
    known, served, problem = CacheEntry(), list[Snapshot](), True
    try:
        known, held = _remembered(dataset, name, sources, roots)
        provider = find_provider(name[0], session.environment)
        _set_window(session, provider)
        connectors = {source.connector for source in sources}
        if len(connectors) > 1 or not connectors <= set(CONNECTORS):
            raise DescriptorError(f"{name[0]}/{name[1]}: no one connector ({', '.join(sorted(connectors))})")
        connector = connectors.pop()
        if provider.base.startswith("file:") and connector != "download":
            why = "whole files can be dropped in a folder, and this provider answers questions"
            raise SettingError(f"{setting_name(name[0])}: {why}; give an address of http or https")
        ask = CONNECTORS[connector]
        with session.client.limit_time():
            fetched = ask(SourceRequest(dataset.name, provider, name[1], sources, known), session)
        state, message = (QUARANTINED, held) if held else (UNCHANGED, "")
        if fetched is not None:
            state, message = _keep(dataset, name, sources, fetched, provider, roots, checked)
            known = CacheEntry(fetched.change_token, checked, dict(fetched.validators), fetched.place)
        problem = False
    except NoLiveSource as error:
        state, message = UNCHANGED, str(error)
    except LayoutChanged as error:
        state, message = QUARANTINED, str(error)
    except FetchError as error:
        state, message = STALE, str(error)
    except InnoregioError as error:
        state, message = FAILED, str(error)
    except OSError as error:  # the connectors' own: an archive that is unpacked, pieces that are joined
        state, message = FAILED, str(disk_error(store, error))
    except Exception as error:  # what no type foresaw in an answer: the other tables go on
        log.exception("%s/%s", *name)
        defect = f"a defect of innoregio ({type(error).__name__}); report it with what the log says"
        state, message = FAILED, f"{name[0]}/{name[1]}: {defect}"
    try:
        served = list(table_snapshots(dataset.name, sources, roots))
    except StoreError as error:
        state, message = FAILED, str(error)
    if problem and not served and not all(source.optional for source in sources):
        state = FAILED
    found, held = read_held(store, dataset, *name), ""
    if found and state in (UNCHANGED, STALE):  # nothing new came, and what is there did not pass
        state, message, held = QUARANTINED, found, descriptor_digest(dataset)
    tally = session.client.tally
    retries = tally.retries - before.retries
    told = SourceState(
        dataset.name,
        *name,
        state=RETRIED if state == UPDATED and retries else state,
        message=message,
        checked=checked,
        retrieved=max((s.provenance.retrieved for s in served if s.provenance.retrieved), default=None),
        updated=max((s.provenance.updated for s in served if s.provenance.updated), default=None),
        requests=tally.requests - before.requests,
        retries=retries,
        bytes=tally.bytes - before.bytes,
    )
    try:
        write_state(store, told, known, request, held)
    except StoreError as error:
        told = replace(told, state=FAILED, message=str(error))
    return told


def _remembered(
    dataset: Dataset, name: tuple[str, str], sources: Sequence[Source], roots: tuple[Path, Path]
) -> tuple[CacheEntry, str]:
    """What is known of the last whole answer, if the store has it whole; and why it is in quarantine, if so.

    Nothing is known where the store was emptied or damaged, where another question was asked, or where the
    descriptor of a quarantined table was edited: then it is asked for as if new.
    """
    request = request_digest(sources)
    known = read_cache(roots[0], dataset.name, *name, request)
    as_new = replace(CacheEntry(), place=known.place)
    newest = newest_set(roots[:1], *name, dataset.name, request, with_quarantined=True)
    if newest is None or newest.request != request:
        return as_new, ""
    try:
        set_snapshots(roots[:1], newest)
    except StoreError:
        return as_new, ""
    if newest.quarantined is None:
        return known, ""
    if not _is_same_descriptor(newest.quarantined, dataset):
        return as_new, ""
    return known, newest.quarantined.rpartition(" #")[0]


def _stated_licence(dataset: Dataset) -> str:
    return str(next(iter(dataset.raw["licenses"]))["name"])


def _keep(
    dataset: Dataset,
    name: tuple[str, str],
    sources: Sequence[Source],
    fetched: FetchResult,
    provider: Provider,
    roots: tuple[Path, Path],
    retrieved: str,
) -> tuple[str, str]:
    """Adds a whole answer to the store; its state, and what is to be said of it."""
    contents = [
        (
            part.content,
            Provenance(
                *name,
                part=part.name,
                obtained_from=part.obtained_from,
                licence=provider.licence.get("name") or _stated_licence(dataset),
                media_type=part.media_type,
                retrieved=retrieved,
                updated=_told_time(part.updated),
            ),
        )
        for part in fetched.parts
    ]
    before = _served(dataset, sources, roots)
    _refuse_older(name, fetched, contents, before, roots[0])
    changes = compare_layouts(before, [content for content, _ in contents], sources[0].format)
    held = newest_set([roots[0]], *name, dataset.name, request_digest(sources), with_quarantined=True)
    if held and held.quarantined and not _is_same_descriptor(held.quarantined, dataset):
        changes = []  # a person has looked, and edited the descriptor
    reason = "; ".join(changes)
    problem = f"{name[0]}/{name[1]}: {reason}; edit the descriptor if that is right" if reason else ""
    quarantined = f"{problem} #{descriptor_digest(dataset)}" if problem else None
    _, is_new = add_set(roots[0], contents, dataset.name, request_digest(sources), quarantined)
    if problem:
        return QUARANTINED, problem
    same = {s.provenance.sha256 for s in before} == {
        s.provenance.sha256 for s in _served(dataset, sources, roots)
    }
    return (UNCHANGED if same or not is_new else UPDATED), ""


def _told_time(said: str | None) -> str | None:
    """The time that a provider says, where it is one."""
    try:
        return said if said and read_moment(said) else None
    except ValueError:
        return None


def _refuse_older(
    name: tuple[str, str],
    fetched: FetchResult,
    contents: Sequence[tuple[Path, Provenance]],
    before: Sequence[Snapshot],
    store: Path,
) -> None:
    """Raises `FetchError` where a provider that says when its data were updated gives an earlier update than
    it gave before: a copy of it that lags behind. A file's own date may go back.
    """
    had = [s.provenance.updated for s in before if store in s.path.parents]
    come = [known.updated for _, known in contents]
    if not fetched.change_token or not all(had) or not all(come) or not had:
        return
    ours, theirs = max(map(str, had), key=read_moment), max(map(str, come), key=read_moment)
    one, other = (read_moment(text) for text in (ours, theirs))
    if (other.date() < one.date()) if 10 in (len(ours), len(theirs)) else other < one:
        told = f"the answer is the update of {theirs}, and that of {ours} came before; fetch again later"
        raise FetchError(f"{name[0]}/{name[1]}: {told}")


def _served(dataset: Dataset, sources: Sequence[Source], roots: tuple[Path, Path]) -> tuple[Snapshot, ...]:
    """What is served now; nothing where it is damaged, which the new answer may mend."""
    try:
        return table_snapshots(dataset.name, sources, roots)
    except StoreError:
        return ()


def _set_window(session: Session, provider: Provider) -> None:
    client = session.client
    client.windows.setdefault(
        provider.name, RateLimit(provider.calls, provider.seconds, client.clock, client.sleep)
    )


def _is_same_descriptor(quarantined: str, dataset: Dataset) -> bool:
    return quarantined.endswith(f" #{descriptor_digest(dataset)}")
