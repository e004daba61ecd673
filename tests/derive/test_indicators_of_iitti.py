"""The land of Päijät-Häme in each year, indicator by indicator, and totals that conversion keeps.

Iitti is not in FI1C3 (2021 and 2022), it is in MK07 from 2021 on: figures of the first are estimates on
FI1C6, those of the second are exact.
"""

from pathlib import Path

import pytest

from tests.derive.csv_answers import rows

pytestmark = pytest.mark.slow  # the indicators are made from most of the datasets

YEARS = ("2021", "2022", "2023", "2024")
Shown = tuple[str, str, str]  # figure, status, conversion
EXACT = {
    # of MK07, by the register's municipality, or of FI1C6 itself
    "RD_EXPENDITURE_PER_INHABITANT": {"2022": "461", "2023": "474", "2024": "570"},
    "RD_PERSON_YEARS_PER_1000_INHABITANTS": {"2022": "4.14", "2023": "4.19", "2024": "4.41"},
    "RD_PERSON_YEARS_PER_1000_EMPLOYED": {"2022": "9.85", "2023": "9.88"},
    "TERTIARY_ATTAINMENT_15_OVER": {"2023": "28.6"},
    "POPULATION_65_OVER_SHARE": {"2021": "27.3", "2022": "27.7", "2023": "28.1", "2024": "28.3"},
    "POPULATION_DENSITY": {"2024": "26.8"},
    "HORIZON_PARTICIPATIONS_PER_100000_INHABITANTS": dict(zip(YEARS, ("0", "1", "2.9", "8.3"), strict=True)),
    "HORIZON_CONTRIBUTION_PER_INHABITANT": dict(zip(YEARS, ("0", "9.59", "14.98", "27.16"), strict=True)),
    "HORIZON_PARTNER_COUNTRIES": dict(zip(YEARS, ("0", "13", "24", "39"), strict=True)),
    "HORIZON_BALTIC_PARTNER_SHARE": {"2022": "26.9", "2023": "32.8", "2024": "30.7"},
    "HEALTH_CARE_OVER_20_MINUTES": {"2023": "2.9"},
    "SCHOOL_OVER_10_MINUTES": {"2023": "5.2"},
    "RECHARGING_POINT_OVER_5_KM": {"2023": "25.2", "2024": "20.9"},
    "FOREIGN_NIGHTS_SHARE": {"2023": "12", "2024": "10.1"},
    "NIGHTS_PER_INHABITANT": {"2023": "2.96", "2024": "2.94"},
}
ESTIMATED = {
    # both sides of FI1C3 and Iitti's share of FI1C4
    "FOREIGN_BORN_SHARE": {"2021": "5.74"},
    "FOREIGN_NIGHTS_SHARE": {"2021": "5.9", "2022": "12.8"},
}
MIXED = {
    # one side of FI1C3 and Iitti's share, the other of FI1C6
    "GDP_PER_EMPLOYED": {"2021": "86457"},
    "GDP_PER_INHABITANT": {"2021": "35408"},
    "GDP_PER_INHABITANT_PPS": {"2021": "86.9"},
    "NIGHTS_PER_INHABITANT": {"2021": "2.2", "2022": "2.83"},
    "HORIZON_PARTICIPATIONS_PER_1000_ENTERPRISES": dict(
        zip(YEARS, ("0", "0.16", "0.47", "1.33"), strict=True)
    ),
    "HORIZON_CONTRIBUTION_PER_1000_ENTERPRISES": dict(
        zip(YEARS, ("0", "154038", "239998", "434900"), strict=True)
    ),
}


def test_every_figure_of_2021_to_2024_is_of_the_right_land(published: Path) -> None:
    expected: dict[tuple[str, str], Shown] = {
        (code, year): (value, status, kind)
        for figures, status, kind in (
            (EXACT, "A", "exact"),
            (ESTIMATED, "E", "estimated"),
            (MIXED, "E", "mixed"),
        )
        for code, years in figures.items()
        for year, value in years.items()
    }
    found = {
        (row["indicator"], row["time_period"]): (row["obs_value"], row["obs_status"], row["conversion"])
        for row in rows(published, "indicators", geo="FI1C6")
        if row["time_period"] in YEARS and row["obs_value"]
    }
    assert found == expected


def test_an_estimate_says_by_which_weight_and_an_exact_figure_by_none(published: Path) -> None:
    for row in rows(published, "indicators", geo="FI1C6"):
        if row["obs_value"]:
            assert bool(row["weight"]) == (row["conversion"] != "exact"), row


def summed(published: Path, code: str, year: str, side: str) -> float:
    """One side of an indicator added up over the regions of Finland at NUTS 3."""
    own = rows(published, "indicators", indicator=code, time_period=year, level="3")
    return sum(float(row[side]) for row in own if row["geo"].startswith("FI"))


def test_conversion_keeps_totals(published: Path) -> None:
    """Exact sums of municipalities, and estimates on NUTS 2024 of figures on NUTS 2021."""

    def total(table: str, length: int, **where: str) -> float:
        found = rows(published, table, **where)
        return sum(float(row["obs_value"]) for row in found if len(row["geo"]) == length)

    for code, table, where in (
        ("WORKING_OUTSIDE_MUNICIPALITY_SHARE", "commuting", {"place_of_work": "OTHER"}),
        ("NET_MIGRATION_PER_1000", "migration", {"indicator": "NET"}),
        (
            "MANUFACTURING_WORKPLACES_SHARE",
            "workplaces-by-industry",
            {"activity": "C", "geo_classification": "kunta-2020"},
        ),
    ):
        assert summed(published, code, "2017", "numerator") == total(table, 5, time_period="2017", **where), (
            code
        )
    made = rows(
        published, "regional-accounts", time_period="2021", unit="MIO_EUR", geo_classification="nuts-2021"
    )
    product = sum(float(r["obs_value"]) for r in made if r["geo"].startswith("FI") and len(r["geo"]) == 5)
    assert summed(published, "GDP_PER_INHABITANT", "2021", "numerator") == pytest.approx(product, rel=1e-9)
