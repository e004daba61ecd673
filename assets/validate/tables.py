"""One table of any kind against its schema: CSV file, Parquet file, frame.

Each function gives a `TableCheck` whose keys within the table are checked; foreign keys to other tables
wait for `package`. What the user gets wrong is raised as `Unreadable`, in frictionless-py's words.
"""

import csv
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl

from assets.csv.dialect import Dialect
from assets.csv.rows import NotPlain, open_csv, read_batches
from assets.validate.frame_rows import frame_batches, plain_frame
from assets.validate.key_values import Interner
from assets.validate.labels import Header, match_labels
from assets.validate.table_check import LISTED_ERRORS, TableCheck, run_check, start_check
from assets.validate.table_schema import TablePlan


class Unreadable(Exception):
    """A table that cannot be read at all, or not to its end: `type` and `note` of the error to report."""

    def __init__(self, type: str, note: str) -> None:
        self.type, self.note = type, note
        super().__init__(f"{type}: {note}")


def check_frame(
    name: str,
    frame: pl.LazyFrame,
    plan: TablePlan,
    referred: Iterable[str] = (),
    limit: int = LISTED_ERRORS,
    interner: Interner | None = None,
) -> TableCheck:
    """Checks a frame; its columns are the header, and its rows are numbered from 2."""
    require_good_plan(plan)
    labels = frame.collect_schema().names()
    header = match_labels(labels, plan)
    plain = plain_frame(frame, header)
    schema = plain.collect_schema()
    try:
        check = start_check(name, plan, header, schema.names(), schema.dtypes(), referred, limit, interner)
    except ValueError as error:
        raise Unreadable("schema-error", str(error)) from error
    check.labels = tuple(labels)
    run_check(check, frame_batches(plain))
    return check


def check_parquet(
    name: str,
    path: Path,
    plan: TablePlan,
    referred: Iterable[str] = (),
    limit: int = LISTED_ERRORS,
    interner: Interner | None = None,
) -> TableCheck:
    """Checks a Parquet file. Raises `Unreadable` when it is none."""
    try:
        frame = pl.scan_parquet(path, glob=False)
        frame.collect_schema()
        return check_frame(name, frame, plan, referred, limit, interner)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Unreadable("source-error", f"{path.name}: {first_line(error)}") from error


def check_csv(
    name: str,
    path: Path,
    plan: TablePlan,
    dialect: Dialect,
    encoding: str = "utf-8",
    referred: Iterable[str] = (),
    limit: int = LISTED_ERRORS,
    interner: Interner | None = None,
) -> TableCheck:
    """Checks a CSV file. Raises `Unreadable` when it cannot be read, has no rows at all, or a descriptor is
    wrong.
    """
    require_good_plan(plan)
    if dialect.problems:
        raise Unreadable("dialect-error", "; ".join(dialect.problems))
    if dialect.null_sequence is not None:
        fields = tuple(replace(f, missing=f.missing | {dialect.null_sequence}) for f in plan.fields)
        plan = replace(plan, fields=fields)
    try:
        try:
            return read_csv(name, path, plan, dialect, encoding, False, referred, limit, interner)
        except NotPlain:
            return read_csv(name, path, plan, dialect, encoding, True, referred, limit, interner)
    except (UnicodeDecodeError, LookupError) as error:
        raise Unreadable("encoding-error", first_line(error)) from error
    except (csv.Error, OSError) as error:
        raise Unreadable("source-error", first_line(error)) from error
    except ValueError as error:
        raise Unreadable("schema-error", first_line(error)) from error


def read_csv(
    name: str,
    path: Path,
    plan: TablePlan,
    dialect: Dialect,
    encoding: str,
    exact: bool,
    referred: Iterable[str],
    limit: int,
    interner: Interner | None,
) -> TableCheck:
    """One attempt at a CSV file: by Polars, or by the csv module (`exact`)."""
    file = open_csv(path, dialect, encoding)
    header: Header = match_labels(file.labels, plan, dialect.header_case)
    width = len(header.fields)
    names = [f"c{index}" for index in range(width)]
    check = start_check(name, plan, header, names, [pl.String()] * width, referred, limit, interner)
    check.labels = tuple(file.labels)
    empty_is_missing = all("" in field.missing for field in header.fields)
    run_check(check, read_batches(file, width, exact, empty_is_missing))
    if not file.labels and not check.rows:
        raise Unreadable("source-error", "the source is empty")
    return check


def require_good_plan(plan: TablePlan) -> None:
    """Raises `Unreadable` when the schema itself is wrong."""
    if plan.problems:
        raise Unreadable("schema-error", "; ".join(plan.problems))


def first_line(error: Exception) -> str:
    """The first line of an error's message."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__
