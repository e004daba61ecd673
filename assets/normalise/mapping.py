"""Mapping: a source's columns and codes to ours.

Each is in one of three states: mapped, ignored by name, unknown. Unknown stops.

What the descriptor says of columns and codes is applied here. Reading bytes belongs to the readers, the order
of steps to `resource`, rules of flags and periods to `observations`.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from assets.descriptor import UNIT, Field, Resource, Source
from assets.errors import MappingError
from assets.normalise.observations import FLAG, STATUS, VALUE, map_observations, map_periods
from assets.normalise.stated_units import check_units
from assets.normalise.typed_values import cast_columns

SOURCE_PREFIX = "source."  # columns that a hook may read and that never leave the stage


def map_table(
    resource: Resource, source: Source, frame: pl.DataFrame, where: str, is_live: bool = False
) -> pl.DataFrame:
    """One source table with our columns, codes and dtypes, as far as the source gives them.

    What only a hook or the tagging makes is not there yet. For a resource with a hook the ignored columns
    come along as `source.<name>`, as text. Raises `MappingError` on a column, flag, period or value that the
    descriptor does not know. `is_live`: the provider gave the table itself, no recorded copy.
    """
    lacked = [pl.lit(None, pl.String).alias(c) for c in source.optional_columns if c not in frame.columns]
    frame = frame.with_columns(lacked)
    check_columns(resource, frame.columns, where)
    check_fixed(resource, frame, where)
    frame = leave_out(resource, frame)
    check_units(resource, frame, where)
    made = {}
    if VALUE in frame.columns and FLAG in frame.columns:
        status = next((f for f in resource.fields if f.name == "obs_status"), None)
        frame = map_observations(frame, status, where, is_live)
        made = {"obs_status": STATUS}
    columns = [
        _mapped(field, column)
        for field in resource.fields
        if (column := field.source_column or made.get(field.name))
    ]
    if resource.hook:
        columns += [pl.col(c).alias(SOURCE_PREFIX + c) for c in resource.ignore if c in frame.columns]
    mapped = frame.select(columns)
    if "time_period" in mapped.columns:
        mapped = mapped.with_columns(map_periods(mapped["time_period"], where))
    return cast_columns(mapped, resource.fields, where, resource.row_key, decimal_comma(source))


def check_columns(resource: Resource, columns: Sequence[str], where: str) -> None:
    """Stop on source columns that are not mapped, fixed or ignored, and on mapped or fixed ones not there."""
    mapped = {field.source_column for field in resource.fields if field.source_column}
    needed = mapped | set(resource.fixed)
    problems = [
        f"source column '{column}' is not mapped, fixed or ignored; "
        "add it to a field's innoregio:from, innoregio:fixed or innoregio:ignore"
        for column in columns
        if column not in needed and column not in resource.ignore and column != UNIT
    ] + [
        f"source column '{column}' is {'mapped' if column in mapped else 'fixed'}, "
        f"but not in the source (it has {', '.join(columns)})"
        for column in sorted(needed.difference(columns, (UNIT,)))
    ]
    if problems:
        raise MappingError(f"{where}: {'; '.join(problems)}")


def check_fixed(resource: Resource, frame: pl.DataFrame, where: str) -> None:
    """Stop where a fixed column has any other value than the one it must have, in any row."""
    for column, value in resource.fixed.items():
        found = frame[column].unique().cast(pl.String).sort().to_list()
        if others := [v for v in found if v != value]:
            shown = ", ".join("no value" if v is None else repr(v) for v in others[:10])
            raise MappingError(
                f"{where}: source column '{column}' must be {value!r} in all rows (innoregio:fixed), "
                f"but has also {shown}; map it to a field"
            )


def leave_out(resource: Resource, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows without those whose provider code a field ignores by name; that none occurs is no mistake."""
    for field in resource.fields:
        if field.source_column and field.ignored_codes:
            codes = _text(field.source_column)
            frame = frame.filter(~codes.is_in(field.ignored_codes).fill_null(False))
    return frame


def check_codes(resource: Resource, frame: pl.DataFrame, where: str) -> None:
    """Stop on values of a coded field that its list does not have, and name all of them. Null is no code."""
    news = []
    for field, unknown in find_unknown_codes(resource, frame):
        shown = ", ".join(f"{code!r} ({count} rows)" for code, count in unknown[:10])
        more = f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""
        source = f" (source column '{field.source_column}')" if field.source_column else ""
        news.append(f"field '{field.name}'{source} has codes that are not in its list: {shown}{more}")
    if news:
        raise MappingError(
            f"{where}: {'; '.join(news)}; map them in innoregio:codes, "
            "leave them out by innoregio:ignoreCodes, or add them to the list (innoregio:use, categories); "
            "innoregio show DATASET --codes prints all as YAML"
        )


def find_unknown_codes(
    resource: Resource, frame: pl.DataFrame
) -> Iterator[tuple[Field, list[tuple[str, int]]]]:
    """The coded fields that have values which their lists do not have: each with those codes, sorted, and the
    number of rows that have them.
    """
    for field in resource.fields:
        if not field.codes or field.name not in frame.columns:
            continue
        known = [code.code for code in field.codes]
        values = frame[field.name].cast(pl.String)
        unknown = values.filter(values.is_not_null() & ~values.is_in(known)).value_counts().sort(field.name)
        if unknown.height:
            yield field, unknown.rows()


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).str.strip_chars()


def _mapped(field: Field, column: str) -> pl.Expr:
    if not field.code_map:
        return pl.col(column).alias(field.name)
    return _text(column).replace(dict(field.code_map)).alias(field.name)


def decimal_comma(source: Source) -> bool:
    """Whether numbers may have a decimal comma, as the dialect says (`decimalChar` of Table Schema)."""
    dialect = source.options.get("dialect") or {}
    return bool(dialect.get("decimalChar") == ",")
