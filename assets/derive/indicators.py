"""The table of indicators: formulas over published figures, on one territory, with their parts and ranks.

Rows carry what they were made of. A figure of one level is never a row of another, and two sides are only
divided where they are of the same area and, but for a stated lag, of the same year; the row has the year of
its denominator. The figures of one side belong to `parts`; which regions are alike belongs to `peers`.
"""

from collections import Counter
from collections.abc import Mapping

import polars as pl

from assets.derive.conversion import OUTSIDE, STATUS_ORDER
from assets.derive.conversion_weights import Geography
from assets.derive.parts import CONFIDENTIAL, EXACT, KEY, Converter, read_part
from assets.descriptor.derivation import Derivation, Indicator
from assets.errors import MappingError

COLUMNS = (
    *("geo", "geo_classification", "level", "time_period", "indicator", "unit", "obs_value"),
    *("numerator", "denominator", "denominator_period", "obs_status", "reason", "conversion", "weight"),
    *("break", "low_count", "rank", "rank_n", "rank_of", "coverage", "coverage_share"),
)
COVERAGE = "/coverage"  # of the name of an input: the table that tells how much of a dataset is there
# Texts with few values, which take a third of the memory as categories until all rows are together.
FEW = ("unit", "denominator_period", "obs_status", "reason", "conversion", "weight", "break", "coverage")


def build_indicators(
    derivation: Derivation, tables: Mapping[str, pl.LazyFrame], geography: Geography
) -> pl.DataFrame:
    """One row per area, year and indicator, sorted by area, year and indicator; columns `COLUMNS`.

    `obs_value`, `numerator`, `denominator` Float64; `level` (0 country, 1 to 3 NUTS; null: aggregate),
    `rank`, `rank_n`, `rank_of` Int64; `low_count` Boolean; the others String. `denominator_period` is the
    year of the denominator (null where there is none). `rank` (1 is the largest) is
    there where all areas of the country and level have a figure; `rank_n` of `rank_of` have one. `coverage`
    is the key of the side of whose table, classification and year less is there, `coverage_share` (Float64)
    how much. Raises `MappingError`.
    """
    if derivation.territory is None:
        raise MappingError("indicators need innoregio:derive.territory, the areas of all figures")
    converter = Converter(geography, derivation.territory, derivation.weight)
    areas = _chosen_areas(derivation, geography)
    sides = [(indicator.numerator, indicator.denominator) for indicator in derivation.indicators]
    uses = Counter(repr(part) for pair in sides for part in pair)
    converter.shared = {name for name, number in uses.items() if number > 1}
    shares = _read_shares(tables)
    found = [_build_one(indicator, tables, converter, areas, shares) for indicator in derivation.indicators]
    ordered = pl.concat(found).sort("geo", "geo_classification", "time_period", "indicator")
    return ordered.select(COLUMNS).with_columns(pl.col(FEW).cast(pl.String))


