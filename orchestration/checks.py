"""Dagster's checks: what was found about sources and tables, each under a name that says what was looked at.

A failed check of severity ERROR of a table keeps the table from being published; one of severity WARN is
only shown. What is right and wrong is decided in `assets`; other facts about assets belong to `metadata`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from assets.descriptor import Resource
from assets.fetch.states import FAILED, QUARANTINED, STALE, SourceState, exit_code
from assets.validate.report import ExpectationResult, Report, RowError
from orchestration.describe import describe_states

TABLE_SCHEMA = "table_schema"
SOURCES = "sources_answered"
SERVED_STALE = "served stale"


def table_checks(key: dg.AssetKey, resource: Resource) -> list[dg.AssetCheckSpec]:
    """The checks of a normalised table: its Table Schema, and one for each expectation of the descriptor."""
    text = "Every row against the Table Schema: types, codes, constraints, keys."
    schema = dg.AssetCheckSpec(TABLE_SCHEMA, asset=key, blocking=True, description=text)
    return [
        schema,
        *(
            dg.AssetCheckSpec(name, asset=key, blocking=True, description=describe_expectation(expectation))
            for name, expectation in name_expectations(resource)
        ),
    ]


def name_expectations(resource: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each expectation with the name of its check: the rule's, with a number from the second of a rule on."""
    seen: dict[str, int] = {}
    for expectation in resource.expectations:
        rule = str(expectation["rule"])
        seen[rule] = seen.get(rule, 0) + 1
        yield rule if seen[rule] == 1 else f"{rule}_{seen[rule]}", expectation


def describe_expectation(expectation: Mapping[str, Any]) -> str:
    """An expectation in words: why it is there, and what it asks for, as the descriptor has it."""
    asked = ", ".join(
        f"{name} {value}" for name, value in expectation.items() if name not in ("rule", "reason")
    )
    return ". ".join(part for part in (str(expectation.get("reason", "")), asked) if part)


def table_results(resource: Resource, report: Report) -> list[dg.AssetCheckResult]:
    """The verdict on a table, check by check."""
    names = [name for name, _ in name_expectations(resource)]
    if not report.expectations:  # its columns are others: no rule could be asked of it
        left = [not_looked_at(name) for name in names]
        return [schema_result(report), *left]
    judged = zip(names, report.expectations, strict=True)
    return [schema_result(report), *(expectation_verdict(name, result) for name, result in judged)]


def schema_result(report: Report) -> dg.AssetCheckResult:
    """The verdict of the Table Schema: exact totals by error type, the first errors in words."""
    totals = {name: count for name, count in report.totals.items() if name != "expectation"}
    details = [report_error(error) for error in report.errors if error.type != "expectation"][:20]
    return dg.AssetCheckResult(
        check_name=TABLE_SCHEMA,
        passed=not totals,
        description=details[0] if details else None,
        metadata={
            "rows": report.rows,
            "errors": sum(totals.values()),
            "errors by type": dg.MetadataValue.json(totals),
            "first errors": markdown_list(details),
        },
    )


def expectation_verdict(name: str, result: ExpectationResult) -> dg.AssetCheckResult:
    """What became of one expectation; severity WARN where nothing grave was found."""
    grave = result.result == "failed"
    idle = result.result == "not compared"
    return dg.AssetCheckResult(
        check_name=name,
        passed=result.result in ("met", "not compared"),
        severity=dg.AssetCheckSeverity.ERROR if grave else dg.AssetCheckSeverity.WARN,
        description=result.notes[0] if result.notes else "nothing to compare with yet" if idle else None,
        metadata={
            "compared": result.compared,
            "errors": len(result.notes) if grave else 0,
            "notes": markdown_list(result.notes),
        },
    )


def not_looked_at(name: str) -> dg.AssetCheckResult:
    """The result of an expectation that could not be asked, since the table is another."""
    return dg.AssetCheckResult(
        check_name=name,
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description="not looked at: the table has other columns than its schema",
        metadata={"errors": 0},
    )


def source_check(key: dg.AssetKey, blocking: bool = False) -> dg.AssetCheckSpec:
    """The check of an asset of snapshots: whether what is used is what its sources have now."""
    text = (
        "Whether every source that was asked answered with what the descriptor says. WARN: it did not, and "
        "what there was before is served. ERROR: what came is in quarantine, or nothing could be had."
    )
    return dg.AssetCheckSpec(SOURCES, asset=key, blocking=blocking, description=text)


def source_result(states: Sequence[SourceState], old_inputs: Sequence[str] = ()) -> dg.AssetCheckResult:
    """What became of the sources that were asked. `old_inputs`: datasets that failed, and of which the last
    good release is used.
    """
    code = exit_code(states)
    details = [f"{s.provider}/{s.table} {s.state}: {s.message}".rstrip(": ") for s in states if not s.is_good]
    details += [f"made from the last good release of {name}, which came to nothing" for name in old_inputs]
    asked = f"{len(states)} sources answered" if states else "no source was asked"
    metadata: dict[str, Any] = {"asked": len(states), "stale": count_states(states, STALE)}
    metadata |= {"failed or in quarantine": count_states(states, FAILED, QUARANTINED)}
    return dg.AssetCheckResult(
        check_name=SOURCES,
        passed=code == 0 and not old_inputs,
        severity=dg.AssetCheckSeverity.ERROR if code == 1 else dg.AssetCheckSeverity.WARN,
        description=(f"{SERVED_STALE}: " if code != 1 else "") + "; ".join(details) if details else asked,
        metadata=metadata | ({"sources": dg.MetadataValue.md(describe_states(states))} if states else {}),
    )


def count_states(states: Sequence[SourceState], *wanted: str) -> int:
    """How many sources are in one of the states."""
    return sum(state.state in wanted for state in states)


def report_error(error: RowError) -> str:
    """One error in a line: which row, which field, what was found, what is wrong."""
    row = f"row {error.row_number}" if error.row_number else ""
    field = f"field {error.field_name}" if error.field_name else ""
    cell = f"found {error.cell!r}" if error.cell is not None else ""
    where = ", ".join(part for part in (row, field, cell) if part)
    return f"{where}: {error.note}" if where else error.note


def markdown_list(lines: Sequence[str]) -> dg.MarkdownMetadataValue:
    """Lines as a list; `none` where there are none."""
    return dg.MetadataValue.md("\n".join(f"- {line}" for line in lines) or "none")
