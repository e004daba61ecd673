"""A normalised table against its resource's Table Schema and expectations: the verdict that decides whether
it is published.

How a schema is written from a resource belongs here; how a table is checked belongs to `tables`, the rules
beyond the schema to `expectations`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from assets.descriptor import Field, Resource
from assets.validate.expectations import check_expectations
from assets.validate.findings import Finding
from assets.validate.report import Report, RowError
from assets.validate.table_check import LISTED_ERRORS, TableCheck, check_reference, failed_report
from assets.validate.table_schema import TablePlan, plan_table
from assets.validate.tables import Unreadable, check_frame


def validate(
    frame: pl.LazyFrame,
    resource: Resource,
    others: Mapping[str, pl.LazyFrame] | None = None,
    as_of: date | None = None,
    previous: pl.LazyFrame | None = None,
    published: Mapping[str, pl.LazyFrame] | None = None,
) -> Report:
    """The report on `frame`: every error of its rows against the Table Schema of `resource`, and every
    expectation it does not meet.

    Columns and dtypes of `frame` are those of the published table; rows are numbered as in its CSV.
    `others` are the tables that foreign keys refer to, by resource name; keys to tables that are not among
    them are not looked up (code lists are checked as `enum`). `as_of` is the day from which the age of the
    newest period counts: that of the snapshots, never today. `previous` is the table of the last release, for
    rules that compare with it, `published` those of other datasets, by `dataset/resource`. Expectations of
    severity `warn` are warnings, the others errors of type `expectation`. Raises nothing for wrong data.
    """
    try:
        check = check_frame(resource.name, frame, plan_table(schema_with_codes(resource)))
        check_references(check, others or {})
    except Unreadable as error:
        return failed_report(resource.name, error.type, [error.note])
    if list(check.labels) != [field.name for field in resource.fields]:
        return check.report()  # a table of other columns fails anyway, and no rule could be asked of it
    findings, results = check_expectations(frame, resource, as_of, previous, published)
    return replace(add_findings(check.report(), findings), expectations=results)


def add_findings(report: Report, findings: Sequence[Finding]) -> Report:
    """The report with the expectations that the frame does not meet. They are listed whatever the limit."""
    failed = [RowError("expectation", f.note) for f in findings if f.severity == "error"]
    totals = Counter(report.totals) + Counter({"expectation": len(failed)})
    warnings = tuple(f.note for f in findings if f.severity == "warn")
    return replace(
        report, errors=(*failed, *report.errors), totals=dict(totals), warnings=report.warnings + warnings
    )


def check_references(check: TableCheck, others: Mapping[str, pl.LazyFrame]) -> None:
    """The foreign keys of a table to those of `others` that they name; only the keys of those are read."""
    for key in check.plan.foreign_keys:
        if key.resource not in others or key.resource == check.name:
            continue
        target = others[key.resource]
        names = [name for name in key.reference_fields if name in target.collect_schema().names()]
        fields = tuple(
            replace(field, name=referred, constraints=(), categories=None, unique=False)
            for name, referred in zip(key.fields, key.reference_fields, strict=True)
            for field in check.plan.fields
            if field.name == name and referred in names
        )
        plan = TablePlan(fields)
        known = [values for name in key.fields if (values := check.values(name))]
        interner = known[0].interner if known else None
        looked_up = check_frame(
            key.resource, target.select(names), plan, key.reference_fields, LISTED_ERRORS, interner
        )
        check_reference(check, key, looked_up)


def schema_with_codes(resource: Resource) -> dict[str, Any]:
    """The Table Schema of `resource` with the code lists of its fields as `enum`."""
    written: Mapping[str, Any] = resource.raw.get("schema", {})
    schema: dict[str, Any] = {
        "fields": [table_field(field) for field in resource.fields],
        "primaryKey": list(resource.primary_key),
    }
    return schema | {key: written[key] for key in ("uniqueKeys", "foreignKeys") if written.get(key)}


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
