"""Figures from one classification to another: sums are kept, ratios recomputed, estimates marked.

Applying weights to any Polars frame belongs here. Which weights there are belongs to `conversion_weights`,
series over time and joins to `series`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.normalise.conversion_weights import GeographyError, Weights

OUTSIDE = ("country", "aggregate", "extra-regio", "not-regionalised")  # rows that no conversion touches
# Units that are no amounts: their figures cannot be added up.
RATIO_UNITS = r"^(PC|PCH|RT|P)(_|$)|_HAB(_|$)|^PER_KM2$|_BEUR$|^I[0-9]{2}|^YR$"
CONVERSIONS = pl.Enum(["as given", "same", "exact", "estimated", "incomplete"])
STATUS_ORDER = ("B", "E", "F", "P", "U", "D", "I", "N")  # the first of several (contracts, section 1)
SHOWN = 5


def convert(
    frame: pl.DataFrame,
    weights: Weights,
    values: Sequence[str] = ("obs_value",),
    ratios: Mapping[str, tuple[str, str]] | None = None,
) -> pl.DataFrame:
    """The frame with its figures on the areas of `weights.target`.

    `frame` has `geo` and, unless every row is of `weights.source`, `geo_classification`; `values` are the
    columns with amounts (numbers that can be added up); `ratios` says of which two of them a ratio column is
    made (`{"gdp_per_inhabitant": ("gdp", "inhabitants")}`). `obs_status` and `obs_flag` are carried; all
    other columns are keys: a row is one area and key, once.

    Added: `conversion` (`as given`, `same`, `exact` sums, `estimated`, `incomplete`) and `weight` (the weight
    used: `population 2022`; null where none). A target of which a part is missing, null or unknown has no
    value: it is `incomplete`, never a partial sum. Rows that are of the target already stay, and take the
    place of what would be converted to the same area and key, so that no area is counted twice. Countries,
    aggregates, extra-regio and not regionalised stay as they are. `obs_status` of estimated amounts is E, of
    incomplete ones O.

    Raises `GeographyError` for an area that has no weight (with the reason) or is not of `weights.source`,
    for a row of a third classification, for a ratio that would have to be added up, and for an area that has
    one key twice.
    """
    ratios = dict(ratios or {})
    _check_columns(frame, values, ratios)
    texts = [c for c in ("geo", "geo_classification") if frame.schema.get(c, pl.String) != pl.String]
    given, moving = _by_classification(frame.with_columns(pl.col(texts).cast(pl.String)), weights)
    alone, shared = _lookup(weights)
    out = [_relabelled(_inner(moving, alone), weights).with_columns(weight=pl.lit(None, pl.String))]
    if out[0].height < moving.height:
        rest = moving.filter(pl.col("geo").is_in(shared["from_geo"].unique().implode()))
        if out[0].height + rest.height < moving.height:
            known = pl.concat([alone["from_geo"], shared["from_geo"]])
            _refuse(moving.filter(~pl.col("geo").is_in(known.implode()))["geo"], weights)
        out.append(_summed(_inner(rest, shared), weights, list(values), ratios))
    if given.height:
        out = _without_doubles(out, given, list(values), ratios)
        out.append(
            given.with_columns(conversion=pl.lit("as given", CONVERSIONS), weight=pl.lit(None, pl.String))
        )
    columns = [*frame.columns, "conversion", "weight"]
    if "geo_classification" not in frame.columns:
        columns.insert(columns.index("geo") + 1, "geo_classification")
    return pl.concat([part.select(columns) for part in out], how="vertical_relaxed")


def _check_columns(frame: pl.DataFrame, values: Sequence[str], ratios: Mapping[str, tuple[str, str]]) -> None:
    parts = [part for pair in ratios.values() for part in pair]
    if missing := [name for name in ("geo", *values) if name not in frame.columns]:
        raise GeographyError(
            f"no column {', '.join(missing)} to convert; there are {', '.join(frame.columns)}"
        )
    if lost := [part for part in parts if part not in values]:
        raise GeographyError(
            f"a ratio needs its parts among the values: {', '.join(lost)} is not; ratios are never averaged"
        )
    if both := [name for name in ratios if name in values]:
        raise GeographyError(f"{', '.join(both)}: a ratio, or an amount? it cannot be both")


def _by_classification(frame: pl.DataFrame, weights: Weights) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that stay, and those to convert."""
    if "geo_classification" not in frame.columns:
        return frame.clear().with_columns(geo_classification=pl.lit("", pl.String)), frame
    ours = pl.col("geo_classification") == weights.source
    if frame.select(ours.fill_null(False).all()).item():
        return frame.clear(), frame
    found = set(frame["geo_classification"].unique().drop_nulls().cast(pl.String))
    other = sorted(found - {weights.source, weights.target, *OUTSIDE})
    if other:
        raise GeographyError(
            f"the frame has rows of {', '.join(other)}, the weights go from {weights.source} to "
            f"{weights.target}: find their weights and convert them too, or leave them out"
        )
    moving = pl.col("geo_classification").eq_missing(pl.lit(weights.source))
    return frame.filter(~moving), frame.filter(moving)


