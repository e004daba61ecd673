"""Published tables as counts by area and activity: industries of workers, programme parts of projects.

Bringing a table to the form that the measures take belongs here, at the areas and activities that the source
observes; the measures to the modules beside this one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.derive.networks.members import gather_members, place_organisations
from assets.derive.specialisation.quotients import SERIES
from assets.errors import MappingError

TOTAL = "TOTAL"
Tables = Mapping[str, pl.LazyFrame]


def read_industries(table: pl.LazyFrame, name: str, activities: Sequence[str]) -> pl.DataFrame:
    """The counts of a statistic by industry: `SERIES`, `time_period`, `activity`, `count`, `area_total`.

    `activities` are codes that do not overlap; `area_total` is the figure of `TOTAL` of the area and period.
    Raises `MappingError` where the table has no row of one of the codes.
    """
    rows = table.select(
        pl.col(*SERIES, "time_period", "activity").cast(pl.String), count=pl.col("obs_value").cast(pl.Float64)
    ).collect()
    if missing := sorted({*activities, TOTAL} - {*rows["activity"]}):
        raise MappingError(f"{name}: no activity {', '.join(missing)}; compare with its code list")
    key = [*SERIES, "time_period"]
    totals = rows.filter(activity=TOTAL).select(*key, area_total="count")
    return (
        rows.filter(pl.col("activity").is_in(activities))
        .join(totals, on=key, how="left")
        .sort(*key, "activity")
    )


def sum_reference(counts: pl.DataFrame, reference: Mapping[str, Any]) -> pl.DataFrame:
    """`activity`, `activity_total` and `reference_total` of the reference area of one period.

    `reference` names an area of the table (`geo`), or a classification all of whose areas are added up
    (`sumOf`), where the table does not have the country itself.
    """
    if "sumOf" in reference:
        areas = counts.filter(pl.col("geo_classification").str.starts_with(reference["sumOf"]))
    else:
        areas = counts.filter(geo=reference["geo"])
    total = areas.unique(list(SERIES))["area_total"].sum()
    return areas.group_by("activity").agg(activity_total=pl.col("count").sum(), reference_total=pl.lit(total))


def count_topics(
    tables: Tables, crosswalk: pl.DataFrame, parameters: Mapping[str, Any]
) -> dict[tuple[str, str], tuple[pl.DataFrame, pl.DataFrame]]:
    """The participations of the country by region and programme part, and those of the country, for each
    framework programme and window of `framework-projects`.

    `parameters`: `country`, `windows`. Counts are of NUTS 3 regions (organisations that no region is known of
    are in the reference only) and have every region and part of the programme, 0 where there is none;
    participations in projects without a part are in the totals only.
    """
    country = parameters["country"]
    own = {name: table for name, table in tables.items() if name.startswith("framework-projects/")}
    members = gather_members(own, parameters["windows"]).filter(country=country)
    parts = tables["framework-projects/projects"].select("project", activity="programme_part").collect()
    places = place_organisations(tables, crosswalk, country).select("organisation", *SERIES)
    rows = members.join(parts, on="project").join(places, on="organisation", how="left")
    found = {}
    for (programme, window), group in sorted(
        rows.partition_by("framework_programme", "window", as_dict=True).items()
    ):
        placed = group.drop_nulls("geo")
        totals = placed.group_by(SERIES).agg(area_total=pl.len().cast(pl.Float64))
        every = rows.filter(framework_programme=programme)
        activities = every.select("activity").drop_nulls().unique()
        regions = every.select(SERIES).drop_nulls().unique()
        cells = placed.group_by(*SERIES, "activity").agg(count=pl.len().cast(pl.Float64))
        counts = (
            regions.join(activities, how="cross")
            .join(cells, on=[*SERIES, "activity"], how="left")
            .join(totals, on=list(SERIES), how="left")
            .with_columns(pl.col("count", "area_total").fill_null(0))
        )
        reference = (
            group.drop_nulls("activity")
            .group_by("activity")
            .agg(activity_total=pl.len().cast(pl.Float64))
            .with_columns(reference_total=pl.lit(float(group.height)))
        )
        found[str(programme), str(window)] = counts, reference
    return found
