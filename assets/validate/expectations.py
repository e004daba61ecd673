"""What a descriptor expects of a table beyond its schema: rules declared under `innoregio:expectations`,
each failing or warning.

Which rules there are, and those on the table's size and coverage, belong here; those that compare figures
with figures to `figure_rules` and `unit_jumps`. What one cell, row or key must be belongs to the Table
Schema and its engine.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from assets.descriptor import Resource, is_default_rule
from assets.errors import DescriptorError
from assets.validate import figure_rules
from assets.validate.findings import Finding, Given, RuleResult, column, required_column, selected, some
from assets.validate.other_tables import check_cross_check, check_duplicate_dataset
from assets.validate.report import ExpectationResult
from assets.validate.unit_jumps import check_unit_jump

Rule = Callable[[Given, Mapping[str, Any]], RuleResult]


@dataclass(frozen=True)
class Expected:
    """A rule, how grave it is not to meet it where the descriptor does not say, and whether the table alone
    must give it something to compare: then a table that gives nothing fails, for the rule would be off.
    """

    check: Rule
    severity: str = "error"
    must_compare: bool = False


def check_expectations(
    frame: pl.LazyFrame,
    resource: Resource,
    as_of: date | None = None,
    previous: pl.LazyFrame | None = None,
    published: Mapping[str, pl.LazyFrame] | None = None,
) -> tuple[list[Finding], tuple[ExpectationResult, ...]]:
    """What `frame` does not meet of the expectations of `resource`, and what became of each of them, both in
    the order of the descriptor.

    `as_of`: the day of the newest snapshot, from which ages count. `previous`: the same table in the last
    release; rules that compare with it say nothing without it. `published`: the tables of other datasets, by
    `dataset/resource`. Raises `DescriptorError` for a rule that
    does not exist or lacks a property or column that it needs.
    """
    if not resource.expectations:
        return [], ()
    before = None if previous is None else previous.collect()
    given = Given(frame.collect(), resource, as_of, before, published or {})
    findings: list[Finding] = []
    results: list[ExpectationResult] = []
    for expectation in resource.expectations:
        found, compared = check_expectation(given, expectation)
        findings += found
        results.append(expectation_result(expectation, found, compared))
    return findings, tuple(results)


def check_expectation(given: Given, expectation: Mapping[str, Any]) -> tuple[list[Finding], int]:
    """What one expectation finds, and how many things it compared."""
    word = str(expectation.get("rule"))
    if word not in RULES:
        raise DescriptorError(
            f"{given.resource.name}: innoregio:expectations: rule {word!r} does not exist; allowed: "
            f"{', '.join(sorted(RULES))}"
        )
    reason = f" ({expectation['reason']})" if expectation.get("reason") else ""
    findings, most = [], 0
    for rule in RULES[word]:
        severity = str(expectation.get("severity", rule.severity))
        notes, compared = rule.check(given, expectation)
        if rule.must_compare and not compared and not is_default_rule(expectation):
            notes = [*notes, "the table holds nothing that this rule compares"]
        findings += [Finding(word, severity, f"{word}: {note}{reason}") for note in notes]
        most = max(most, compared)
    return findings, most


def expectation_result(
    expectation: Mapping[str, Any], found: Sequence[Finding], compared: int
) -> ExpectationResult:
    """What became of one expectation, as the report says it."""
    grave = any(finding.severity == "error" for finding in found)
    result = "failed" if grave else "warned" if found else "met" if compared else "not compared"
    declared = {name: value for name, value in expectation.items() if name not in ("rule", "reason")}
    notes = tuple(finding.note for finding in found)
    reason = str(expectation.get("reason", ""))
    return ExpectationResult(str(expectation["rule"]), result, compared, reason, declared, notes)


def check_fewest_rows(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`rows`: not fewer than `minimum`."""
    rows, minimum = given.frame.height, expectation.get("minimum")
    few = minimum is not None and rows < minimum
    return RuleResult([f"{rows} rows, at least {minimum} are expected"] if few else [], max(rows, 1))


def check_most_rows(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`rows`: not more than `maximum`."""
    rows, maximum = given.frame.height, expectation.get("maximum")
    many = maximum is not None and rows > maximum
    return RuleResult([f"{rows} rows, at most {maximum} are expected"] if many else [], max(rows, 1))


def check_newest_period(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`newest_period`: the latest `time_period` is not before `minimum` nor before that of the last release;
    or on the day of the snapshots it ended not longer ago than `maximum_age` (P3Y, P18M, P2W, P90D).
    """
    name = column(given, expectation, "time_period", "time_period")
    periods = selected(given, expectation).get_column(name).unique().drop_nulls().to_list()
    newest = max(periods, key=period_end, default=None)
    minimum, age = expectation.get("minimum"), expectation.get("maximum_age")
    notes = []
    if minimum is not None and given.previous is not None and name in given.previous.columns:
        known = selected(given, expectation, given.previous).get_column(name).drop_nulls().to_list()
        last = max(known, key=period_end, default=None)
        if last is not None and (newest is None or period_end(newest) < period_end(last)):
            notes.append(f"the newest period is {newest}, and {last} in the last release")
    if minimum is not None and (newest is None or period_end(newest) < period_end(str(minimum))):
        notes.append(f"the newest period is {newest}, at least {minimum} is expected")
    if age is not None and newest is not None and given.as_of is not None:
        oldest = date_before(given.as_of, str(age))
        if period_end(newest) < oldest:
            notes.append(
                f"the newest period {newest} is older than {age} on {given.as_of}, the day of the source"
            )
    checks = minimum is not None or (age is not None and given.as_of is not None)
    return RuleResult(notes, max(len(periods), 1) if checks else 0)


def check_coverage(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`coverage` of `field`: at least `minimum` distinct values, all those in `values`, and of those in the
    last release not more than the share `maximum_loss` (default 0) gone.
    """
    field = required_column(given, expectation, "field")
    now = set(selected(given, expectation).get_column(field).drop_nulls().unique().to_list())
    notes = []
    minimum, wanted = expectation.get("minimum"), expectation.get("values")
    checks = minimum is not None or bool(wanted)
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
        checks = True
    return RuleResult(notes, max(len(now), 1) if checks else 0)


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
    "parts_sum_to_total": (Expected(figure_rules.check_parts_sum_to_total, must_compare=True),),
    "ratio": (Expected(figure_rules.check_ratio, must_compare=True),),
    "unit_jump": (Expected(check_unit_jump),),
    "equal_series": (Expected(figure_rules.check_equal_series, must_compare=True),),
    "duplicate_series": (Expected(figure_rules.check_duplicate_series, must_compare=True),),
    "duplicate_dataset": (Expected(check_duplicate_dataset, must_compare=True),),
    # A warning: the other table may have been revised since, or this one, and neither is then wrong.
    "cross_check": (Expected(check_cross_check, "warn", must_compare=True),),
    "constant_within": (Expected(figure_rules.check_constant_within, must_compare=True),),
}
