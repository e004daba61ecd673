"""The ledger of revisions: what each release changed, and every earlier release from the newest alone."""

import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.errors import PublishError
from assets.publish.release.tree import publish_dataset
from assets.publish.release.verify import verify_tree
from assets.publish.release.version import csv_resources
from assets.publish.revisions.ledger import read_as_of
from tests.publish.release.made_dataset import (
    BASE,
    FIGURES,
    REGISTER,
    SNAPSHOT,
    figures,
    made_field,
    register,
)
from tests.publish.release.made_releases import (
    AREAS,
    FEWER,
    FIRST,
    STATISTIC,
    VINTAGES,
    Rows,
    changed,
    publish,
    publish_vintages,
    published_package,
    published_table,
)

KEY = list(FIGURES.primary_key)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four vintages; nobody writes into it."""
    return publish_vintages(tmp_path_factory.mktemp("vintages"))


def ledger(folder: Path, version: str) -> pl.DataFrame:
    return pl.read_parquet(folder / version / "revisions.parquet")


def test_the_first_release_has_no_ledger_and_the_next_ones_have(tree: Path) -> None:
    assert not (tree / "1.0.0/revisions.csv").exists()
    heights = [ledger(tree, version).height for version in list(VINTAGES)[1:]]
    assert heights == sorted(heights) and heights[0] > 0
    assert verify_tree(tree.parent) == []


def test_each_difference_is_a_row_with_old_and_new_and_where_it_is_from(tree: Path) -> None:
    own = ledger(tree, "1.1.0")
    assert set(own["release"]) == {"1.1.0"} and set(own["resource"]) == {"made-figures"}
    assert set(own["snapshot"]) == {"1" * 64}
    value, flag, hidden = (
        own.filter(geo=geo, time_period=year, sex=sex).row(0, named=True)
        for geo, year, sex in (("AA1", "2021", "T"), ("AA2", "2021", "T"), ("AA3", "2020", "F"))
    )
    assert (value["kind"], value["old_obs_value"], value["new_obs_value"]) == ("revised", 31.5, 47.25)
    assert (flag["old_obs_flag"], flag["new_obs_flag"], flag["new_obs_value"]) == (None, "p", 41.5)
    assert (hidden["old_obs_value"], hidden["new_obs_value"]) == (50.0, None)
    assert (hidden["old_obs_status"], hidden["new_obs_status"]) == ("A", "O")
    added = own.filter(kind="added")
    assert set(added["time_period"]) == {"2023"} and added.height == 6
    assert added["old_obs_value"].null_count() == 6 and added["new_obs_value"].null_count() == 0


def test_kinds_by_release(tree: Path) -> None:
    counts = ledger(tree, "1.3.0").group_by("release", "kind").len().sort("release", "kind").rows()
    assert counts == [
        ("1.1.0", "added", 6),
        ("1.1.0", "revised", 3),
        ("1.2.0", "withdrawn", 10),
        ("1.3.0", "recoded", 41),
    ]


def test_a_new_vintage_and_a_renamed_code_are_no_withdrawal(tree: Path) -> None:
    own = ledger(tree, "1.3.0").filter(release="1.3.0")
    assert own["kind"].unique().to_list() == ["recoded"]
    renamed = own.filter(geo="BB7")
    assert set(renamed["old_key"]) == {"geo=AA5&geo_classification=nuts-2021"} and renamed.height == 9
    kept = own.filter(geo="AA1")
    assert set(kept["old_key"]) == {"geo_classification=nuts-2021"}
    assert own.filter(pl.col("old_obs_value").ne_missing(pl.col("new_obs_value")))[
        "new_obs_value"
    ].to_list() == [99.0]


@pytest.mark.parametrize("version", VINTAGES)
def test_every_earlier_release_comes_back_exactly(tree: Path, version: str) -> None:
    published = published_table(tree, version)
    (table,) = read_as_of(tree, version).values()
    assert table.equals(published) and table.schema == published.schema
    assert table.rows() == VINTAGES[version]


def test_the_newest_package_alone_is_enough(tree: Path, tmp_path: Path) -> None:
    """The earlier releases' tables are lost; their descriptors say that there were such releases."""
    shutil.copytree(tree, tmp_path / "made-data")
    for version in list(VINTAGES)[:-1]:
        for path in (tmp_path / "made-data" / version).glob("*.[cp]*"):
            path.unlink()
    for version, rows in VINTAGES.items():
        assert read_as_of(tmp_path / "made-data", version)["made-figures"].rows() == rows


