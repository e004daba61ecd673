"""What organisations do that have a campus in a municipality but their seat elsewhere: an indicator apart.

The rule: `schemas/regions/campuses.csv` lists the organisations, by participant code (PIC), each with a
source. Registers do not say at which site a project is done. So the indicator counts everything that such an
organisation takes part in, an upper bound of what the campus does, beside the figures by seat and never in
them: no row's area is changed, and no money is moved.
"""

import polars as pl

from assets.derive.conversion_weights import GeographyError
from assets.normalise.regions.lists import read_region_list

NEEDED = ("project", "organisation", "geo", "ec_contribution")


def count_campuses(participations: pl.DataFrame) -> pl.DataFrame:
    """One row per municipality and organisation with a campus there: what all of it takes part in.

    `participations` is the table `framework-projects/participations`. Columns: `municipality` (`KU398`),
    `organisation` (PIC), `seat_geo` (the areas that the register has it at, joined by blanks: the money is
    counted there), `projects` and `participations` (UInt32), `ec_contribution_whole` (euros to the
    organisation as a whole, as decimals; null where no row has an amount; not to be added to a region's). An
    organisation without a participation has zeros. Raises `GeographyError` where a column is missing.
    """
    if missing := [name for name in NEEDED if name not in participations.columns]:
        raise GeographyError(f"no column {', '.join(missing)}; give the table participations")
    campuses = read_region_list("campuses").select("municipality", "organisation")
    amount = pl.when(pl.col("ec_contribution").count() > 0).then(pl.col("ec_contribution").sum())
    whole = participations.group_by("organisation").agg(
        pl.col("geo").cast(pl.String).drop_nulls().unique().sort().str.join(" ").alias("seat_geo"),
        pl.col("project").n_unique().alias("projects"),
        pl.len().alias("participations"),
        amount.alias("ec_contribution_whole"),
    )
    return (
        campuses.join(whole, on="organisation", how="left")
        .with_columns(pl.col("projects", "participations").fill_null(0))
        .sort("municipality", "organisation")
    )
