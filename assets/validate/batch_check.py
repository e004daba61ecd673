"""One batch of rows against its fields: the vectorised pass, the residue, blank rows, the errors.

Where batches come from and what keys demand does not belong here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

from assets.csv.rows import Batch
from assets.validate.cells.judge import Judge, Verdict, cell_judge
from assets.validate.key_values import KeyValues
from assets.validate.table_schema import FieldPlan
from assets.validate.tally import ErrorTally, Found
from assets.validate.vector.text import VectorField
from assets.validate.vector.typed import compile_column

FEW = 0.2  # distinct cells among all, up to which they are sought first
SAMPLE = 50_000
REMEMBERED = 200_000  # verdicts kept per column before they are forgotten
NAN = object()


@dataclass
class Column:
    """One field over one column of the data: its compiled pass, its exact judge, and its values as a key."""

    plan: FieldPlan
    number: int
    name: str
    vector: VectorField
    judge: Judge
    values: KeyValues | None = None
    verdicts: dict[Any, Verdict] = field(default_factory=dict)
    distinct: bool | None = None  # whether the distinct cells are sought first; None before the first batch

    def verdict(self, cell: Any) -> Verdict:
        """The verdict on a cell, from memory where the same cell was judged before."""
        known = NAN if cell != cell else cell
        found = self.verdicts.get(known)
        if found is None:
            if len(self.verdicts) >= REMEMBERED:
                self.verdicts.clear()
            found = self.verdicts[known] = self.judge(cell)
        return found


class Residue(NamedTuple):
    """The cells of one column that the vectorised pass did not accept: positions in the batch, verdicts."""

    rows: pl.Series
    cells: list[Any]
    verdicts: list[Verdict]


def plan_column(plan: FieldPlan, number: int, name: str, dtype: pl.DataType, key: KeyValues | None) -> Column:
    """A column ready to check. Raises `ValueError` when a constraint is no value of the field's type."""
    judge = cell_judge(plan)
    return Column(plan, number, name, compile_column(plan, name, dtype, key is not None), judge, key)


def check_batch(batch: Batch, columns: Sequence[Column], tally: ErrorTally) -> None:
    """Checks all rows of a batch: errors go to `tally`, key values to the columns."""
    frame = batch.frame
    if frame.is_empty():
        return
    by_distinct = [c for c in columns if c.vector.ok is not None and has_few(c, frame[c.name])]
    residues = {c.number: r for c, r in distinct_residues(frame, by_distinct)}
    by_row = [c for c in columns if c.vector.ok is not None and c not in by_distinct]
    keys = [c for c in columns if c.values is not None and c.vector.value is not None]
    passes = [c.vector.ok.alias(f"ok {c.number}") for c in by_row if c.vector.ok is not None]
    values = [c.vector.value.alias(f"key {c.number}") for c in keys if c.vector.value is not None]
    checked = frame.select(passes + values) if passes or values else pl.DataFrame()
    for column in by_row:
        ok = checked[f"ok {column.number}"]
        if ok.all(ignore_nulls=False) is not True:
            rows = (~ok.fill_null(False)).arg_true()
            residues[column.number] = judge_residue(column, frame[column.name].gather(rows), rows)
    for column in columns:
        if column.values is not None:
            base = checked.get_column(f"key {column.number}", default=None)
            residue = residues.get(column.number)
            cells = [v.value for v in residue.verdicts] if residue else []
            column.values.add(base, len(frame), residue.rows if residue else None, cells)
    blank = blank_rows(frame, columns, residues)
    report_batch(batch, columns, residues, blank, tally)


def has_few(column: Column, cells: pl.Series) -> bool:
    """Whether the column's distinct cells are to be sought first, decided by a sample of its first batch."""
    if column.distinct is None:
        sample = cells.head(SAMPLE)
        column.distinct = column.vector.costly and sample.n_unique() <= FEW * len(sample)
    return column.distinct


def distinct_residues(frame: pl.DataFrame, columns: Sequence[Column]) -> Iterator[tuple[Column, Residue]]:
    """The residues of columns whose distinct cells are few: the pass runs over those alone."""
    if not columns:
        return
    found = frame.select(pl.col(column.name).unique().implode() for column in columns)
    for column in columns:
        assert column.vector.ok is not None
        distinct = found[column.name][0].alias(column.name)
        ok = distinct.to_frame().select(column.vector.ok.alias("ok")).to_series()
        column.distinct = len(distinct) <= FEW * len(frame) or len(distinct) <= 1000
        if ok.all(ignore_nulls=False) is not True:
            doubtful = distinct.filter(~ok.fill_null(False))
            cells = frame[column.name]
            rows = cells.is_in(doubtful.implode(), nulls_equal=True).arg_true()
            yield column, judge_residue(column, cells.gather(rows), rows)


