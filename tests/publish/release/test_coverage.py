"""The table `coverage`: what is expected, what is there, and what a loss does to it."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.descriptor import Dataset, load_dataset
from assets.descriptor.coverage import coverage_dataset
from assets.overlay import packaged_schemas
from assets.publish.release.coverage import count_coverage

ACCOUNTS = "regional-accounts"


def shipped(name: str) -> Dataset:
    return load_dataset(packaged_schemas() / "datasets" / f"{name}.yaml")


def read_tables(published: Path, dataset: Dataset) -> dict[str, pl.DataFrame]:
    return {
        one.name: pl.read_parquet(published / dataset.name / f"{one.name}.parquet")
        for one in dataset.resources
    }


def areas_of(published: Path) -> pl.LazyFrame:
    return pl.scan_parquet(published / "regions" / "areas.parquet")


def counted(dataset: Dataset, tables: dict[str, pl.DataFrame], areas: pl.LazyFrame | None) -> pl.DataFrame:
    ((_, frame),) = count_coverage(dataset, tables, areas)
    return frame


@pytest.mark.slow
def test_a_tenth_of_the_rows_less_is_a_tenth_of_the_coverage_less(published: Path) -> None:
    """Nothing else changes: what is expected does not follow from what is there in the year."""
    dataset, areas = shipped(ACCOUNTS), areas_of(published)
    whole = read_tables(published, dataset)
    own = (pl.col("geo_classification") == "nuts-2021") & (pl.col("time_period") == "2019")
    year = whole[ACCOUNTS].filter(own)
    lost = year.filter(pl.col("obs_value").is_not_null()).gather_every(10)
    left = whole[ACCOUNTS].join(lost, on=dataset.resources[0].row_key, how="anti")
    before = counted(dataset, whole, areas)
    after = counted(dataset, {ACCOUNTS: left}, areas)
    key = f"{ACCOUNTS}/{ACCOUNTS}/nuts-2021/2019"
    (old,), (new,) = (frame.filter(coverage=key).to_dicts() for frame in (before, after))
    assert lost.height > 30
    assert new["received"] == old["received"] - lost.height and new["matched"] == old["matched"] - lost.height
    assert new["missing"] == old["missing"] + lost.height
    assert (new["expected"], new["confidential"]) == (old["expected"], old["confidential"])
    there = old["expected"] - old["missing"] - old["confidential"]
    assert new["share"] == pytest.approx((there - lost.height) / old["expected"], abs=1e-4)
    others = pl.col("coverage") != key
    assert after.filter(others).equals(before.filter(others))


@pytest.mark.slow
def test_an_area_that_is_gone_altogether_is_missing(published: Path) -> None:
    dataset, areas = shipped(ACCOUNTS), areas_of(published)
    whole = read_tables(published, dataset)
    left = whole[ACCOUNTS].filter(pl.col("geo") != "FI1C3")
    key = f"{ACCOUNTS}/{ACCOUNTS}/nuts-2021/2019"
    before, after = (
        counted(dataset, {ACCOUNTS: one}, areas).filter(coverage=key) for one in (whole[ACCOUNTS], left)
    )
    assert after["expected"].to_list() == before["expected"].to_list()
    units = whole[ACCOUNTS]["unit"].n_unique()
    assert before["missing"][0] == 0 and after["missing"][0] == units > 3


def test_what_is_expected_by_another_route(published: Path) -> None:
    """Finnish R&D: the regions of 2025 by the combinations of codes in the table."""
    table = pl.read_csv(published / "rd-expenditure" / "rd-expenditure.csv", infer_schema=False)
    listed = pl.read_csv(published / "regions" / "areas.csv", infer_schema=False)
    regions = listed.filter(geo_classification="maakunta-2025", country="FI").height
    own = table.filter(geo_classification="maakunta-2025")
    cells = own.select("indicator", "sector", "unit").unique().height
    rows = pl.read_csv(published / "rd-expenditure" / "coverage.csv")
    rows = rows.filter(geo_classification="maakunta-2025")
    assert rows["expected"].to_list() == [regions * cells] * rows.height
    there = own.filter(pl.col("obs_value") != "").group_by("time_period").len().sort("time_period")
    given = rows.sort("year").select(pl.col("expected") - pl.col("missing") - pl.col("confidential"))
    assert given.to_series().to_list() == there["len"].to_list()


@pytest.mark.slow
@pytest.mark.slow  # of a dataset that the plain tests do not publish
def test_confidential_missing_and_estimated_are_told_apart(published: Path) -> None:
    frame = pl.read_csv(published / "business-demography" / "business-demography.csv", infer_schema=False)
    rows = pl.read_csv(published / "business-demography" / "coverage.csv")
    empty = pl.col("obs_value").is_null()
    flagged = pl.col("obs_flag").fill_null("").str.contains("c")
    assert rows["confidential"].sum() == frame.filter(empty & flagged).height > 0
    assert rows["received"].sum() == frame.height
    assert rows["estimated"].sum() == frame.filter(~empty & pl.col("obs_status").is_in(["E", "I"])).height


def test_a_register_expects_nothing_and_says_which_columns_are_empty(published: Path) -> None:
    rows = pl.read_csv(published / "framework-projects" / "coverage.csv")
    assert rows["rule"].unique().to_list() == ["register"]
    assert rows["expected"].null_count() == rows["share"].null_count() == rows.height
    table = pl.read_csv(published / "framework-projects" / "participations.csv", infer_schema=False)
    own = rows.filter(resource="participations", field="organisation")
    assert own.is_empty()  # of the key
    cost = rows.filter(resource="participations", field="total_cost")
    assert cost["missing"].sum() == table["total_cost"].null_count()
    assert cost["received"].sum() == table.height
    assert (
        cost["placed"].sum()
        == table.filter(
            pl.col("geo").is_not_null()
            & ~pl.col("geo_classification").is_in(["extra-regio", "not-regionalised"])
        ).height
    )


def test_every_package_has_one_and_one_dataset_has_all(published: Path) -> None:
    held = pl.read_csv(published / "coverage" / "coverage.csv", infer_schema=False)
    names = {path.parent.name for path in published.glob("*/datapackage.json")} - {"coverage"}
    parts = []
    for name in sorted(names):
        package = json.loads((published / name / "datapackage.json").read_bytes())
        (entry,) = (one for one in package["resources"] if one["name"] == "coverage")
        data = [
            one["name"].removesuffix("-parquet") for one in package["resources"] if one["format"] == "parquet"
        ]
        assert entry["innoregio:coverageOf"] == data
        parts.append(
            pl.read_csv(published / name / entry["path"], infer_schema=False).with_columns(
                dataset=pl.lit(name)
            )
        )
        assert set(parts[-1]["resource"]) == set(data)
    assert held.height < 5_000
    assert held.equals(pl.concat(parts).select(held.columns).sort("coverage"))


@pytest.mark.slow
@pytest.mark.slow
def test_every_indicator_row_links_to_its_coverage(published: Path) -> None:
    rows = pl.read_parquet(published / "indicators" / "indicators.parquet")
    held = pl.read_parquet(published / "coverage" / "coverage.parquet").select("coverage", "share")
    linked = rows.drop_nulls("coverage").join(held, on="coverage", how="left")
    assert linked["share"].null_count() == linked["coverage_share"].null_count() < linked.height / 2
    assert linked.filter(pl.col("share") != pl.col("coverage_share")).is_empty()
    counted = rows.filter(pl.col("coverage").is_null(), pl.col("obs_value").is_not_null())
    assert counted.height < rows.height / 10  # rows that are counted in a register, which expects none
    lahti = rows.filter(geo="FI1C6", time_period="2023", indicator="RD_EXPENDITURE_PER_INHABITANT")
    sides = (
        "rd-expenditure/rd-expenditure/maakunta-2025/2023",
        "population/population-eurostat/nuts-2024/2023",
    )
    shares = {row[0]: row[1] for row in held.iter_rows() if row[0] in sides}
    assert lahti["coverage_share"].to_list() == [min(share for share in shares.values() if share is not None)]


def test_the_page_names_every_column_and_rule_and_its_code_runs(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "coverage.md").read_text("utf-8")
    fields = {one.name: one for one in coverage_dataset().resources[0].fields}
    assert all(f"`{name}`" in page for name in [*fields, *(code.code for code in fields["rule"].codes)])
    monkeypatch.chdir(published.parent)
    (code,) = (block.split("```")[0] for block in page.split("```python\n")[1:])
    names: dict[str, Any] = {}
    exec(compile(code, "coverage.md", "exec"), names)
    assert "rd-expenditure/rd-expenditure/maakunta-2025/2023" in names["thin"]["coverage"]
