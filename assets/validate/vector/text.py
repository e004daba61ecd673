"""A field's rules over a column of text, compiled to Polars expressions.

What the expressions accept is a part of what the exact reader accepts, with equal values; the cells that
are left (the residue) go to that reader. So everything here may say "no" too often and never "yes" too
often. Columns that are typed already belong to `typed`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

import polars as pl

from assets.validate.cells.constraints import COMPARE
from assets.validate.cells.numbers import FALSE_VALUES, TRUE_VALUES
from assets.validate.cells.readers import cell_reader
from assets.validate.table_schema import BOUNDS, FieldPlan
from assets.validate.vector.pattern import rust_pattern

EXACT_DIGITS = 15  # decimals of so many digits and doubles pair one to one
INT64 = range(-(2**63), 2**63)
COSTLY = ("date", "time", "datetime")
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
WORDS = r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,15}){0,2}"
STRING_FORMATS = {  # each a part of what the exact reader accepts
    "email": rf"^{WORDS}@(?:{LABEL}\.){{1,3}}[A-Za-z]{{2,12}}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?:/[A-Za-z0-9._~-]*)*$",
    "uuid": r"^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
    "binary": r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}


@dataclass(frozen=True)
class VectorField:
    """The vectorised pass over one column.

    `ok` is true where the cell is surely valid (null counts as false); None means that every cell is.
    `value` gives the cell's value as a key where `ok` holds and the cell is not missing; None where
    only the exact reader can.
    """

    ok: pl.Expr | None
    value: pl.Expr | None = None
    costly: bool = False  # dearer than finding the distinct cells, where those are few


def compile_text(field: FieldPlan, column: str, as_key: bool) -> VectorField:
    """The pass over a String column. `as_key`: values will be compared, so they must be exact."""
    text = pl.col(column)
    missing = missing_cells(field, text)
    compiled = TYPES.get(field.type, nothing)(field, text, as_key)
    if as_key and compiled.value is None:
        return VectorField(never(text))
    if compiled.ok is None and not field.required and not (as_key and field.missing):
        return compiled
    costly = is_costly(field) and (not as_key or field.type in ("string", "any"))
    valid = pl.lit(True) if compiled.ok is None else compiled.ok
    if field.required:
        ok = valid & ~missing if accepts_missing(field) else valid
        ok = ok & text.is_not_null() if compiled.ok is None else ok
    elif compiled.ok is None:
        return VectorField(None, masked(compiled.value, missing))
    else:
        ok = valid | missing
    return VectorField(ok, compiled.value if field.required else masked(compiled.value, missing), costly)


def is_costly(field: FieldPlan) -> bool:
    """True for what has to be parsed or searched: days, times, patterns, formats."""
    return "pattern" in dict(field.constraints) or field.type in COSTLY or field.format != "default"


def missing_cells(field: FieldPlan, text: pl.Expr) -> pl.Expr:
    """Where a cell is missing: one of the field's missing values, or not there at all."""
    absent = text.is_null()
    for value in sorted(field.missing):
        absent = absent | (text == value)
    return absent


def masked(value: pl.Expr | None, missing: pl.Expr) -> pl.Expr | None:
    """`value`, null where the cell is missing."""
    return None if value is None else pl.when(~missing).then(value)


def accepts_missing(field: FieldPlan) -> bool:
    """True when a text that means "missing" could be read as a value, so that it must be looked for."""
    read = cell_reader(field)
    return any(read(text) is not None for text in field.missing)


def nothing(field: FieldPlan, text: pl.Expr, as_key: bool) -> VectorField:
    """Types that only the exact reader knows: every cell is residue, judged once per distinct text."""
    if field.type == "list" and field.options.get("itemType", "string") == "string" and not field.constraints:
        return VectorField(None)
    return VectorField(never(text))


def never(cell: pl.Expr) -> pl.Expr:
    """False for every cell (a plain literal would be one value, not a column)."""
    return cell.is_null() & pl.lit(False)


