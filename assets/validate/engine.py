"""A normalised table against its resource's Table Schema and expectations: the verdict that decides whether
it is published.

How a schema is written from a resource, and what of the verdict goes into the report, belong here; the
rules beyond the schema belong to `expectations`.
"""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
from frictionless import Dialect, Schema
from frictionless import Resource as FrictionlessResource

from assets.descriptor import Field, Resource
from assets.validate.expectations import check_expectations
from assets.validate.report import Report, RowError

LISTED_ERRORS = 1000
DIALECT = {
    "header": True,
    "headerRows": [1],
    "csv": {"delimiter": ",", "quoteChar": '"', "lineTerminator": "\r\n", "skipInitialSpace": False},
}


def validate(frame: pl.LazyFrame, resource: Resource) -> Report:
    """The report on `frame`: every error of its rows against the Table Schema of `resource`, and every
    expectation it does not meet.

    Columns and dtypes of `frame` are those of the published table. Expectations of severity `warn` are
    warnings, the others errors of type `expectation`. Raises nothing for wrong data.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{resource.name}.csv"
        write_text(frame, path)
        report = FrictionlessResource(
            path=path.name,
            basepath=folder,
            format="csv",
            encoding="utf-8",
            schema=Schema.from_descriptor(table_schema(resource)),
            dialect=Dialect.from_descriptor(DIALECT),
        ).validate(limit_errors=1_000_000)
    errors = [row_error(error.to_descriptor()) for error in [*report.errors, *report.task.errors]]
    findings = check_expectations(frame, resource)
    errors += [RowError("expectation", f.note) for f in findings if f.severity == "error"]
    return Report(
        resource=resource.name,
        rows=report.task.stats.get("rows") or 0,
        errors=tuple(errors[:LISTED_ERRORS]),
        totals=dict(Counter(error.type for error in errors)),
        warnings=tuple(f.note for f in findings if f.severity == "warn"),
    )


def table_schema(resource: Resource) -> dict[str, Any]:
    """The Table Schema of `resource` with the code lists of its fields as `enum`; foreign keys to other
    tables aside.
    """
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [table_field(field) for field in resource.fields],
        "primaryKey": list(resource.primary_key),
        "missingValues": [""],
    }


def table_field(field: Field) -> dict[str, Any]:
    """The Table Schema field of `field`."""
    constraints = dict(field.constraints)
    if field.codes:
        constraints["enum"] = [code.code for code in field.codes]
    described: dict[str, Any] = {"name": field.name, "type": field.type}
    if field.format:
        described["format"] = field.format
    if constraints:
        described["constraints"] = constraints
    return described


def row_error(error: dict[str, Any]) -> RowError:
    """An error of frictionless-py in our report's shape."""
    return RowError(
        type=error["type"],
        note=error["note"] or error["message"],
        row_number=error.get("rowNumber"),
        field_name=error.get("fieldName") or None,
        field_number=error.get("fieldNumber"),
        cell=error.get("cell"),
    )


def write_text(frame: pl.LazyFrame, path: Path) -> None:
    """`frame` as CSV with the text rules of the published file: shortest floats, whole ones without
    `.0`, ISO dates, moments in UTC.
    """
    schema = frame.collect_schema()
    frame.with_columns(
        [
            pl.col(name).cast(pl.String).str.strip_suffix(".0")
            for name, dtype in schema.items()
            if dtype.is_float()
        ]
    ).sink_csv(path, line_terminator="\r\n", datetime_format="%Y-%m-%dT%H:%M:%S%.fZ")
