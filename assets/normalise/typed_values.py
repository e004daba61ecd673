"""Typed values: the text of a source to the dtype of its field, exactly or not at all.

The dtypes of Table Schema types and the parsing of their text belong here. No value is repaired, rounded or
set to null: what does not parse stops the dataset. Ranges and patterns are for `validate`.
"""

from collections.abc import Iterable, Sequence

import polars as pl

from assets.descriptor import Field
from assets.errors import MappingError

_SIMPLE: dict[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us", "UTC"),
}
_MOMENT = r"^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)Z?$"


def dtype_of(field: Field) -> pl.DataType:
    """The Polars dtype of a field: Float64 for a number, Decimal(18, n) for one with `innoregio:decimals: n`.

    Raises `MappingError` for a type that no table of ours has.
    """
    if field.type == "number" and (decimals := field.raw.get("innoregio:decimals")) is not None:
        return pl.Decimal(18, int(decimals))
    if field.type not in _SIMPLE:
        raise MappingError(f"field '{field.name}' has type '{field.type}'; use one of {', '.join(_SIMPLE)}")
    return _SIMPLE[field.type]


def cast_columns(
    frame: pl.DataFrame,
    fields: Iterable[Field],
    where: str,
    key: Sequence[str] = (),
    decimal_comma: bool = False,
) -> pl.DataFrame:
    """The frame with each column that is one of the fields in its dtype; other columns stay as they are.

    Text is stripped of blanks at its ends, and text without anything else is null. With `decimal_comma` a
    number's mark may be a comma or a point, never both. Raises `MappingError` with field, value and row key
    for the first value that does not parse.
    """
    cast = [field for field in fields if field.name in frame.columns]
    if texts := [f.name for f in cast if _is_text(frame.schema[f.name])]:
        stripped = pl.col(texts).cast(pl.String).str.strip_chars()
        frame = frame.with_columns(pl.when(stripped != "").then(stripped))
    made = {f.name: _typed(pl.col(f.name), frame.schema[f.name], f, decimal_comma) for f in cast}
    if never := [f"{name} ({frame.schema[name]})" for name, value in made.items() if value is None]:
        raise MappingError(f"{where}: columns of a dtype that their field cannot have: {', '.join(never)}")
    typed = frame.with_columns(value for value in made.values() if value is not None)
    for field in cast:
        if typed[field.name].null_count() != frame[field.name].null_count():
            wrong = frame.filter(typed[field.name].is_null() & frame[field.name].is_not_null())
            row = wrong.row(0, named=True)
            place = ", ".join(f"{name}={row[name]}" for name in key if name in row)
            source = f" (source column '{field.source_column}')" if field.source_column else ""
            raise MappingError(
                f"{where}: field '{field.name}'{source}: {row[field.name]!r} is not {_expected(field)}"
                f"{f', at {place}' if place else ''} ({wrong.height} such values)"
            )
    return typed


def _is_text(dtype: pl.DataType) -> bool:
    return isinstance(dtype, (pl.String, pl.Categorical, pl.Enum))


def _typed(column: pl.Expr, given: pl.DataType, field: Field, decimal_comma: bool) -> pl.Expr | None:
    """What makes the field's dtype of a column, null where a value does not fit; None: nothing can."""
    dtype = dtype_of(field)
    if _is_text(given):
        return column if dtype == pl.String else parse_text(column, field, dtype, decimal_comma)
    if given == pl.Float64 and dtype.is_numeric():
        places = 0 if dtype.is_integer() else dtype.scale if isinstance(dtype, pl.Decimal) else None
        exact = (
            column.is_finite() if places is None else column.is_finite() & (column == column.round(places))
        )
        return pl.when(exact).then(column).cast(dtype, strict=False)
    if isinstance(given, pl.Datetime) and isinstance(dtype, pl.Datetime):
        return (column.dt.replace_time_zone("UTC") if given.time_zone is None else column).cast(dtype)
    if given in (dtype, pl.Null) or (given.is_integer() and dtype.is_numeric()):
        return column.cast(dtype, strict=False)
    return None


def parse_text(text: pl.Expr, field: Field, dtype: pl.DataType, decimal_comma: bool) -> pl.Expr:
    """Text to a dtype; null for any text that is not exactly of its form."""

    def only(pattern: str, value: pl.Expr) -> pl.Expr:
        return pl.when(value.str.contains(pattern)).then(value)

    if isinstance(dtype, pl.Boolean):
        return text.replace_strict(
            {"true": True, "false": False, "True": True, "False": False},
            default=None,
            return_dtype=pl.Boolean,
        )
    if isinstance(dtype, pl.Date):
        return only(r"^\d{4}-\d{2}-\d{2}$", text).str.to_date("%Y-%m-%d", strict=False)
    if isinstance(dtype, pl.Datetime):
        moment = only(_MOMENT, text).str.replace(_MOMENT, "${1}T${2}Z")
        return moment.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", time_zone="UTC", strict=False)
    if dtype.is_integer():
        return text.cast(dtype, strict=False)
    point = pl.when(text.str.contains(r"^[^.,]*,[^.,]*$")).then(text.str.replace(",", ".", literal=True))
    number = point.otherwise(text) if decimal_comma else text
    if isinstance(dtype, pl.Decimal):
        return only(rf"^[+-]?\d+(\.\d{{1,{dtype.scale}}}0*)?$", number).cast(dtype, strict=False)
    value = only(r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$", number).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def _expected(field: Field) -> str:
    decimals = field.raw.get("innoregio:decimals")
    return {
        "string": "text",
        "integer": "a whole number",
        "number": "a number" if decimals is None else f"a number with at most {decimals} decimals",
        "boolean": "true or false",
        "date": "a date (YYYY-MM-DD)",
        "datetime": "a moment (YYYY-MM-DD HH:MM:SS, UTC)",
    }[field.type]
