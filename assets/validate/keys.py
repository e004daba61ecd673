"""Keys within one table: `unique`, `primaryKey`, `uniqueKeys`.

References to other tables belong to `references`, the values' form to `key_values`.
"""

from collections.abc import Sequence

import polars as pl

from assets.validate.key_values import KeyValues
from assets.validate.report import RowError
from assets.validate.row_numbers import RowNumbers
from assets.validate.tally import ErrorTally, cell_text

SAMPLE = 1000  # rows that are looked at before a whole column is, to see whether it is sorted


def key_frame(values: Sequence[KeyValues]) -> pl.DataFrame:
    """The values of several fields side by side: columns k0, k1, … and, where needed, their numbers k0#, …"""
    return pl.DataFrame([c for i, v in enumerate(values) for c in v.columns(f"k{i}", v.has_odd)])


def repeats(frame: pl.DataFrame, taking_part: pl.Series | None = None) -> pl.DataFrame:
    """The rows that repeat an earlier one: `row` and `previous`, the nearest one before; positions from 0.

    `taking_part` says which rows are compared at all; null equals null.
    """
    if strictly_increasing(frame.head(SAMPLE)) and strictly_increasing(frame):
        return pl.DataFrame(schema={"row": pl.UInt32, "previous": pl.UInt32})
    rows = frame.lazy().with_row_index("row")
    hashes = frame.hash_rows()
    if taking_part is not None and not taking_part.all():
        rows, hashes = rows.filter(taking_part), hashes.filter(taking_part)
    if hashes.n_unique() == len(hashes):
        return pl.DataFrame(schema={"row": pl.UInt32, "previous": pl.UInt32})
    alike = rows.filter(hashes.is_duplicated()).collect()  # equal hashes are few; now the values decide
    return (
        alike.select("row", pl.col("row").shift(1).over(frame.columns).alias("previous"))
        .drop_nulls("previous")
        .sort("row")
    )


def strictly_increasing(frame: pl.DataFrame) -> bool:
    """True when each row comes after the one before, column by column: then none repeats another."""
    increasing: pl.Expr | None = None
    for name in reversed(frame.columns):
        this, before = pl.col(name), pl.col(name).shift(1)
        after = this > before
        increasing = after if increasing is None else after | ((this == before) & increasing)
    if increasing is None or frame.is_empty():
        return False
    return frame.select(increasing.slice(1).all(ignore_nulls=False)).item() is True


def all_null(frame: pl.DataFrame) -> pl.Series:
    """Where a row holds no value at all."""
    if any(not series.null_count() for series in frame):
        return pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    return frame.select(pl.all_horizontal(pl.all().is_null())).to_series()


def any_null(values: Sequence[KeyValues]) -> pl.Series:
    """Where one of the fields has no value."""
    frame = key_frame(values)
    fields = [
        pl.all_horizontal(pl.col(name).is_null() for name in frame.columns if name.rstrip("#") == f"k{i}")
        for i in range(len(values))
    ]
    return frame.select(pl.any_horizontal(fields)).to_series()


def check_unique(tally: ErrorTally, name: str, number: int, values: KeyValues, numbers: RowNumbers) -> None:
    """`unique` on one field: each value that stands in an earlier row is an error; nulls are not compared."""
    frame = key_frame([values])
    again = repeats(frame, ~all_null(frame))
    listed = [
        RowError(
            "unique-error",
            f"the same as in the row at position {numbers[previous]}",
            numbers[row],
            name,
            number,
            cell_text(values.value(frame[row, 0], frame[row, 1] if values.has_odd else None)),
        )
        for row, previous in again.head(tally.limit).rows()
    ]
    tally.merge("unique-error", len(again), listed)


def check_primary_key(tally: ErrorTally, values: Sequence[KeyValues], numbers: RowNumbers) -> None:
    """The primary key: no row without any of its values, no two rows with the same."""
    frame = key_frame(values)
    empty = all_null(frame)
    places = empty.arg_true()
    note = 'cells composing the primary keys are all "None"'
    tally.merge(
        "primary-key",
        len(places),
        [RowError("primary-key", note, numbers[row]) for row in places.head(tally.limit)],
    )
    again = repeats(frame, ~empty if len(places) else None)
    listed = [
        RowError("primary-key", f"the same as in the row at position {numbers[previous]}", numbers[row])
        for row, previous in again.head(tally.limit).rows()
    ]
    tally.merge("primary-key", len(again), listed)


def check_unique_key(
    tally: ErrorTally, names: Sequence[str], values: Sequence[KeyValues], numbers: RowNumbers
) -> None:
    """One of v2's `uniqueKeys`: rows with a null in it are not compared."""
    again = repeats(key_frame(values), ~any_null(values))
    listed = [
        RowError(
            "unique-error",
            f'unique key "{", ".join(names)}": the same as in the row at position {numbers[previous]}',
            numbers[row],
        )
        for row, previous in again.head(tally.limit).rows()
    ]
    tally.merge("unique-error", len(again), listed)
