"""What a descriptor expects of a table beyond its schema: rules declared under `innoregio:expectations`,
each failing or warning.

The rules over a whole table belong here. What one cell, row or key must be belongs to the Table Schema and
its engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from assets.descriptor import Resource
from assets.errors import DescriptorError

Severity = Literal["error", "warn"]


@dataclass(frozen=True)
class Finding:
    """One expectation that a table does not meet: its rule, how grave it is, and one line for people."""

    rule: str
    severity: Severity
    note: str


def check_expectations(frame: pl.LazyFrame, resource: Resource, as_of: date | None = None) -> list[Finding]:
    """The expectations of `resource` that `frame` does not meet, in the order of the descriptor.

    Raises `DescriptorError` for a rule that does not exist or lacks a property it needs.
    """
    findings: list[Finding] = []
    for expectation in resource.expectations:
        rule = str(expectation.get("rule"))
        if rule not in RULES:
            raise DescriptorError(
                f"{resource.name}: innoregio:expectations: unknown rule {rule!r}; allowed: {', '.join(RULES)}"
            )
        findings += RULES[rule](frame, resource, expectation)
    return findings


def check_rows(frame: pl.LazyFrame, resource: Resource, expectation: Mapping[str, Any]) -> list[Finding]:
    """`rows`: too few fails, too many warns (`severity` says otherwise for both)."""
    rows = frame.select(pl.len()).collect().item()
    minimum, maximum = expectation.get("minimum"), expectation.get("maximum")
    if minimum is not None and rows < minimum:
        return [finding(expectation, "error", f"{rows} rows, at least {minimum} are expected")]
    if maximum is not None and rows > maximum:
        return [finding(expectation, "warn", f"{rows} rows, at most {maximum} are expected")]
    return []


def check_newest_period(
    frame: pl.LazyFrame, resource: Resource, expectation: Mapping[str, Any]
) -> list[Finding]:
    """`newest_period`: the largest `time_period` is not below `minimum` (SDMX periods of one frequency
    sort as text).
    """
    newest = frame.select(pl.col("time_period").max()).collect().item()
    minimum = expectation.get("minimum")
    if minimum is not None and (newest is None or newest < str(minimum)):
        return [
            finding(expectation, "error", f"the newest period is {newest}, at least {minimum} is expected")
        ]
    return []


RULES = {"rows": check_rows, "newest_period": check_newest_period}


def finding(expectation: Mapping[str, Any], severity: Severity, note: str) -> Finding:
    """A finding of `expectation`, with its own severity where it states one, and its reason."""
    reason = expectation.get("reason")
    return Finding(
        str(expectation["rule"]),
        expectation.get("severity", severity),
        f"{expectation['rule']}: {note}" + (f" ({reason})" if reason else ""),
    )
