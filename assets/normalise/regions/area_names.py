"""Names of NUTS areas in Finnish, Swedish and English, where a source has them.

Which source names an area in which language belongs here. No name is translated or guessed.
"""

import polars as pl

from assets.normalise.regions.finland_areas import LANGUAGES, nuts_version

# Countries whose native names in the workbooks are in one of our languages. Finland's are Finnish, Åland's
# Swedish.
NATIVE_LANGUAGE = {"FI": "fi", "SE": "sv", "IE": "en", "UK": "en"}
ALAND = ("FI2", "FI20", "FI200")


def name_nuts_areas(areas: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """The areas with `name_fi`, `name_sv`, `name_en`.

    Finland's come from the table of names: of the version's own key years, else (NUTS 2010 and earlier) of
    the next version that has the same code with the same native name. Then the native name itself counts
    where it is in the language.
    """
    columns = [f"name_{language}" for language in LANGUAGES]
    dated = (
        names.filter(pl.col("level").str.starts_with("nuts"))
        .with_columns(pl.format("nuts-{}", nuts_version(pl.col("year"))).alias("geo_classification"))
        .sort("year")
        .group_by("geo_classification", pl.col("code").alias("geo"))
        .agg(pl.col(columns).last())
    )
    key = ["geo_classification", "geo"]
    named = areas.join(dated, on=key, how="left", maintain_order="left")
    native = pl.col("name_native").str.to_lowercase().alias("native")
    later = (
        named.with_columns(native)
        .filter(pl.col("name_fi").is_not_null())
        .sort("geo_classification")
        .unique(["geo", "native"], keep="first")
        .select("geo", "native", *(pl.col(c).alias(f"later_{c}") for c in columns))
    )
    named = named.with_columns(native).join(later, on=["geo", "native"], how="left", maintain_order="left")
    of_country = pl.col("country").replace_strict(NATIVE_LANGUAGE, default=None)
    language = pl.when(pl.col("geo").is_in(ALAND)).then(pl.lit("sv")).otherwise(of_country)
    own = [pl.when(language == x).then("name_native") for x in LANGUAGES]
    return named.with_columns(
        pl.coalesce(c, f"later_{c}", mine).alias(c) for c, mine in zip(columns, own, strict=True)
    ).drop("native", *(f"later_{c}" for c in columns))
