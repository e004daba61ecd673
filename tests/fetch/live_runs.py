"""What the tests of live acquisition share: a made upstream, a session that does not really wait, and the
steps that follow a fetch, as a run takes them.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import polars as pl

from assets.descriptor import Dataset, Source, load_datasets
from assets.errors import MappingError, SourceError
from assets.fetch.acquire import acquire, open_session
from assets.fetch.connectors.connector import Session
from assets.fetch.http.client import RetryPolicy
from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.states import QUARANTINED, SourceState
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import bundle_root
from assets.validate.engine import validate
from tests.upstream.descriptor_tables import descriptor_tables
from tests.upstream.figures import Table, cordis_members, eurostat_table, make_zip, statfin_table
from tests.upstream.made_tables import MadeTable
from tests.upstream.programmes import archives
from tests.upstream.server import Upstream

QUICK = RetryPolicy(
    connect=5, read=5, transfer=20, tries=4, total=900, first_wait=0.005, longest_wait=0.02,
    most_bytes=30_000_000,
)  # fmt: skip
NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
FROM_BUNDLE = (  # the datasets whose tables the made upstream has from the bundle, with its figures
    "business-demography", "education-and-training", "framework-projects", "patent-applications",
    "population", "rd-expenditure", "regional-accounts",
)  # fmt: skip
FOLDERS = {"13tn": "tkke", "11re": "vaerak", "12bs": "vkour"}
CODES = ("nama_10r_3gdp", "bd_size_r3", "pat_ep_rtot", "edat_lfse_22", "demo_r_pjanaggr3")


def made_upstream() -> Upstream:
    """All tables of the shipped datasets, small; each time new, so that one test may break them."""
    tables, archive = _tables()
    others = _made_tables()
    eurostat = {code: table for (provider, code), table in others.items() if provider == "eurostat"}
    statfin = {code: ("made", table) for (provider, code), table in others.items() if provider == "statfin"}
    return Upstream(
        eurostat=eurostat | {code: _copy(table) for code, table in tables.items() if code not in FOLDERS},
        statfin=statfin | {code: (folder, _copy(tables[code])) for code, folder in FOLDERS.items()},
        files={"cordis-HORIZONprojects-csv.zip": archive} | archives("h2020", "fp7"),
    )


@cache
def _tables() -> tuple[dict[str, Table], bytes]:
    tables = {code: eurostat_table(code) for code in CODES}
    tables["demo_r_pjanaggr3"].updated = "2026-05-20T06:00:00"  # the bundle has a part of April
    return tables | {code: statfin_table(code) for code in FOLDERS}, make_zip(cordis_members())


@cache
def _made_tables() -> dict[tuple[str, str], MadeTable]:
    """Of the tables whose figures are not taken from the bundle."""
    return descriptor_tables(all_shipped())


def _copy(table: Table) -> Table:
    return replace(table, cells=dict(table.cells), units=dict(table.units))


@contextmanager
def quick_session(
    store: Path, environment: Mapping[str, str], now: datetime = NOW, policy: RetryPolicy = QUICK
) -> Iterator[Session]:
    """A session whose long waits are skipped: its clock goes on by what was not slept."""
    skipped = [0.0]

    def sleep(seconds: float) -> None:
        real = min(seconds, 0.002)
        time.sleep(real)
        skipped[0] += seconds - real

    with open_session(store, environment, policy, lambda: now) as session:
        session.client.sleep = sleep
        session.client.clock = lambda: time.monotonic() + skipped[0]
        yield session


def shipped(*names: str, optional: bool = False) -> list[Dataset]:
    """Shipped datasets, without the bounds that only whole tables reach; with `optional` also with the
    sources that count once they were fetched.
    """
    return [
        replace(
            one,
            resources=tuple(
                replace(r, expectations=(), sources=tuple(s for s in r.sources if optional or not s.optional))
                for r in one.resources
            ),
        )
        for one in all_shipped()
        if one.name in names or not names
    ]


def is_served(dataset: Dataset) -> bool:
    """Whether the made upstream has a dataset from the bundle; the sources of `regions` nobody asks."""
    return dataset.name in (*FROM_BUNDLE, "regions")


@cache
def all_shipped() -> list[Dataset]:
    """The shipped datasets that come from providers, as they are."""
    datasets, errors = load_datasets()
    assert not errors
    return [dataset for dataset in datasets if not dataset.is_derived]


def made(dataset: str, *sources: Source) -> Dataset:
    """A shipped dataset under another name, with other sources."""
    (one,) = shipped(dataset)
    return replace(
        one, name=f"made-{dataset}", resources=tuple(replace(r, sources=sources) for r in one.resources)
    )


def taken(dataset: Dataset, store: Path) -> list[bytes]:
    """The bytes that a dataset would be made from."""
    return [s.path.read_bytes() for s in fetch_snapshots(dataset, (store, store / "nothing"))]


def run(
    dataset: Dataset, store: Path, environment: Mapping[str, str], now: datetime = NOW
) -> list[SourceState]:
    """One fetch of one dataset in a session of its own."""
    with quick_session(store, environment, now) as session:
        return acquire(dataset, store, environment, session)


def figures(dataset: Dataset, store: Path, areas: pl.LazyFrame) -> dict[str, pl.DataFrame] | str:
    """The tables that a run would publish from the store and the bundle; or why it would not: quarantine."""
    tables = {}
    try:
        snapshots = fetch_snapshots(dataset, (store, bundle_root()))
        for resource in dataset.resources:
            frame = normalise_resource(resource, snapshots, areas if resource.classification else None)
            report = validate(frame, resource)
            if not report.valid:
                return f"{QUARANTINED}: {report.errors[:1]}"
            tables[resource.name] = frame.collect()
    except (MappingError, SourceError) as error:
        return f"{QUARANTINED}: {error}"
    return tables
