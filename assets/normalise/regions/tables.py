"""The tables of the dataset `regions`, made from NUTS workbooks and municipality keys (`innoregio:build`
functions).

Putting the tables together belongs here; reading the sources to `nuts_lists`, `nuts_changes` and
`finland_areas`, the project's own lists (countries, aggregates, in-force dates) to `lists`, what is
worked out from them to `municipal_events`, `territories` and `crosswalk`.
"""

from collections.abc import Mapping

import polars as pl

from assets.descriptor import Resource
from assets.errors import MappingError
from assets.normalise.regions import area_names, finland_areas, municipal_events, nuts_changes, nuts_lists
from assets.normalise.regions import crosswalk as shares
from assets.normalise.regions import lists as region_lists
from assets.normalise.regions import territories as land
from assets.normalise.regions.contested import find_contested, prepare_matrices
from assets.normalise.regions.crosswalk_steps import build_steps
from assets.normalise.regions.municipal_weights import join_population
from assets.normalise.regions.nuts_matrices import read_matrices
from assets.normalise.regions.nuts_steps import find_same

POPULATION_PARTS = "population-"  # how the parts of `statfin/municipality-population` begin
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
    return region_lists.build_classifications(
        finland_areas.national_areas(keys, finland_areas.read_names(tables))
    ).lazy()


def memberships(tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None) -> pl.LazyFrame:
    """Municipality -> each area that it belongs to, by year: `year` (Int64), `municipality`,
    `geo_classification`, `geo`."""
    return finland_areas.build_memberships(finland_areas.read_keys(tables)).lazy()


def changes(tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None) -> pl.LazyFrame:
    """What changed from one NUTS version to the next; columns and errors as in `nuts_changes`."""
    return nuts_changes.nuts_changes(nuts_lists.read_lines(tables)).lazy()


def municipal_changes(tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None) -> pl.LazyFrame:
    """Mergers of Finland's municipalities, and their moves from area to area; columns and errors as in
    `municipal_events.municipal_changes`."""
    return municipal_events.find_municipal_changes(memberships(tables).collect()).lazy()


def territories(tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None) -> pl.LazyFrame:
    """The land of every area; columns and errors as in `territories.build_territories`."""
    every, changed = areas(tables).collect(), changes(tables).collect()
    contested = find_contested(every, changed, prepare_matrices(every, changed, read_matrices(tables)))
    return _territories(tables, every, changed, contested).lazy()


def _territories(
    tables: Mapping[str, pl.LazyFrame], every: pl.DataFrame, changed: pl.DataFrame, contested: pl.DataFrame
) -> pl.DataFrame:
    """The land of every area, by what the lists call the same and no matrix contests."""
    member = memberships(tables).collect()
    same = find_same(every, changed).join(contested, on=["one", "other", "old", "new"], how="anti")
    return land.build_territories(every, same, member, municipal_events.find_municipal_changes(member))


def municipal_population(
    tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None
) -> pl.LazyFrame:
    """Inhabitants of each municipality on 31 December: `geo`, `geo_classification`, `time_period` (String),
    `obs_value` (Int64), `obs_status` (`A`),
    `obs_flag` (null).

    The source has one division for all years, the newest that it was made in: its classification is the last
    year's whose municipalities are exactly the source's. Raises `MappingError` where no year's are, and where
    a municipality lacks a year.
    """
    parts = sorted(part for part in tables if part.startswith(POPULATION_PARTS))
    if not parts:
        raise MappingError(
            "regions: no part population-… among the tables; fetch statfin/municipality-population"
        )
    counted = pl.concat(
        tables[part].select(
            pl.format("KU{}", "kunta").alias("geo"),
            pl.col("year").alias("time_period"),
            pl.col("population_31_dec").cast(pl.Int64).alias("obs_value"),
        )
        for part in parts
    ).collect()
    codes = set(counted["geo"])
    years = memberships(tables).select("year", "municipality").unique().collect()
    same = [year for (year,), group in years.group_by("year") if set(group["municipality"]) == codes]
    last = int(counted["time_period"].cast(pl.Int64).max() or 0)  # type: ignore[arg-type]
    near = [year for year in same if isinstance(year, int) and year <= last]
    if not near or counted.height != len(codes) * counted["time_period"].n_unique():
        raise MappingError(
            "regions: the populations are not those of the municipalities of one year's key in every year"
        )
    return counted.select(
        "geo",
        pl.lit(f"kunta-{max(near)}").alias("geo_classification"),
        "time_period",
        "obs_value",
        pl.lit("A").alias("obs_status"),
        pl.lit(None, pl.String).alias("obs_flag"),
    ).lazy()


def crosswalk(tables: Mapping[str, pl.LazyFrame], resource: Resource | None = None) -> pl.LazyFrame:
    """What share of an area lies in which area of another classification; columns and errors as in
    `crosswalk.build_crosswalk`."""
    every, changed = areas(tables).collect(), changes(tables).collect()
    matrices = prepare_matrices(every, changed, read_matrices(tables))
    contested = find_contested(every, changed, matrices)
    same = _territories(tables, every, changed, contested)
    events = municipal_events.find_municipal_changes(memberships(tables).collect())
    units = land.list_area_units(same, events)
    population = join_population(municipal_population(tables).collect(), units)
    steps = build_steps(every, changed, same, contested)
    return shares.build_crosswalk(every, steps, units, population, matrices).lazy()
