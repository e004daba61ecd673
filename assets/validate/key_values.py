"""The values of key fields, column by column, in a form in which equal values are equal and others are not.

A value is either in a typed column (64-bit integers, doubles, text, days, truth) or, where such a column
cannot hold it exactly, a number given to it by an `Interner`. What keys demand belongs to `keys` and
`references`.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from assets.validate.vector.text import INT64

DTYPES: dict[str, pl.DataType] = {
    "integer": pl.Int64(),
    "year": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "string": pl.String(),
    "any": pl.String(),
    "date": pl.Date(),
}


@dataclass
class Interner:
    """Numbers for values: equal values (as Python compares them) have one number.

    What does not even equal itself (NaN) has a negative number, a new one each time.
    """

    numbers: dict[Any, int] = field(default_factory=dict)
    values: list[Any] = field(default_factory=list)
    unlike: list[Any] = field(default_factory=list)

    def number(self, value: Any) -> int:
        """The number of `value`, a new one for a value that was not seen."""
        try:
            known = self.numbers.get(value) if value == value else self.differing(value)
        except ArithmeticError:  # signalling NaN cannot even be compared
            return self.differing(value)
        except TypeError:  # objects and arrays have no hash
            return self.number(("json", json.dumps(value, sort_keys=True, default=str)))
        if known is None:
            known = self.numbers[value] = len(self.values)
            self.values.append(value)
        return known

    def differing(self, value: Any) -> int:
        """A number that no other value has."""
        self.unlike.append(value)
        return -len(self.unlike)

    def value(self, number: int) -> Any:
        """The value that a number stands for."""
        return self.unlike[-number - 1] if number < 0 else self.values[number]


@dataclass
class KeyValues:
    """The values of one field over the whole table, gathered batch by batch."""

    type: str
    interner: Interner
    typed: list[pl.Series] = field(default_factory=list)
    odd: list[pl.Series | int] = field(default_factory=list)  # numbers of the Interner, or a count of nulls

    @property
    def dtype(self) -> pl.DataType:
        """The type of the typed column."""
        return DTYPES.get(self.type, pl.Int8())  # the others are never in it

    def add(self, base: pl.Series | None, length: int, rows: pl.Series | None, values: Sequence[Any]) -> None:
        """Adds a batch of `length` rows: `base` holds the values, except in `rows`, where `values` are
        those.
        """
        column = (
            pl.Series(values=[None] * length, dtype=self.dtype) if base is None else base.cast(self.dtype)
        )
        odd: pl.Series | int = length
        if rows is not None and len(rows):
            held = [self.held(value) for value in values]
            column = column.scatter(rows, pl.Series(values=held, dtype=self.dtype))
            numbers = [
                None if value is None or kept is not None else self.interner.number(value)
                for value, kept in zip(values, held, strict=True)
            ]
            if any(number is not None for number in numbers):
                odd = pl.Series(values=[None] * length, dtype=pl.Int64)
                odd = odd.scatter(rows, pl.Series(values=numbers, dtype=pl.Int64))
        self.typed.append(column)
        self.odd.append(odd)

    def held(self, value: Any) -> Any:
        """`value` as the typed column holds it; None where it cannot."""
        if self.type in ("integer", "year"):
            return value if isinstance(value, int) and value in INT64 else None
        if self.type == "number":
            return double_of(value) if isinstance(value, Decimal) else None
        if self.type in ("string", "any"):
            return value if isinstance(value, str) else None
        if self.type == "boolean":
            return value if isinstance(value, bool) else None
        plain_day = self.type == "date" and isinstance(value, date) and not isinstance(value, datetime)
        return value if plain_day else None

    def columns(self, name: str, odd: bool) -> list[pl.Series]:
        """The typed column, and the column of numbers where `odd` asks for it."""
        found = [pl.concat(self.typed) if self.typed else pl.Series(dtype=self.dtype)]
        if odd:
            parts = [
                pl.Series(values=[None] * o, dtype=pl.Int64) if isinstance(o, int) else o for o in self.odd
            ]
            found.append(pl.concat(parts) if parts else pl.Series(dtype=pl.Int64))
        return [series.alias(f"{name}{suffix}") for series, suffix in zip(found, ("", "#"), strict=False)]

    @property
    def has_odd(self) -> bool:
        """True when some value is in no typed column."""
        return any(not isinstance(part, int) for part in self.odd)

    def value(self, typed: Any, number: Any) -> Any:
        """The Python value of one row."""
        if number is not None:
            return self.interner.value(number)
        return Decimal(repr(typed)) if isinstance(typed, float) else typed


def double_of(value: Decimal) -> float | None:
    """The double that is written as `value`, None where none is: 0.1 has one, 0.10000000000000001 has not.

    A column of doubles holds such values whoever read them, so equal values never stand in two forms.
    """
    number = float(value) if value.is_finite() else math.inf
    return number if math.isfinite(number) and Decimal(repr(number)) == value else None
