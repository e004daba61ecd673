"""Exact readers of the types of time: date, time, datetime, yearmonth, duration.

Formats are `default`, `any` (whatever dateutil can read) and patterns of Python's strptime.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, NamedTuple

from assets.validate.table_schema import FieldPlan


class YearMonth(NamedTuple):
    """A month of a year; ordered as time is."""

    year: int
    month: int


def date_reader(field: FieldPlan) -> Callable[[Any], date | None]:
    """Reads `date`; a datetime at midnight counts as its day."""

    def read(cell: Any) -> date | None:
        if isinstance(cell, datetime):
            midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
            return cell.date() if midnight else None
        if isinstance(cell, date):
            return cell
        parsed = parse(cell, field.format, "%Y-%m-%d")
        return None if parsed is None else parsed.date()

    return read


def datetime_reader(field: FieldPlan) -> Callable[[Any], datetime | None]:
    """Reads `datetime`, aware when the text names a zone. The default form has at least seconds."""

    def read(cell: Any) -> datetime | None:
        if isinstance(cell, datetime):
            return cell
        if field.format == "default":
            long_enough = isinstance(cell, str) and len(cell) >= 19 and cell[16] == ":"
            return parse_iso(cell) if long_enough else None
        return parse(cell, field.format, "")

    return read


def time_reader(field: FieldPlan) -> Callable[[Any], time | None]:
    """Reads `time`, aware when the text names a zone. The default form has at least seconds."""

    def read(cell: Any) -> time | None:
        if isinstance(cell, time):
            return cell
        if field.format == "default":
            long_enough = isinstance(cell, str) and len(cell) >= 8 and cell[5] == ":"
            parsed = parse_iso(f"2000-01-01T{cell}") if long_enough else None
        else:
            parsed = parse(cell, field.format, "")
        return None if parsed is None else parsed.timetz()

    return read


def yearmonth_reader(field: FieldPlan) -> Callable[[Any], YearMonth | None]:
    """Reads `YearMonth` from two whole numbers with a hyphen between."""

    def read(cell: Any) -> YearMonth | None:
        if isinstance(cell, date):  # Parquet may hold the first day of the month
            return YearMonth(cell.year, cell.month) if cell.day == 1 else None
        if not isinstance(cell, str):
            return None
        try:
            year, month = map(int, cell.split("-"))
        except ValueError:
            return None
        return YearMonth(year, month) if 1 <= month <= 12 else None

    return read


def duration_reader(field: FieldPlan) -> Callable[[Any], Any]:
    """Reads a `timedelta`, or isodate's `Duration` where years or months are named."""
    from datetime import timedelta

    from isodate import parse_duration  # type: ignore[import-untyped]

    def read(cell: Any) -> Any:
        if isinstance(cell, timedelta):
            return cell
        if not isinstance(cell, str):
            return None
        try:
            return parse_duration(cell)
        except Exception:  # isodate lets errors of many kinds through
            return None

    return read


def parse(cell: Any, form: str, default: str) -> datetime | None:
    """A text as `form` says; None when it does not fit."""
    if not isinstance(cell, str):
        return None
    try:
        if form == "any":
            from dateutil.parser import parse as parse_any  # type: ignore[import-untyped]

            moment: datetime = parse_any(cell)
            return moment
        return datetime.strptime(cell, default if form == "default" else form)
    except Exception:  # dateutil lets errors of many kinds through
        return None


def parse_iso(cell: str) -> datetime | None:
    """A text in one of ISO 8601's forms of a moment; None when it is none."""
    from dateutil.parser import isoparse

    try:
        moment: datetime = isoparse(cell)
    except Exception:  # dateutil lets errors of many kinds through
        return None
    return moment
