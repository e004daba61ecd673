"""The two verdicts on one table, ours and frictionless-py's, in one shape, to be compared."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frictionless import Resource

from assets.validate.report import Report
from assets.validate.table_dialect import plan_dialect
from assets.validate.table_schema import plan_table
from assets.validate.tables import Unreadable, check_csv

Place = tuple[str, int | None, int | None, str]  # type, row number, field number, note
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
    resource = Resource.from_descriptor(descriptor, basepath=str(path.parent))
    report = resource.validate(limit_errors=1_000_000)
    found = [error.to_descriptor() for error in [*report.errors, *report.task.errors]]
    return Counter(
        (e["type"], e.get("rowNumber"), e.get("fieldNumber"), comparable(e["type"], e["note"])) for e in found
    )


CONTROL = ("doubleQuote", "escapeChar", "nullSequence")


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