def compile_string(field: FieldPlan, text: pl.Expr, as_key: bool) -> VectorField:
    """`string` and `any`: the text is the value."""
    rules = dict(field.constraints)
    ok: list[pl.Expr] = []
    if field.type == "string" and field.format in STRING_FORMATS:
        ok.append(text.str.contains(STRING_FORMATS[field.format]))
    least, most = rules.get("minLength"), rules.get("maxLength")
    if least is not None and int(least) > 1:
        ok.append(text.str.len_chars() >= int(least))
    elif least is not None and int(least) == 1:
        ok.append(text != "")
    if most is not None:
        long_enough = least is not None and int(least) > 1  # characters are counted already
        ok.append((text.str.len_chars() if long_enough else text.str.len_bytes()) <= int(most))
    if "pattern" in rules:
        pattern = rust_pattern(str(rules["pattern"]))
        ok.append(never(text) if pattern is None else text.str.contains(pattern))
    ok += check_listed(field, text, [value for value in allowed(field) if isinstance(value, str)])
    return VectorField(every(ok), text)


def compile_integer(field: FieldPlan, text: pl.Expr, as_key: bool) -> VectorField:
    """`integer` without group characters, within 64 bits; `year`, whose texts have four characters."""
    if field.options.get("groupChar") or not field.options.get("bareNumber", True):
        return nothing(field, text, as_key)
    value = text.cast(pl.Int64, strict=False)
    ok = [value.is_not_null()]
    if field.type == "year":
        ok = [text.str.len_bytes() == 4, value >= 0]
    bounds = bounds_of(field)
    if any(bound not in INT64 for bound in bounds.values()):
        return nothing(field, text, as_key)
    ok += [compare(value, name, bound) for name, bound in bounds.items()]
    ok += check_listed(field, value, [number for number in allowed(field) if number in INT64])
    return VectorField(every(ok[1:] if bounds and field.type == "integer" else ok), value)


def compile_number(field: FieldPlan, text: pl.Expr, as_key: bool) -> VectorField:
    """`number` by way of doubles: exact where that decides, residue where a double is too coarse."""
    decimal_char, group = field.options.get("decimalChar") or ".", field.options.get("groupChar") or ""
    if not field.options.get("bareNumber", True):
        return nothing(field, text, as_key)
    plain, ok = text, []
    if group:
        plain = plain.str.replace_all(group, "", literal=True)
    if decimal_char != ".":
        ok.append(~text.str.contains(".", literal=True))
        plain = plain.str.replace_all(decimal_char, ".", literal=True)
    value = plain.cast(pl.Float64, strict=False)
    finite = value.is_finite()
    values = allowed(field)
    if as_key or "enum" in dict(field.constraints):
        # 1e-400 is not zero and 1e-320 not exact: of the small ones only plain zero is sure
        sure = (value.abs() >= 1e-300) | text.is_in(["0", "0.0", "0.00"])
        finite = finite & (plain.str.len_bytes() <= EXACT_DIGITS) & sure
    bounds = bounds_of(field)
    if as_key or not {name[-6:] for name in bounds} >= {"inimum", "aximum"}:
        ok.append(finite)  # within a lower and an upper bound a number is finite anyway
    ok += [within(text, value, name, bound) for name, bound in bounds.items()]
    ok += check_listed(field, value, [float(number) for number in values if exact(number)])
    return VectorField(every(ok), value)


def within(text: pl.Expr, value: pl.Expr, name: str, bound: Decimal) -> pl.Expr:
    """One bound on a number. A double beyond the bound is proof; one that equals it is proof of a short
    text only.
    """
    beyond = value > float(bound) if "inimum" in name else value < float(bound)
    if name not in ("minimum", "maximum") or not exact(bound):
        return beyond
    if bound == 0:  # 1e-400 is not zero
        return beyond | (text == "0") | (text == "0.0")
    return beyond | ((value == float(bound)) & (text.str.len_bytes() <= EXACT_DIGITS))


def exact(number: Decimal) -> bool:
    """True when a double stands for this decimal and no other of as many digits."""
    short = number.is_finite() and len(number.as_tuple().digits) <= EXACT_DIGITS
    return short and (number == 0 or 1e-300 <= abs(float(number)) < math.inf)


def compile_boolean(field: FieldPlan, text: pl.Expr, as_key: bool) -> VectorField:
    """`boolean`: exactly the texts that mean true or false."""
    true = list(field.options.get("trueValues", TRUE_VALUES))
    false = list(field.options.get("falseValues", FALSE_VALUES))
    if "enum" in dict(field.constraints):
        return nothing(field, text, as_key)
    true_only = [value for value in true if value not in false]
    return VectorField(text.is_in(true_only + false), text.is_in(true_only))


