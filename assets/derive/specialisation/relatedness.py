"""Which activities go together, by the areas with an advantage in both; how near they are to an area.

Pairs of activities and densities belong here; who has an advantage is decided by `quotients`.
"""

import polars as pl

from assets.derive.specialisation.quotients import SERIES


def relate_activities(advantages: pl.DataFrame) -> pl.DataFrame:
    """One row per pair of activities that have an advantage somewhere, the first code first.

    `advantages`: `geo`, `geo_classification`, `activity`, each advantage a row. Columns: `activity`,
    `related_activity`, `areas`, `related_areas` and `areas_both` (Int64: how many have an advantage in the
    one, the other, both), `proximity` (Hidalgo and others 2007, doi:10.1126/science.1144581: the lower of the
    two conditional probabilities, areas_both / the larger of the two), `association` (van Eck and Waltman
    2009, doi:10.1002/asi.21075: areas_both x T / (s1 x s2), where s is the sum of an activity's pairs with
    all others and T that of all; null where one has none).
    """
    own = advantages.select(*SERIES, "activity").unique()
    areas = own.group_by("activity").agg(areas=pl.len().cast(pl.Int64))
    both = own.join(own, on=list(SERIES), suffix=" other").filter(
        pl.col("activity") != pl.col("activity other")
    )
    counted = both.group_by("activity", related_activity="activity other").agg(
        areas_both=pl.len().cast(pl.Int64)
    )
    every = areas.join(areas.rename({"activity": "related_activity", "areas": "related_areas"}), how="cross")
    pairs = every.filter(pl.col("activity") != pl.col("related_activity")).join(
        counted, on=["activity", "related_activity"], how="left"
    )
    together = pl.col("areas_both")
    summed = pairs.with_columns(together.fill_null(0)).with_columns(
        own_sum=together.sum().over("activity"), other_sum=together.sum().over("related_activity")
    )
    product = pl.col("own_sum") * pl.col("other_sum")
    measured = summed.with_columns(
        proximity=together / pl.max_horizontal("areas", "related_areas"),
        association=pl.when(product > 0).then(together * together.sum() / product),
    )
    return measured.drop("own_sum", "other_sum").sort("activity", "related_activity")


def measure_density(advantages: pl.DataFrame, counts: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """`geo`, `geo_classification`, `activity` and `density`: how near an activity is to what the area has.

    The sum of the proximities of the activity to the others in which the area has an advantage, by the sum to
    all others (0 to 100; Hidalgo and others 2007). `counts` says which areas and activities are asked for,
    `pairs` is the table of `relate_activities` with each pair in both orders. Null for an activity that is
    near no other.
    """
    asked = counts.select(*SERIES, "activity").unique()
    whole = pairs.group_by("activity").agg(whole=pl.col("proximity").sum())
    own = advantages.select(*SERIES, related_activity="activity").unique()
    near = (
        own.join(pairs, on="related_activity")
        .sort("related_activity")
        .group_by(*SERIES, "activity", maintain_order=True)
        .agg(near=pl.col("proximity").sum())
    )
    joined = asked.join(whole, on="activity", how="left").join(near, on=[*SERIES, "activity"], how="left")
    density = 100 * pl.col("near").fill_null(0) / pl.col("whole")
    return joined.select(*SERIES, "activity", density=pl.when(pl.col("whole") > 0).then(density))
