"""The rows of a package's table `coverage`: of what is expected, how much is there, is withheld, is missing.

Counting belongs here: from the frames that are published and the list of areas, nothing is read again. The
columns and what they mean stand in `schemas/gathered/coverage.yaml`.
"""

from collections.abc import Mapping

import polars as pl

from assets.descriptor import Dataset, Resource
from assets.descriptor.coverage import COVERAGE, coverage_resource
from assets.descriptor.derivation import RELEASES
from assets.publish.release.codelists import CodeList

PERIOD, VALUE = "time_period", "obs_value"
GROUP = ["geo_classification", "year"]
NOWHERE = ("extra-regio", "not-regionalised")  # a row of these is in no area
OCCURRING = ("country", "aggregate")
CONFIDENTIAL, ESTIMATED = ["Q"], ["E", "I"]
COUNTS = ("expected", "received", "placed", "matched", "confidential", "missing", "estimated")
LAND = pl.Schema(
    {"geo_classification": pl.String, "geo": pl.String, "level": pl.String, "country": pl.String}
)


def count_coverage(
    dataset: Dataset, tables: Mapping[str, pl.DataFrame], areas: pl.LazyFrame | None
) -> list[CodeList]:
    """The resource `coverage` of a package (CSV only) and its rows, sorted by their key.

    `tables`: rows by resource name. `areas`: the areas that the rules count (`regions/areas`); without it no
    number is expected. Empty for the dataset `coverage` itself.
    """
    if dataset.name == COVERAGE:
        return []
    resource = coverage_resource([table.name for table in dataset.resources])
    land = (
        areas.select(pl.col(name).cast(kind) for name, kind in LAND.items()).collect()
        if areas is not None
        else None
    )
    rows = [
        count_table(table, tables[table.name], land).with_columns(
            resource=pl.lit(table.name), source=pl.lit(name_sources(table))
        )
        for table in dataset.resources
    ]
    place = [pl.col(name).cast(pl.String).fill_null("-") for name in ("resource", *GROUP)]
    column = pl.when(pl.col("field") != VALUE).then("field")
    counted = pl.concat(rows).with_columns(
        coverage=pl.concat_str(pl.lit(dataset.name), *place, column, separator="/", ignore_nulls=True),
        share=find_share(),
    )
    frame = counted.select(field.name for field in resource.fields).sort(resource.primary_key)
    return [CodeList(resource, frame.rechunk())]


def name_sources(table: Resource) -> str:
    """Provider and table of each source; of a derived table the provider of our own releases."""
    if table.derivation:
        return RELEASES
    return (
        " ".join(dict.fromkeys(f"{source.provider}/{source.table}" for source in table.sources)) or RELEASES
    )


