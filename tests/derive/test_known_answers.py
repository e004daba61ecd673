"""Each indicator worked out by another route, the csv module, for Päijät-Häme, Finland and abroad."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.derive.csv_answers import (
    figure,
    mean_people,
    national_with_iitti,
    people,
    rows,
    share_of_iitti,
    with_iitti,
)
from tests.derive.indicator_answers import by_hand

Answer = tuple[str, str, float]  # area, year, figure
FIRMS = {"size_class": "TOTAL", "time_period": "2020"}
HOME, COUNTRY, ABROAD = "FI1C6", "FI", "EE008"


def gdp_per_employed(published: Path) -> list[Answer]:
    def employed(geo: str) -> float:
        return figure(published, "employment-nuts3", geo=geo, time_period="2021")

    product = {"unit": "MIO_EUR"}
    ours = with_iitti(published, "regional-accounts", "2021", **product)
    others = {
        geo: figure(published, "regional-accounts", geo=geo, time_period="2021", **product)
        for geo in (COUNTRY, ABROAD)
    }
    return [(geo, "2021", 1000 * made / employed(geo)) for geo, made in ({HOME: ours} | others).items()]


def rd_person_years(published: Path) -> list[Answer]:
    asked = {"indicator": "RD_PERSON_YEARS", "sector": "TOTAL", "time_period": "2023"}
    return [
        (
            geo,
            "2023",
            figure(published, "rd-expenditure", geo=own, **asked)
            / figure(published, "employment-nuts3", geo=geo, time_period="2023"),
        )
        for geo, own in ((HOME, "MK07"), (COUNTRY, "FI"))
    ]


def rd_per_gdp(published: Path) -> list[Answer]:
    spent = figure(
        published, "rd-expenditure", geo="FI", indicator="RD_EXPENDITURE", sector="TOTAL", time_period="2023"
    )
    made = figure(published, "regional-economy-nuts2/gross-domestic-product", geo="FI", time_period="2023")
    return [(COUNTRY, "2023", 100 * spent / made)]


def counted(published: Path, geo: str, indicator: str) -> float:
    table = "regional-participations/participations"
    return figure(published, table, geo=geo, indicator=indicator, time_period="2026")


def per_enterprise(indicator: str) -> Callable[[Path], list[Answer]]:
    def answers(published: Path) -> list[Answer]:
        ours = with_iitti(published, "business-demography", "2020", indicator="V11910", size_class="TOTAL")
        theirs = figure(published, "business-demography", geo=COUNTRY, indicator="V11910", **FIRMS)
        return [
            (geo, "2026", 1000 * counted(published, geo, indicator) / firms)
            for geo, firms in ((HOME, ours), (COUNTRY, theirs))
        ]

    return answers


def per_inhabitant(indicator: str, factor: float) -> Callable[[Path], list[Answer]]:
    return lambda published: [
        (geo, "2026", factor * counted(published, geo, indicator) / people(published, geo, "2025"))
        for geo in (HOME, COUNTRY)
    ]


def partner_countries(published: Path) -> list[Answer]:
    return [(geo, "2026", counted(published, geo, "PARTNER_COUNTRIES")) for geo in (HOME, COUNTRY)]


def baltic_share(published: Path) -> list[Answer]:
    names = ("FOREIGN_PARTICIPATIONS_BALTIC", "FOREIGN_PARTICIPATIONS")
    return [
        (geo, "2026", 100 * counted(published, geo, names[0]) / counted(published, geo, names[1]))
        for geo in (HOME, COUNTRY)
    ]


def foreign_born(published: Path) -> list[Answer]:
    found = {
        geo: (
            figure(published, "foreign-born", geo=geo, indicator="POPULATION"),
            figure(published, "foreign-born", geo=geo, indicator="NAT"),
        )
        for geo in ("FI1C3", "FI1C4", COUNTRY, ABROAD)
    }
    share = share_of_iitti(published, "2021")
    ours, theirs = found["FI1C3"], found["FI1C4"]
    every = ours[0] + share * theirs[0]
    abroad = ours[0] * (100 - ours[1]) + share * theirs[0] * (100 - theirs[1])
    return [(HOME, "2021", abroad / every), *((g, "2021", 100 - found[g][1]) for g in (COUNTRY, ABROAD))]


def as_it_is(table: str, year: str, *areas: str, **where: str) -> Callable[[Path], list[Answer]]:
    return lambda published: [
        (geo, year, figure(published, table, geo=geo, time_period=year, **where)) for geo in areas
    ]


def unemployment(published: Path) -> list[Answer]:
    table, share = "labour-force-survey-regions", share_of_iitti(published, "2018")
    sizes, rates = (
        [figure(published, table, geo=geo, time_period="2018", indicator=code) for geo in ("MK07", "MK08")]
        for code in ("LABOUR_FORCE", "UNEMPLOYMENT_RATE")
    )
    ours = (sizes[0] * rates[0] + share * sizes[1] * rates[1]) / (sizes[0] + share * sizes[1])
    rate = figure(published, table, geo=COUNTRY, time_period="2018", indicator="UNEMPLOYMENT_RATE")
    return [(HOME, "2018", ours), (COUNTRY, "2018", rate)]


def income(published: Path) -> list[Answer]:
    table = "household-income-regions"
    ours = [national_with_iitti(published, table, "2014", indicator=code) for code in ("B6NT", "KVAKI")]
    all_of = [figure(published, table, geo=COUNTRY, indicator=code) for code in ("B6NT", "KVAKI")]
    return [(HOME, "2014", 1e6 * ours[0] / ours[1]), (COUNTRY, "2014", 1e6 * all_of[0] / all_of[1])]


def exports(published: Path) -> list[Answer]:
    ours = national_with_iitti(published, "goods-exports", "2017")
    made = with_iitti(published, "regional-accounts", "2017", unit="MIO_EUR")
    every = figure(published, "goods-exports", geo=COUNTRY, time_period="2017")
    product = figure(published, "regional-accounts", geo=COUNTRY, time_period="2017", unit="MIO_EUR")
    return [(HOME, "2017", 100 * ours / made), (COUNTRY, "2017", 100 * every / product)]


def members(published: Path) -> set[str]:
    """The municipalities of Päijät-Häme today, which are the same ten in 2019 and 2020."""
    return {row["municipality"] for row in rows(published, "regions/memberships", geo=HOME, year="2025")}


def municipal(published: Path, table: str, year: str, **where: str) -> float:
    found = rows(published, table, time_period=year, **where)
    return sum(float(row["obs_value"]) for row in found if row["geo"] in members(published))


def workplaces(published: Path) -> list[Answer]:
    parts = [municipal(published, "workplaces-by-industry", "2017", activity=a) for a in ("C", "TOTAL")]
    return [(HOME, "2017", 100 * parts[0] / parts[1])]


def manufacturing(published: Path) -> list[Answer]:
    parts = [with_iitti(published, "employment-by-industry", "2017", activity=a) for a in ("C", "TOTAL")]
    return [(HOME, "2017", 100 * parts[0] / parts[1])]


def commuting(published: Path) -> list[Answer]:
    names = ("OTHER", "TOTAL")
    ours = [municipal(published, "commuting", "2017", place_of_work=name) for name in names]
    every = [
        figure(published, "commuting", geo=COUNTRY, time_period="2017", place_of_work=name) for name in names
    ]
    return [(HOME, "2017", 100 * ours[0] / ours[1]), (COUNTRY, "2017", 100 * every[0] / every[1])]


def migration(published: Path) -> list[Answer]:
    moved = municipal(published, "migration", "2017", indicator="NET")
    return [(HOME, "2017", 1000 * moved / mean_people(published, HOME, "2017"))]


def gdp_per_inhabitant(published: Path) -> list[Answer]:
    made = with_iitti(published, "regional-accounts", "2021", unit="MIO_EUR")
    others = [
        (geo, figure(published, "regional-accounts", geo=geo, time_period="2021", unit="MIO_EUR"))
        for geo in (COUNTRY, ABROAD)
    ]
    return [
        (geo, "2021", 1e6 * product / mean_people(published, geo, "2021"))
        for geo, product in [(HOME, made), *others]
    ]


def enterprises(published: Path) -> list[Answer]:
    ours = with_iitti(published, "business-demography", "2020", indicator="V11910", size_class="TOTAL")
    others = [
        (geo, figure(published, "business-demography", geo=geo, indicator="V11910", **FIRMS))
        for geo in (COUNTRY, ABROAD)
    ]
    return [
        (geo, "2020", 1000 * firms / mean_people(published, geo, "2020"))
        for geo, firms in [(HOME, ours), *others]
    ]


def patents(published: Path) -> list[Answer]:
    asked = {"table": "patent-applications", "unit": "NR"}
    ours = with_iitti(published, year="2012", **asked)
    inhabitants = [with_iitti(published, "population/population-eurostat", year) for year in ("2012", "2013")]
    theirs = [
        figure(published, "population/population-eurostat", geo="DEE0D", time_period=year)
        for year in ("2012", "2013")
    ]
    applied = figure(published, "patent-applications", geo="DEE0D", time_period="2012", unit="NR")
    return [
        (HOME, "2012", 2e6 * ours / sum(inhabitants)),
        ("DEE0D", "2012", 2e6 * applied / sum(theirs)),
    ]


def tertiary(published: Path) -> list[Answer]:
    asked = {"indicator": "TERTIARY", "time_period": "2023"}
    table = "education-and-training/educational-attainment"
    return [
        (geo, "2023", figure(published, table, geo=own, **asked))
        for geo, own in ((HOME, "MK07"), ("FI", "FI"))
    ]


ACCESS = "access-to-services"
NEAR = (HOME, COUNTRY, ABROAD)
ANSWERS: dict[str, Callable[[Path], list[Answer]]] = {
    "GDP_PER_INHABITANT": gdp_per_inhabitant,
    "ENTERPRISES_PER_1000_INHABITANTS": enterprises,
    "PATENT_APPLICATIONS_PER_MILLION": patents,
    "TERTIARY_ATTAINMENT_15_OVER": tertiary,
    "GDP_PER_EMPLOYED": gdp_per_employed,
    "RD_PERSON_YEARS_PER_1000_EMPLOYED": rd_person_years,
    "RD_EXPENDITURE_PER_GDP": rd_per_gdp,
    "HORIZON_PARTICIPATIONS_PER_1000_ENTERPRISES": per_enterprise("PARTICIPATIONS"),
    "HORIZON_CONTRIBUTION_PER_1000_ENTERPRISES": per_enterprise("NET_EC_CONTRIBUTION"),
    "HORIZON_PARTICIPATIONS_PER_100000_INHABITANTS": per_inhabitant("PARTICIPATIONS", 1e5),
    "HORIZON_CONTRIBUTION_PER_INHABITANT": per_inhabitant("NET_EC_CONTRIBUTION", 1),
    "HORIZON_PARTNER_COUNTRIES": partner_countries,
    "HORIZON_BALTIC_PARTNER_SHARE": baltic_share,
    "FOREIGN_BORN_SHARE": foreign_born,
    "HEALTH_CARE_OVER_20_MINUTES": as_it_is(
        ACCESS, "2023", *NEAR, service="HEALTHCARE", threshold="GT_20_MIN"
    ),
    "SCHOOL_OVER_10_MINUTES": as_it_is(ACCESS, "2023", *NEAR, service="EDUCATION", threshold="GT_10_MIN"),
    "RECHARGING_POINT_OVER_5_KM": as_it_is(ACCESS, "2025", *NEAR, service="EVRP", threshold="GT_5000_M"),
    "MEDIAN_AGE": as_it_is("age-structure", "2022", COUNTRY, ABROAD, indicator="MEDAGEPOP"),
    "UNEMPLOYMENT_RATE_SURVEY": unemployment,
    "DISPOSABLE_INCOME_PER_INHABITANT": income,
    "GOODS_EXPORTS_PER_GDP": exports,
    "MANUFACTURING_WORKPLACES_SHARE": workplaces,
    "MANUFACTURING_EMPLOYMENT_SHARE": manufacturing,
    "WORKING_OUTSIDE_MUNICIPALITY_SHARE": commuting,
    "NET_MIGRATION_PER_1000": migration,
    "ADULT_LEARNING_NUTS2": as_it_is("adult-learning-nuts2", "2015", "FI1C", "FI", "SE11", sex="T"),
    "DAILY_INTERNET_USERS_NUTS2": as_it_is("digital-use-nuts2", "2019", "FI1C", "FI", "EE00"),
    "PHYSICIANS_PER_100000_NUTS2": as_it_is(
        "health-resources-nuts2", "2020", "FI1C", "FI", "SE11", unit="P_HTHAB"
    ),
    "LIFE_EXPECTANCY_WOMEN_NUTS2": as_it_is("yearbook-2026/life-expectancy", "2024", "FI1C", "EE00", sex="F"),
    "LIFE_EXPECTANCY_MEN_NUTS2": as_it_is("yearbook-2026/life-expectancy", "2024", "FI1C", "EE00", sex="M"),
    "EMPLOYMENT_RATE_TERTIARY_NUTS2": as_it_is(
        "yearbook-2026/employment-by-education", "2025", "FI1C", "EE00", education="ED5-8"
    ),
    "EMPLOYMENT_RATE_NUTS2": as_it_is("labour-market-nuts2/employment-rate", "2024", "FI1C", "EE00"),
    "UNEMPLOYMENT_RATE_NUTS2": as_it_is("labour-market-nuts2/unemployment-rate", "2024", "FI1C", "EE00"),
    "RD_INTENSITY_NUTS2": as_it_is("rd-intensity-nuts2", "2023", "FI1C", "EE00"),
    "TERTIARY_ATTAINMENT_NUTS2": as_it_is("tertiary-attainment-nuts2", "2024", "FI1C", "EE00"),
}


@pytest.mark.slow
@pytest.mark.parametrize("code", ANSWERS)
def test_the_indicator_is_what_the_csv_files_give(published: Path, code: str) -> None:
    own = {(row["geo"], row["time_period"]): row for row in rows(published, "indicators", indicator=code)}
    decimals = max(len(row["obs_value"].partition(".")[2]) for row in own.values())
    found = {
        (geo, year): (float(own[geo, year]["obs_value"]), answer)
        for geo, year, answer in ANSWERS[code](published)
    }
    for area, (shown, answer) in found.items():
        assert shown == pytest.approx(answer, abs=0.5001 * 10**-decimals), area
    assert {area for area, _ in found} & {HOME, COUNTRY, "FI1C"}


@pytest.mark.slow
def test_the_indicators_are_what_the_inputs_give(published: Path) -> None:
    found = {(row["indicator"], row["geo"], row["time_period"]): row for row in rows(published, "indicators")}
    compared = 0
    for code, geo, year, answer in by_hand(published):
        row = found[code, geo, year]
        assert float(row["obs_value"]) == pytest.approx(answer, abs=0.011), (code, geo, year)
        compared += 1
    assert compared >= 20


@pytest.mark.slow
def test_no_indicator_goes_without_an_answer(published: Path) -> None:
    codes = {row["indicator"] for row in rows(published, "indicators")}
    assert codes == {*ANSWERS, *(code for code, *_ in by_hand(published))}
