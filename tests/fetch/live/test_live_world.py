"""The first live run of every shipped dataset, into an empty folder: the world is shaped like the providers'
tables of today (NUTS 2024, all levels, all dimensions, flags), the figures in it are made.

What is published is compared, figure by figure, with what the world was made of.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Dataset
from tests.fetch.live_runs import QUICK, all_shipped, quick_session
from tests.fetch.person import Person
from tests.upstream.descriptor_tables import NOT_YET, is_live
from tests.upstream.live_world import live_world
from tests.upstream.server import serve

pytestmark = pytest.mark.slow
COLUMNS = {  # dataset -> table, its resource, and where its dimensions went
    "regional-accounts": ("nama_10r_3gdp", "regional-accounts", ("unit", "geo", "time_period")),
    "population": ("demo_r_pjanaggr3", "population-eurostat", ("geo", "time_period")),
    "patent-applications": ("pat_ep_rtot", "patent-applications", ("unit", "geo", "time_period")),
}
CURATED = (*COLUMNS, "business-demography", "education-and-training", "rd-expenditure")
OTHERS = [  # their figures keep to no sums and ratios: the rules on figures are left out
    one.name
    for one in all_shipped()
    if one.name not in (*CURATED, *NOT_YET)
    if any(s.connector == "eurostat" and is_live(s) for r in one.resources for s in r.sources)
]
FIXED = {"freq": "A", "sex": "T", "age": "TOTAL", "unit": "NR"}


def without_bounds(dataset: Dataset) -> Dataset:
    """The dataset without the numbers of rows that only whole tables reach, and for others than the curated
    ones without any rule on figures.
    """
    kept = ("newest_period",) if dataset.name not in CURATED else None
    resources = tuple(
        replace(
            one,
            expectations=tuple(
                e for e in one.expectations if e["rule"] != "rows" and (kept is None or e["rule"] in kept)
            ),
        )
        for one in dataset.resources
    )
    return replace(dataset, resources=resources)


@pytest.fixture(scope="module")
def person(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with pytest.MonkeyPatch.context() as patch, serve(live_world(shared)) as upstream:
        patient = partial(quick_session, policy=replace(QUICK, read=120, transfer=300))
        patch.setattr("orchestration.fetching.open_session", patient)
        datasets = [without_bounds(dataset) for dataset in all_shipped()]
        patch.setattr("assets.descriptor.load_datasets", lambda: (datasets, []))
        somebody = Person(tmp_path_factory.mktemp("live"), upstream)
        somebody.outcome = somebody.run("publish", *CURATED, *OTHERS, "--fetch")  # type: ignore[attr-defined]
        yield somebody


@pytest.mark.parametrize("name", [*CURATED, *OTHERS])
def test_a_dataset_is_published_from_live_answers(name: str, person: Person) -> None:
    _, found = person.outcome  # type: ignore[attr-defined]
    assert found[name]["state"] == "published", found[name]
    sources = {one["state"] for one in found[name]["sources"]}
    assert sources <= {"updated", "retried", "unchanged"}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_figure_is_the_one_that_came(name: str, person: Person) -> None:
    code, resource, columns = COLUMNS[name]
    table = person.upstream.eurostat[code]
    frame = pl.read_parquet(next((person.public / name).glob(f"*/{resource}.parquet")))
    published = {row[:-2]: row[-2:] for row in frame.select(*columns, "obs_value", "obs_flag").iter_rows()}
    at = {("time_period" if d == "TIME_PERIOD" else d): i for i, d in enumerate(table.dimensions)}
    right = {}
    for key in table.cells:
        if any(key[at[d]] != value for d, value in FIXED.items() if d in at and d not in columns):
            continue
        if name == "population" and len(key[at["geo"]]) != 5:
            continue
        value, flag = table.cells[key]
        right[tuple(key[at[c]] for c in columns)] = (float(value) if value else None, flag or None)
    assert published == right
    assert len(right) > 10_000


def test_iitti_is_where_the_classification_says(person: Person) -> None:
    """The live accounts are of NUTS 2024, where Päijät-Häme is FI1C6; the live population has both."""
    accounts = pl.read_parquet(next((person.public / "regional-accounts").glob("*/*.parquet")))
    home = accounts.filter(pl.col("geo").is_in(["FI1C3", "FI1C6"]))
    assert home.select("geo", "geo_classification").unique().rows() == [("FI1C6", "nuts-2024")]
    people = pl.read_parquet(next((person.public / "population").glob("*/population-eurostat.parquet")))
    both = people.filter(pl.col("geo").is_in(["FI1C3", "FI1C6"])).select("geo", "geo_classification")
    assert sorted(both.unique().rows()) == [("FI1C3", "nuts-2021"), ("FI1C6", "nuts-2024")]


def test_shares_are_of_both_sexes_and_all_ages(person: Person) -> None:
    """12bs comes by sex and age: its totals are published, not the rows of parts."""
    frame = pl.read_parquet(next((person.public / "education-and-training").glob("*/educational*.parquet")))
    table = person.upstream.statfin["12bs"][1]
    key = ("2024", "MK07", "SSS", "SSS", "osuus15")
    (row,) = frame.filter(geo="MK07", time_period="2024", indicator="TERTIARY")["obs_value"].to_list()
    assert row == float(table.cells[key][0])
    assert not frame.filter(pl.col("geo").str.contains("^(KU|SK)")).height
