"""Where the Finnish rows of a register are: this project's reading beside the register's own.

Putting both readings of a row side by side, and what they come to by region, belongs here. How a place is
read from a name belongs to `placing`; what is done at another site than the seat to `campuses`.
"""

from collections.abc import Mapping

import polars as pl

from assets.derive.conversion_weights import Geography, GeographyError
from assets.derive.place_names import NO_POSTS, Posts
from assets.derive.placing import build_gazetteer, place_rows

AGREEMENTS = pl.Enum(["same", "different", "placed only", "register only", "neither"])
COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "register": pl.String,
    "project": pl.String,
    "organisation": pl.String,
    "order": pl.Int64,
    "geo": pl.String,
    "geo_classification": pl.String,
    "register_region": pl.String,
    "city": pl.String,
    "municipality": pl.String,
    "region": pl.String,
    "place_classification": pl.String,
    "place_method": pl.String,
    "place_certainty": pl.String,
    "agreement": AGREEMENTS,
}
REGIONS_NEEDED = tuple(name.replace("_", "-") for name in Geography._fields)
KEY = ("project", "organisation", "order")
NEEDED = (*KEY, "country", "geo", "geo_classification")


def build_register_places(
    participations: pl.DataFrame,
    organisations: pl.DataFrame,
    geography: Geography,
    posts: Posts = NO_POSTS,
    register: str = "framework-projects",
) -> pl.DataFrame:
    """Every Finnish row of a register once, in the order of its key, with `COLUMNS`.

    The texts of the columns are those of `schemas/datasets/register-places.yaml`.

    `participations` has `project`, `organisation`, `order`, `country`, `geo` and `geo_classification` (the
    register's own area: a NUTS region, or the country only), `organisations` has `organisation` and `city`.

    - `register_region`: the region (`MK07`) that the register's area lies in; null where it has the country
      only, or an area whose land is in two regions today;
    - `municipality` (`KU398`), `region`, `place_method`, `place_certainty`: as `placing.place_rows` reads
      them; `place_classification` is the division that the region is of (`maakunta-2026`; the municipality is
      of the same year);
    - `agreement`: `same` and `different` where both have a region, `placed only`, `register only` or
      `neither`. A row that is placed by its area (`place_method` is `nuts`) says nothing against it.

    A row without organisation (a person, withheld) has no name to be placed by. Raises `GeographyError`
    where a column is missing.
    """
    for name, frame, needed in (
        ("participations", participations, NEEDED),
        ("organisations", organisations, ("organisation", "city")),
    ):
        if missing := [column for column in needed if column not in frame.columns]:
            raise GeographyError(f"the table {name} has no column {', '.join(missing)}")
    finnish = participations.select(pl.col(NEEDED)).with_columns(
        pl.col("organisation", "country", "geo", "geo_classification").cast(pl.String)
    )
    finnish = finnish.filter(country="FI")
    cities = organisations.select(pl.col("organisation", "city").cast(pl.String))
    named = finnish.join(cities, on="organisation", how="left")
    gazetteer = build_gazetteer(geography, posts)
    placed = place_rows(named, gazetteer)
    own = pl.col("geo").replace_strict(gazetteer.region_of_nuts, default=None, return_dtype=pl.String)
    year = geography.areas["geo_classification"].cast(pl.String).str.extract(r"^maakunta-(\d+)$").max()
    known = placed.with_columns(
        pl.lit(register).alias("register"),
        own.alias("register_region"),
        pl.when(pl.col("region").is_not_null())
        .then(pl.format("maakunta-{}", pl.lit(year, pl.String)))
        .alias("place_classification"),
    )
    table = known.with_columns(_agreement().alias("agreement"))
    return table.select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items()).sort(
        KEY, nulls_last=True
    )


def list_disagreements(places: pl.DataFrame, organisations: pl.DataFrame) -> pl.DataFrame:
    """The organisations that the register and this project have in different regions, the most rows first:
    `organisation`, `name`, `city`, `geo`, `register_region`, `region`, `place_method`, `rows` (UInt32).

    `places` is the table of `build_register_places`; `organisations` has `organisation` and `name`.
    """
    by = ["organisation", "city", "geo", "register_region", "region", "place_method"]
    found = places.filter(agreement="different").group_by(by).agg(pl.len().alias("rows"))
    names = organisations.select(pl.col("organisation", "name").cast(pl.String))
    named = found.join(names, on="organisation", how="left").select("organisation", "name", *by[1:], "rows")
    return named.sort(["rows", *by], descending=[True, *[False] * len(by)], nulls_last=True)


def count_places(places: pl.DataFrame) -> pl.DataFrame:
    """What both readings come to: one row per region, most rows first.

    Columns: `region` (null: no region), `rows`, `projects` (each once a region) by this project's reading,
    `register_rows`, `register_projects` by the register's area (UInt32, 0 where none). Rows of the same
    project in several regions count in each, so that projects do not add up.
    """

    def counted(region: str, prefix: str) -> pl.DataFrame:
        return places.group_by(pl.col(region).alias("region")).agg(
            pl.len().alias(f"{prefix}rows"), pl.col("project").n_unique().alias(f"{prefix}projects")
        )

    both = counted("region", "").join(
        counted("register_region", "register_"), on="region", how="full", coalesce=True, nulls_equal=True
    )
    return both.with_columns(pl.all().exclude("region").fill_null(0)).sort(
        ["rows", "region"], descending=[True, False], nulls_last=True
    )


def _agreement() -> pl.Expr:
    ours, theirs = pl.col("region"), pl.col("register_region")
    return (
        pl.when(ours.is_null() & theirs.is_null())
        .then(pl.lit("neither"))
        .when(theirs.is_null())
        .then(pl.lit("placed only"))
        .when(ours.is_null())
        .then(pl.lit("register only"))
        .when(ours == theirs)
        .then(pl.lit("same"))
        .otherwise(pl.lit("different"))
    )


def place_by_nuts(
    participations: pl.DataFrame, organisations: pl.DataFrame, tables: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The participations, the Finnish ones at the NUTS 3 region that this project places them in: `geo` and
    `geo_classification` are those of the region in the newest NUTS version, or `FI` and `country` where a row
    has no place. `register_geo` is the register's own area.

    `tables`: those of the dataset `regions` by name (`areas`, `crosswalk` …). Raises `GeographyError`.
    """
    geography = Geography(*(tables[name] for name in REGIONS_NEEDED))
    places = build_register_places(participations, organisations, geography)
    names = geography.areas["geo_classification"].cast(pl.String)
    newest = names.filter(names.str.starts_with("nuts-")).max()
    division = places["place_classification"].drop_nulls().first()
    same = geography.crosswalk.filter(
        from_classification=division, to_classification=newest, kind="same"
    ).select(region="from_geo", placed_geo="to_geo")
    placed = places.join(same, on="region", how="left").select(*KEY, "placed_geo")
    joined = participations.join(placed, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    is_placed, is_finnish = pl.col("placed_geo").is_not_null(), pl.col("country").cast(pl.String) == "FI"
    own = [pl.col(name).cast(pl.String) for name in ("geo", "geo_classification")]
    return joined.with_columns(
        pl.when(is_placed)
        .then("placed_geo")
        .when(is_finnish)
        .then(pl.lit("FI"))
        .otherwise(own[0])
        .alias("geo"),
        pl.when(is_placed)
        .then(pl.lit(newest, pl.String))
        .when(is_finnish)
        .then(pl.lit("country"))
        .otherwise(own[1])
        .alias("geo_classification"),
        own[0].alias("register_geo"),
    ).drop("placed_geo")
