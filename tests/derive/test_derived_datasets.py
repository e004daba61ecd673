"""The derived datasets as they are published: known answers by the csv module, provenance, what is stale."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.descriptor import load_datasets
from assets.published import read_others
from assets.workspace import Workspace

Row = dict[str, str]


def rows(published: Path, table: str, **where: str) -> list[Row]:
    """The rows of a published CSV with these cells, by the csv module alone."""
    dataset, _, name = table.partition("/")
    with (published / dataset / f"{name or dataset}.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if where.items() <= row.items()]


def figure(published: Path, table: str, **where: str) -> float:
    [row] = rows(published, table, **where)
    return float(row["obs_value"])


def people(published: Path, geo: str, year: str) -> float:
    both = {"sex": "T", "age": "TOTAL", "geo": geo}
    now, then = (
        figure(published, "population/population-by-age", time_period=turn, **both)
        for turn in (year, str(int(year) + 1))
    )
    return (now + then) / 2


def by_hand(published: Path) -> Iterator[tuple[str, str, str, float]]:
    """Indicator, area, year and the answer, worked out from the inputs' CSV files."""
    nights = "tourism-nights/tourism-nights"
    for geo in ("FI1C6", "FI", "EE008"):
        every, foreign = (
            figure(published, nights, geo=geo, time_period="2024", residence=code)
            for code in ("TOTAL", "FOR")
        )
        yield "FOREIGN_NIGHTS_SHARE", geo, "2024", round(100 * foreign / every, 1)
        yield "NIGHTS_PER_INHABITANT", geo, "2024", round(every / people(published, geo, "2024"), 2)
        old = figure(
            published, "population/population-by-age", geo=geo, time_period="2025", sex="T", age="Y_GE65"
        )
        all_ages = figure(
            published, "population/population-by-age", geo=geo, time_period="2025", sex="T", age="TOTAL"
        )
        yield "POPULATION_65_OVER_SHARE", geo, "2025", round(100 * old / all_ages, 1)
        land = figure(published, "region-area/region-area", geo=geo, time_period="2025")
        yield "POPULATION_DENSITY", geo, "2025", round(all_ages / land, 1)
    firms = "business-demography/business-demography"
    for geo in ("FI", "EE008"):
        active, born, ended = (
            figure(published, firms, geo=geo, time_period="2020", indicator=code, size_class="TOTAL")
            for code in ("V11910", "V11920", "V11930")
        )
        yield "ENTERPRISE_BIRTH_RATE", geo, "2020", round(100 * born / active, 2)
        yield "ENTERPRISE_DEATH_RATE", geo, "2020", round(100 * ended / active, 2)
        left = figure(published, firms, geo=geo, time_period="2020", indicator="V11943", size_class="TOTAL")
        before = figure(published, firms, geo=geo, time_period="2017", indicator="V11920", size_class="TOTAL")
        yield "ENTERPRISE_SURVIVAL_3_YEARS", geo, "2020", round(100 * left / before, 1)
    research = {"geo": "MK07", "time_period": "2024", "sector": "TOTAL"}
    spent = figure(published, "rd-expenditure/rd-expenditure", indicator="RD_EXPENDITURE", **research)
    yield (
        "RD_EXPENDITURE_PER_INHABITANT",
        "FI1C6",
        "2024",
        round(1e6 * spent / people(published, "FI1C6", "2024")),
    )
    years = figure(published, "rd-expenditure/rd-expenditure", indicator="RD_PERSON_YEARS", **research)
    yield (
        "RD_PERSON_YEARS_PER_1000_INHABITANTS",
        "FI1C6",
        "2024",
        round(1000 * years / people(published, "FI1C6", "2024"), 2),
    )
    pps = figure(
        published,
        "regional-accounts/regional-accounts",
        geo="EE008",
        time_period="2021",
        unit="MIO_PPS_EU27_2020",
    )
    eu = figure(
        published,
        "regional-accounts/regional-accounts",
        geo="EU27_2020",
        time_period="2021",
        unit="MIO_PPS_EU27_2020",
    )
    relative = (
        100 * (pps / people(published, "EE008", "2021")) / (eu / people(published, "EU27_2020", "2021"))
    )
    yield "GDP_PER_INHABITANT_PPS", "EE008", "2021", round(relative, 1)
    rate = figure(
        published, "education-and-training/neet-rate", geo="FI1C", time_period="2022", sex="T", age="Y15-29"
    )
    yield "NEET_RATE_NUTS2", "FI1C", "2022", rate


