"""The rule `duplicate_dataset`: no series of a table has the figures of a series of another published table.

Two indicators of one table are compared by `figure_rules`. Here it is the same answer under two names: trade
marks that were once published as patents. Which tables are published is the caller's to say.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from assets.validate.findings import Given, RuleResult, dimensions, select_figures, some

PLACE = ("geo", "time_period")
NO_DIMENSION = ("geo", "geo_classification", "time_period", "obs_value", "obs_status", "obs_flag")
LEAST_SERIES = 20  # figures that two series must share before being alike means something


def check_duplicate_dataset(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`duplicate_dataset`: no series has the figures of a series of another table wherever both have one (at
    least `minimum` of them that are not zero, default 20, not all alike), the tables in `except` aside.

    What is counted as compared is the series of this table: each later table is compared with it in turn.
    """
    least = int(expectation.get("minimum", LEAST_SERIES))
    names = [name for name in dimensions(given) if name not in NO_DIMENSION]
    own = named_series(select_figures(given, expectation), names)
    lasting = own.group_by("series").len().filter(pl.col("len") >= least)
    excused = {str(name) for name in expectation.get("except") or ()}
    alike = [
        f"{one} = {name} {other}"
        for name, table in sorted(given.others.items())
        if name not in excused
        for one, other in same_series(own, table, least)
    ]
    return RuleResult(
        [f"series that another dataset has, too: {some(alike)}"] if alike else [], lasting.height
    )


def same_series(own: pl.DataFrame, table: pl.LazyFrame, least: int) -> Iterator[tuple[str, str]]:
    """The pairs of a series here and a series there with the same figures."""
    columns = table.collect_schema()
    if not {*PLACE, "obs_value"} <= set(columns):
        return
    names = [name for name in columns.names() if name not in NO_DIMENSION]
    rows = table.filter(pl.col("obs_value").is_not_null()).collect()
    other = named_series(rows.with_columns(pl.col("obs_value").cast(pl.Float64).alias("figure")), names)
    equal = own.filter(pl.col("figure") != 0).join(other, on=[*PLACE, "figure"])
    pairs = equal.group_by("series", "series_right").agg(pl.len(), pl.col("figure").n_unique())
    likely = pairs.filter((pl.col("len") >= least) & (pl.col("figure") > 2))
    for one, there in likely.select("series", "series_right").sort(pl.all()).iter_rows():
        ours, theirs = own.filter(pl.col("series") == one), other.filter(pl.col("series") == there)
        both = ours.join(theirs, on=PLACE)
        if both.select((pl.col("figure") == pl.col("figure_right")).all()).item():
            yield one, there


def named_series(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Place, figure, and as `series` the codes of all other dimensions."""
    codes = [pl.col(name).cast(pl.String).fill_null("") for name in names]
    series = pl.concat_str(codes, separator=" ") if codes else pl.lit("the figures")
    return rows.select(*(pl.col(name).cast(pl.String) for name in PLACE), "figure", series.alias("series"))
