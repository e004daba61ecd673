"""A whole table: header, batches, keys, and the report on it.

How a source becomes batches belongs to `csv.rows` and `frame_rows`; foreign keys are checked when all
tables of a package are read (`package`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from assets.csv.rows import Batch
from assets.validate.batch_check import Column, check_batch, plan_column
from assets.validate.key_values import Interner, KeyValues
from assets.validate.keys import any_null, check_primary_key, check_unique, check_unique_key
from assets.validate.labels import Header
from assets.validate.references import check_foreign_key
from assets.validate.report import Report, RowError
from assets.validate.row_numbers import RowNumbers
from assets.validate.table_schema import ForeignKey, TablePlan
from assets.validate.tally import ErrorTally

LISTED_ERRORS = 1000


@dataclass
class TableCheck:
    """A table in the course of its check: what was read, what was found, and the values of its key fields."""

    name: str
    plan: TablePlan
    tally: ErrorTally
    labels: tuple[str, ...] = ()
    columns: list[Column] = field(default_factory=list)
    numbers: RowNumbers = field(default_factory=RowNumbers)
    rows: int = 0
    warnings: list[str] = field(default_factory=list)

    def values(self, name: str) -> KeyValues | None:
        """The values of a key field; None when the data lacks it."""
        return next((column.values for column in self.columns if column.plan.name == name), None)

    def all_values(self, names: Sequence[str]) -> list[KeyValues] | None:
        """The values of several key fields; None when the data lacks one of them."""
        found = [self.values(name) for name in names]
        return [values for values in found if values is not None] if names and None not in found else None

    def report(self) -> Report:
        """The report on what was found so far."""
        return Report(
            resource=self.name,
            rows=self.rows,
            errors=tuple(self.tally.listed),
            totals=dict(self.tally.totals),
            warnings=tuple(self.warnings),
            labels=self.labels,
        )


def start_check(
    name: str,
    plan: TablePlan,
    header: Header,
    names: Sequence[str],
    dtypes: Sequence[pl.DataType],
    referred: Iterable[str] = (),
    limit: int = LISTED_ERRORS,
    interner: Interner | None = None,
) -> TableCheck:
    """A check of a table whose header is known. `names` and `dtypes` are those of the batches' columns,
    `referred` the fields that foreign keys of other tables look up.

    Raises `ValueError` when a constraint of the descriptor is no value of its field's type.
    """
    keys = {*plan.primary_key, *referred, *(name for key in plan.unique_keys for name in key)}
    for foreign in plan.foreign_keys:
        keys |= {*foreign.fields} | ({*foreign.reference_fields} if foreign.resource in ("", name) else set())
    interner = interner or Interner()
    check = TableCheck(name, plan, ErrorTally(limit))
    for number, (declared, column, dtype) in enumerate(
        zip(header.fields, names, dtypes, strict=True), start=1
    ):
        values = KeyValues(declared.type, interner) if declared.name in keys or declared.unique else None
        check.columns.append(plan_column(declared, number, column, dtype, values))
    check.tally.add_header(header.errors)
    return check


def run_check(check: TableCheck, batches: Iterator[Batch]) -> None:
    """Reads all batches, then checks the keys within the table, references to itself included."""
    for batch in batches:
        check_batch(batch, check.columns, check.tally)
        check.numbers.add(batch)
        check.rows += len(batch.frame)
    numbers = check.numbers
    for column in check.columns:
        if column.plan.unique and column.values is not None:
            check_unique(check.tally, column.plan.name, column.number, column.values, numbers)
    primary = check.all_values(check.plan.primary_key)
    if primary:
        check_primary_key(check.tally, primary, numbers)
        check.warnings += null_key_warnings(check, primary)
    for key in check.plan.unique_keys:
        values = check.all_values(key)
        if values:
            check_unique_key(check.tally, key, values, numbers)
    for foreign in check.plan.foreign_keys:
        if foreign.resource in ("", check.name):
            check_reference(check, foreign, check)


def null_key_warnings(check: TableCheck, primary: Sequence[KeyValues]) -> list[str]:
    """Key fields without a value in some rows: v2 forbids them, frictionless-py lets them pass, we say so."""
    counts = [int(any_null([values]).sum()) for values in primary] if check.plan.version >= 2 else []
    return [
        f'primary key field "{name}" has no value in {count} rows; version 2 of the standard wants one'
        for name, count in zip(check.plan.primary_key, counts, strict=False)
        if count
    ]


def check_reference(check: TableCheck, key: ForeignKey, target: TableCheck) -> None:
    """One foreign key of `check`, whose values must be in `target`."""
    source = check.all_values(key.fields)
    if source:
        referred = [target.values(name) for name in key.reference_fields]
        check_foreign_key(check.tally, key, source, referred, check.numbers)


def failed_report(name: str, kind: str, notes: Iterable[str]) -> Report:
    """The report on a table that could not be read or whose descriptor is wrong."""
    errors = tuple(RowError(kind, note) for note in notes)
    return Report(name, 0, errors, {kind: len(errors)})
