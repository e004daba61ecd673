"""Foreign keys: values that must be found in another table, or in other fields of the same one.

Keys within one table belong to `keys`. A row whose key fields are all null refers to nothing and is not
looked up.
"""

from collections.abc import Sequence

import polars as pl

from assets.validate.key_values import KeyValues
from assets.validate.keys import all_null
from assets.validate.report import RowError
from assets.validate.row_numbers import RowNumbers
from assets.validate.table_schema import ForeignKey
from assets.validate.tally import ErrorTally, cell_text


def check_foreign_key(
    tally: ErrorTally,
    key: ForeignKey,
    source: Sequence[KeyValues],
    target: Sequence[KeyValues | None],
    numbers: RowNumbers,
) -> None:
    """Each row of `source` whose values are not together in a row of `target` is an error.

    A field that the target lacks is null in all of its rows. NaN is found nowhere (its number is negative).
    """
    left, right = paired_frames(source, target)
    known = right.filter(~all_null(right), *(pl.col(n).fill_null(0) >= 0 for n in left.columns if "#" in n))
    known = known.unique()
    if all_found(left, known):
        return
    rows = left.with_row_index("row").filter(~all_null(left))
    lost = rows.join(known, on=left.columns, how="anti", nulls_equal=True).sort("row")
    own = {f"k{i}": values for i, values in enumerate(source)}
    listed = []
    for row in lost["row"].head(tally.limit):
        cells = [format_key_value(values, row) for values in own.values()]
        note = (
            f'for "{", ".join(key.fields)}": values "{", ".join(cells)}" not found in the lookup table '
            f'"{key.resource}" as "{", ".join(key.reference_fields)}"'
        )
        listed.append(RowError("foreign-key", note, numbers[row]))
    tally.merge("foreign-key", len(lost), listed)


def all_found(left: pl.DataFrame, known: pl.DataFrame) -> bool:
    """Whether every value of one column is known, which needs no join; of several columns it is not asked."""
    if left.width != 1:
        return False
    values, listed = left.to_series(), known.to_series()
    return bool(values.is_in(listed.implode()).all(ignore_nulls=True))


def paired_frames(
    source: Sequence[KeyValues], target: Sequence[KeyValues | None]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both sides with the same columns of the same types; fields of different types are compared as Python
    compares their values (1 equals 1.0), by the numbers of the Interner.
    """
    left: list[pl.Series] = []
    right: list[pl.Series] = []
    length = next((sum(map(len, values.typed)) for values in target if values is not None), 0)
    for index, (own, other) in enumerate(zip(source, target, strict=True)):
        name = f"k{index}"
        if other is None:
            own_columns = own.columns(name, own.has_odd)
            left += own_columns
            right += [pl.Series(c.name, [None] * length, dtype=c.dtype) for c in own_columns]
        elif own.dtype == other.dtype:
            odd = own.has_odd or other.has_odd
            left += own.columns(name, odd)
            right += other.columns(name, odd)
        else:
            left.append(interned(own).alias(f"{name}#"))
            right.append(interned(other).alias(f"{name}#"))
    return pl.DataFrame(left), pl.DataFrame(right)


def interned(values: KeyValues) -> pl.Series:
    """Every value by its number, the typed ones too."""
    typed, odd = values.columns("k", True)
    distinct = typed.drop_nulls().unique()
    numbers = [values.interner.number(values.value(value, None)) for value in distinct.to_list()]
    found = pl.DataFrame({"k": distinct, "n": pl.Series(numbers, dtype=pl.Int64)})
    joined = pl.DataFrame([typed]).join(found, on="k", how="left", maintain_order="left")["n"]
    return joined.fill_null(odd)


def format_key_value(values: KeyValues, row: int) -> str:
    """One value as the note of an error shows it."""
    for typed, odd in zip(values.typed, values.odd, strict=True):
        if row < len(typed):
            value = values.value(typed[row], None if isinstance(odd, int) else odd[row])
            return "None" if value is None else str(cell_text(value))
        row -= len(typed)
    return ""
