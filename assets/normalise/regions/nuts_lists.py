"""The lists of NUTS versions that the workbooks hold: which codes, levels and names each version has.

Union over the workbooks and the choice of a code's name belong here. Changes between versions belong to
`nuts_changes`, names in other languages to `area_names`.
"""

from collections.abc import Mapping

import polars as pl

from assets.errors import MappingError
from assets.normalise.regions.nuts_workbook import workbook_lines

WORKBOOK_PARTS = "nuts-"  # how the parts of `eurostat/nuts` begin

EXTRA_REGIO = r"^[A-Z]{2}Z{1,3}$"  # areas outside every region: embassies, continental shelf …


def read_lines(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """The lines of all workbooks among the tables (parts `nuts-…`), oldest first; columns of `nuts_workbook`.

    A table is a workbook's cells, or its lines already. Raises `MappingError` where there is none.
    """
    parts = sorted(part for part in tables if part.startswith(WORKBOOK_PARTS))
    if not parts:
        raise MappingError("regions: no part nuts-… among the tables; fetch eurostat/nuts")
    frames = {part: tables[part] for part in parts}
    return pl.concat(
        frame.collect() if "old" in frame.collect_schema() else workbook_lines(frame, part).frame.collect()
        for part, frame in frames.items()
    )


def list_versions(lines: pl.DataFrame) -> pl.DataFrame:
    """Every area of every version once, extra-regio and countries too.

    Columns: `version` (`2003` … `2024`), `geo`, `level` (Int64, 0 country to 3), `name` (native). A version's
    list is the union of all sheets that name it. The name is that of the version's own list, else of the
    workbook in which the version is the new one, else of that in which it is the old one: there the label is
    the new version's, and lines that name a part are labelled with the part.
    """
    sheets = lines.filter(pl.col("sheet") != "detail")
    rank = pl.when(pl.col("sheet") == "list").then(0)
    sides = [
        sheets.filter(pl.col(side).is_not_null()).select(
            pl.col(year).alias("version"),
            pl.col(side).alias("geo"),
            pl.col("level").cast(pl.Int64),
            "name",
            rank.otherwise(order).alias("rank"),
            (pl.col("part") == side).fill_null(False).alias("is_part"),
        )
        for side, year, order in (("new", "to", 1), ("old", "from", 2))
    ]
    named = pl.concat(sides).sort(
        "version", "geo", pl.col("name").is_null(), "is_part", "rank", maintain_order=True
    )
    return named.unique(["version", "geo"], keep="first", maintain_order=True).drop("rank", "is_part")


def nuts_areas(versions: pl.DataFrame) -> pl.DataFrame:
    """The areas of levels 1 to 3: `geo_classification`, `geo`, `level`, `parent`, `name_native`, `country`.

    The parent of a NUTS 1 area is its country. Where the code without its last character is no area of the
    version (Northern Ireland in NUTS 2016: UKN10 to UKN16 in UKN0), it is the only area of the level above in
    the same NUTS 1 area. Greece is EL also where its areas still began with GR. Raises `MappingError` where
    no parent is found.
    """
    areas = versions.filter((pl.col("level") > 0) & ~pl.col("geo").str.contains(EXTRA_REGIO))
    geo = areas.select("version", pl.col("geo").alias("by_code"), pl.col("geo").alias("found"))
    above = areas.filter(pl.col("level") == 2).group_by("version", pl.col("geo").str.head(3).alias("nuts_1"))
    only = above.agg(pl.when(pl.len() == 1).then(pl.col("geo").first()).alias("only"))
    country = country_of(pl.col("geo"))
    made = (
        areas.with_columns(pl.col("geo").str.head(pl.col("geo").str.len_chars() - 1).alias("by_code"))
        .with_columns(pl.col("geo").str.head(3).alias("nuts_1"))
        .join(geo, on=["version", "by_code"], how="left", maintain_order="left")
        .join(only, on=["version", "nuts_1"], how="left", maintain_order="left")
        .select(
            pl.format("nuts-{}", "version").alias("geo_classification"),
            "geo",
            "level",
            pl.when(pl.col("level") == 1)
            .then(country)
            .otherwise(pl.coalesce("found", pl.when(pl.col("level") == 3).then("only")))
            .alias("parent"),
            pl.col("name").alias("name_native"),
            country.alias("country"),
        )
    )
    lost = made.filter(pl.col("parent").is_null() | pl.col("name_native").is_null())
    if lost.height:
        shown = ", ".join(f"{c} {g}" for c, g in lost.select("geo_classification", "geo").head(5).iter_rows())
        raise MappingError(f"regions: {lost.height} NUTS areas without a parent or a name: {shown}")
    return made


def country_of(code: pl.Expr) -> pl.Expr:
    """The country of a NUTS code, Greece as EL: the lists up to NUTS 2006 write GR."""
    return code.str.head(2).replace("GR", "EL")
