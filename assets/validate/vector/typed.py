"""A field's rules over a column that is typed already (Parquet, frames), compiled to Polars expressions.

As in `text`, what the expressions accept is a part of what the exact reader accepts, and the rest is
residue. A null is a missing value whatever `missingValues` says; a value whose text is one of them is
missing too.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import polars as pl

from assets.validate.table_schema import FieldPlan
from assets.validate.vector.text import (
    INT64,
    VectorField,
    allowed,
    bounds_of,
    check_listed,
    compare,
    compile_text,
    every,
    exact,
    in_utc,
    never,
)

Compiled = tuple[list[pl.Expr], pl.Expr | None]  # conditions on a value that is not null, and its key


def compile_column(field: FieldPlan, column: str, dtype: pl.DataType, as_key: bool) -> VectorField:
    """The pass over a column of any type; text goes the way of CSV cells."""
    if dtype == pl.String:
        return compile_text(field, column, as_key)
    value = pl.col(column)
    compile_type = next((f for kinds, f in BY_TYPE.get(field.type, ()) if kinds(dtype)), None)
    if compile_type is None:
        return VectorField(never(value))
    conditions, key = compile_type(field, value)
    if as_key and key is None:
        return VectorField(never(value))
    conditions = conditions + missing_texts(field, value, dtype)
    ok = every(conditions)
    if ok is not None:
        return VectorField(ok if field.required else ok | value.is_null(), key)
    return VectorField(value.is_not_null() if field.required else None, key)


def missing_texts(field: FieldPlan, value: pl.Expr, dtype: pl.DataType) -> list[pl.Expr]:
    """The condition that a value is none of those that `missingValues` names by their text."""
    if dtype == pl.Boolean and field.missing & {"True", "False"}:
        return [never(value)]
    if dtype.is_numeric():
        numbers = [number for text in field.missing if (number := as_number(text)) is not None]
        numbers = [number for number in numbers if number == number]  # NaN is never accepted here
        return [~value.cast(pl.Float64).is_in(numbers)] if numbers else []
    dated = isinstance(dtype, pl.Date | pl.Datetime | pl.Time) and any(
        text[:1].isdigit() for text in field.missing
    )
    return [never(value)] if dated else []


def as_number(text: str) -> float | None:
    """The number that a text names, if any."""
    try:
        return float(text)
    except ValueError:
        return None


def whole_numbers(field: FieldPlan, value: pl.Expr) -> Compiled:
    """Integer columns under `integer`, `year` and `number`."""
    value = value.cast(pl.Int64, strict=False)
    bounds = bounds_of(field)
    conditions = [value.is_between(0, 9999)] if field.type == "year" else []
    for name, bound in bounds.items():
        if bound not in INT64 or bound != int(bound):
            return [never(value)], None
        conditions.append(compare(value, name, int(bound)))
    values = [int(number) for number in allowed(field) if number == number and number in INT64]
    return conditions + check_listed(field, value, values), value if field.type != "number" else None


def floats(field: FieldPlan, value: pl.Expr) -> Compiled:
    """Float columns under `number`: a double counts as the shortest decimal that names it."""
    bounds = bounds_of(field)
    conditions = [value.is_finite()]
    for name, bound in bounds.items():
        strict = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}.get(name, name)
        conditions.append(compare(value, name if exact(bound) else strict, float(bound)))
    values = [float(number) for number in allowed(field) if exact(number)]
    return conditions + check_listed(field, value, values), value


def whole_floats(field: FieldPlan, value: pl.Expr) -> Compiled:
    """Float columns under `integer`: whole ones within the range in which doubles count by ones."""
    whole = (value == value.floor()) & (value.abs() < 2**53)
    conditions, key = whole_numbers(field, value.cast(pl.Int64, strict=False))
    return [whole, *conditions], key


def decimals(field: FieldPlan, value: pl.Expr) -> Compiled:
    """Decimal columns under `number`, compared as decimals."""
    conditions = []
    for name, bound in bounds_of(field).items():
        fine = bound.is_finite() and len(bound.as_tuple().digits) <= 18
        if not fine or bound != bound.quantize(Decimal("1e-9")):
            return [never(value)], None
        conditions.append(compare(value, name, pl.lit(bound, dtype=pl.Decimal(38, 9))))
    if "enum" in dict(field.constraints):
        return [never(value)], None
    return conditions, None


def booleans(field: FieldPlan, value: pl.Expr) -> Compiled:
    """Boolean columns."""
    return ([never(value)] if "enum" in dict(field.constraints) else []), value


def days(field: FieldPlan, value: pl.Expr) -> Compiled:
    """Date columns, in the years that Python knows."""
    conditions = [value.is_between(date.min, date.max)]
    conditions += [compare(value, name, bound) for name, bound in bounds_of(field).items()]
    return conditions + check_listed(field, value, [day for day in allowed(field) if day is not None]), value


def moments(field: FieldPlan, value: pl.Expr) -> Compiled:
    """Datetime columns; what has no zone is compared as UTC."""
    if "enum" in dict(field.constraints):
        return [never(value)], None
    utc = value.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    conditions = [utc.is_between(datetime.min, datetime.max)]
    return conditions + [compare(utc, name, in_utc(bound)) for name, bound in bounds_of(field).items()], None


def clock_times(field: FieldPlan, value: pl.Expr) -> Compiled:
    """Time columns."""
    bounds = bounds_of(field)
    if any(isinstance(bound, time) and bound.tzinfo for bound in bounds.values()):
        return [never(value)], None
    if "enum" in dict(field.constraints):
        return [never(value)], None
    return [compare(value, name, bound) for name, bound in bounds.items()], None


def is_moment(dtype: Any) -> bool:
    """True for datetimes, zoned or not."""
    return isinstance(dtype, pl.Datetime)


def is_kind(kind: Any) -> Callable[[Any], bool]:
    """True for one kind of column."""
    return lambda dtype: bool(dtype == kind)


def fits_integer(dtype: Any) -> bool:
    """True for integers that fit 64 bits."""
    return bool(dtype.is_integer()) and dtype not in (pl.UInt64, pl.Int128, pl.UInt128)


BY_TYPE: dict[str, tuple[tuple[Callable[[Any], bool], Callable[[FieldPlan, pl.Expr], Compiled]], ...]] = {
    "integer": ((fits_integer, whole_numbers), (is_kind(pl.Float64), whole_floats)),
    "year": ((fits_integer, whole_numbers),),
    "number": (
        (fits_integer, whole_numbers),
        (is_kind(pl.Float64), floats),
        (lambda dtype: isinstance(dtype, pl.Decimal), decimals),
    ),
    "boolean": ((is_kind(pl.Boolean), booleans),),
    "date": ((is_kind(pl.Date), days),),
    "datetime": ((is_moment, moments),),
    "time": ((is_kind(pl.Time), clock_times),),
}
