"""The newest figure of each indicator, a row a region: for spreadsheets. The long table is `indicators`'."""

from collections.abc import Sequence

import polars as pl


def widen_newest(indicators: pl.DataFrame, codes: Sequence[str]) -> pl.DataFrame:
    """One row per area that has a figure; for each of `codes`, in lower case, its newest figure (Float64) and
    `<code>_year` (String). Columns before them: `geo`, `geo_classification`, `level` (Int64).
    """
    area = ["geo", "geo_classification", "level"]
    known = indicators.drop_nulls("obs_value").filter(pl.col("indicator").is_in(list(codes)))
    newest = known.sort("time_period").unique([*area, "indicator"], keep="last", maintain_order=True)
    wide = newest.select(area).unique()
    for code in codes:
        name = code.lower()
        figures = newest.filter(indicator=code).select(
            *area, pl.col("obs_value").alias(name), pl.col("time_period").alias(f"{name}_year")
        )
        wide = wide.join(figures, on=area, how="left", nulls_equal=True)
    return wide.sort("geo", "geo_classification")