def test_the_indicators_are_what_the_inputs_give(published: Path) -> None:
    found = {(row["indicator"], row["geo"], row["time_period"]): row for row in rows(published, "indicators")}
    compared = 0
    for code, geo, year, answer in by_hand(published):
        row = found[code, geo, year]
        assert float(row["obs_value"]) == pytest.approx(answer, abs=0.011), (code, geo, year)
        compared += 1
    assert compared >= 20


def test_a_figure_of_a_nuts_2_region_is_on_no_smaller_one(published: Path) -> None:
    for row in rows(published, "indicators"):
        assert row["level"] == {2: "0", 4: "2", 5: "3"}.get(len(row["geo"]), "")
        if row["indicator"].endswith("_NUTS2"):
            assert row["level"] in ("0", "2", "")


def test_a_rank_is_among_areas_that_all_have_a_figure(published: Path) -> None:
    for row in rows(published, "indicators"):
        if row["rank"]:
            assert row["rank_n"] == row["rank_of"] and int(row["rank"]) <= int(row["rank_of"])
        assert bool(row["obs_value"]) != bool(row["reason"])


def test_the_newest_figures_are_those_of_the_long_table(published: Path) -> None:
    newest: dict[tuple[str, str], Row] = {}
    for row in rows(published, "indicators"):
        if row["obs_value"]:
            newest[row["geo"], row["indicator"]] = row  # sorted by year
    wide = rows(published, "indicators-newest")
    for row in wide:
        for (geo, code), own in newest.items():
            if geo == row["geo"] and code != "RD_EXPENDITURE_PER_GDP":
                name = code.lower()
                assert (row[name], row[f"{name}_year"]) == (own["obs_value"], own["time_period"])
    assert {row["geo"] for row in wide} == {geo for geo, _ in newest}


@pytest.mark.parametrize(
    "dataset", ["indicators", "indicators-newest", "peers", "register-places", "campus-participations"]
)
def test_the_releases_of_the_inputs_are_said(published: Path, dataset: str) -> None:
    package = json.loads((published / dataset / "datapackage.json").read_bytes())
    for entry in package["innoregio:provenance"]:
        release = json.loads((published / entry["table"] / "datapackage.json").read_bytes())
        assert entry["provider"] == "innoregio"
        assert entry["obtained_from"].endswith(
            f"/{entry['table']}/{release['version']}/{entry['part']}.parquet"
        )
        table = next(r for r in release["resources"] if r["name"] == f"{entry['part']}-parquet")
        assert table["hash"] == f"sha256:{entry['sha256']}"


def test_a_region_is_not_its_own_peer_and_the_example_holds(published: Path) -> None:
    """The distance of the first peer of Päijät-Häme, from the published basis."""
    peers = rows(published, "peers/similar-regions", geo="FI1C6")
    assert [int(row["rank"]) for row in peers] == list(range(1, 11))
    assert "FI1C6" not in {row["peer"] for row in peers}
    first = peers[0]
    ours, theirs = (
        {row["indicator"]: row for row in rows(published, "peers/basis", geo=geo)}
        for geo in ("FI1C6", first["peer"])
    )
    shared = sorted(ours.keys() & theirs.keys())
    weights = {code: float(ours[code]["weight"]) for code in shared}
    squares = sum(
        weights[code] * (float(ours[code]["standardised"]) - float(theirs[code]["standardised"])) ** 2
        for code in shared
    )
    assert float(first["distance"]) == pytest.approx((squares / sum(weights.values())) ** 0.5, abs=2e-6)
    assert int(first["indicators_shared"]) == len(shared)


def test_no_cell_of_the_indicators_needs_a_quote(published: Path) -> None:
    """Programs that guess how a file is quoted guess by its first lines, and its labels stand in a list."""
    text = (published / "indicators" / "indicators.csv").read_text("utf-8")
    assert '"' not in text and "contested" in text


@pytest.mark.parametrize("dataset", ["peers", "indicators-newest", "strategy"])
def test_every_derived_table_of_areas_names_them(published: Path, dataset: str) -> None:
    names = {(row["geo_classification"], row["code"]): row for row in rows(published, f"{dataset}/codes-geo")}
    assert names["nuts-2024", "FI1C6"]["label_sv"] == "Päijänne-Tavastland"
    assert all(row[f"label_{language}"] for row in names.values() for language in ("fi", "sv", "en"))


def test_a_table_worked_out_of_others_is_no_wrong_copy_of_them(published: Path) -> None:
    """Its figures are theirs: the next publication of an input must not stop at it."""
    [exports] = [one for one in load_datasets()[0] if one.name == "goods-exports"]
    workspace = Workspace(published.parent / "data", published, "http://127.0.0.1:8000/")
    compared = read_others(exports, exports.resources[0], workspace)
    assert "tourism-nights/tourism-nights" in compared
    assert not {"strategy/figures", "indicators/indicators"} & compared.keys()
