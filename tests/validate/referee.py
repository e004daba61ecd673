"""The two verdicts on one table, ours and frictionless-py's, in one shape, to be compared: the errors, and
the values of the cells.
"""

import json
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from frictionless import Resource

from assets.csv.dialect import plan_dialect
from assets.csv.rows import open_csv
from assets.validate.report import Report
from assets.validate.table_schema import plan_table
from assets.validate.tables import Unreadable, check_csv

Place = tuple[str, int | None, int | None, str]  # type, row number, field number, note
Values = dict[tuple[int, int], Any]  # by row number and field number; no blank rows
NO_VALUE = ("type-error", "missing-cell")
STATED = {  # frictionless-py guesses what a dialect does not state; the standard has defaults
    "delimiter": ",",
    "lineTerminator": "\r\n",
    "quoteChar": '"',
    "skipInitialSpace": False,
}


def frictionless_places(
    path: Path, schema: Mapping[str, Any], dialect: Mapping[str, Any] | None = None, encoding: str = "utf-8"
) -> Counter[Place]:
    """Every error that frictionless-py finds in a CSV file."""
    return frictionless_verdict(path, schema, dialect, encoding)[0]


def frictionless_verdict(
    path: Path, schema: Mapping[str, Any], dialect: Mapping[str, Any] | None = None, encoding: str = "utf-8"
) -> tuple[Counter[Place], Values]:
    """Every error that frictionless-py finds in a CSV file, and the value of every cell that it can read."""
    values: Values = {}

    def keep(row: Any) -> None:
        wrong = {error.field_number for error in row.errors if error.type in NO_VALUE}
        if any(error.type == "blank-row" for error in row.errors):
            return
        for number, name in enumerate(row.field_names, start=1):
            if number not in wrong:
                values[row.row_number, number] = comparable_value(row[name])

    resource = table_resource(path, schema, dialect, encoding)
    report = resource.validate(limit_errors=1_000_000, on_row=keep)
    found = [error.to_descriptor() for error in [*report.errors, *report.task.errors]]
    return Counter(
        (e["type"], e.get("rowNumber"), e.get("fieldNumber"), comparable(e["type"], e["note"])) for e in found
    ), values


CONTROL = ("doubleQuote", "escapeChar", "nullSequence")


def table_resource(
    path: Path, schema: Mapping[str, Any], dialect: Mapping[str, Any] | None = None, encoding: str = "utf-8"
) -> Resource:
    """A CSV file as frictionless-py's resource, with nothing left for it to guess."""
    described = dict(dialect or {})
    control = STATED | {key: described.pop(key) for key in list(described) if key in STATED or key in CONTROL}
    descriptor = {
        "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
        "name": "table",
        "type": "table",
        "path": path.name,
        "format": "csv",
        "encoding": encoding,
        "schema": dict(schema),
        "dialect": {"header": True, "headerRows": [1], **described, "csv": control},
    }
    return Resource.from_descriptor(descriptor, basepath=str(path.parent))


def our_values(
    path: Path, schema: Mapping[str, Any], dialect: Mapping[str, Any] | None = None
) -> tuple[Report, Values]:
    """Our report when every field is one of a key, and the values that were gathered on the way, for the
    cells without type error.
    """
    plan = plan_table(schema)
    names = [*(field.name for field in plan.fields), *open_csv(path, plan_dialect(dialect)).labels]
    referred = [f"{name}{suffix}" for name in names for suffix in ("", 2, 3)]  # a label twice is numbered
    check = check_csv("table", path, plan, plan_dialect(dialect), referred=referred, limit=1_000_000)
    report, numbers = check.report(), check.numbers
    wrong = {(e.row_number, e.field_number) for e in report.errors if e.type in NO_VALUE}
    blank = {error.row_number for error in report.errors if error.type == "blank-row"}
    values: Values = {}
    for column in check.columns:
        assert column.values is not None
        typed, *odd = column.values.columns("k", column.values.has_odd)
        for position, number in enumerate(numbers):
            if number not in blank and (number, column.number) not in wrong:
                interned = odd[0][position] if odd else None
                value = column.values.value(typed[position], interned)
                values[number, column.number] = comparable_value(value)
    return report, values


def comparable_value(value: Any) -> Any:
    """A value of which equal ones are equal: what has no hash by its JSON, NaN by its name."""
    if isinstance(value, tuple) and value[:1] == ("json",):
        return value
    if isinstance(value, dict | list):
        return ("json", json.dumps(value, sort_keys=True, default=str))
    if isinstance(value, Decimal) and value.is_nan():
        return "NaN"
    return value if not isinstance(value, bool) else str(value)


def our_report(
    path: Path, schema: Mapping[str, Any], dialect: Mapping[str, Any] | None = None, encoding: str = "utf-8"
) -> Report:
    """Our report on a CSV file, with every error listed."""
    try:
        check = check_csv("table", path, plan_table(schema), plan_dialect(dialect), encoding, limit=1_000_000)
    except Unreadable as error:
        return Report("table", 0, (), {error.type: 1})
    return check.report()


def our_places(report: Report) -> Counter[Place]:
    """Every error of a report of ours."""
    return Counter((e.type, e.row_number, e.field_number, comparable(e.type, e.note)) for e in report.errors)


def comparable(kind: str, note: str) -> str:
    """The note of an error; that of a foreign key shows values in Python's words, which are no matter."""
    return note.partition(":")[0] if kind == "foreign-key" else note
