"""Answers of the older indicators, worked out from the CSV files of their inputs."""

from collections.abc import Iterator
from pathlib import Path

from tests.derive.csv_answers import figure, mean_people


def by_hand(published: Path) -> Iterator[tuple[str, str, str, float]]:
    """Indicator, area, year and the answer, worked out from the inputs' CSV files."""
    nights = "tourism-nights/tourism-nights"
    for geo in ("FI1C6", "FI", "EE008"):
        every, foreign = (
            figure(published, nights, geo=geo, time_period="2024", residence=code)
            for code in ("TOTAL", "FOR")
        )
        yield "FOREIGN_NIGHTS_SHARE", geo, "2024", round(100 * foreign / every, 1)
        yield "NIGHTS_PER_INHABITANT", geo, "2024", round(every / mean_people(published, geo, "2024"), 2)
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
        round(1e6 * spent / mean_people(published, "FI1C6", "2024")),
    )
    years = figure(published, "rd-expenditure/rd-expenditure", indicator="RD_PERSON_YEARS", **research)
    yield (
        "RD_PERSON_YEARS_PER_1000_INHABITANTS",
        "FI1C6",
        "2024",
        round(1000 * years / mean_people(published, "FI1C6", "2024"), 2),
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
        100
        * (pps / mean_people(published, "EE008", "2021"))
        / (eu / mean_people(published, "EU27_2020", "2021"))
    )
    yield "GDP_PER_INHABITANT_PPS", "EE008", "2021", round(relative, 1)
    rate = figure(
        published, "education-and-training/neet-rate", geo="FI1C", time_period="2022", sex="T", age="Y15-29"
    )
    yield "NEET_RATE_NUTS2", "FI1C", "2022", rate
