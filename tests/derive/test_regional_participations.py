"""Participations and partners by region: by the csv module, and the rules on made rows."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from assets.derive.conversion_weights import Geography
from assets.derive.regional_participations import count_participations, count_partners
from tests.published_rows import Row
from tests.published_rows import read_rows as rows

BALTIC = {"DE", "DK", "EE", "LT", "LV", "NO", "PL", "SE"}
REGIONS = {"FI1C6": "MK07", "FI1B1": "MK01", "FI1D7": "MK19"}


def key(row: Row) -> tuple[str, str, str]:
    return row["project"], row["organisation"], row["order"]


@pytest.mark.parametrize("year", ["2023", "2026"])
@pytest.mark.parametrize("geo", [*REGIONS, "FI"])
def test_counts_by_another_route(published: Path, geo: str, year: str) -> None:
    register = list(rows(published, "framework-projects/participations"))
    begun = {r["project"]: r["start_date"][:4] for r in rows(published, "framework-projects/projects")}
    places = rows(published, "register-places/register-places")
    seated = {key(row) for row in places if geo == "FI" or row["region"] == REGIONS[geo]}
    own = [row for row in register if key(row) in seated and begun[row["project"]] <= year]
    joint = {row["project"] for row in own}
    abroad = [row for row in register if row["project"] in joint and row["country"] != "FI"]
    expected = {
        "PARTICIPATIONS": len(own),
        "PROJECTS": len(joint),
        "ORGANISATIONS": len({row["organisation"] for row in own} - {""}),
        "NET_EC_CONTRIBUTION": sum(Decimal(row["net_ec_contribution"] or 0) for row in own),
        "FOREIGN_PARTICIPATIONS": len(abroad),
        "FOREIGN_PARTICIPATIONS_BALTIC": sum(row["country"] in BALTIC for row in abroad),
        "PARTNER_COUNTRIES": len({row["country"] for row in abroad}),
    }
    found = rows(published, "regional-participations/participations", geo=geo, time_period=year)
    assert {row["indicator"]: Decimal(row["obs_value"]) for row in found} == expected
    if (geo, year) == ("FI1C6", "2026"):
        shown = [expected[name] for name in ("PARTICIPATIONS", "PROJECTS", "FOREIGN_PARTICIPATIONS")]
        assert shown == [22, 21, 396]


def test_partners_by_another_route(published: Path) -> None:
    seated = {row["project"] for row in rows(published, "register-places/register-places", region="MK07")}
    campus = {row["project"] for row in rows(published, "campus-participations/campus-participations")}
    register = [r for r in rows(published, "framework-projects/participations") if r["country"] != "FI"]
    for basis, projects in (("seat", seated), ("upper bound", seated | campus)):
        expected: dict[str, list[Row]] = defaultdict(list)
        for row in register:
            if row["project"] in projects:
                expected[row["country"]].append(row)
        table = list(rows(published, "regional-participations/foreign-partners", geo="FI1C6", basis=basis))
        assert {row["partner_country"] for row in table} == set(expected)
        for row in table:
            own = expected[row["partner_country"]]
            assert int(row["participations"]) == len(own)
            assert int(row["projects"]) == len({one["project"] for one in own})
            assert int(row["organisations"]) == len({one["organisation"] for one in own} - {""})


def test_an_upper_bound_is_only_where_a_campus_is_listed(published: Path) -> None:
    table = rows(published, "regional-participations/foreign-partners", basis="upper bound")
    assert {row["geo"] for row in table} == {"FI1C6"}


MADE = {
    "project": ["1", "1", "1", "2", "2"],
    "organisation": ["a", "b", "x", None, "x"],
    "order": [1, 2, 3, 1, 2],
    "country": ["FI", "FI", "SE", "FI", "SE"],
    "net_ec_contribution": [None, "5.10", "1.00", None, "2.00"],
}
PROJECTS = pl.DataFrame(
    {
        "project": ["1", "2"],
        "framework_programme": ["HORIZON", "HORIZON"],
        "start_date": ["2022-01-01", "2023-06-01"],
        "updated": ["2023-01-05T00:00:00Z", "2022-03-01T00:00:00Z"],
    }
)


def made() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two rows in Päijät-Häme, in one project; one in no region, of a person."""
    table = pl.DataFrame(MADE).with_columns(pl.col("net_ec_contribution").cast(pl.Decimal(18, 2)))
    places = table.filter(country="FI").select(
        "project",
        "organisation",
        "order",
        region=pl.Series(["MK07", "MK07", None]),
        place_classification=pl.Series(["maakunta-2026", "maakunta-2026", None]),
    )
    return table, places


def test_what_a_region_has_none_of_is_zero_and_what_is_not_stated_is_nothing(geography: Geography) -> None:
    table, places = made()
    found = count_participations(table, PROJECTS, places, geography, "nuts-2024", sorted(BALTIC))

    def value(geo: str, year: str, indicator: str) -> tuple[float | None, str]:
        [row] = found.filter(geo=geo, time_period=year, indicator=indicator).to_dicts()
        return row["obs_value"], row["obs_status"]

    assert value("FI1C6", "2022", "PARTICIPATIONS") == (2.0, "A")
    assert value("FI1C6", "2022", "NET_EC_CONTRIBUTION") == (5.1, "A")
    assert value("FI1C6", "2022", "FOREIGN_PARTICIPATIONS") == (1.0, "A")
    assert (
        value("FI1C7", "2022", "PARTICIPATIONS")
        == value("FI1C7", "2022", "NET_EC_CONTRIBUTION")
        == (0.0, "A")
    )
    assert value("FI", "2023", "PARTICIPATIONS") == (3.0, "P") and value("FI1C", "2023", "PROJECTS") == (
        1.0,
        "P",
    )
    assert value("FI", "2023", "ORGANISATIONS") == (2.0, "P")
    unstated = table.with_columns(net_ec_contribution=pl.lit(None, pl.Decimal(18, 2)))
    found = count_participations(unstated, PROJECTS, places, geography, "nuts-2024", [])
    assert value("FI1C6", "2022", "NET_EC_CONTRIBUTION") == (None, "O")
    assert value("FI1C6", "2022", "FOREIGN_PARTICIPATIONS_BALTIC") == (0.0, "A")


def test_a_campus_adds_its_projects_to_the_upper_bound_alone(geography: Geography) -> None:
    table, places = made()
    campuses = pl.DataFrame(
        {"municipality": ["KU398"], "project": ["2"], "organisation": [None], "order": [1]},
        schema_overrides={"organisation": pl.String},
    )
    found = count_partners(table, PROJECTS, places, campuses, geography, "nuts-2024").filter(geo="FI1C6")
    assert found.select("basis", "partner_country", "projects", "participations").rows() == [
        ("seat", "SE", 1, 1),
        ("upper bound", "SE", 2, 2),
    ]
