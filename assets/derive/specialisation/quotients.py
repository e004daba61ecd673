"""Location quotients with intervals, ranks that intervals allow, and clusters' strength in three parts.

One area and activity at a time belongs here; how activities go together belongs to `relatedness`, the mix
of an area as a whole to `variety`. A table of counts has the columns `SERIES`, `activity`,
`count`, `area_total`.
"""

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

import polars as pl

SERIES = ("geo", "geo_classification")
DECIMALS = 6


def measure_quotients(counts: pl.DataFrame, reference: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Each count beside what the reference area has of the activity.

    `counts`: `geo`, `geo_classification`, `activity`, `count` (Float64, null where the source gives none) and
    `area_total`; `reference`: `activity`, `activity_total` and `reference_total`. Added columns:

    - `focus_share`: count / area_total; `size_share`: count / activity_total;
    - `location_quotient`: focus_share / (activity_total / reference_total) (Balassa 1965);
    - `lower`, `upper`: the interval of the quotient for a share that was counted in area_total cases (Wilson
      1927, doi:10.1080/01621459.1927.10502953), the reference being taken as it is;
    - `evidence`: `above` or `below` where the interval is on one side of 1, else `open`.

    Where a total is 0 or missing, or the reference has none of the activity, all are null.
    """
    joined = counts.join(reference, on="activity", how="left")
    whole, share = pl.col("area_total"), pl.col("focus_share")
    usual = pl.col("activity_total") / pl.col("reference_total")
    is_known = (whole > 0) & (pl.col("activity_total") > 0) & (pl.col("reference_total") > 0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (share + z**2 / (2 * whole)) / (1 + z**2 / whole)
    half = z / (1 + z**2 / whole) * (share * (1 - share) / whole + z**2 / (4 * whole**2)).sqrt()
    with_shares = joined.with_columns(
        focus_share=pl.when(is_known).then(pl.col("count") / whole),
        size_share=pl.when(is_known).then(pl.col("count") / pl.col("activity_total")),
    )
    measured = with_shares.with_columns(
        location_quotient=share / usual,
        lower=pl.max_horizontal((middle - half) / usual, pl.when(share.is_not_null()).then(0.0)),
        upper=(middle + half) / usual,
    )
    evidence = (
        pl.when(pl.col("lower") > 1)
        .then(pl.lit("above"))
        .when(pl.col("upper") < 1)
        .then(pl.lit("below"))
        .when(pl.col("upper").is_not_null())
        .then(pl.lit("open"))
    )
    return measured.with_columns(evidence.alias("evidence"))


def rank_apart(measured: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The table with `ranked_areas` (Int64), the rows of the group `by` that have a quotient, and `rank`
    (Int64) among them: 1 has the highest quotient; null where the row's interval overlaps that of any other
    row of the group, so that a rank is never an accident of counting."""
    descending = [*[False] * len(by), True, False, False]
    order = [*by, "location_quotient", *SERIES]
    ordered = measured.sort(order, descending=descending, nulls_last=True)
    groups = list(by)
    above = pl.col("lower").cum_min().shift(1).over(groups)
    below = pl.col("upper").reverse().cum_max().shift(1).reverse().over(groups)
    is_apart = (above > pl.col("upper")).fill_null(True) & (below < pl.col("lower")).fill_null(True)
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(groups)
    known = pl.col("location_quotient").is_not_null()
    number = known.sum().over(groups).cast(pl.Int64)
    return ordered.with_columns(rank=pl.when(known & is_apart).then(place), ranked_areas=number)


def find_advantages(measured: pl.DataFrame, minimum: float) -> pl.DataFrame:
    """The table with `advantage` (Boolean): the quotient is 1 or more and the count is `minimum` or more;
    null where there is no quotient."""
    quotient = pl.col("location_quotient")
    is_large = pl.col("count") >= minimum
    return measured.with_columns(advantage=pl.when(quotient.is_not_null()).then((quotient >= 1) & is_large))


def count_strong_parts(
    measured: pl.DataFrame, by: Sequence[str], strength: Mapping[str, Any]
) -> pl.DataFrame:
    """The table with `cluster_parts` (Int64, 0 to 3): how many of a cluster's three parts are strong.

    Size: `size_share` is among the highest `top` of the areas of `by`; specialisation: the quotient is
    `quotient` or more; focus: `focus_share` is among the highest `top` of all areas and activities that are
    alike in the rest of `by`. Null where a group has fewer than `areas` areas. After the European Cluster
    Observatory.
    """
    level = [name for name in by if name != "activity"]

    def is_among_highest(name: str, groups: list[str]) -> pl.Expr:
        least = pl.col(name).quantile(1 - strength["top"], "higher").over(groups)
        return pl.col(name) >= least

    parts = (
        is_among_highest("size_share", list(by)),
        pl.col("location_quotient") >= strength["quotient"],
        is_among_highest("focus_share", level),
    )
    number = pl.col("location_quotient").count().over(list(by))
    total = pl.sum_horizontal(part.cast(pl.Int64) for part in parts)
    is_known = pl.col("location_quotient").is_not_null() & (number >= strength["areas"])
    return measured.with_columns(cluster_parts=pl.when(is_known).then(total))


def share_withheld(counts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """`by` and `withheld_share`: the part of an area's total that is in none of its activities, because the
    source withholds it or does not know the activity; null where there is no total."""
    total = pl.col("area_total").first()
    return counts.group_by(list(by)).agg(
        withheld_share=pl.when(total > 0).then((1 - pl.col("count").sum() / total).round(DECIMALS))
    )