def test_a_release_that_never_was_is_refused(tree: Path) -> None:
    with pytest.raises(
        PublishError, match=r"made-data: no release 1.0.7; there are 1.0.0, 1.1.0, 1.2.0, 1.3.0"
    ):
        read_as_of(tree, "1.0.7")


def test_the_ledger_is_described_and_decides_no_version(tree: Path) -> None:
    package = published_package(tree, "1.3.0")
    entry = csv_resources(package, with_ledger=True)["revisions"]
    names = [field["name"] for field in entry["schema"]["fields"]]
    assert names[:3] == ["release", "resource", "kind"] and names[-2:] == ["old_key", "snapshot"]
    assert {*KEY, "old_obs_value", "new_obs_value", "old_obs_status", "new_obs_status"} <= set(names)
    assert all(field["description"] and field["title"] for field in entry["schema"]["fields"])
    assert entry["innoregio:since"] == {"made-figures": "1.0.0"}
    assert [one["name"] for one in package["resources"] if one["name"].startswith("revisions")] == [
        "revisions",
        "revisions-parquet",
    ]
    kinds = next(field for field in entry["schema"]["fields"] if field["name"] == "kind")
    assert [one["value"] for one in kinds["categories"]] == ["added", "revised", "withdrawn", "recoded"]


def test_a_run_without_news_adds_no_row(tree: Path, tmp_path: Path) -> None:
    shutil.copytree(tree.parent, tmp_path / "out")
    assert not publish(tmp_path / "out", VINTAGES["1.3.0"], "9" * 64).changed


def test_a_release_of_words_has_the_ledger_of_before(tree: Path, tmp_path: Path) -> None:
    shutil.copytree(tree.parent, tmp_path / "out")
    other = replace(STATISTIC, titles={"en": "Another title"})
    assert publish(tmp_path / "out", VINTAGES["1.3.0"], dataset=other).version == "1.3.1"
    out = tmp_path / "out/made-data"
    assert ledger(out, "1.3.1").equals(ledger(out, "1.3.0")) and verify_tree(out.parent) == []
    assert read_as_of(out, "1.1.0")["made-figures"].rows() == VINTAGES["1.1.0"]


def test_other_columns_start_the_ledger_anew(tree: Path, tmp_path: Path) -> None:
    """A major release cannot be walked back through: the releases before it are read by the ledger before."""
    shutil.copytree(tree.parent, tmp_path / "out")
    fields = tuple(field for field in FIGURES.fields if field.name != "obs_flag")
    table = replace(FIGURES, fields=fields)
    rows = [row[:-1] for row in VINTAGES["1.3.0"]]
    schema = {field.name: pl.Float64 if field.name == "obs_value" else pl.String for field in fields}
    frame = pl.LazyFrame(rows, schema=schema, orient="row")
    dataset = replace(STATISTIC, resources=(table,))
    release = publish_dataset(dataset, {"made-figures": frame}, [SNAPSHOT], AREAS, tmp_path / "out", BASE)
    folder = tmp_path / "out/made-data"
    assert release.version == "2.0.0" and verify_tree(tmp_path / "out") == []
    since = csv_resources(published_package(folder, "2.0.0"), with_ledger=True)["revisions"][
        "innoregio:since"
    ]
    assert since == {"made-figures": "2.0.0"} and not ledger(folder, "2.0.0").height
    for version, expected in VINTAGES.items():
        assert read_as_of(folder, version)["made-figures"].rows() == expected


