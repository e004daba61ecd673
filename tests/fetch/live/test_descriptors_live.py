"""The way from fetch to release for every descriptor, into an empty folder: a made server answers for each
table with the dimensions and codes that its descriptor knows, and what is published is what was made.

A descriptor that cannot be fetched yet stands below with the reason; what is published of it is the bundle.
"""

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial

import polars as pl
import pytest

from assets.descriptor import Dataset, Resource
from assets.fetch.snapshots import table_sources
from tests.fetch.live_runs import QUICK, all_shipped, quick_session, shipped
from tests.fetch.person import Person, states
from tests.upstream.descriptor_tables import NOT_YET, descriptor_tables, field_codes, is_live
from tests.upstream.made_tables import MadeTable
from tests.upstream.server import Upstream, serve

pytestmark = pytest.mark.slow


def asked() -> list[Dataset]:
    """The datasets of which a server is asked for at least one table."""
    return [one for one in shipped() if any(is_live(s) for r in one.resources for s in r.sources)]


NAMES = [dataset.name for dataset in asked()]
TABLES = descriptor_tables(all_shipped())


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    upstream = Upstream(
        eurostat={code: table for (provider, code), table in TABLES.items() if provider == "eurostat"},
        statfin={
            code: ("made", table) for (provider, code), table in TABLES.items() if provider == "statfin"
        },
    )
    with pytest.MonkeyPatch.context() as patch, serve(upstream):
        patient = partial(quick_session, policy=replace(QUICK, read=120, transfer=300))
        patch.setattr("orchestration.fetching.open_session", patient)
        patch.setattr("assets.descriptor.load_datasets", lambda: (shipped(), []))
        somebody = Person(tmp_path_factory.mktemp("made"), upstream)
        somebody.outcome = somebody.run("publish", *NAMES, "--fetch")[1]  # type: ignore[attr-defined]
        yield somebody


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_YET])
def test_a_descriptor_is_published_from_its_made_table(name: str, person: Person) -> None:
    outcome = person.outcome[name]  # type: ignore[attr-defined]
    assert outcome["state"] == "published", outcome
    (dataset,) = shipped(name)
    entries = states(person.public)
    for (_, table), sources in table_sources(dataset).items():
        if is_live(sources[0]):
            assert entries[table]["state"] == "updated", entries[table]
    for resource in dataset.resources:
        (source, *more) = resource.sources
        if is_live(source) and not more:
            frame = pl.read_parquet(next((person.public / name).glob(f"*/{resource.name}.parquet")))
            made = made_figures(resource, TABLES[source.provider, source.table])
            assert frame["obs_value"].drop_nulls().sort().to_list() == pytest.approx(sorted(made)), (
                resource.name
            )
            assert frame.height == len(made) > 0


def made_figures(resource: Resource, table: MadeTable) -> list[float]:
    """The figures of a made table that a resource takes: those that it asks for, and does not ignore."""
    query = resource.sources[0].options.get("query") or {}
    ignored = {code for field in resource.fields for code in field.ignored_codes}
    known = {
        field.source_column: field_codes(field)
        for field in resource.fields
        if field.source_column and field.codes and field.name != "geo"
    }
    found = []
    for key, (value, _) in table.cells.items():
        cell = dict(zip(table.dimensions, key, strict=True))
        is_fixed = all(cell.get(column, wanted) == wanted for column, wanted in resource.fixed.items())
        is_known = all(cell[column] in codes for column, codes in known.items() if column in cell)
        is_asked = all(
            any(fnmatchcase(cell[column], one) for one in wanted)
            for column, wanted in query.items()
            if column in cell
        )
        if is_fixed and is_known and is_asked and not ignored & set(key):
            found.append(float(value))
    return found


@pytest.mark.parametrize("name", NOT_YET)
def test_what_cannot_be_fetched_yet_is_published_from_the_bundle(name: str, person: Person) -> None:
    outcome = person.outcome[name]  # type: ignore[attr-defined]
    assert outcome["version"] == "1.0.0", outcome


def test_no_reason_is_left_over() -> None:
    assert set(NOT_YET) <= set(NAMES)