def find_share() -> pl.Expr:
    """Rows with a value by those that are expected, rounded down to four decimals: 1 is nothing missing."""
    there = pl.col("expected") - pl.col("confidential") - pl.col("missing")
    return pl.when(pl.col("expected") > 0).then((there * 10_000 // pl.col("expected") / 10_000).round(4))


def count_table(table: Resource, frame: pl.DataFrame, land: pl.DataFrame | None) -> pl.DataFrame:
    """The counts of one table: `geo_classification`, `year`, `field`, `rule` and `COUNTS`."""
    if {PERIOD, VALUE} <= set(frame.columns) and VALUE not in table.row_key:
        counted = count_observations(table, frame, land)
    else:
        counted = count_fields(table, frame)
    return counted.select(
        pl.col("geo_classification").cast(pl.String),
        pl.col("year").cast(pl.Int64),
        pl.col("field").cast(pl.String),
        "rule",
        pl.col(COUNTS).cast(pl.Int64),
    )


def count_observations(table: Resource, frame: pl.DataFrame, land: pl.DataFrame | None) -> pl.DataFrame:
    """The counts of a statistic, a row for each classification and year."""
    empty = pl.col(VALUE).is_null()
    status = pl.col("obs_status") if "obs_status" in frame.columns else pl.lit(None, pl.String)
    area = "geo_classification" if "geo_classification" in frame.columns else None
    frame = frame.with_columns(
        *([] if area else [pl.lit(None, pl.String).alias("geo_classification")]),
        year=pl.col(PERIOD).str.head(4).cast(pl.Int64, strict=False),
    )
    counts = frame.group_by(GROUP).agg(
        received=pl.len(),
        confidential=(empty & status.is_in(CONFIDENTIAL)).sum(),
        empty=empty.sum(),
        estimated=(~empty & status.is_in(ESTIMATED)).sum(),
    )
    periods = frame.group_by("year").agg(periods=pl.col(PERIOD).n_unique())
    cells = expect_cells(table, frame, land) if area and land is not None else None
    if cells is None:
        cells = pl.DataFrame(schema={"geo_classification": pl.String, "cells": pl.Int64})
    joined = counts.join(periods, on="year", nulls_equal=True).join(
        cells, on="geo_classification", how="left"
    )
    expected = pl.col("cells") * pl.col("periods")
    has_land = pl.col("geo_classification").is_not_null() & ~pl.col("geo_classification").is_in(NOWHERE)
    known = pl.col("cells").is_not_null()
    return joined.with_columns(
        field=pl.lit(VALUE),
        rule=pl.when(~known)
        .then(pl.lit("other" if cells.height else "register"))
        .when(pl.col("geo_classification").is_in(OCCURRING))
        .then(pl.lit("occurring"))
        .otherwise(pl.lit("areas")),
        expected=expected,
        placed=pl.when(has_land).then("received").otherwise(0) if area else pl.lit(None, pl.Int64),
        matched=pl.when(known).then("received"),
        missing=pl.when(known).then(expected - pl.col("received")).otherwise(0)
        + pl.col("empty")
        - pl.col("confidential"),
    )


def expect_cells(table: Resource, frame: pl.DataFrame, land: pl.DataFrame) -> pl.DataFrame:
    """How many cells a period should have: `geo_classification`, `cells`.

    Of a classification that the table declares, and of countries and aggregates: areas times combinations of
    the other codes, both by country and level, in which a source may have more or less.
    """
    declared = table.classification.values if table.classification else ()
    if table.derivation and table.derivation.territory:
        declared = (table.derivation.territory,)
    wanted = pl.col("geo_classification").is_in([*declared, *OCCURRING])
    others = [name for name in table.row_key if name not in ("geo", "geo_classification", PERIOD)]
    place = ["geo_classification", "country", "level"]
    own = pl.col("geo_classification").is_in(OCCURRING)
    known = (
        frame.filter(wanted)
        .select("geo_classification", "geo")
        .unique()
        .join(land, on=["geo_classification", "geo"], how="left")
    )
    known = known.with_columns(
        country=pl.when(own).then("geo").otherwise("country"),
        level=pl.when(own).then(pl.lit("0")).otherwise("level"),
    )
    combinations = frame.select("geo_classification", "geo", *others).unique()
    combinations = combinations.join(known, on=["geo_classification", "geo"]).select(*place, *others).unique()
    codes = combinations.group_by(place).agg(codes=pl.len())
    listed = (
        land.filter(pl.col("geo_classification").is_in(list(declared))).group_by(place).agg(areas=pl.len())
    )
    both = codes.join(listed, on=place, how="left", nulls_equal=True)
    areas = pl.when(own).then(1).otherwise(pl.col("areas"))
    return both.group_by("geo_classification").agg(cells=(pl.col("codes") * areas).sum().cast(pl.Int64))


def count_fields(table: Resource, frame: pl.DataFrame) -> pl.DataFrame:
    """The counts of a register or list: of each column that may be empty, by classification and year."""
    optional = [
        field.name
        for field in table.fields
        if not field.constraints.get("required")
        and field.name not in (*table.row_key, "geo_classification", "obs_status", "obs_flag")
    ]
    is_list = "geo_classification" in table.row_key  # of areas: then it is no place of a row
    has_area = "geo_classification" in frame.columns and not is_list
    area = pl.col("geo_classification") if has_area else pl.lit(None, pl.String)
    land = area.is_not_null() & ~area.is_in(NOWHERE)
    links = [name for key in table.raw.get("schema", {}).get("foreignKeys", ()) for name in key["fields"]]
    found = pl.all_horizontal(pl.col(name).is_not_null() for name in links) if links else None
    numbered = frame.with_columns(area.alias("geo_classification"), find_year(frame).alias("year"))
    counts = numbered.group_by(GROUP).agg(
        pl.len().alias("received"),
        (land.sum() if has_area else pl.lit(None, pl.Int64)).alias("placed"),
        (found.sum() if found is not None else pl.lit(None, pl.Int64)).alias("matched"),
        *(pl.col(name).null_count().cast(pl.Int64).alias(f"empty {name}") for name in optional),
    )
    keep = [*GROUP, "received", "placed", "matched"]
    if optional:
        long = counts.unpivot(
            [f"empty {name}" for name in optional], index=keep, variable_name="field", value_name="missing"
        ).with_columns(pl.col("field").str.strip_prefix("empty "))
    else:
        long = counts.with_columns(field=pl.lit(None, pl.String), missing=pl.lit(0))
    return long.with_columns(
        rule=pl.lit("register"), expected=pl.lit(None, pl.Int64), confidential=pl.lit(0), estimated=pl.lit(0)
    )


def find_year(frame: pl.DataFrame) -> pl.Expr:
    """The year of a register's row: of its period or year, else of its first date."""
    if PERIOD in frame.columns:
        return pl.col(PERIOD).str.head(4).cast(pl.Int64, strict=False)
    for name in ("year", "reference_year"):
        if name in frame.columns:
            return pl.col(name).cast(pl.Int64)
    dates = [name for name, kind in frame.schema.items() if kind == pl.Date]
    return pl.col(dates[0]).dt.year().cast(pl.Int64) if dates else pl.lit(None, pl.Int64)
