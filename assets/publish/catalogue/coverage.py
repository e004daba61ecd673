"""What a dataset covers: its first and last day, and its areas.

`innoregio:temporal` of the descriptor says the days where it is there; else they are found in the files.
Areas come from the package's own list of them (`codes-geo`), or from a table that is one.
"""

import calendar
import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from assets.errors import PublishError
from assets.publish.catalogue.terms import clean_text
from assets.publish.release.layout import DESCRIPTOR, read_descriptor

TIME = "time_period"
RELEASES, GEOGRAPHY = "innoregio", "regions"  # provider of our own tables; what only says where they are
PERIOD = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|Q([1-4])|[SH]([12])))?", re.ASCII)


# The vintages that data.europa.eu has as linked data; older codes have no IRI.
VINTAGES = ("nuts-2010", "nuts-2013", "nuts-2016", "nuts-2021", "nuts-2024")


class Area(NamedTuple):
    """A NUTS area that occurs in a dataset: its classification with the vintage, code, and names."""

    classification: str
    code: str
    names: Mapping[str, str]  # language -> name; "" -> the name in the area's own language


class Areas(NamedTuple):
    """What of a dataset's areas the catalogue names."""

    inside: tuple[Area, ...] = ()  # NUTS areas of the focus country, in vintages that have IRIs
    has_others: bool = False  # areas of other countries, or aggregates of countries


def temporal_coverage(folder: Path, content: Mapping[str, Any]) -> tuple[str, str] | None:
    """First and last day (ISO) of a published package, None where nothing in it is dated.

    A derived package without dates of its own covers the days of the packages that it is worked out of.
    """
    if declared := content.get("innoregio:temporal"):
        return str(declared["start"]), str(declared["end"])
    tables = [entry for entry in content["resources"] if entry["format"] == "parquet"]
    try:
        dated = [pl.scan_parquet(folder / entry["path"]) for entry in tables if dated_fields(entry)]
        return covered_days(dated) if dated else inputs_coverage(folder, content)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise PublishError(
            f"{folder}: a published table cannot be read; run verify and restore it"
        ) from error


def inputs_coverage(folder: Path, content: Mapping[str, Any]) -> tuple[str, str] | None:
    """First and last day of our own packages that a package is worked out of, the geography left out."""
    entries = content.get("innoregio:provenance", [])
    names = {entry["table"] for entry in entries if entry["provider"] == RELEASES} - {GEOGRAPHY}
    inputs = [folder.parent / name for name in sorted(names)]
    found = [
        days
        for package in inputs
        if (package / DESCRIPTOR).is_file()
        if (days := temporal_coverage(package, read_descriptor(package / DESCRIPTOR)))
    ]
    return (min(first for first, _ in found), max(last for _, last in found)) if found else None


def dated_fields(entry: Mapping[str, Any]) -> list[str]:
    """The fields of a table that say when: periods, years and dates."""
    fields = entry["schema"]["fields"]
    return [
        field["name"]
        for field in fields
        if field["name"] in (TIME, "year")
        or field["name"].endswith("_year")
        or field["type"] in ("date", "year")
    ]


def covered_days(tables: Iterable[pl.LazyFrame]) -> tuple[str, str] | None:
    """First and last day of tables: of `time_period` where a table has it, else of its dates and years."""
    days: list[tuple[str, str]] = []
    for table in tables:
        schema = table.collect_schema()
        names = (
            [TIME]
            if TIME in schema
            else [n for n, t in schema.items() if t == pl.Date or n == "year" or n.endswith("_year")]
        )
        for name in names:
            found = table.select(low=pl.col(name).min(), high=pl.col(name).max()).collect().row(0)
            days += [period_days(str(value)) for value in found if value is not None]
    return (min(day[0] for day in days), max(day[1] for day in days)) if days else None


def period_days(period: str) -> tuple[str, str]:
    """First and last day of a period in SDMX form: year, half-year, quarter, month or day."""
    found = PERIOD.fullmatch(period)
    if not found:
        raise PublishError(f"{period!r} is not a period that has days; declare innoregio:temporal")
    year, month, day, quarter, half = found.groups()
    if day:
        return period, period
    first = int(month or (int(quarter) * 3 - 2 if quarter else int(half) * 6 - 5 if half else 1))
    last = int(month or (int(quarter) * 3 if quarter else int(half) * 6 if half else 12))
    return f"{year}-{first:02d}-01", f"{year}-{last:02d}-{calendar.monthrange(int(year), last)[1]:02d}"


def read_package_areas(folder: Path, content: Mapping[str, Any], country: str) -> Areas:
    """The areas that occur in a package; `country` is the focus country in NUTS's two letters.

    Found by their first two columns, which are codes: a list may have thousands of lines.
    """
    for entry in content["resources"]:
        if entry["format"] != "csv" or entry["schema"]["fields"][0]["name"] != "geo_classification":
            continue
        names = [field["name"] for field in entry["schema"]["fields"]]
        if "name_native" in names:
            try:
                text = (folder / entry["path"]).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise PublishError(f"{folder / entry['path']}: cannot be read; run verify") from error
            inside = area_pattern(country).findall(text)
            return Areas(
                tuple(area_of(dict(zip(names, row, strict=False))) for row in csv.reader(inside)),
                other_pattern(country).search(text) is not None,
            )
    return Areas()


@cache
def area_pattern(country: str) -> re.Pattern[str]:
    """The lines of a list that are NUTS areas of a country."""
    return re.compile(rf"^(?:{'|'.join(VINTAGES)}),{re.escape(country)}[A-Z0-9]+,[^\r\n]*", re.MULTILINE)


@cache
def other_pattern(country: str) -> re.Pattern[str]:
    """The lines of a list that are areas outside a country."""
    return re.compile(rf"^(?:country|aggregate|nuts-\d{{4}}),(?!{re.escape(country)})[A-Z]", re.MULTILINE)


def area_of(row: Mapping[str, str]) -> Area:
    """An area of a row of `codes-geo` or of `areas`."""
    names = {
        la: clean_text(row.get(f"label_{la}") or row.get(f"name_{la}") or "") for la in ("fi", "sv", "en")
    }
    code = row.get("code") or row.get("geo") or ""
    return Area(row["geo_classification"], code, {**names, "": clean_text(row["name_native"])})
