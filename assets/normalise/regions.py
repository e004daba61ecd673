"""The tables of the dataset `regions`, made from NUTS workbooks and municipality keys (`innoregio:make`
functions).

Putting the tables together belongs here; reading the sources to `nuts_lists`, `nuts_changes` and
`finland_areas`, the project's own lists (countries, aggregates, in-force dates) to `region_lists`.
"""

from collections.abc import Mapping

import polars as pl

from assets.descriptor import Resource
from assets.normalise import area_names, finland_areas, nuts_changes, nuts_lists, region_lists

AREA_COLUMNS = (
    "geo_classification",
    "geo",
    "level",
    "parent",
    "name_native",
    "name_fi",
    "name_sv",
    "name_en",
    "country",
    "national_code",
)


def areas(tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None) -> pl.LazyFrame:
    """Every area of every classification once: NUTS versions, Finland's divisions by year, countries,
    aggregates, extra-regio and not-regionalised.

    Columns: `geo_classification`, `geo`, `level` (Int64: 0 country, 1-3 NUTS; null for national divisions and
    aggregates), `parent`, `name_native`, `name_fi`, `name_sv`, `name_en` (null where no source has one),
    `country`, `national_code` (Finland's code without its prefix). Raises `MappingError` and `SourceError` as
    the readers do.
    """
    versions = nuts_lists.list_versions(nuts_lists.read_lines(tables))
    names = finland_areas.read_names(tables)
    keys = finland_areas.read_keys(tables)
    nuts = area_names.name_nuts_areas(nuts_lists.nuts_areas(versions), names)
    frames = [
        nuts,
        finland_areas.national_areas(keys, names),
        region_lists.countries(),
        region_lists.aggregates(),
        region_lists.outside_regions(versions),
    ]
    empty = {"level": pl.Int64} | {c: pl.String for c in AREA_COLUMNS if c != "level"}
    schema = {column: empty[column] for column in AREA_COLUMNS}
    together = pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal").select(AREA_COLUMNS)
    return region_lists.correct_names(together).lazy()


def classifications(tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None) -> pl.LazyFrame:
    """Every classification and the days it is in force: `geo_classification`, `in_force_from`, `in_force_to`
    (Date).

    Undated classifications (countries …) have neither day; the newest NUTS version has no last one. A
    national division is in force for its calendar year.
    """
    keys = finland_areas.read_keys(tables)
    return region_lists.classifications(
        finland_areas.national_areas(keys, finland_areas.read_names(tables))
    ).lazy()


def memberships(tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None) -> pl.LazyFrame:
    """Municipality -> each area that it belongs to, by year: `year` (Int64), `municipality`,
    `geo_classification`, `geo`."""
    return finland_areas.memberships(finland_areas.read_keys(tables)).lazy()


def changes(tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None) -> pl.LazyFrame:
    """What changed from one NUTS version to the next; columns and errors as in `nuts_changes`."""
    return nuts_changes.nuts_changes(nuts_lists.read_lines(tables)).lazy()
