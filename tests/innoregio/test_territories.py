"""Figures that `innoregio` brings to other areas, added up by the csv module; the code of docs/client.md."""

import csv
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import innoregio as ir
from innoregio import tree as client_tree

PAGE = Path(__file__).parents[2] / "docs/client.md"


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_tree, "_chosen", [])


def accounts_of(published: Path, unit: str) -> dict[tuple[str, str], float]:
    with (published / "regional-accounts/regional-accounts.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["unit"] == unit and row["obs_value"]]
    return {(row["geo"], row["time_period"]): float(row["obs_value"]) for row in rows}


def test_two_regions_keep_their_sum(published: Path) -> None:
    given = accounts_of(published, "MIO_EUR")
    found = ir.load("regional-accounts", territory="nuts-2024", tree=published).collect()
    sums = dict(
        found.filter(pl.col("geo").is_in(["FI1C6", "FI1C7"]), unit="MIO_EUR")
        .group_by("time_period")
        .agg(pl.col("obs_value").sum())
        .iter_rows()
    )
    years = [year for area, year in given if area == "FI1C3"]
    assert len(years) > 10
    for year in years:
        assert sums[year] == pytest.approx(given["FI1C3", year] + given["FI1C4", year], abs=1e-6)
    estimated = found.filter(geo="FI1C6", unit="MIO_EUR")
    assert estimated["conversion"].unique().to_list() == ["estimated"]
    assert estimated["obs_status"].unique().to_list() == ["E"]
    assert estimated["weight"].str.starts_with("population ").all()


def test_ratios_are_not_added_up(published: Path) -> None:
    whole = ir.load("regional-accounts", tree=published).collect()
    found = ir.load("regional-accounts", territory="nuts-2024", tree=published).collect()
    ratios = found.filter(pl.col("unit").cast(pl.String).str.contains("_HAB"))
    assert ratios.height and "FI1C6" not in ratios["geo"]
    same = ratios.filter(geo="FI1B1", time_period="2018", unit="EUR_HAB")["obs_value"].item()
    assert same == accounts_of(published, "EUR_HAB")["FI1B1", "2018"]
    reasons = ir.geography.refused(whole, "nuts-2024", geography=ir.geography.read(tree=published))
    [reason] = reasons.filter(geo="FI1C3")["reason"]
    assert reason == "its figures are ratios and would have to be added up"


def test_a_row_is_there_once_and_nothing_is_lost(published: Path) -> None:
    """Areas of two classifications side by side: of each area, period and key one, as given where it is."""
    whole = ir.load("population/population-by-age", tree=published)
    frame = whole.filter(pl.col("geo").str.starts_with("FI"), age="TOTAL").collect()
    assert frame["geo_classification"].n_unique() > 2
    regions = ir.geography.read(tree=published)
    found = ir.geography.convert(frame, "nuts-2024", geography=regions)
    key = [name for name in frame.columns if name not in ("obs_value", "obs_status", "obs_flag")]
    assert not found.select(key).is_duplicated().any()
    assert set(found["geo_classification"].unique()) <= {"nuts-2024", "country", "aggregate"}
    given = frame.filter(geo_classification="nuts-2024")
    kept = found.filter(conversion="as given").join(given, on=key, how="semi")
    assert kept.height == given.height > 0


def test_rows_in_another_order_give_the_same_table(published: Path) -> None:
    frame = ir.load("regional-accounts", tree=published).collect()
    regions = ir.geography.read(tree=published)
    found = ir.geography.convert(frame, "nuts-2024", geography=regions)
    other = ir.geography.convert(
        frame.sample(fraction=1, shuffle=True, seed=7), "nuts-2024", geography=regions
    )
    assert other.equals(found)


@pytest.mark.parametrize(
    ("frame", "territory", "message"),
    [
        (pl.DataFrame({"a": [1]}), "nuts-2024", "the table has no geo, geo_classification, obs_value"),
        (None, "nuts-2099", "no classification nuts-2099 in regions/areas"),
    ],
)
def test_what_cannot_be_converted_is_one_line(
    published: Path, frame: pl.DataFrame | None, territory: str, message: str
) -> None:
    regions = ir.geography.read(tree=published)
    given = ir.load("regional-accounts", tree=published).collect() if frame is None else frame
    with pytest.raises(ir.geography.GeographyError, match=message):
        ir.geography.convert(given, territory, geography=regions)


def test_the_citation_is_that_of_the_page(published: Path) -> None:
    for language in ("fi", "sv", "en"):
        page = (published / language / "dataset" / "regional-accounts.html").read_text("utf-8")
        head = ir.cite("regional-accounts", language=language, tree=published).split(" http")[0]
        assert head in page
    bibtex = ir.cite("regional-accounts", "bibtex", tree=published)
    assert bibtex.startswith("@dataset{innoregio-regional-accounts-") and "nama\\_10r\\_3gdp" in bibtex


@pytest.mark.slow
def test_the_page_runs(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {}
    monkeypatch.chdir(published.parent)
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        exec(compile(block, PAGE.name, "exec"), names)
    given, answer = accounts_of(published, "MIO_EUR"), names["answer"]
    assert len(names["frame"]) == 3 and "geo_label" in names["frame"].columns
    assert names["gdp"]["time_period"].to_list() == sorted(year for area, year in given if area == "FI1C3")
    assert set(answer["geo_label"]) == {"Päijät-Häme", "Lääne-Eesti", "Kauno apskritis"} or answer.height == 3
    assert names["left_out"].columns == ["geo_classification", "geo", "reason"]
