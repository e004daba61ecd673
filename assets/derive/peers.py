"""Which regions are statistically similar: a distance over structural indicators, standardised and weighted.

The measure and its basis belong here; which indicators, weights and how many peers stand in the descriptor.
Neighbours and programme areas are lists (`schemas/regions`), read by `normalise.regions.lists`.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from assets.errors import MappingError

AREA = ("geo_classification", "geo")


def build_basis(indicators: pl.DataFrame, parameters: Mapping[str, Any]) -> pl.DataFrame:
    """The figures that regions are compared by.

    `indicators`: the table of that name. `parameters`: `indicators` (code -> weight), `level`, `coverage`
    (the share of the regions that must have a figure for a year to be taken). For each indicator the newest
    year is taken that is covered; `standardised` is (value - mean) / standard deviation over all regions that
    have a figure in it. Columns: `geo`, `geo_classification`, `indicator`, `time_period`, `figure`,
    `standardised`, `weight`; sorted. Raises `MappingError` where no year of an indicator is covered.
    """
    regions = indicators.filter(level=parameters["level"])
    number = regions.select(*AREA).unique().height
    found = []
    for code, weight in sorted(parameters["indicators"].items()):
        own = regions.filter(indicator=code).drop_nulls("obs_value")
        years = own.group_by("time_period").len().filter(pl.col("len") >= parameters["coverage"] * number)
        if years.is_empty():
            raise MappingError(
                f"peers: no year of {code} covers {parameters['coverage']:.0%} of {number} regions; lower "
                "the coverage, or leave the indicator out"
            )
        newest = own.filter(time_period=years["time_period"].max())
        mean, spread = pl.col("obs_value").mean(), pl.col("obs_value").std()
        found.append(
            newest.select(
                *("geo", "geo_classification", "indicator", "time_period"),
                pl.col("obs_value").alias("figure"),
                standardised=((pl.col("obs_value") - mean) / spread).round(6),
                weight=pl.lit(float(weight)),
            )
        )
    return pl.concat(found).sort("geo", "geo_classification", "indicator")


def find_similar(basis: pl.DataFrame, parameters: Mapping[str, Any]) -> pl.DataFrame:
    """The regions that are most like each region, nearest first.

    The distance of two regions is the square root of the weighted mean of their squared differences in
    standard deviations, over the indicators that both have; a pair that shares less than `shared` of the
    weight is not compared. `parameters`: `peers` (how many), `shared`. Equal distances are ranked by code.
    Columns: `geo`, `geo_classification`, `peer`, `rank` (Int64), `distance` (Float64, six decimals),
    `indicators_shared` (Int64); sorted by region and rank.
    """
    wide = basis.pivot("indicator", index=["geo_classification", "geo"], values="standardised")
    weights = dict(basis.select("indicator", "weight").unique().iter_rows())
    codes = sorted(weights)
    pairs = wide.join(wide, on="geo_classification", suffix=" peer").filter(
        pl.col("geo") != pl.col("geo peer")
    )
    differences = {code: pl.col(code) - pl.col(f"{code} peer") for code in codes}
    shared = pl.sum_horizontal(
        pl.when(difference.is_not_null()).then(weights[code]).otherwise(0.0)
        for code, difference in differences.items()
    )
    squares = pl.sum_horizontal(
        (difference**2 * weights[code]).fill_null(0) for code, difference in differences.items()
    )
    measured = pairs.select(
        "geo",
        "geo_classification",
        peer="geo peer",
        distance=(squares / shared).sqrt().round(6),
        indicators_shared=pl.sum_horizontal(
            difference.is_not_null().cast(pl.Int64) for difference in differences.values()
        ),
        share=shared / sum(weights.values()),
    )
    ordered = measured.filter(pl.col("share") >= parameters["shared"]).sort("geo", "distance", "peer")
    rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("geo_classification", "geo")
    ranked = ordered.with_columns(rank=rank).filter(pl.col("rank") <= parameters["peers"])
    return ranked.select("geo", "geo_classification", "peer", "rank", "distance", "indicators_shared").sort(
        "geo", "geo_classification", "rank"
    )
