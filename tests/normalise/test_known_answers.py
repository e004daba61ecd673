"""Figures that people have looked up, in the bundle by a route of its own and in the normalised tables.

The plain readings use the csv and json modules and none of our readers, so as not to share their mistakes.
"""

import csv
import gzip
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Dataset, Resource, load_dataset
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import bundle_root, find_snapshots
from tests.normalise.plain_rules import plain_status, plain_table
from tests.normalise.readers.plain.plain_readings import (
    Cells,
    plain_bytes,
    plain_jsonstat,
    plain_sdmx_csv,
    plain_tsv,
)

SCHEMAS = Path(__file__).parents[2] / "schemas"
BUNDLE = Path(__file__).parents[2] / "assets" / "snapshots"


def bundled(table: str) -> list[Path]:
    paths = sorted(
        path for path in BUNDLE.glob(f"*/{table}/*/*") if not path.name.endswith((".gz.json", ".json.json"))
    )
    assert paths, f"{table} is not in the bundle"
    return paths


@cache
def plain_cells(table: str, parts: tuple[str, ...] = ()) -> Cells:
    """All cells of a bundled table, or of these parts; parts that give a cell twice must agree."""
    readings: dict[str, Callable[[bytes], Cells]] = {
        ".tsv.gz": plain_tsv,
        ".json": plain_jsonstat,
        ".csv.gz": lambda content: plain_sdmx_csv(
            content, ["freq", "unit", "sex", "age", "geo", "TIME_PERIOD"]
        ),
    }
    cells: Cells = {}
    for path in (path for path in bundled(table) if not parts or path.parent.name in parts):
        for key, cell in readings["".join(path.suffixes)](plain_bytes(path)).items():
            assert cells.setdefault(key, cell) == cell
    return cells


@cache
def plain_records(member: str) -> list[dict[str, str]]:
    """The records of a bundled CORDIS member."""
    [path] = [p for p in bundled("horizon") if p.parent.name == member]
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


ANSWERS = {
    "13tn": [
        ("2023 MK07 SSS tk_menot", 96.9),
        ("2023 MK07 SSS tk_hlomaara", 1281),
        ("2023 MK07 SSS tk_htv", 856.7),
        ("2024 MK07 SSS tk_menot", 116.6),
        ("2024 MK07 SSS tk_hlomaara", 1286),
        ("2024 MK07 SSS tk_htv", 902.4),
        ("2024 MK07 yri tk_menot", 77.8),
    ],
    "nama_10r_3gdp": [("A MIO_EUR FI1C3 2021", 6992.5)],
    "bd_size_r3": [
        ("A V11920 TOTAL B-S_X_K642 FI1C3 2019", 980),
        ("A V11920 TOTAL B-S_X_K642 FI1C3 2020", 970),
    ],
    "pat_ep_rtot": [("A NR FI1C3 2012", 20.13)],
    "11re": [("MK07 SSS SSS 2023 vaesto", 204479), ("MK07 SSS SSS 2024 vaesto", 204635)],
}


@pytest.mark.parametrize("table", ANSWERS)
def test_the_bundle_has_the_figures(table: str) -> None:
    cells = plain_cells(table)
    assert {key: cells[tuple(key.split())][0] for key, _ in ANSWERS[table]} == dict(ANSWERS[table])


def test_the_bundle_has_no_value_where_there_is_none() -> None:
    assert ("A", "MIO_EUR", "FI1C3", "2022") not in plain_cells("nama_10r_3gdp")
    secret = {key for key, cell in plain_cells("13tn").items() if cell == (None, "...")}
    assert secret and {key[1] for key in secret} == {"MK08"}


def test_the_bundle_has_the_projects_and_participations() -> None:
    projects, participations = plain_records("project"), plain_records("organization")
    assert len(projects) == len({record["id"] for record in projects}) == 1706
    assert len(participations) == 28215
    assert sum(record["country"] == "FI" for record in participations) == 2845
    assert sum(record["nutsCode"] == "FI1C6" for record in participations) == 20
    assert {record["projectID"] for record in participations} == {record["id"] for record in projects}


@cache
def dataset_of(name: str) -> Dataset:
    return load_dataset(SCHEMAS / "datasets" / f"{name}.yaml")


def resource_of(dataset: str, name: str) -> Resource:
    return next(resource for resource in dataset_of(dataset).resources if resource.name == name)


@cache
def normalised(dataset: str, name: str) -> pl.DataFrame:
    """The table made from the bundle, as the pipeline makes it."""
    resource = resource_of(dataset, name)
    found = [s for x in resource.sources for s in find_snapshots([bundle_root()], x.provider, x.table)]
    areas = normalised("regions", "areas").lazy() if resource.classification else None
    return normalise_resource(resource, found, areas).collect()