def compile_date(field: FieldPlan, text: pl.Expr, as_key: bool) -> VectorField:
    """`date` in its default format. Polars alone would take `20-01-02`, `2020- 1-02` and the year 0."""
    if field.format != "default":
        return nothing(field, text, as_key)
    value = text.str.to_date("%Y-%m-%d", strict=False, cache=False)
    ok = [text.str.len_bytes() == 10, text >= "0001", ~text.str.contains(" ", literal=True)]
    ok += [compare(value, name, bound) for name, bound in bounds_of(field).items()] or [value.is_not_null()]
    ok += check_listed(field, value, [day for day in allowed(field) if isinstance(day, date)])
    return VectorField(every(ok), value)


def compile_time(field: FieldPlan, text: pl.Expr, as_key: bool) -> VectorField:
    """`time` as `hh:mm:ss`. Polars alone would take ` 1:02:03` and the second 60."""
    if field.format != "default" or "enum" in dict(field.constraints):
        return nothing(field, text, as_key)
    bounds = bounds_of(field)
    if any(isinstance(bound, time) and bound.tzinfo for bound in bounds.values()):
        return nothing(field, text, as_key)
    value = text.str.to_time("%H:%M:%S", strict=False, cache=False)
    ok = [text.str.len_bytes() == 8, ~text.str.contains(" ", literal=True), text.str.slice(6, 2) < "60"]
    ok += [compare(value, name, bound) for name, bound in bounds.items()] or [value.is_not_null()]
    return VectorField(every(ok))


def compile_datetime(field: FieldPlan, text: pl.Expr, as_key: bool) -> VectorField:
    """`datetime` as `yyyy-mm-ddThh:mm:ss` with or without `Z`; what has no zone is compared as UTC."""
    if field.format != "default" or "enum" in dict(field.constraints):
        return nothing(field, text, as_key)
    plain = text.str.strip_suffix("Z")
    value = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us", cache=False)
    ok = [
        plain.str.len_bytes() == 19,
        text >= "0001",
        ~text.str.contains(" ", literal=True),
        text.str.slice(17, 2) < "60",
    ]
    bounds = {name: in_utc(bound) for name, bound in bounds_of(field).items()}
    ok += [compare(value, name, bound) for name, bound in bounds.items()] or [value.is_not_null()]
    return VectorField(every(ok))


def in_utc(moment: Any) -> Any:
    """A moment's clock reading in UTC, without zone."""
    from datetime import UTC

    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def bounds_of(field: FieldPlan) -> dict[str, Any]:
    """The bounds of the field as values of its type."""
    read = cell_reader(field)
    return {name: read(written) for name, written in field.constraints if name in BOUNDS}


def allowed(field: FieldPlan) -> list[Any]:
    """The values that `enum` and `categories` both allow; empty when neither is there."""
    read = cell_reader(field)
    enum = dict(field.constraints).get("enum")
    values = None if enum is None else [read(value) for value in enum]
    if field.categories is not None:
        categories = [read(value) for value in field.categories]
        values = [value for value in categories if values is None or value in values]
    return values or []


def check_listed(field: FieldPlan, value: pl.Expr, values: Sequence[Any]) -> list[pl.Expr]:
    """The check that a value is one of `values`, where the field has a list at all."""
    if field.categories is None and "enum" not in dict(field.constraints):
        return []
    return [value.is_in(list(values)) if values else never(value)]


def compare(value: pl.Expr, name: str, bound: Any) -> pl.Expr:
    """One bound on a value of a type in which comparison is exact."""
    compared: pl.Expr = COMPARE[name](value, bound)
    return compared


def every(conditions: Sequence[pl.Expr]) -> pl.Expr | None:
    """All conditions at once; None when there is none."""
    joined: pl.Expr | None = None
    for condition in conditions:
        joined = condition if joined is None else joined & condition
    return joined


TYPES: dict[str, Callable[[FieldPlan, pl.Expr, bool], VectorField]] = {
    "any": compile_string,
    "string": compile_string,
    "integer": compile_integer,
    "year": compile_integer,
    "number": compile_number,
    "boolean": compile_boolean,
    "date": compile_date,
    "time": compile_time,
    "datetime": compile_datetime,
}