def _read_shares(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """`coverage` and `coverage_share` of the inputs' tables of coverage, where something is expected."""
    none = pl.LazyFrame(schema={"coverage": pl.String, "coverage_share": pl.Float64})
    own = [
        table.select("coverage", pl.col("share").cast(pl.Float64).alias("coverage_share"))
        for name, table in sorted(tables.items())
        if name.endswith(COVERAGE)
    ]
    return pl.concat([none, *own]).drop_nulls().collect()


def _covered(rows: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """`coverage`, `coverage_share`: of the side of which less is there, of two alike the numerator."""
    sides = [name for name in ("coverage_n", "coverage_d") if name in rows.columns]
    for name in sides:
        known = shares.rename({"coverage": name, "coverage_share": f"{name}_share"})
        rows = rows.join(known, on=name, how="left", maintain_order="left")
    least = pl.min_horizontal(f"{name}_share" for name in sides)
    chosen = [pl.when(pl.col(f"{name}_share") == least).then(name) for name in sides]
    return rows.with_columns(coverage=pl.coalesce(*chosen, *sides), coverage_share=least)


def _chosen_areas(derivation: Derivation, geography: Geography) -> pl.DataFrame:
    """The areas that rows may be of: `geo_classification`, `geo`, `level`, `country`, and `rank_of`, how many
    areas their country has at that level."""
    own = pl.col("geo_classification").is_in([derivation.territory, "country", "aggregate"])
    areas = geography.areas.filter(own).select(
        *(pl.col(name).cast(pl.String) for name in ("geo_classification", "geo", "country")), "level"
    )
    is_aggregate = pl.col("geo_classification") == "aggregate"
    is_country = pl.col("geo_classification") == "country"
    areas = areas.with_columns(
        level=pl.when(is_country).then(0).otherwise("level").cast(pl.Int64),
        country=pl.when(is_country).then("geo").otherwise("country"),
    )
    kept = pl.col("country").is_in(list(derivation.countries)) if derivation.countries else pl.lit(True)
    if derivation.levels:
        kept &= pl.col("level").is_in([0, *derivation.levels])
    kept = pl.when(is_aggregate).then(pl.col("geo").is_in(list(derivation.aggregates))).otherwise(kept)
    regions = pl.when(pl.col("level") > 0).then(pl.len().over("country", "level"))
    return areas.filter(kept).with_columns(rank_of=regions.cast(pl.Int64))


def _build_one(
    indicator: Indicator,
    tables: Mapping[str, pl.LazyFrame],
    converter: Converter,
    areas: pl.DataFrame,
    shares: pl.DataFrame,
) -> pl.DataFrame:
    above = read_part(indicator.numerator, tables, converter)
    rows = above.rename({name: f"{name}_n" for name in above.columns if name not in KEY})
    if indicator.denominator:
        below = read_part(indicator.denominator, tables, converter)
        below = below.rename({name: f"{name}_d" for name in below.columns if name not in KEY})
        rows = _both_sides(rows, _lagged(below, indicator))
    else:
        texts = ("status_d", "conversion_d", "weight_d", "denominator_period")
        rows = rows.with_columns(
            pl.lit(None, pl.Float64).alias("value_d"), *(pl.lit(None, pl.String).alias(n) for n in texts)
        )
    rows = rows.join(areas, on=["geo_classification", "geo"], how="inner")
    return _ranked(_marked(_divided(_covered(rows, shares), indicator), indicator), indicator)


def _lagged(below: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """The denominators by the period of the numerators that they are for, the newest that has a figure of
    those that may be taken; `denominator_period` is their own."""
    own = below.with_columns(denominator_period="time_period")
    if not (indicator.lag or indicator.lag_up_to):
        return own
    year = pl.col("time_period").str.head(4).cast(pl.Int32)
    found = [
        own.with_columns(time_period=(year + indicator.lag + more).cast(pl.String), more=pl.lit(more))
        for more in range(indicator.lag_up_to + 1)
    ]
    ordered = pl.concat(found).sort(*KEY, pl.col("value_d").is_null(), "more")
    return ordered.unique(list(KEY), keep="first", maintain_order=True).drop("more")


def _both_sides(above: pl.DataFrame, below: pl.DataFrame) -> pl.DataFrame:
    """Rows with both sides, or with one of them where the other has figures of that year for other areas of
    the country; a year that one side does not have at all is not in the table."""
    rows = above.join(below, on=list(KEY), how="full", coalesce=True)
    rows = rows.with_columns(
        denominator_period=pl.when(pl.col("value_d").is_not_null()).then("denominator_period")
    )
    country = pl.col("geo").str.head(2)
    both = pl.col("value_n").is_not_null() & pl.col("value_d").is_not_null()
    return rows.filter(both.any().over(country, "time_period", pl.col("geo").str.len_chars()))


def _divided(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """`obs_value`, `numerator`, `denominator`, `obs_status`, `reason`, `conversion`, `weight`."""
    has_below = indicator.denominator is not None
    value = pl.col("value_n") * indicator.factor
    if has_below:
        value = pl.when(pl.col("value_d") != 0).then(value / pl.col("value_d"))
    rows = rows.with_columns(obs_value=value)
    if indicator.base:
        rows = _relative(rows, indicator.base)
    rows = rows.with_columns(pl.col("obs_value").round(indicator.decimals, mode="half_away_from_zero"))
    sides = [("n", "numerator"), *([("d", "denominator")] if has_below else [])]
    reasons = [
        pl.when(pl.col(f"value_{side}").is_null()).then(
            pl.when(pl.col(f"status_{side}") == CONFIDENTIAL)
            .then(pl.lit(f"{name} confidential"))
            .when(pl.col(f"conversion_{side}") == "incomplete")
            .then(pl.lit(f"{name} incomplete"))
            .otherwise(pl.lit(f"{name} missing"))
        )
        for side, name in sides
    ]
    zero = pl.when(pl.col("value_d") == 0).then(pl.lit("denominator zero")).otherwise(pl.lit("base missing"))
    reason = pl.coalesce(*reasons, zero)
    estimated = [~pl.col(f"conversion_{side}").is_in(EXACT) for side, _ in sides]
    kind = (
        pl.when(~pl.any_horizontal(estimated))
        .then(pl.lit("exact"))
        .when(pl.all_horizontal(estimated))
        .then(pl.lit("estimated"))
        .otherwise(pl.lit("mixed"))
    )
    order = [*STATUS_ORDER, "A"]
    ranks = [
        pl.col(f"status_{side}").replace_strict(order, list(range(len(order))), default=None)
        for side, _ in sides
    ]
    worst = pl.min_horizontal(*ranks).replace_strict(list(range(len(order))), order, default=None)
    secret = pl.any_horizontal(pl.col(f"status_{side}") == CONFIDENTIAL for side, _ in sides).fill_null(False)
    has_value = pl.col("obs_value").is_not_null()
    weights = [pl.col(f"weight_{side}") for side, _ in sides]
    if has_below:  # one name for both where it is one
        weights[1] = pl.when(weights[0].ne_missing(weights[1])).then(weights[1])
    return rows.with_columns(
        reason=pl.when(~has_value).then(reason),
        obs_status=pl.when(has_value)
        .then(pl.when(pl.any_horizontal(estimated)).then(pl.lit("E")).otherwise(worst))
        .when(secret)
        .then(pl.lit(CONFIDENTIAL))
        .otherwise(pl.lit("O")),
        conversion=pl.when(has_value).then(kind),
        weight=pl.when(has_value).then(
            pl.concat_str(weights, separator="; ", ignore_nulls=True).replace("", None)
        ),
    ).rename({"value_n": "numerator", "value_d": "denominator"})


def _relative(rows: pl.DataFrame, base: str) -> pl.DataFrame:
    """`obs_value` with the base area's figure of the same year as 100; none in years that it has none."""
    hundred = rows.filter(geo=base).select("time_period", hundred="obs_value")
    return rows.join(hundred, on="time_period", how="left").with_columns(
        obs_value=100 * pl.col("obs_value") / pl.col("hundred")
    )


def _marked(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """`break` (null: the row compares with the area's row before), `low_count`, `indicator`, `unit`."""
    area = ("geo_classification", "geo")
    rows = rows.sort(*KEY)
    kind = pl.col("conversion").forward_fill().shift(1).over(area, order_by="time_period")
    method = pl.any_horizontal((pl.col(name) == "B").fill_null(False) for name in ("status_n", "status_d"))
    moved = (kind != pl.col("conversion")).fill_null(False)
    texts = [pl.when(method).then(pl.lit("method")), pl.when(moved).then(pl.lit("conversion"))]
    low = pl.lit(False)
    if indicator.minimum is not None:
        low = (pl.col("numerator") < indicator.minimum).fill_null(False)
    return rows.with_columns(
        pl.concat_str(texts, separator="; ", ignore_nulls=True).replace("", None).alias("break"),
        low_count=low,
        indicator=pl.lit(indicator.code),
        unit=pl.lit(indicator.unit),
    )


def _ranked(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """`rank` among the areas of one country, level and year, `rank_n`, `rank_of`."""
    group = ("country", "level", "time_period")
    regions = ~pl.col("geo_classification").is_in(OUTSIDE)
    rows = rows.with_columns(
        rank_n=pl.when(regions).then(pl.col("obs_value").count().over(group)).cast(pl.Int64),
        rank_of=pl.when(regions).then("rank_of"),
    )
    whole = (pl.col("rank_n") == pl.col("rank_of")) & ~pl.col("low_count")
    place = pl.col("obs_value").rank("min", descending=True).over(group).cast(pl.Int64)
    ranked = rows.with_columns(rank=pl.when(whole).then(place)).select(COLUMNS)
    return ranked.with_columns(pl.col(FEW).cast(pl.Categorical))
