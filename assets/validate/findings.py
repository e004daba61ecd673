"""What a rule over a whole table is given, what it finds, and how it selects rows.

The rules themselves belong to `expectations` and `figure_rules`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from assets.descriptor import Resource
from assets.errors import DescriptorError

NAMED = 3  # how many offenders a note names


@dataclass(frozen=True)
class Finding:
    """One expectation that a table does not meet: its rule, `error` or `warn`, and one line for people."""

    rule: str
    severity: str
    note: str


class RuleResult(NamedTuple):
    """What a rule says of a table: a note for each fault, and how many things it compared to find them."""

    notes: list[str]
    compared: int


@dataclass(frozen=True)
class Given:
    """The table, its resource, the day of its snapshots, the same table in the last release, and the
    published tables of other datasets by `dataset/resource`.
    """

    frame: pl.DataFrame
    resource: Resource
    as_of: date | None = None
    previous: pl.DataFrame | None = None
    others: Mapping[str, pl.LazyFrame] = field(default_factory=dict)


def required_column(given: Given, expectation: Mapping[str, Any], name: str) -> str:
    """The property `name` of an expectation, which is a column. Raises `DescriptorError` when it is none."""
    return column(given, expectation, name, expectation.get(name))


def column(given: Given, expectation: Mapping[str, Any], name: str, found: Any) -> str:
    """A column that an expectation needs. Raises `DescriptorError` when the table has none of that name."""
    if found in given.frame.columns:
        return str(found)
    raise DescriptorError(
        f"{given.resource.name}: innoregio:expectations: {expectation.get('rule')}: {name} {found!r} is none "
        f"of the columns {', '.join(given.frame.columns)}"
    )


def selected(given: Given, expectation: Mapping[str, Any], frame: pl.DataFrame | None = None) -> pl.DataFrame:
    """The rows that `where` selects: {column: value, list of values, or {begins: beginnings}}; all rows
    without it.
    """
    rows = given.frame if frame is None else frame
    for name, wanted in (expectation.get("where") or {}).items():
        field = pl.col(column(given, expectation, "where", name))
        if isinstance(wanted, Mapping):
            begins = [field.str.starts_with(str(beginning)) for beginning in wanted["begins"]]
            rows = rows.filter(pl.any_horizontal(begins))
        else:
            rows = rows.filter(field.is_in(wanted if isinstance(wanted, list) else [wanted]))
    return rows


def select_figures(
    given: Given, expectation: Mapping[str, Any], frame: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The selected rows that have a value, with the value as `figure` (Float64)."""
    rows = selected(given, expectation, frame)
    value = column(given, expectation, "value", expectation.get("value", "obs_value"))
    return rows.filter(pl.col(value).is_not_null()).with_columns(
        pl.col(value).cast(pl.Float64).alias("figure")
    )


def dimensions(given: Given) -> list[str]:
    """The key fields of the table: the columns that say what a figure is about."""
    written = given.resource.raw.get("schema", {})
    unique = written.get("uniqueKeys") or [[]]
    key = given.resource.primary_key or tuple(unique[0])
    return [name for name in key if name in given.frame.columns]


def some(names: Sequence[Any]) -> str:
    """The first names of a list, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(str(name) for name in names[:NAMED]) + more
