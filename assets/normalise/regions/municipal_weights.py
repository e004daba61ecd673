"""Weights between two divisions of Finland, counted from municipalities and their inhabitants.

Weights from municipalities belong here, for any two classifications and any year that has populations.
Weights of other countries, and the table of all, belong to `crosswalk`.
"""

import polars as pl

EMPTY = {
    "from_geo": pl.String,
    "to_geo": pl.String,
    "weight": pl.Float64,
    "kind": pl.String,
    "reference_year": pl.Int64,
    "exact": pl.Boolean,
    "other_source": pl.String,
    "other_weight": pl.Float64,
    "other_weight_back": pl.Float64,
}
UNCONTESTED = tuple(pl.lit(None, EMPTY[name]).alias(name) for name in EMPTY if name.startswith("other_"))


def weigh_by_municipalities(
    source: pl.DataFrame, target: pl.DataFrame, population: pl.DataFrame
) -> pl.DataFrame:
    """What share of each area of one division lies in each area of another.

    `source` and `target` are `geo`, `basic_unit` (`territories.list_area_units`) of one level each;
    `population` has `basic_unit`, `municipality` (the one it is counted in), `year`, `inhabitants`. Columns:
    `from_geo`, `to_geo`, `weight`, `kind`, `reference_year`, `exact`, and `other_…` as in the table
    `crosswalk`, null here. Where the area lies in one other area as a whole,
    the weight is 1, the kind `same` or `whole`, and exact; else there is a `population` weight for each
    year, which is not. An area has no row where part of its land is in no area of the target, or where a
    municipality whose inhabitants are counted together was divided.
    """
    shared = source.join(target, on="basic_unit", how="inner", suffix="_to").rename(
        {"geo": "from_geo", "geo_to": "to_geo"}
    )
    size = source.group_by(from_geo="geo").agg(pl.len().alias("size"))
    size_to = target.group_by(to_geo="geo").agg(pl.len().alias("size_to"))
    parts = (
        shared.group_by("from_geo", "to_geo")
        .agg(pl.len().alias("held"))
        .join(size, on="from_geo")
        .join(size_to, on="to_geo")
        .filter(pl.col("held").sum().over("from_geo") == pl.col("size"))
    )
    whole = parts.filter(pl.col("held") == pl.col("size")).select(
        "from_geo",
        "to_geo",
        pl.lit(1.0).alias("weight"),
        pl.when(pl.col("size") == pl.col("size_to"))
        .then(pl.lit("same"))
        .otherwise(pl.lit("whole"))
        .alias("kind"),
        pl.lit(None, pl.Int64).alias("reference_year"),
        pl.lit(True).alias("exact"),
        *UNCONTESTED,
    )
    divided = parts.filter(pl.col("held") < pl.col("size")).select("from_geo", "to_geo")
    if divided.is_empty():
        return whole
    return pl.concat(
        [whole, _weigh_by_population(shared.join(divided, on=["from_geo", "to_geo"]), population)]
    )


def _weigh_by_population(shared: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """The weights by inhabitants of areas that were divided."""
    home = population.select("basic_unit", "municipality").unique()
    of = home.group_by("municipality").agg(pl.len().alias("units"))
    placed = shared.join(home, on="basic_unit", how="left").join(of, on="municipality", how="left")
    counted = placed.group_by("from_geo", "to_geo", "municipality").agg(
        pl.len().alias("held"), pl.col("units").first()
    )
    lost = counted.filter(pl.col("municipality").is_null() | (pl.col("held") < pl.col("units")))
    counted = counted.join(lost.select("from_geo").unique(), on="from_geo", how="anti")
    years = population.select("municipality", "year", "inhabitants").unique(["municipality", "year"])
    return (
        counted.join(years, on="municipality")
        .group_by("from_geo", "to_geo", reference_year="year")
        .agg(pl.col("inhabitants").sum())
        .with_columns(pl.col("inhabitants").sum().over("from_geo", "reference_year").alias("all"))
        .select(
            "from_geo",
            "to_geo",
            (pl.col("inhabitants") / pl.col("all")).alias("weight"),
            pl.lit("population").alias("kind"),
            "reference_year",
            pl.lit(False).alias("exact"),
            *UNCONTESTED,
        )
        .filter(pl.col("weight") > 0)
    )


def join_population(population: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """The inhabitants with the units of land they were counted on: `basic_unit`, `municipality`, `year`,
    `inhabitants`.

    `population` is `regions/municipal-population`, whose figures are by one division for all years; `units`
    comes from `territories.list_area_units`.
    """
    return (
        population.select(
            "geo_classification",
            pl.col("geo").alias("municipality"),
            pl.col("time_period").cast(pl.Int64).alias("year"),
            pl.col("obs_value").cast(pl.Int64).alias("inhabitants"),
        )
        .join(units.rename({"geo": "municipality"}), on=["geo_classification", "municipality"])
        .select("basic_unit", "municipality", "year", "inhabitants")
    )
