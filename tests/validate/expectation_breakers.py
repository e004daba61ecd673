"""For each rule of an expectation: the published table with the fault that the rule is for.

A new rule needs a function here; a new descriptor needs nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from math import floor
from typing import Any, NamedTuple

import polars as pl

from assets.descriptor import Resource
from assets.validate.findings import Given, select_figures

Expectation = Mapping[str, Any]
AMOUNTS = pl.selectors.float() | pl.selectors.decimal()


class Broken(NamedTuple):
    """A faulty table, with what it is compared with."""

    what: str
    frame: pl.DataFrame
    previous: pl.DataFrame | None = None
    as_of: date | None = None
    others: Mapping[str, pl.LazyFrame] = {}  # a NamedTuple's default is never changed


def breakers(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    """One faulty table for each bound that an expectation sets."""
    yield from BREAKERS[expectation["rule"]](expectation, whole)


def change(whole: pl.DataFrame, expectation: Expectation, rows: pl.Expr, figure: pl.Expr) -> pl.DataFrame:
    """The table with other figures in some rows; `figure` is written over the column `f`."""
    value = expectation.get("value", "obs_value")
    return (
        whole.with_columns(pl.col(value).cast(pl.Float64).alias("f"))
        .with_columns(pl.when(rows).then(figure).otherwise("f").alias(value))
        .drop("f")
    )


def rows(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    if "minimum" in expectation:
        yield Broken("too few", whole.head(expectation["minimum"] - 1))
    if "maximum" in expectation:
        copies = expectation["maximum"] // whole.height + 1
        yield Broken("too many", pl.concat([whole] * copies).head(expectation["maximum"] + 1))


def newest_period(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    if "minimum" in expectation:
        yield Broken("an old table", whole.filter(pl.col("time_period") < expectation["minimum"]))
    if "maximum_age" in expectation:
        yield Broken("a late day", whole, as_of=date(2100, 1, 1))


def coverage(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    field = pl.col(expectation["field"])
    values = whole.select(field.unique().sort()).to_series().drop_nulls().to_list()
    if "minimum" in expectation:
        yield Broken("too few values", whole.filter(field.is_in(values[: expectation["minimum"] - 1])))
    for value in expectation.get("values", ()):
        yield Broken(f"without {value}", whole.filter(field != value))
    gone = floor(expectation.get("maximum_loss", 0) * len(values)) + 1
    yield Broken("some went", whole.filter(field.is_in(values[gone:])), previous=whole)


def parts_sum_to_total(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    if "level" in expectation:
        total = (pl.col("geo").str.len_bytes() == expectation["into"] + 2) & (
            pl.col("geo_classification").str.starts_with("nuts-")
            if expectation["into"]
            else pl.col("geo_classification") == "country"
        )
    else:
        total = pl.col(expectation["over"]) == expectation["total"]
    yield Broken("other totals", change(whole, expectation, total, pl.col("f") * 3 + 10))


def ratio(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    numerator = pl.col(expectation["over"]) == expectation["numerator"]
    if "minimum" in expectation:
        yield Broken("below", change(whole, expectation, numerator, -pl.col("f") - 1))
    if "maximum" in expectation:
        yield Broken("above", change(whole, expectation, numerator, pl.col("f") * 1e6 + 1e9))


def unit_jump(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    known = [expectation["value"]] if "value" in expectation else whole.select(AMOUNTS).columns
    for value in known:
        for factor in (0.1, 1000):
            changed = change(whole, expectation | {"value": value}, pl.lit(True), pl.col("f") * factor)
            yield Broken(f"{value} times {factor}", changed, previous=whole)


def equal_series(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    for field, (_, other) in expectation["fields"].items():
        changed = change(whole, expectation, pl.col(field) == other, pl.col("f") * 2 + 1)
        yield Broken(f"another {other}", changed)


def duplicate_series(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    """The code with the most figures once more, under the name of one that has few."""
    over = expectation["over"]
    filled = whole.filter(pl.col("obs_value").is_not_null())
    codes = [code for code, _ in filled[over].value_counts(sort=True).sort("count", over).iter_rows()]
    few, most = codes[0], codes[-1]
    copy = whole.filter(pl.col(over) == most).with_columns(pl.lit(few).alias(over))
    yield Broken(f"{most} as {few}", pl.concat([whole.filter(pl.col(over) != few), copy]))


def duplicate_dataset(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    """Most of the same figures under another name, with one more dimension."""
    copy = whole.filter(pl.int_range(pl.len()) % 10 != 0).with_columns(pl.lit("COPY").alias("made"))
    yield Broken("the same figures elsewhere", whole, others={"made/copy": copy.lazy()})


def cross_check(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    """The other table with one figure more than this one allows."""
    own = select_figures(Given(whole, Resource("made", {}, {}, (), ())), expectation)
    areas = expectation.get("areas") or {}
    own = own.filter(pl.col("geo").is_in(list(areas))) if areas else own
    year = pl.col("time_period").str.head(4).cast(pl.Int64) + expectation.get("years", 0)
    much = 1 + 2 * expectation.get("tolerance", 0) + 0.01
    other = own.with_columns(
        obs_value=pl.col("figure") * expectation.get("factor", 1) * much,
        geo=pl.col("geo").replace(areas),
        time_period=year.cast(pl.String) + pl.col("time_period").str.slice(4),
        **{name: pl.lit(code) for name, code in (expectation.get("other") or {}).items()},
    )
    yield Broken("other figures there", whole, others={expectation["with"]: other.lazy()})


def constant_within(expectation: Expectation, whole: pl.DataFrame) -> Iterator[Broken]:
    inside = pl.col("geo").str.len_bytes() == expectation["level"] + 2
    yield Broken("one figure everywhere", change(whole, expectation, inside, pl.lit(5.0)))


BREAKERS: dict[str, Callable[[Expectation, pl.DataFrame], Iterator[Broken]]] = {
    function.__name__: function
    for function in (
        rows,
        newest_period,
        coverage,
        parts_sum_to_total,
        ratio,
        unit_jump,
        equal_series,
        duplicate_series,
        duplicate_dataset,
        cross_check,
        constant_within,
    )
}
