"""Figures of the published tables by the csv module alone: what indicators are compared with."""

from pathlib import Path

from tests.published_rows import Row
from tests.published_rows import read_rows as rows

__all__ = ["Row", "figure", "mean_people", "national_with_iitti", "people", "rows", "with_iitti"]

BEFORE = ("KU075", "KU142", "KU285", "KU286", "KU489", "KU624", "KU935")  # Kymenlaakso with Iitti (KU142)


def figure(published: Path, table: str, **where: str) -> float:
    [row] = rows(published, table, **where)
    return float(row["obs_value"])


def people(published: Path, geo: str, year: str) -> float:
    """Inhabitants on 1 January."""
    both = {"sex": "T", "age": "TOTAL", "geo": geo}
    return figure(published, "population/population-by-age", time_period=year, **both)


def mean_people(published: Path, geo: str, year: str) -> float:
    return (people(published, geo, year) + people(published, geo, str(int(year) + 1))) / 2


def share_of_iitti(published: Path, year: str) -> float:
    """Iitti's part of the inhabitants of Kymenlaakso as it was, with its seven municipalities."""
    table = "regions/municipal-population"
    counted = {row["geo"]: float(row["obs_value"]) for row in rows(published, table, time_period=year)}
    return counted["KU142"] / sum(counted[code] for code in BEFORE)


def with_iitti(published: Path, table: str, year: str, **where: str) -> float:
    """An amount of Päijät-Häme on the land of NUTS 2024: that of FI1C3 and Iitti's share of FI1C4."""
    ours, theirs = (
        figure(published, table, geo=geo, time_period=year, **where) for geo in ("FI1C3", "FI1C4")
    )
    return ours + share_of_iitti(published, year) * theirs


def national_with_iitti(published: Path, table: str, year: str, **where: str) -> float:
    """The same of divisions before 2021: that of MK07 and Iitti's share of MK08."""
    ours, theirs = (figure(published, table, geo=geo, time_period=year, **where) for geo in ("MK07", "MK08"))
    return ours + share_of_iitti(published, year) * theirs
