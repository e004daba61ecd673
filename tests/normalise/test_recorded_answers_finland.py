"""Known answers of datasets made from recorded Finnish files: looked up in the bundled bytes by csv and json
alone, and in the table that the pipeline makes of them.
"""

import csv
import gzip
import io
import json
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from assets.authoring.bundled_areas import read_bundled_areas
from assets.descriptor import load_dataset
from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.resource import normalise_resource
from assets.overlay import packaged_schemas
from assets.store.snapshots import bundle_root

# dataset, resource, where: the row of the published table; place: the folder of the snapshot; row, column:
# line and heading in a CSV (dialect: its delimiter and encoding), or the codes of a JSON-stat cell
with Path(__file__).with_name("recorded_answers_finland.csv").open(encoding="utf-8", newline="") as stream:
    ANSWERS = list(csv.DictReader(stream))
DATASETS = sorted({answer["dataset"] for answer in ANSWERS})


def conditions(text: str) -> dict[str, str]:
    return dict(condition.split("=", 1) for condition in text.split("&"))


@cache
def bundled(place: str) -> bytes:
    """The bytes of the one bundled snapshot in a folder; its provenance lies beside it."""
    names = {path.name: path for path in (bundle_root() / place).iterdir()}
    (path,) = [path for name, path in names.items() if f"{name}.json" in names]
    raw = path.read_bytes()
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


@cache
def lines(place: str, dialect: str) -> list[dict[str, str]]:
    delimiter, encoding = (dialect or ", utf-8").split(" ")
    text = io.StringIO(bundled(place).decode(encoding), newline="")
    return list(csv.DictReader(text, delimiter=delimiter))


def cell(place: str, codes: dict[str, str]) -> float:
    """The cell of a JSON-stat answer, by its place in the flat list of values."""
    answer = json.loads(bundled(place))
    position = 0
    for name, size in zip(answer["id"], answer["size"], strict=True):
        position = position * size + answer["dimension"][name]["category"]["index"][codes[name]]
    return float(answer["value"][position])


def plain_value(answer: dict[str, str]) -> float:
    if answer["row"] == "municipality":  # every line that is no region
        records = [r for r in lines(answer["place"], answer["dialect"]) if r["Area"][:2] != "MK"]
        return sum(float(record[answer["column"]]) for record in records)
    key = conditions(answer["row"])
    if not answer["column"]:
        return cell(answer["place"], key)
    found = [r for r in lines(answer["place"], answer["dialect"]) if key.items() <= r.items()]
    assert found, answer
    texts = [record[answer["column"]] for record in found]
    return sum(float(text) for text in texts if text)


@cache
def normalised(dataset: str, resource: str) -> pl.DataFrame:
    """The table as the pipeline makes it of the bundle."""
    found = load_dataset(packaged_schemas() / "datasets" / f"{dataset}.yaml", packaged_schemas())
    (table,) = [one for one in found.resources if one.name == resource]
    snapshots = fetch_snapshots(found, [bundle_root()])
    return normalise_resource(table, snapshots, read_bundled_areas().lazy()).collect()


def answers(dataset: str) -> list[dict[str, str]]:
    return [answer for answer in ANSWERS if answer["dataset"] == dataset]


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_bundled_bytes_have_the_figures(dataset: str) -> None:
    for answer in answers(dataset):
        assert plain_value(answer) == pytest.approx(float(answer["value"]), abs=0.005), answer


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_published_tables_have_the_figures(dataset: str) -> None:
    for answer in answers(dataset):
        rows = normalised(dataset, answer["resource"] or dataset)
        where = conditions(answer["where"])
        found = rows.filter(pl.col(name).cast(pl.String) == code for name, code in where.items())
        column = "obs_value" if "obs_value" in rows.columns else "contribution"
        assert found.height, answer
        assert float(found[column].drop_nulls().sum()) == pytest.approx(float(answer["value"]), abs=0.005), (
            answer
        )


def test_net_migration_of_ten_municipalities_and_of_the_country() -> None:
    """The ten municipalities of Päijät-Häme of 2021 lose 261 in 2017; the country nothing, in every year."""
    ten = ["016", "081", "098", "111", "142", "316", "398", "560", "576", "781"]
    net = normalised("migration", "migration").filter(indicator="NET")
    assert net.group_by("time_period").agg(pl.col("obs_value").sum())["obs_value"].unique().to_list() == [0]
    lost = net.filter(pl.col("geo").cast(pl.String).is_in([f"KU{code}" for code in ten]), time_period="2017")
    assert lost["obs_value"].sum() == -261


def test_disposable_income_follows_from_its_parts_in_every_region() -> None:
    """The balances of the accounts hold to the rounding of each part to millions."""
    parts = {"B5NT1": 1, "D62R": 1, "D7R": 1, "D5K": -1, "D61K": -1, "D7K": -1, "B6NT": -1}
    rows = normalised("household-income-regions", "household-income-regions").with_columns(
        pl.col("indicator").cast(pl.String).replace_strict(parts, default=0).alias("sign")
    )
    left = rows.group_by("geo").agg((pl.col("obs_value") * pl.col("sign")).sum())["obs_value"]
    assert left.len() == 20 and left.abs().max() <= 3


def test_horizon_2020_has_the_participations_that_are_known() -> None:
    rows = normalised("h2020-participations", "h2020-participations")
    assert rows.filter(country="FI").height == 2941
    assert rows["project"].n_unique() == 1939
    for organisation, participations in (("999591209", 29), ("939862392", 1), ("896960553", 2)):
        assert rows.filter(organisation=organisation).height == participations
    assert rows["country"].null_count() == 3
    assert rows["contribution"].null_count() == 2269, "a contribution that the copy lacks is no zero"
    parts = normalised("h2020-participations", "h2020-programme-parts")
    assert set(parts["project"]) <= set(rows["project"])
