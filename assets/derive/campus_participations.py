"""What organisations with a campus in a municipality take part in: an upper bound, apart from seats.

One row per participation of such an organisation belongs here; which organisations have a campus where, and
the counts, to `campuses`. Nothing here is added to a region's figures: a register does not say at which site
a project is done, so every project of the organisation may be done there, or none.
"""

import polars as pl

from assets.derive.conversion_weights import Geography, GeographyError
from assets.derive.placing import map_municipalities
from assets.derive.register_places import KEY
from assets.normalise.regions.lists import read_region_list

UPPER_BOUND = "upper bound"
COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "municipality": pl.String,
    "register": pl.String,
    "organisation": pl.String,
    "project": pl.String,
    "order": pl.Int64,
    "seat_geo": pl.String,
    "seat_geo_classification": pl.String,
    "seat_in_region": pl.Boolean,
    "ec_contribution_whole": pl.Decimal(18, 2),
    "bound": pl.String,
}
NEEDED = (*KEY, "geo", "geo_classification", "ec_contribution")


def build_campus_participations(
    participations: pl.DataFrame,
    places: pl.DataFrame,
    geography: Geography,
    register: str = "framework-projects",
) -> pl.DataFrame:
    """One row per campus and participation of its organisation, sorted by municipality and organisation.

    `participations` is the table of one register, `places` that of `register_places.build_register_places`
    for the same. The texts of the columns are those of `schemas/datasets/campus-participations.yaml`.

    - `municipality` (`KU398`): where the campus is, by `schemas/regions/campuses.csv`;
    - `seat_geo`, `seat_geo_classification`: the area that the register has the row at, where it is counted;
    - `seat_in_region`: whether this project places the row in the region of the campus already, so that
      figures by seat have it;
    - `ec_contribution_whole`: euros to the organisation as a whole for this project (Decimal; null where not
      stated), never a region's money;
    - `bound`: `upper bound` in every row, so that no sum is taken for what the campus does.

    Raises `GeographyError` where a column is missing.
    """
    for name, frame, needed in (
        ("participations", participations, NEEDED),
        ("register-places", places, (*KEY, "region")),
    ):
        if missing := [column for column in needed if column not in frame.columns]:
            raise GeographyError(f"the table {name} has no column {', '.join(missing)}")
    region_of = map_municipalities(geography)
    campuses = read_region_list("campuses").select("municipality", "organisation")
    seats = places.select(*KEY, seat_region="region")
    own = participations.select(NEEDED).with_columns(
        pl.col("geo", "geo_classification", "organisation").cast(pl.String)
    )
    found = campuses.join(own, on="organisation").join(seats, on=KEY, how="left")
    home = pl.col("municipality").replace_strict(region_of, default=None, return_dtype=pl.String)
    return (
        found.with_columns(
            register=pl.lit(register),
            seat_geo="geo",
            seat_geo_classification="geo_classification",
            seat_in_region=(pl.col("seat_region") == home).fill_null(False),
            ec_contribution_whole="ec_contribution",
            bound=pl.lit(UPPER_BOUND),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())
        .sort("municipality", "organisation", "project", "order")
    )
