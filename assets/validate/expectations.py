"""What a descriptor expects of a table beyond its schema: rules declared under `innoregio:expectations`,
each failing or warning.

Which rules there are, and those on the table's size and coverage, belong here; those that compare figures
with figures to `figure_rules`. What one cell, row or key must be belongs to the Table Schema and its
engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from assets.descriptor import Resource
from assets.errors import DescriptorError
from assets.validate import figure_rules
from assets.validate.findings import Finding, Given, column, needed, selected, some

Rule = Callable[[Given, Mapping[str, Any]], list[str]]


@dataclass(frozen=True)
class Expected:
    """A rule and how grave it is not to meet it, where the descriptor does not say."""

    check: Rule
    severity: str = "error"


def check_expectations(
    frame: pl.LazyFrame,
    resource: Resource,
    as_of: date | None = None,
    previous: pl.LazyFrame | None = None,
) -> list[Finding]:
    """The expectations of `resource` that `frame` does not meet, in the order of the descriptor.

    `as_of`: the day of the newest snapshot, from which ages count. `previous`: the same table in the last
    release; rules that compare with it say nothing without it. Raises `DescriptorError` for a rule that
    does not exist or lacks a property or column that it needs.
    """
    if not resource.expectations:
        return []
    given = Given(frame.collect(), resource, as_of, None if previous is None else previous.collect())
    findings: list[Finding] = []
    for expectation in resource.expectations:
        word = str(expectation.get("rule"))
        if word not in RULES:
            raise DescriptorError(
                f"{resource.name}: innoregio:expectations: rule {word!r} does not exist; allowed: "
                f"{', '.join(sorted(RULES))}"
            )
        reason = f" ({expectation['reason']})" if expectation.get("reason") else ""
        for rule in RULES[word]:
            severity = str(expectation.get("severity", rule.severity))
            notes = rule.check(given, expectation)
            findings += [Finding(word, severity, f"{word}: {note}{reason}") for note in notes]
    return findings


def check_fewest_rows(given: Given, expectation: Mapping[str, Any]) -> list[str]:
    """`rows`: not fewer than `minimum`."""
    rows, minimum = given.frame.height, expectation.get("minimum")
    return [f"{rows} rows, at least {minimum} are expected"] if minimum is not None and rows < minimum else []


def check_most_rows(given: Given, expectation: Mapping[str, Any]) -> list[str]:
    """`rows`: not more than `maximum`."""
    rows, maximum = given.frame.height, expectation.get("maximum")
    return [f"{rows} rows, at most {maximum} are expected"] if maximum is not None and rows > maximum else []


def check_newest_period(given: Given, expectation: Mapping[str, Any]) -> list[str]:
    """`newest_period`: the latest `time_period` is not before `minimum`, and on the day of the snapshots it
    ended not longer ago than `maximum_age` (P3Y, P18M, P2W, P90D).
    """
    name = column(given, expectation, "time_period", "time_period")
    periods = selected(given, expectation).get_column(name).unique().drop_nulls().to_list()
    newest = max(periods, key=period_end, default=None)
    minimum, age = expectation.get("minimum"), expectation.get("maximum_age")
    notes = []
    if minimum is not None and (newest is None or period_end(newest) < period_end(str(minimum))):
        notes.append(f"the newest period is {newest}, at least {minimum} is expected")
    if age is not None and newest is not None and given.as_of is not None:
        oldest = date_before(given.as_of, str(age))
        if period_end(newest) < oldest:
            notes.append(
                f"the newest period {newest} is older than {age} on {given.as_of}, the day of the source"
            )
    return notes


def check_coverage(given: Given, expectation: Mapping[str, Any]) -> list[str]:
    """`coverage` of `field`: at least `minimum` distinct values, all those in `values`, and of those in the
    last release not more than the share `maximum_loss` (default 0) gone.
    """
    field = needed(given, expectation, "field")
    now = set(selected(given, expectation).get_column(field).drop_nulls().unique().to_list())
    notes = []
    minimum, wanted = expectation.get("minimum"), expectation.get("values")
    if minimum is not None and len(now) < minimum:
        notes.append(f"{field} has {len(now)} values, at least {minimum} are expected")
    if wanted and not set(wanted) <= now:
        notes.append(f"{field} lacks {some(sorted(set(wanted) - now))}")
    if given.previous is not None and field in given.previous.columns:
        before = set(
            selected(given, expectation, given.previous).get_column(field).drop_nulls().unique().to_list()
        )
        gone = before - now
        if len(gone) > float(expectation.get("maximum_loss", 0)) * len(before):
            notes.append(f"{field} has lost {some(sorted(gone))} since the last release")
    return notes


def period_end(period: str) -> date:
    """The last day of an SDMX period: 2024, 2024-S1, 2024-Q3, 2024-05, 2024-W07, 2024-05-31.

    Raises `DescriptorError` for anything else.
    """
    year, _, part = period.partition("-")
    try:
        first = int(year)
        if not part:
            return date(first, 12, 31)
        if part[0] in "SQ":
            month = int(part[1:]) * (6 if part[0] == "S" else 3)
            return month_end(first, month)
        if part[0] == "W":
            return date.fromisocalendar(first, int(part[1:]), 7)
        return month_end(first, int(part)) if len(part) == 2 else date.fromisoformat(period)
    except ValueError as error:
        raise DescriptorError(
            f"time_period {period!r} is none of 2024, 2024-Q1, 2024-05 and their like"
        ) from error


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def date_before(day: date, duration: str) -> date:
    """The day that lies so long before. Raises `DescriptorError` for a duration that is none."""
    number, unit = duration[1:-1], duration[-1:]
    if not (duration.startswith("P") and number.isdigit() and unit in "YMWD"):
        raise DescriptorError(f"maximum_age {duration!r} is none of P3Y, P18M, P2W, P90D and their like")
    count = int(number)
    if unit in "WD":
        return day - timedelta(days=count * (7 if unit == "W" else 1))
    months = day.year * 12 + day.month - 1 - count * (12 if unit == "Y" else 1)
    last = month_end(months // 12, months % 12 + 1)
    return last.replace(day=min(day.day, last.day))


RULES: dict[str, tuple[Expected, ...]] = {
    "rows": (Expected(check_fewest_rows), Expected(check_most_rows, "warn")),
    "newest_period": (Expected(check_newest_period),),
    "coverage": (Expected(check_coverage),),
    "parts_sum_to_total": (Expected(figure_rules.check_parts_sum_to_total),),
    "ratio": (Expected(figure_rules.check_ratio),),
    "unit_jump": (Expected(figure_rules.check_unit_jump),),
    "equal_series": (Expected(figure_rules.check_equal_series),),
    "duplicate_series": (Expected(figure_rules.check_duplicate_series),),
    "constant_within": (Expected(figure_rules.check_constant_within),),
}
