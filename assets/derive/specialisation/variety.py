"""How varied the activities of an area are, and how its counts changed: entropy, shift and share, entries.

The mix of an area as a whole and its change belongs here; single quotients belong to `quotients`.
"""

from collections.abc import Mapping

import polars as pl

from assets.derive.specialisation.quotients import SERIES


def measure_variety(counts: pl.DataFrame, groups: Mapping[str, str], by: list[str]) -> pl.DataFrame:
    """The entropy of each area's activities in bits, and its two parts.

    `counts`: `by`, `activity`, `count`; `groups`: activity -> the group that it is in (itself where it is not
    named). Columns: `by`, `activities` (Int64, those with a count above 0), `variety` (sum of p log2 1/p over
    activities), `unrelated_variety` (the same over groups), `related_variety` (the mean of the entropies
    within groups, weighted by their shares). The two parts add up to the whole (Frenken, Van Oort and Verburg
    2007, doi:10.1080/00343400601120296). An area without counts has no row.
    """
    group = pl.col("activity").replace(dict(groups))
    known = counts.filter(pl.col("count") > 0).with_columns(group=group).sort(*by, "activity")
    share = pl.col("count") / pl.col("count").sum()
    entropy = -(share * share.log(2)).sum()
    whole = known.group_by(by, maintain_order=True).agg(activities=pl.len().cast(pl.Int64), variety=entropy)
    sums = known.group_by([*by, "group"], maintain_order=True).agg(pl.col("count").sum())
    unrelated = sums.group_by(by, maintain_order=True).agg(unrelated_variety=entropy)
    joined = whole.join(unrelated, on=by)
    return joined.with_columns(related_variety=pl.col("variety") - pl.col("unrelated_variety"))


def divide_change(first: pl.DataFrame, last: pl.DataFrame, reference: pl.DataFrame) -> pl.DataFrame:
    """The change of each count in three parts that add up to it: shift and share.

    `first` and `last`: `geo`, `geo_classification`, `activity`, `count` of two periods; `reference`:
    `activity`, `first_total`, `last_total`, for the area that is compared with. Columns: `geo`,
    `geo_classification`, `activity`, `first_value`, `last_value`, `reference_growth` (as if the activity had
    grown like all of the reference), `industry_mix` (what the activity's growth there is more than that),
    `regional_shift` (what the area's is more than the activity's). Null where a count is missing. Dunn 1960,
    doi:10.1111/j.1435-5597.1960.tb01705.x.
    """
    both = first.select(*SERIES, "activity", first_value="count").join(
        last.select(*SERIES, "activity", last_value="count"), on=[*SERIES, "activity"]
    )
    joined = both.join(reference, on="activity")
    sums = reference.select(pl.col("first_total", "last_total").sum())
    all_growth = sums.select(pl.col("last_total") / pl.col("first_total") - 1).item()
    own_growth = pl.col("last_total") / pl.col("first_total") - 1
    start = pl.col("first_value")
    parts = joined.with_columns(
        reference_growth=pl.when(pl.col("last_value").is_not_null()).then(start * all_growth),
        industry_mix=pl.when(pl.col("last_value").is_not_null()).then(start * (own_growth - all_growth)),
        regional_shift=pl.col("last_value") - start - start * own_growth,
    )
    return parts.drop("first_total", "last_total").sort(*SERIES, "activity")


def compare_advantages(first: pl.DataFrame, last: pl.DataFrame) -> pl.DataFrame:
    """What became of each area's advantage between two windows.

    `first` and `last`: `geo`, `geo_classification`, `activity`, `count`, `location_quotient` and `advantage`.
    Columns: the three, `first_count`, `last_count`, `first_quotient`, `last_quotient` and `change`: `entry`,
    `exit`, `kept` or `none`; null where a quotient is missing in one of the windows.
    """
    key = [*SERIES, "activity"]
    kept = {"count": "count", "location_quotient": "quotient", "advantage": "advantage"}
    named = [
        frame.select(*key, *(pl.col(name).alias(f"{when}_{new}") for name, new in kept.items()))
        for when, frame in (("first", first), ("last", last))
    ]
    joined = named[0].join(named[1], on=key, how="full", coalesce=True)
    before, after = pl.col("first_advantage"), pl.col("last_advantage")
    change = (
        pl.when(before & after)
        .then(pl.lit("kept"))
        .when(~before & after)
        .then(pl.lit("entry"))
        .when(before & ~after)
        .then(pl.lit("exit"))
        .when(~before & ~after)
        .then(pl.lit("none"))
    )
    return joined.with_columns(change=change).drop("first_advantage", "last_advantage").sort(key)