DIMENSIONS = {
    "13tn": ["Vuosi", "Alue", "Sektori", "Tiedot"],
    "11re": ["Alue", "Ikä", "Sukupuoli", "Vuosi", "Tiedot"],
    "12bs": ["Vuosi", "Alue", "Tiedot"],
    "nama_10r_3gdp": ["freq", "unit", "geo", "TIME_PERIOD"],
    "bd_size_r3": ["freq", "indic_sb", "sizeclas", "nace_r2", "geo", "TIME_PERIOD"],
    "pat_ep_rtot": ["freq", "unit", "geo", "TIME_PERIOD"],
    "edat_lfse_22": ["freq", "sex", "age", "training", "wstatus", "unit", "geo", "TIME_PERIOD"],
    "demo_r_pjanaggr3": ["freq", "unit", "sex", "age", "geo", "TIME_PERIOD"],
}
STATISTICS = [
    ("regional-accounts", "regional-accounts", "nama_10r_3gdp"),
    ("population", "population-eurostat", "demo_r_pjanaggr3"),
    ("population", "population-statfin", "11re"),
    ("business-demography", "business-demography", "bd_size_r3"),
    ("rd-expenditure", "rd-expenditure", "13tn"),
    ("education-and-training", "neet-rate", "edat_lfse_22"),
    ("education-and-training", "educational-attainment", "12bs"),
    ("patent-applications", "patent-applications", "pat_ep_rtot"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("dataset", "name", "table"), STATISTICS)
def test_every_cell_of_the_bundle_is_one_row(dataset: str, name: str, table: str) -> None:
    resource = resource_of(dataset, name)
    expected = plain_table(plain_cells(table, resource.sources[0].parts), DIMENSIONS[table], resource)
    fields = [field.name for field in resource.fields if field.source_column in DIMENSIONS[table]]
    frame = normalised(dataset, name)
    assert frame.height == len(expected)
    rows = frame.select(*fields, "obs_value", "obs_flag").rows()
    assert {row[:-2]: row[-2:] for row in rows} == expected


@pytest.mark.parametrize(("dataset", "name", "table"), STATISTICS)
def test_every_status_is_what_the_flag_says(dataset: str, name: str, table: str) -> None:
    kinds = normalised(dataset, name).select(
        "obs_flag", pl.col("obs_value").is_not_null().alias("has_value"), "obs_status"
    )
    for flag, has_value, status in kinds.unique().rows():
        assert status == (None if table == "pat_ep_rtot" else plain_status(flag, has_value))


def value(dataset: str, name: str, **codes: str) -> float | None:
    """The value of the one row that has these codes."""
    return normalised(dataset, name).filter(**codes)["obs_value"].item()


def test_research_in_paijat_hame() -> None:
    def research(year: str, indicator: str, sector: str = "TOTAL", geo: str = "MK07") -> float | None:
        where = {"geo_classification": "maakunta-2025", "time_period": year, "indicator": indicator}
        return value("rd-expenditure", "rd-expenditure", geo=geo, sector=sector, **where)

    kinds = ("RD_EXPENDITURE", "RD_PERSONNEL", "RD_PERSON_YEARS")
    assert [research("2023", kind) for kind in kinds] == [96.9, 1281, 856.7]
    assert [research("2024", kind) for kind in kinds] == [116.6, 1286, 902.4]
    assert research("2024", "RD_EXPENDITURE", "BES") == 77.8
    secret = normalised("rd-expenditure", "rd-expenditure").filter(obs_flag="...")
    assert secret.select(pl.col("geo", "obs_value", "obs_status").unique()).rows() == [("MK08", None, "Q")]
    assert secret.height == 12


def test_other_figures_of_paijat_hame() -> None:
    old = {"geo": "FI1C3", "geo_classification": "nuts-2021"}
    assert (
        value("regional-accounts", "regional-accounts", unit="MIO_EUR", time_period="2021", **old) == 6992.5
    )
    accounts = normalised("regional-accounts", "regional-accounts")
    assert accounts.filter(unit="MIO_EUR", time_period="2022", geo="FI1C3").is_empty()
    for year, births in (("2019", 980), ("2020", 970)):
        codes = {"indicator": "V11920", "size_class": "TOTAL", "time_period": year}
        assert value("business-demography", "business-demography", **codes, **old) == births
    patents = {"geo": "FI1C3", "geo_classification": "nuts-2010", "unit": "NR", "time_period": "2012"}
    assert value("patent-applications", "patent-applications", **patents) == 20.13
    for year, people in (("2023", 204479), ("2024", 204635)):
        codes = {"geo": "MK07", "geo_classification": "maakunta-2025", "sex": "T", "age": "TOTAL"}
        assert value("population", "population-statfin", time_period=year, **codes) == people


def test_projects_and_participations() -> None:
    projects = normalised("framework-projects", "projects")
    participations = normalised("framework-projects", "participations")
    assert projects.height == projects["project"].n_unique() == 1706
    assert participations.height == 28215
    assert participations.filter(country="FI").height == 2845
    assert participations.filter(geo="FI1C6", geo_classification="nuts-2024").height == 20
    assert participations.filter("name_withheld").select("organisation").null_count().item() == 54
    assert participations.filter("name_withheld").height == 54
    given = [record["ecContribution"] for record in plain_records("organization")]
    assert participations["ec_contribution"].sum() == sum(
        Decimal(text.replace(",", ".")) for text in given if text
    )
    cost = sum(Decimal(record["totalCost"].replace(",", ".")) for record in plain_records("project"))
    assert projects["total_cost"].sum() == cost
