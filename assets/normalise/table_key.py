"""The key of a table: rows sorted by it, parts joined on it, and no two rows with the same one.

Null in a key field is a value like any other here; whether it may be null is for `validate`.
"""

import polars as pl

from assets.descriptor import Resource
from assets.errors import MappingError

PART = "source.part"  # which snapshot a row came from; leaves the stage with the other source columns


def order_by_key(frame: pl.DataFrame, resource: Resource, where: str) -> pl.DataFrame:
    """The rows sorted by primary key (nulls first), each key once.

    Rows of different parts (`source.part`, where it is there) that are equal in every field are one row.
    Raises `MappingError` where rows with one key differ, or come twice from one part; names the key and both
    parts.
    """
    fields = [field.name for field in resource.fields]
    key = list(resource.row_key) or fields
    parted = PART in frame.columns
    frame = frame.sort([*key, PART] if parted else key, maintain_order=True)
    repeated = _same_as_previous(key)
    if not frame.select(repeated.any()).item():
        return frame.select(fields)
    flagged = frame.with_columns(
        repeated.alias("source.repeated"),
        (
            _same_as_previous(fields) & (pl.col(PART) != pl.col(PART).shift()) if parted else pl.lit(False)
        ).alias("source.equal"),
    )
    wrong = flagged.select((pl.col("source.repeated") & ~pl.col("source.equal")).arg_true()).to_series()
    if resource.row_key and wrong.len():
        raise MappingError(
            f"{where}: {_describe_conflict(flagged, wrong[0], key, fields, parted)} ({wrong.len()} such rows)"
        )
    return flagged.filter(~pl.col("source.equal")).select(fields)


def _same_as_previous(columns: list[str]) -> pl.Expr:
    same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift()) for c in columns)
    return same & (
        pl.int_range(pl.len()) > 0
    )  # the first row has no row before it, also where it is all null


def _describe_conflict(
    frame: pl.DataFrame, index: int, key: list[str], fields: list[str], parted: bool
) -> str:
    first, second = frame.row(index - 1, named=True), frame.row(index, named=True)
    shown = ", ".join(f"{name}={second[name]}" for name in key)
    differ = [name for name in fields if first[name] != second[name]]
    if parted and first[PART] != second[PART]:
        values = ", ".join(f"{name} {first[name]!r} and {second[name]!r}" for name in differ)
        return (
            f"parts '{first[PART]}' and '{second[PART]}' disagree at {shown}: {values}; "
            "leave one of them out (parts of innoregio:source)"
        )
    differing = f" (they differ in {', '.join(differ)})" if differ else ""
    part = f"part '{second[PART]}' has " if parted else ""
    return (
        f"{part}two rows with the key {shown}{differing}; two provider codes may be mapped to one of ours "
        "(innoregio:codes), or the primary key lacks a dimension"
    )
