"""Live acquisition: asks providers for what changed, keeps it whole in the store, reports what became of it.

One table of a dataset is asked for at a time: checked, fetched, added as a set, remembered, in that order, so
that a kill between any two leaves the store as it was or as it becomes. Protocols belong to the connectors,
what becomes of an answer to `keep`, the states to `states`.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
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
from assets.fetch.keep import Released, keep_answer, remember_answer, repair_store
from assets.fetch.quarantine import held_reason
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
    write_state,
)
from assets.store.snapshots import Snapshot, bundle_root

log = logging.getLogger(__name__)
Connector = Callable[[SourceRequest, Session], FetchResult | None]
Report = Callable[[Sequence[SourceState]], None]

CONNECTORS: dict[str, Connector] = {
    "eurostat": fetch_eurostat,
    "pxweb": fetch_pxweb,
    "pxweb2": fetch_pxweb2,
    "download": fetch_download,
    "paged": fetch_paged,
}
PATIENCE = 5.0  # seconds: how long a table that is there waits for its neighbours, so that one run has both
AT_ONCE = 8  # tables asked for side by side; each provider's own limits hold over all of them


@contextmanager
def open_session(
    store: Path,
    environment: Mapping[str, str],
    policy: RetryPolicy | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Session]:
    """What the sources of one run share: connections, limits, listings. Close it before the process ends.

    Settings of `environment`: `INNOREGIO_<PROVIDER>_URL`, `INNOREGIO_CONTACT` for the User-Agent, and
    `INNOREGIO_SOURCE_SECONDS`, which one table may take; `SettingError` where that is no number of seconds.
    """
    policy = policy or RetryPolicy()
    if limit := environment.get(SOURCE_SETTING, "").strip():
        if not (limit.isascii() and limit.isdigit() and 0 < int(limit) <= 1_000_000):
            raise SettingError(f"{SOURCE_SETTING} is '{limit}'; give whole seconds, such as 1800")
        policy = replace(policy, source=float(limit))
    contact = environment.get("INNOREGIO_CONTACT", "").strip()
    if not (contact and contact.isascii() and contact.isprintable()):
        contact = CONTACT
    with HttpClient(store / ".fetch", contact, policy) as client:
        yield Session(client, store, environment, now)


def acquire(
    dataset: Dataset,
    store: Path,
    environment: Mapping[str, str],
    session: Session | None = None,
    bundle: Path | None = None,
    released: Released | None = None,
) -> list[SourceState]:
    """Asks upstream for every table of `dataset`, and reports what became of each; sorted by provider, table.

    `released`: what the last release of a dataset was made from, which answers are compared with.

    Give the runs of several datasets one `session`, so that listings are asked for once. Nothing is raised
    for a source that fails; `StoreError` is, where the store itself cannot be written.
    """
    if session is None:
        with open_session(store, environment) as own:
            return acquire(dataset, store, environment, own, bundle, released)
    roots = (store, bundle or bundle_root())
    tables = sorted(table_sources(dataset).items())
    return [_acquire_table(dataset, name, sources, roots, session, released) for name, sources in tables]


def acquire_all(
    datasets: Sequence[Dataset],
    store: Path,
    environment: Mapping[str, str],
    session: Session | None = None,
    bundle: Path | None = None,
    report: Report = lambda states: None,
    released: Released | None = None,
) -> dict[str, list[SourceState]]:
    """`acquire` for several datasets side by side: name -> states; `report` hears of each when it is done.

    An interruption (Ctrl-C, SIGTERM) is passed on at once; transfers under way end with their next bytes.
    """
    if session is None:
        with open_session(store, environment) as own:
            return acquire_all(datasets, store, environment, own, bundle, report, released)
    found: dict[str, list[SourceState]] = {}
    for batch in acquire_in_batches(datasets, store, environment, session, bundle, report, released):
        found |= batch
    return {dataset.name: found[dataset.name] for dataset in datasets}


def acquire_in_batches(
    datasets: Sequence[Dataset],
    store: Path,
    environment: Mapping[str, str],
    session: Session,
    bundle: Path | None = None,
    report: Report = lambda states: None,
    released: Released | None = None,
) -> Iterator[dict[str, list[SourceState]]]:
    """The states of `acquire_all` as they come, so that what is there need not wait for the slowest.

    A batch holds what is done when `PATIENCE` seconds have passed since its first was, all where that takes
    less. The rest goes on while the caller works.
    """

    def ask(dataset: Dataset) -> list[SourceState]:
        states = acquire(dataset, store, environment, session, bundle, released)
        report(states)
        return states

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        names = {pool.submit(ask, dataset): dataset.name for dataset in datasets}
        pending = set(names)
        while pending:
            wait(pending, return_when=FIRST_COMPLETED)
            done, pending = wait(pending, timeout=PATIENCE)
            yield {names[future]: future.result() for future in done}
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
    released: Released | None,
) -> SourceState:
    store, request = roots[0], request_digest(sources)
    checked = session.now().isoformat(timespec="seconds")
    before = replace(session.client.tally)
    cached, served, problem = CacheEntry(), list[Snapshot](), True
    try:
        repair_store(dataset, sources, roots)
        cached, held = remember_answer(dataset, sources, store)
        provider = find_provider(name[0], session.environment)
        set_rate_limit(session, provider)
        connectors = {source.connector for source in sources}
        if len(connectors) > 1 or not connectors <= set(CONNECTORS):
            raise DescriptorError(f"{name[0]}/{name[1]}: no one connector ({', '.join(sorted(connectors))})")
        connector = connectors.pop()
        if provider.base.startswith("file:") and connector != "download":
            why = "whole files can be dropped in a folder, and this provider answers requests"
            raise SettingError(f"{setting_name(name[0])}: {why}; give an address of http or https")
        ask = CONNECTORS[connector]
        with session.client.limit_time():
            result = ask(SourceRequest(dataset.name, provider, name[1], sources, cached), session)
        state, message = (QUARANTINED, held) if held else (UNCHANGED, "")
        if result is not None:
            last = released(dataset.name) if released else ()
            state, message = keep_answer(dataset, sources, result, provider, roots, checked, last)
            cached = CacheEntry(result.change_token, checked, dict(result.validators), result.place)
        problem = False
    except NoLiveSource as error:
        state, message = UNCHANGED, str(error)
    except LayoutChanged as error:
        state, message = QUARANTINED, str(error)
    except FetchError as error:
        state, message = STALE, str(error)
    except InnoregioError as error:
        state, message = FAILED, str(error)
    except OSError as error:  # the connectors' own: an archive that is unpacked, chunks that are joined
        state, message = FAILED, str(disk_error(store, error))
    except Exception as error:  # what no type foresaw in an answer: the other tables go on
        log.exception("%s/%s", *name)
        defect = f"a defect of innoregio ({type(error).__name__}); report it with what the log says"
        state, message = FAILED, f"{name[0]}/{name[1]}: {defect}"
    try:
        served = list(table_snapshots(dataset, sources, roots))
    except StoreError as error:
        state, message = FAILED, str(error)
    if problem and not served and not all(source.optional for source in sources):
        state = FAILED
    held = held_reason(dataset, sources, store)
    if held and state in (UNCHANGED, STALE):  # nothing new came, and what is there did not pass
        state, message = QUARANTINED, held
    tally = session.client.tally
    retries = tally.retries - before.retries
    outcome = SourceState(
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
        write_state(store, outcome, cached, request, descriptor_digest(dataset) if held else "")
    except StoreError as error:
        outcome = replace(outcome, state=FAILED, message=str(error))
    return outcome


def set_rate_limit(session: Session, provider: Provider) -> None:
    """Holds the provider's limit of calls, until its server says another."""
    client = session.client
    client.rate_limits.setdefault(
        provider.name, RateLimit(provider.calls, provider.seconds, client.clock, client.sleep)
    )