def _inner(frame: pl.DataFrame, lookup: pl.DataFrame) -> pl.DataFrame:
    return frame.join(lookup, left_on="geo", right_on="from_geo", how="inner", maintain_order="left")


def _lookup(weights: Weights) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The weights of areas that are all of one target and the target nothing else, whose rows are not added
    up (`from_geo`, `to_geo`, `conversion`), and the others (`part_weight`, `parts`, `year`, `weight` too). A
    target that may take from an area without weight has a part more than there are."""
    name = pl.concat_str("kind", pl.col("reference_year").cast(pl.String), separator=" ", ignore_nulls=True)
    dated = pl.col("reference_year").n_unique().over("from_geo") > 1
    is_alone = pl.col("exact") & (pl.col("parts") == 1)
    unknown = pl.col("to_geo").is_in(weights.uncertain.implode())
    table = weights.table.with_columns(parts=pl.col("from_geo").n_unique().over("to_geo") + unknown).select(
        "from_geo",
        "to_geo",
        pl.col("weight").alias("part_weight"),
        "parts",
        pl.when(dated).then("reference_year").alias("year"),
        is_alone.alias("is_alone"),
        pl.when(~pl.col("exact"))
        .then(pl.lit("estimated"))
        .when(is_alone & (pl.col("kind") == "same"))
        .then(pl.lit("same"))
        .otherwise(pl.lit("exact"))
        .cast(CONVERSIONS)
        .alias("conversion"),
        pl.when(~pl.col("exact")).then(name).alias("weight"),
    )
    alone = table.filter("is_alone").select("from_geo", "to_geo", "conversion")
    return alone, table.filter(~pl.col("is_alone")).drop("is_alone")


def _refuse(codes: pl.Series, weights: Weights) -> None:
    lost = codes.unique().sort()
    reasons = dict(weights.refused.iter_rows())
    reason = next((reasons[c] for c in lost if c in reasons), f"it is no area of {weights.source}")
    shown = ", ".join(str(code) for code in lost.head(SHOWN))
    more = f" and {lost.len() - SHOWN} more" if lost.len() > SHOWN else ""
    raise GeographyError(f"{weights.source} to {weights.target}: {shown}{more} cannot be converted: {reason}")


def _relabelled(rows: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    return rows.with_columns(geo="to_geo", geo_classification=pl.lit(weights.target)).drop("to_geo")


def _summed(
    rows: pl.DataFrame, weights: Weights, values: list[str], ratios: Mapping[str, tuple[str, str]]
) -> pl.DataFrame:
    """The rows whose targets take from several areas, or give to several: one row per target and key."""
    _refuse_ratio_units(rows)
    if rows["year"].null_count() < rows.height:
        rows = _of_its_year(rows)
    extra = {*values, *ratios, "geo", "geo_classification", "obs_status", "obs_flag"}
    made = {"part_weight", "parts", "year", "conversion", "weight", "to_geo"}
    keys = [name for name in rows.columns if name not in extra | made]
    _check_keys(rows, keys)
    exact = (pl.col("conversion") != "estimated").all()
    whole = pl.col("part_weight") == 1

    def amount(name: str) -> pl.Expr:
        complete = pl.col(name).count() == pl.col("parts").first()
        if not rows.schema[name].is_float() and rows.select(whole.all()).item():
            return pl.when(complete).then(pl.col(name).sum()).alias(name)
        part = pl.col(name).cast(pl.Float64) * pl.col("part_weight")
        return pl.when(complete).then(part.sum()).alias(name)

    status, flag = [], []
    if "obs_status" in rows.columns:
        text = pl.col("obs_status").cast(pl.String)
        first = [pl.when((text == s).any()).then(pl.lit(s)) for s in STATUS_ORDER]
        status.append(
            pl.when(~exact).then(pl.lit("E")).otherwise(pl.coalesce(*first, text.first())).alias("obs_status")
        )
    if "obs_flag" in rows.columns:
        flag.append(pl.lit(None, pl.String).alias("obs_flag"))
    grouped = rows.group_by(*keys, "to_geo", maintain_order=True).agg(
        *(amount(name) for name in values),
        *status,
        *flag,
        pl.when(exact).then(pl.lit("exact")).otherwise(pl.lit("estimated")).alias("conversion"),
        pl.col("weight").drop_nulls().unique(maintain_order=True).str.join(", ").alias("weight"),
    )
    lost = pl.any_horizontal(pl.col(name).is_null() for name in values)
    if status:
        none = pl.all_horizontal(pl.col(name).is_null() for name in values)
        grouped = grouped.with_columns(obs_status=pl.when(none).then(pl.lit("O")).otherwise("obs_status"))
    grouped = grouped.with_columns(
        conversion=pl.when(lost).then(pl.lit("incomplete")).otherwise("conversion").cast(CONVERSIONS),
        weight=pl.when(pl.col("weight") != "").then("weight"),
        **{
            name: pl.when(pl.col(below) != 0).then(pl.col(above) / pl.col(below))
            for name, (above, below) in ratios.items()
        },
    )
    return _relabelled(grouped, weights)


def _check_keys(rows: pl.DataFrame, keys: list[str]) -> None:
    if numbers := [name for name in keys if rows.schema[name].is_float() or rows.schema[name].is_decimal()]:
        raise GeographyError(
            f"{', '.join(numbers)}: numbers that are neither in values nor in ratios; name them, or drop them"
        )
    twice = rows.filter(rows.select("geo", "to_geo", *keys).is_duplicated())
    if twice.height:
        shown = ", ".join(f"{name} {twice[name][0]}" for name in ("geo", *keys))
        raise GeographyError(
            f"{shown}: {twice['geo'].len()} rows for one area; the columns do not tell them apart"
        )


def _of_its_year(rows: pl.DataFrame) -> pl.DataFrame:
    """Of weights for several years, those of the year that the figure is of, or the nearest."""
    if "time_period" not in rows.columns:
        raise GeographyError("weights of every year need a column time_period to choose by")
    known = pl.col("year")
    year = pl.col("time_period").cast(pl.String).str.head(4).cast(pl.Int64).clip(known.min(), known.max())
    return rows.filter(pl.col("year").is_null() | (pl.col("year") == year))


def _refuse_ratio_units(rows: pl.DataFrame) -> None:
    if "unit" not in rows.columns:
        return
    units = rows["unit"].cast(pl.String).unique().drop_nulls()
    if (found := units.filter(units.str.contains(RATIO_UNITS)).sort()).len():
        raise GeographyError(
            f"{', '.join(found)}: figures per something cannot be added up over areas; convert the amounts "
            "that they are made of, and name the ratio in ratios"
        )


def _without_doubles(
    out: list[pl.DataFrame], given: pl.DataFrame, values: list[str], ratios: Mapping[str, Any]
) -> list[pl.DataFrame]:
    """What was converted, without what the frame has for that area and key already."""
    extra = {*values, *ratios, "obs_status", "obs_flag"}
    keys = [name for name in given.columns if name not in extra]
    own = given.select(keys)
    return [part.join(own, on=keys, how="anti", nulls_equal=True, maintain_order="left") for part in out]
