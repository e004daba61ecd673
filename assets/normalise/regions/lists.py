"""The project's own lists of areas: countries, aggregates, in-force dates, corrections (`schemas/regions/`).

Reading those lists as tables belongs here, and the areas that follow from a rule and not from a list
(extra-regio, not-regionalised). What a provider publishes belongs to `nuts_lists` and `finland_areas`.
"""

import polars as pl

from assets.errors import MappingError
from assets.normalise.regions.nuts_lists import country_of
from assets.overlay import find_schema

# Names of the areas outside the regions are ours, but for "Extra-Regio NUTS 1", which the workbooks have:
# classification, letter, native name, then Finnish, Swedish and English.
_OUTSIDE = (
    (
        "extra-regio",
        "Z",
        "Extra-Regio NUTS {}",
        "Alueiden ulkopuolinen, NUTS {}",
        "Utanför regionerna, Nuts {}",
        "Extra-regio NUTS {}",
    ),
    (
        "not-regionalised",
        "X",
        "Not regionalised NUTS {}",
        "Alueelle kohdistamaton, NUTS {}",
        "Ej fördelat på regioner, Nuts {}",
        "Not regionalised NUTS {}",
    ),
)
_NAMES = ("name_native", "name_fi", "name_sv", "name_en")


def read_region_list(name: str) -> pl.DataFrame:
    """A list of `schemas/regions/` (`aggregates`, `classifications` …), every column String."""
    return _read("regions", name)


def _read(folder: str, name: str) -> pl.DataFrame:
    path = find_schema(f"{folder}/{name}.csv")
    assert path is not None, "the packaged schemas have every list"
    return pl.read_csv(path, infer_schema=False)


def countries() -> pl.DataFrame:
    """The areas of the classification `country`: two-letter codes as Eurostat writes them (EL, UK, XK), level
    0."""
    labels = _read("codelists", "country").join(
        read_region_list("country_native_names").select("code", "name_native"), on="code", how="left"
    )
    return labels.select(
        pl.lit("country").alias("geo_classification"),
        pl.col("code").alias("geo"),
        pl.lit(0, pl.Int64).alias("level"),
        "name_native",
        *(pl.col(f"label_{language}").alias(f"name_{language}") for language in ("fi", "sv", "en")),
        pl.col("code").alias("country"),
    )


def aggregates() -> pl.DataFrame:
    """The areas of the classification `aggregate`: EU and euro area in their compositions.

    They have no native name; the English one stands in its place.
    """
    return read_region_list("aggregates").select(
        pl.lit("aggregate").alias("geo_classification"),
        pl.col("code").alias("geo"),
        pl.col("name_en").alias("name_native"),
        "name_fi",
        "name_sv",
        "name_en",
    )


def outside_regions(versions: pl.DataFrame) -> pl.DataFrame:
    """Extra-regio (`FIZ`, `FIZZ`, `FIZZZ`) and not-regionalised (`FIX` …) of every country with regions in
    some NUTS version."""
    regions = versions.filter(pl.col("level") > 0)
    codes = regions.select(pl.col("geo").str.head(2).alias("code")).unique().sort("code")
    country = country_of(pl.col("code"))

    def above(letter: str, level: int) -> pl.Expr:
        return country if level == 1 else pl.format(f"{{}}{letter * (level - 1)}", "code")

    return pl.concat(
        codes.select(
            pl.lit(classification).alias("geo_classification"),
            pl.format(f"{{}}{letter * level}", "code").alias("geo"),
            pl.lit(level, pl.Int64).alias("level"),
            above(letter, level).alias("parent"),
            *(pl.lit(text.format(level)).alias(name) for name, text in zip(_NAMES, names, strict=True)),
            country.alias("country"),
        )
        for classification, letter, *names in _OUTSIDE
        for level in (1, 2, 3)
    )


def correct_names(areas: pl.DataFrame) -> pl.DataFrame:
    """The areas with the known errors of the sources' names corrected
    (`schemas/regions/name_corrections.csv`).

    A correction holds for a code, a column and the very name that was found. Raises `MappingError` where one
    finds nothing any more: the source has changed.
    """
    corrections = read_region_list("name_corrections")
    for geo, column, found, name in corrections.select("geo", "column", "found", "name").iter_rows():
        wrong = (pl.col("geo") == geo) & (pl.col(column) == found)
        if not areas.select(wrong.any()).item():
            raise MappingError(f"regions: no {geo} has the {column} {found!r}; take the correction out")
        areas = areas.with_columns(pl.when(wrong).then(pl.lit(name)).otherwise(column).alias(column))
    return areas


def build_classifications(national: pl.DataFrame) -> pl.DataFrame:
    """`geo_classification`, `in_force_from`, `in_force_to` (Date) of every classification; `national` gives
    the yearly ones."""
    listed = read_region_list("classifications").select(
        "geo_classification", pl.col("in_force_from", "in_force_to").str.to_date("%Y-%m-%d")
    )
    year = pl.col("geo_classification").str.extract(r"-(\d{4})$").cast(pl.Int32)
    yearly = national.select(pl.col("geo_classification").unique()).select(
        "geo_classification",
        pl.date(year, 1, 1).alias("in_force_from"),
        pl.date(year, 12, 31).alias("in_force_to"),
    )
    undated = pl.DataFrame(
        {"geo_classification": ["country", "aggregate", "extra-regio", "not-regionalised"]}
    )
    return pl.concat([listed, yearly, undated], how="diagonal").sort("geo_classification")