def judge_residue(column: Column, cells: pl.Series, rows: pl.Series) -> Residue:
    """Judges the distinct cells once; a verdict for every row only where one is wrong or values are asked
    for.
    """
    unique = cells.unique()
    if len(unique) == len(cells):  # nothing to remember
        listed = cells.to_list()
        verdicts = [column.judge(cell) for cell in listed]
        wanted = column.values is not None or any(verdict.errors for verdict in verdicts)
        return Residue(rows, listed, verdicts) if wanted else Residue(rows.clear(), [], [])
    distinct = unique.to_list()
    verdicts = [column.verdict(cell) for cell in distinct]
    if column.values is None and not any(verdict.errors for verdict in verdicts):
        return Residue(rows.clear(), [], [])
    if len(distinct) == 1:
        return Residue(rows, distinct * len(rows), verdicts * len(rows))
    listed = cells.to_list()
    return Residue(rows, listed, [column.verdict(cell) for cell in listed])


def blank_rows(frame: pl.DataFrame, columns: Sequence[Column], residues: dict[int, Residue]) -> set[int]:
    """The rows in which every cell is missing. They show in every required field, so most tables need no
    look.
    """
    required = [column for column in columns if column.plan.required]
    if not columns or any(not len(residues[c.number].rows) for c in required if c.number in residues):
        return set()
    if any(column.number not in residues for column in required):
        return set()
    rows: pl.Series | None = None
    for column in required or columns:
        cells = frame[column.name] if rows is None else frame[column.name].gather(rows)
        missing = missing_in_batch(cells, column.plan).arg_true()
        rows = missing if rows is None else rows.gather(missing)
        if rows.is_empty():
            return set()
    assert rows is not None
    left = frame[rows.to_list()]
    masks = [missing_in_batch(left[column.name], column.plan) for column in columns]
    whole = pl.DataFrame([mask.alias(str(i)) for i, mask in enumerate(masks)])
    return set(rows.filter(whole.select(pl.all_horizontal(pl.all())).to_series()).to_list())


def missing_in_batch(cells: pl.Series, plan: FieldPlan) -> pl.Series:
    """Where cells are missing: not there, or one of the field's missing values."""
    if cells.dtype == pl.String and plan.missing:
        return cells.is_in(sorted(plan.missing)).fill_null(True)
    if plan.missing <= {""}:
        return cells.is_null()
    return pl.Series(
        [cell is None or str(cell) in plan.missing for cell in cells.to_list()], dtype=pl.Boolean
    )


def report_batch(
    batch: Batch, columns: Sequence[Column], residues: dict[int, Residue], blank: set[int], tally: ErrorTally
) -> None:
    """Counts the errors of a batch and lists the first of them. A blank row has that one error only."""
    numbers, room = batch.numbers, tally.room
    found: list[Found] = []
    counts: Counter[str] = Counter()
    for row in sorted(blank):
        found.append(Found(row_number(batch, row), 0, (("blank-row", ""),), None, None))
    counts["blank-row"] = len(blank)
    for column in columns:
        residue = residues.get(column.number)
        if residue is None:
            continue
        listed = 0
        for row, cell, verdict in zip(residue.rows.to_list(), residue.cells, residue.verdicts, strict=True):
            if not verdict.errors or row in blank:
                continue
            for kind, _ in verdict.errors:
                counts[kind] += 1
            if listed < room:
                number = batch.first + row if numbers is None else numbers[row]
                found.append(Found(number, column.number, verdict.errors, column.plan.name, cell))
                listed += 1
    blank_numbers = {row_number(batch, row) for row in blank}
    for row, number, cell in batch.extra:
        if row not in blank_numbers:
            counts["extra-cell"] += 1
            found.append(Found(row, number, (("extra-cell", ""),), "", cell))
    for row, width in batch.missing:
        if row not in blank_numbers:
            for column in columns[width:]:
                counts["missing-cell"] += 1
                found.append(Found(row, column.number, (("missing-cell", ""),), column.plan.name, ""))
    tally.totals.update({kind: count for kind, count in counts.items() if count})
    tally.list_batch(found)


def row_number(batch: Batch, position: int) -> int:
    """The number of a row by its position in the batch."""
    return batch.first + position if batch.numbers is None else batch.numbers[position]