HOSTILE = ("a&b", "c=d", "e%f", "%26", "g\nh", "i,j", 'k"l', "ÅÄÖ", "=1+1", "sex=T&geo=AA1")


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))])
def test_any_row_of_changes_comes_back(seed: int, tmp_path: Path) -> None:
    """Rows come, go, change and move to other codes in a row of releases, under keys with every sign."""
    dice = random.Random(seed)
    table = replace(FIGURES, primary_key=(), unique_keys=(tuple(KEY),), fields=hostile_fields())
    dataset = replace(STATISTIC, resources=(table,))
    rows: Rows = [
        (f"AA{area}", "nuts-2021", str(year), sex, dice.random(), "A", None)
        for area in range(1, 5)
        for year in range(2000, 2004)
        for sex in (*dice.sample(HOSTILE, 4), None)
    ]
    history: dict[str, pl.DataFrame] = {}
    for _ in range(6):
        moved = dict(zip(dice.sample(HOSTILE, 2), ("moved &1", "moved =2"), strict=True))
        rows = [
            (
                *row[:3],
                moved.get(row[3], row[3]),
                dice.choice([row[4], row[4], None, dice.random()]),
                *row[5:],
            )
            for row in rows
            if dice.random() > 0.1
        ]
        rows.append(("AA9", "nuts-2021", str(2010 + len(history)), None, dice.random(), "A", "p"))
        unique = {row[:4]: row for row in rows}
        release = publish(
            tmp_path, sorted(unique.values(), key=lambda r: [x or "" for x in r[:4]]), dataset=dataset
        )
        history[release.version] = published_table(tmp_path / "made-data", release.version)
    assert len(history) == 6 and verify_tree(tmp_path) == []
    for version, table_then in history.items():
        walked = read_as_of(tmp_path / "made-data", version)["made-figures"]
        assert walked.equals(table_then.sort(KEY)), version


def hostile_fields() -> tuple[Any, ...]:
    """The made fields, with a free text that may be missing in the key."""
    return tuple(made_field("sex", "string") if field.name == "sex" else field for field in FIGURES.fields)


def test_two_statistics_share_a_ledger(tmp_path: Path) -> None:
    """Each has the columns of both keys; values of two types stand as text, which no type can spoil."""
    other = replace(
        FIGURES,
        name="made-others",
        fields=(*FIGURES.fields[:3], made_field("size", "string", True), made_field("obs_value", "integer")),
        primary_key=(*FIGURES.primary_key[:3], "size"),
    )
    dataset = replace(STATISTIC, resources=(FIGURES, other))

    def run(rows: Rows, others: Rows) -> str:
        schema = {f.name: pl.Int64 if f.name == "obs_value" else pl.String for f in other.fields}
        tables = {
            "made-figures": figures(rows),
            "made-others": pl.LazyFrame(others, schema=schema, orient="row"),
        }
        return publish_dataset(dataset, tables, [SNAPSHOT], AREAS, tmp_path, BASE).version

    big = 2**53 + 1  # a whole number that a float does not hold
    states: list[tuple[Rows, Rows]] = [
        (FIRST, [("AA1", "nuts-2021", "2020", "a", 1)]),
        (
            changed(FIRST, lambda row: row | {"obs_value": row["obs_value"] + 0.5}),
            [("AA1", "nuts-2021", "2020", "a", 1)],
        ),
        (FEWER, [("AA1", "nuts-2021", "2020", "a", big)]),
        (FEWER, [("AA1", "nuts-2021", "2020", "b", big)]),
    ]
    versions = [run(*state) for state in states]
    assert verify_tree(tmp_path) == []
    for version, (rows, others) in zip(versions, states, strict=True):
        tables = read_as_of(tmp_path / "made-data", version)
        assert tables["made-figures"].rows() == rows and tables["made-others"].rows() == others


def test_a_register_tells_keys_and_fields_and_no_content(tmp_path: Path) -> None:
    dataset = replace(STATISTIC, resources=(REGISTER,))
    now = register().collect()
    changes = now.filter(pl.col("id") != "002").with_columns(
        note=pl.when(pl.col("id") == "001").then(pl.lit("other")).otherwise("note"),
        count=pl.when(pl.col("id") == "001").then(5).otherwise("count"),
    )
    new = pl.concat([changes, now.head(1).with_columns(id=pl.lit("new&1=%"))]).sort("id")
    for frame in (now, new):
        publish_dataset(dataset, {"made-register": frame.lazy()}, [SNAPSHOT], None, tmp_path, BASE)
    rows = ledger(tmp_path / "made-data", "1.1.0").select("kind", "row_key", "fields").rows()
    assert rows == [
        ("changed", "id=001", "note count"),
        ("gone", "id=002", None),
        ("added", "id=new%261%3D%25", None),
    ]
    assert verify_tree(tmp_path) == []
    assert read_as_of(tmp_path / "made-data", "1.0.0")["made-register"].equals(now)
