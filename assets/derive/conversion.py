"""Figures from one classification to another: sums are kept, ratios recomputed, estimates marked.

Applying weights to any Polars frame belongs here. Which weights there are belongs to `conversion_weights`,
series over time and joins to `series`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.derive.conversion_weights import CONVERSIONS, GeographyError, Weights

OUTSIDE = ("country", "aggregate", "extra-regio", "not-regionalised")  # rows that no conversion touches
# Units that are no amounts: their figures cannot be added up.
RATIO_UNITS = r"^(PC|PCH|RT|P)(_|$)|_HAB(_|$)|^PER_KM2$|_BEUR$|^I[0-9]{2}|^YR$"
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

    Added: `conversion` (`as given`, `same`, `exact` sums, `estimated`, `contested`, `incomplete`) and
    `weight` (the weight used: `population 2022`; null where none; of a contested one also the source that
    contradicts it and the share by that: `same, contested by n3-2006-2021: 0.9624`). A target of which a part
    is missing, null or unknown has no value: it is `incomplete`, never a partial sum. Rows that are of the
    target already stay, and take the place of what would be converted to the same area and key, so that no
    area is counted twice. Countries, aggregates, extra-regio and not regionalised stay as they are.
    `obs_status` of estimated and contested amounts is E, of incomplete ones O.

    Raises `GeographyError` for an area that has no weight (with the reason) or is not of `weights.source`,
    for a row of a third classification, for a ratio that would have to be added up, and, where figures are
    summed, for an area that has one key twice.
    """
    ratios = dict(ratios or {})
    _check_columns(frame, values, ratios)
    texts = [c for c in ("geo", "geo_classification") if frame.schema.get(c, pl.String) != pl.String]
    given, moving = _by_classification(frame.with_columns(pl.col(texts).cast(pl.String)), weights)
    alone, shared = weights.lookup
    out = [_as_estimates(_relabelled(_inner(moving, alone), weights), values)]
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
    if ours := [name for name in ("to_geo", "conversion", "weight") if name in frame.columns]:
        raise GeographyError(
            f"the frame has a column {', '.join(ours)}, which conversion makes: rename it, or drop it"
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


def _refuse(codes: pl.Series, weights: Weights) -> None:
    lost = codes.unique().sort()
    reasons = dict(weights.refused.iter_rows())
    reason = next((reasons[c] for c in lost if c in reasons), f"it is no area of {weights.source}")
    shown = ", ".join(str(code) for code in lost.head(SHOWN))
    more = f" and {lost.len() - SHOWN} more" if lost.len() > SHOWN else ""
    raise GeographyError(f"{weights.source} to {weights.target}: {shown}{more} cannot be converted: {reason}")


def _relabelled(rows: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    return rows.with_columns(geo="to_geo", geo_classification=pl.lit(weights.target)).drop("to_geo")


def _as_estimates(rows: pl.DataFrame, values: Sequence[str]) -> pl.DataFrame:
    """The rows, with status E where two sources disagree on whether the land is the same."""
    if "obs_status" not in rows.columns:
        return rows
    known = pl.any_horizontal(pl.col(name).is_not_null() for name in values)
    doubted = (pl.col("conversion") == "contested") & known
    status = pl.col("obs_status").cast(pl.String)
    return rows.with_columns(obs_status=pl.when(doubted).then(pl.lit("E")).otherwise(status))


def _summed(
    rows: pl.DataFrame, weights: Weights, values: list[str], ratios: Mapping[str, tuple[str, str]]
) -> pl.DataFrame:
    """The rows whose targets take from several areas, or give to several: one row per target and key."""
    _refuse_ratio_units(rows)
    if rows[" year"].null_count() < rows.height:
        rows = _of_its_year(rows)
    extra = {*values, *ratios, "geo", "geo_classification", "obs_status", "obs_flag"}
    made = {" part", " parts", " year", "conversion", "weight", "to_geo"}
    keys = [name for name in rows.columns if name not in extra | made]
    _check_keys(rows, keys)
    contested = (pl.col("conversion") == "contested").any()
    estimated = pl.col("conversion").is_in(["estimated", "contested"]).any()
    whole = rows.select((pl.col(" part") == 1).all()).item()

    def amount(name: str) -> pl.Expr:
        if whole and not rows.schema[name].is_float():
            return pl.col(name).sum()
        return (pl.col(name).cast(pl.Float64) * pl.col(" part")).sum()

    named = [pl.col("weight").min().alias("weight"), pl.col("weight").max().alias(" last weight")]
    # Only sums, counts and firsts: these Polars does for all groups at once, anything else group by group.
    groups = rows.with_columns(_status_ranks(rows)).group_by(*keys, "to_geo", maintain_order=True)
    grouped = groups.agg(
        *(amount(name).alias(name) for name in values),
        *(pl.col(name).count().alias(_counted(name)) for name in values),
        pl.col(" parts").first(),
        estimated.alias(" estimated"),
        contested.alias(" contested"),
        *(pl.col(name).min() for name in (" rank",) if "obs_status" in rows.columns),
        *(pl.col(name).first() for name in ("obs_status",) if name in rows.columns),
        *(named if rows["weight"].null_count() < rows.height else ()),
    )
    grouped = grouped.with_columns(
        pl.when(pl.col(_counted(name)) == pl.col(" parts")).then(name).alias(name) for name in values
    )
    grouped = _with_all_names(grouped, rows, keys)
    lost = pl.any_horizontal(pl.col(name).is_null() for name in values)
    if "obs_status" in rows.columns:
        none = pl.all_horizontal(pl.col(name).is_null() for name in values)
        text = pl.lit(pl.Series(STATUS_ORDER)).gather(pl.col(" rank"))
        status = pl.when(none).then(pl.lit("O")).when(" estimated").then(pl.lit("E"))
        grouped = grouped.with_columns(
            obs_status=status.otherwise(pl.coalesce(text, pl.col("obs_status").cast(pl.String)))
        )
    if "obs_flag" in rows.columns:
        grouped = grouped.with_columns(obs_flag=pl.lit(None, pl.String))
    kind = (
        pl.when(" contested")
        .then(pl.lit("contested"))
        .when(" estimated")
        .then(pl.lit("estimated"))
        .otherwise(pl.lit("exact"))
    )
    grouped = grouped.with_columns(
        conversion=pl.when(lost).then(pl.lit("incomplete")).otherwise(kind).cast(CONVERSIONS),
        **{
            name: pl.when(pl.col(below) != 0).then(pl.col(above) / pl.col(below))
            for name, (above, below) in ratios.items()
        },
    )
    return _relabelled(grouped, weights)


def _counted(name: str) -> str:
    return f" {name} counted"


def _status_ranks(rows: pl.DataFrame) -> list[pl.Expr]:
    """The place of each status in the order of which the first stands for the sum."""
    if "obs_status" not in rows.columns:
        return []
    ordered = pl.Enum(STATUS_ORDER)
    text = pl.col("obs_status").cast(pl.String)
    return [text.cast(ordered, strict=False).to_physical().alias(" rank")]


def _with_all_names(grouped: pl.DataFrame, rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Where the parts of a sum have weights of several kinds or years, the names of all of them, in the order
    of the rows."""
    if "weight" not in grouped.columns:
        return grouped.with_columns(weight=pl.lit(None, pl.String))
    several = (pl.col("weight") != pl.col(" last weight")).fill_null(False)
    few = grouped.filter(several).select(*keys, "to_geo")
    if few.is_empty():
        return grouped
    by = [*keys, "to_geo"]
    names = (
        rows.join(few, on=by, how="semi", nulls_equal=True)
        .group_by(by)
        .agg(pl.col("weight").drop_nulls().unique(maintain_order=True).str.join(", ").alias(" names"))
    )
    joined = grouped.join(names, on=by, how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(weight=pl.coalesce(" names", "weight")).drop(" names")


def _check_keys(rows: pl.DataFrame, keys: list[str]) -> None:
    if numbers := [name for name in keys if rows.schema[name].is_float() or rows.schema[name].is_decimal()]:
        raise GeographyError(
            f"{', '.join(numbers)}: numbers that are neither in values nor in ratios; name them, or drop them"
        )
    hashes = rows.select("geo", "to_geo", *keys).hash_rows()
    if hashes.n_unique() == rows.height:  # equal rows have equal hashes
        return
    alike = rows.filter(hashes.is_duplicated())
    twice = alike.filter(alike.select("geo", "to_geo", *keys).is_duplicated())
    if twice.height:
        shown = ", ".join(f"{name} {twice[name][0]}" for name in ("geo", *keys))
        raise GeographyError(
            f"{shown}: {twice['geo'].len()} rows for one area; the columns do not tell them apart"
        )


def _of_its_year(rows: pl.DataFrame) -> pl.DataFrame:
    """Of weights for several years, those of the year that the figure is of, or the nearest."""
    if "time_period" not in rows.columns:
        raise GeographyError("weights of every year need a column time_period to choose by")
    if undated := rows["time_period"].null_count():
        raise GeographyError(f"{undated} rows have no time_period to choose the weights of their year by")
    known = pl.col(" year")
    year = pl.col("time_period").cast(pl.String).str.head(4).cast(pl.Int64).clip(known.min(), known.max())
    return rows.filter(pl.col(" year").is_null() | (pl.col(" year") == year))


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
