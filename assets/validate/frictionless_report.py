"""Reports in the shape of frictionless-py's JSON, so that tools which read that read ours.

Only the shape belongs here. Titles, templates and tags are frictionless-py's own words for each type of
error.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assets.validate.report import Report, RowError

TABLE, HEADER, LABEL = ["#table"], ["#table", "#header"], ["#table", "#header", "#label"]
ROW, CELL, FILE = ["#table", "#row"], ["#table", "#row", "#cell"], ["#file"]
AT_ROW = 'Row at position "{row}"'
IN_CELL = 'in row "{row}" and field "{field}" at position "{number}"'
KINDS: dict[str, tuple[str, str, list[str]]] = {  # type -> title, message, tags
    "blank-header": ("Blank Header", "Header is completely blank", HEADER),
    "blank-label": ("Blank Label", 'Label in the header in field at position "{number}" is blank', LABEL),
    "blank-row": ("Blank Row", f"{AT_ROW} is completely blank", ROW),
    "byte-count": (
        "Byte Count Error",
        "The data source does not match the expected byte count: {note}",
        FILE,
    ),
    "compression-error": ("Compression Error", "The data source could not be decompressed: {note}", FILE),
    "constraint-error": (
        "Constraint Error",
        f'The cell "{{cell}}" {IN_CELL} does not conform to a constraint: {{note}}',
        CELL,
    ),
    "dialect-error": ("Dialect Error", "Dialect is not valid: {note}", []),
    "duplicate-label": (
        "Duplicate Label",
        'Label "{cell}" in the header at position "{number}" is duplicated to a label: {note}',
        LABEL,
    ),
    "encoding-error": ("Encoding Error", "The data source could not be successfully decoded: {note}", FILE),
    "expectation": ("Expectation", "The table is not as expected: {note}", TABLE),
    "extra-cell": ("Extra Cell", f'{AT_ROW} has an extra value in field at position "{{number}}"', CELL),
    "extra-label": (
        "Extra Label",
        'There is an extra label "{cell}" in header at position "{number}"',
        LABEL,
    ),
    "foreign-key": ("ForeignKey Error", f"{AT_ROW} violates the foreign key: {{note}}", ROW),
    "format-error": ("Format Error", "The data source could not be successfully parsed: {note}", FILE),
    "hash-count": (
        "Hash Count Error",
        "The data source does not match the expected hash count: {note}",
        FILE,
    ),
    "incorrect-label": (
        "Incorrect Label",
        'Label "{cell}" in field {field} at position "{number}" does not match the field name in the schema',
        LABEL,
    ),
    "missing-cell": (
        "Missing Cell",
        f'{AT_ROW} has a missing cell in field "{{field}}" at position "{{number}}"',
        CELL,
    ),
    "missing-label": (
        "Missing Label",
        'There is a missing label in the header\'s field "{field}" at position "{number}"',
        LABEL,
    ),
    "package-error": ("Package Error", "The data package has an error: {note}", []),
    "primary-key": ("PrimaryKey Error", f"{AT_ROW} violates the primary key: {{note}}", ROW),
    "resource-error": ("Resource Error", "The data resource has an error: {note}", []),
    "schema-error": ("Schema Error", "Schema is not valid: {note}", []),
    "scheme-error": ("Scheme Error", "The data source could not be successfully loaded: {note}", FILE),
    "source-error": ("Source Error", "The data source is not supported or inconsistent: {note}", FILE),
    "type-error": ("Type Error", f'Type error in the cell "{{cell}}" {IN_CELL}: {{note}}', CELL),
    "unique-error": ("Unique Error", f"{AT_ROW} violates a unique constraint: {{note}}", CELL),
    "unmatched-header": (
        "Unmatched Header",
        "None of the fields defined in the schema is present in the header",
        HEADER,
    ),
}


def to_frictionless_report(reports: Sequence[Report], seconds: float = 0.0) -> dict[str, Any]:
    """All reports as one of frictionless-py's: `valid`, `stats`, `tasks[].errors[]` with `type`,
    `rowNumber`, `fieldNumber` and so on. Errors are counted in full (`stats.errors`, by type in
    `stats.totals`), however few are listed. What is wrong with a package as a whole stands in `errors`.
    `seconds` is the caller's clock.
    """
    general = [report for report in reports if report.resource == "package" and not report.place]
    tables = [report for report in reports if report not in general]
    tasks = [task(report) for report in tables]
    return {
        "valid": all(report.valid for report in reports),
        "stats": {
            "tasks": len(tasks),
            "errors": sum(sum(report.totals.values()) for report in reports),
            "warnings": sum(task["stats"]["warnings"] for task in tasks),
            "seconds": round(seconds, 3),
        },
        "warnings": [],
        "errors": [error_item(error, report) for report in general for error in report.errors],
        "tasks": tasks,
    }


def task(report: Report) -> dict[str, Any]:
    """One table. That the list of errors is cut off is a warning, as frictionless-py has it; `expectations`
    is ours.
    """
    errors = sum(report.totals.values())
    cut = [] if len(report.errors) >= errors else [f"reached error limit: {len(report.errors)}"]
    warnings = [*report.warnings, *cut]
    return {
        "name": report.resource,
        "type": "table",
        "valid": report.valid,
        "place": report.place or report.resource,
        "labels": list(report.labels),
        "stats": {
            "errors": errors,
            "warnings": len(warnings),
            "seconds": 0.0,
            "fields": len(report.labels),
            "rows": report.rows,
            "totals": dict(sorted(report.totals.items())),
        },
        "warnings": warnings,
        "errors": [error_item(error, report) for error in report.errors],
        **(
            {"expectations": [asdict(expectation) for expectation in report.expectations]}
            if report.expectations
            else {}
        ),
    }


def error_item(error: RowError, report: Report) -> dict[str, Any]:
    """One error."""
    title, template, tags = KINDS.get(error.type, (error.type, "{note}", []))
    cell, field = error.cell or "", error.field_name or ""
    message = template.format(
        row=error.row_number, number=error.field_number, field=field, cell=cell, note=error.note
    )
    item: dict[str, Any] = {
        "type": error.type,
        "title": title,
        "description": title,
        "message": message,
        "tags": tags,
        "note": error.note,
    }
    if tags is LABEL:
        item |= {"labels": list(report.labels), "rowNumbers": [1], "label": cell, "fieldName": field}
        item["fieldNumber"] = error.field_number
    elif tags is HEADER:
        item |= {"labels": list(report.labels), "rowNumbers": [1]}
    elif error.row_number is not None:
        item |= {"cells": [], "rowNumber": error.row_number}
        if tags is CELL and error.field_number is not None:
            item |= {"cell": cell, "fieldName": field, "fieldNumber": error.field_number}
    return item
