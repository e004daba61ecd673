"""Finland's national divisions, from the yearly municipality keys: areas, their names, and what belongs to
what.

Which column of a key is which division, and the years each is valid for, belong here; NUTS lists belong to
`nuts_lists`. Names: Statistics Finland's, from the key where it has them, else from the table of names.
"""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from assets.errors import MappingError

KEY_PARTS = "key-"  # how the parts of `statfin/municipality-keys` begin that are keys
NAMES_PART = "names"
ALAND = (
    "21"  # the region whose only official language is Swedish: its areas' native names are the Swedish ones
)
WELLBEING_SINCE = 2022  # earlier keys were given wellbeing areas afterwards

LANGUAGES = ("fi", "sv", "en")


class NationalDivision(NamedTuple):
    """A national division: its classification, the prefix of its codes, its columns in the key, the division
    above."""

    classification: str
    prefix: str
    code: str
    name: str  # column of the name without its language
    above: str | None  # classification


DIVISIONS = (
    NationalDivision("kunta", "KU", "kunta", "municipality_name", "seutukunta"),
    NationalDivision("seutukunta", "SK", "seutukunta_code", "seutukunta_name", "maakunta"),
    NationalDivision("maakunta", "MK", "maakunta_code", "maakunta_name", "suuralue"),
    NationalDivision("suuralue", "SA", "suuralue_code", "suuralue_name", None),
    NationalDivision("hyvinvointialue", "HVA", "hyvinvointialue_code", "hyvinvointialue_name", None),
)
PREFIXES = {division.prefix: division.classification for division in DIVISIONS}
NUTS_OF_KEYS = (
    (2017, 2013),
    (2018, 2016),
    (2021, 2021),
    (2024, 2024),
)  # from key year, NUTS version of its codes


def nuts_version(year: pl.Expr) -> pl.Expr:
    """The NUTS version (Int64) whose codes the key of a year carries; null before 2017, when keys have
    none."""
    version = pl.lit(None, pl.Int64)
    for start, nuts in NUTS_OF_KEYS:
        version = pl.when(year >= start).then(nuts).otherwise(version)
    return version


def read_keys(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """The municipality keys of all years, one row per year and municipality; texts without stray blanks.

    `year` is Int64, everything else String, empty = null. Raises `MappingError` where there is no key, or
    where a key holds another year than its part says.
    """
    parts = sorted(part for part in tables if part.startswith(KEY_PARTS))
    if not parts:
        raise MappingError("regions: no part key-… among the tables; fetch statfin/municipality-keys")
    tidy = pl.all().str.replace_all(r"\s+", " ").str.strip_chars()
    for part in parts:
        years = tables[part].select(pl.col("year").unique()).collect().to_series().to_list()
        if years != [part.removeprefix(KEY_PARTS)]:
            raise MappingError(f"regions: part {part} holds the years {years}; give each year its own part")
    frame = pl.concat(tables[part].select(tidy) for part in parts).collect()
    return frame.with_columns(pl.col("year").cast(pl.Int64)).sort("year", "kunta")


def read_names(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Names by level, code and year of the key: `level`, `code`, `year` (Int64), `name_fi`, `name_sv`,
    `name_en`. The source writes NUTS 1 in capitals (MAINLAND FINLAND): they become Mainland Finland.
    """
    if NAMES_PART not in tables:
        raise MappingError("regions: no part names among the tables; fetch statfin/municipality-keys")
    years = pl.col("key_years").str.split(" ").alias("year")
    names = [pl.col(f"name_{language}").str.strip_chars() for language in LANGUAGES]
    cased = [
        pl.when(name == name.str.to_uppercase()).then(name.str.to_titlecase()).otherwise(name)
        for name in names
    ]
    dated = tables[NAMES_PART].select("level", "code", years, *cased).explode("year")
    return dated.with_columns(pl.col("year").cast(pl.Int64)).sort("year").collect()


def national_areas(keys: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Every area of every division and year: columns of `regions/areas` (`level` null, `country` FI).

    Raises `MappingError` where a key gives an area two names or puts it into two areas above.
    """
    return pl.concat(_areas_of(division, keys, names) for division in DIVISIONS)


def build_memberships(keys: pl.DataFrame) -> pl.DataFrame:
    """Municipality -> each area that it belongs to, by year: `year`, `municipality`, `geo_classification`,
    `geo`."""
    columns = [d for d in DIVISIONS if d.classification != "kunta"]
    nuts = [f"nuts{level}_code" for level in (1, 2, 3)]
    municipality = pl.format("KU{}", "kunta").alias("municipality")
    national = [
        keys.filter(_valid(division)).select(
            "year",
            municipality,
            pl.format(f"{division.classification}-{{}}", "year").alias("geo_classification"),
            pl.format(f"{division.prefix}{{}}", division.code).alias("geo"),
        )
        for division in columns
    ]
    european = [
        keys.select(
            "year",
            municipality,
            pl.format("nuts-{}", nuts_version(pl.col("year"))).alias("geo_classification"),
            pl.col(column).alias("geo"),
        )
        for column in nuts
    ]
    return pl.concat([*national, *european]).drop_nulls("geo")


def _valid(division: NationalDivision) -> pl.Expr:
    since = WELLBEING_SINCE if division.classification == "hyvinvointialue" else 0
    return pl.col(division.code).is_not_null() & (pl.col("year") >= since)


def _areas_of(division: NationalDivision, keys: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    above = next((d for d in DIVISIONS if d.classification == division.above), None)
    parent = pl.format(f"{above.prefix}{{}}", above.code) if above else pl.lit("FI")
    given = [c for c in (f"{division.name}_{language}" for language in LANGUAGES) if c in keys.columns]
    areas = (
        keys.filter(_valid(division))
        .select(
            "year",
            pl.col(division.code).alias("code"),
            parent.fill_null("FI").alias("parent"),
            *(pl.col(column).alias(f"name_{column[-2:]}") for column in given),
            (pl.col("maakunta_code") == ALAND).alias("in_aland"),
        )
        .unique()
    )
    if twice := areas.filter(pl.struct("year", "code").is_duplicated()).select("year", "code").rows():
        year, code = twice[0]
        raise MappingError(
            f"regions: the key of {year} gives {division.classification} {code} two names or parents"
        )
    areas = _with_names(areas, names.filter(pl.col("level") == division.classification))
    native = pl.when("in_aland").then(pl.coalesce("name_sv", "name_fi")).otherwise("name_fi")
    return areas.select(
        pl.format(f"{division.classification}-{{}}", "year").alias("geo_classification"),
        pl.format(f"{division.prefix}{{}}", "code").alias("geo"),
        pl.lit(None, pl.Int64).alias("level"),
        "parent",
        native.alias("name_native"),
        "name_fi",
        "name_sv",
        "name_en",
        pl.lit("FI").alias("country"),
        pl.col("code").alias("national_code"),
    )


def _with_names(areas: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """The areas with all three names: a language that the key lacks comes from the table of names.

    The table lacks some years: there the name of the nearest year before (else after) is taken, if the
    Finnish name is the same.
    """
    near = areas.sort("year")
    table = names.select("code", "year", *(pl.col(f"name_{x}").alias(f"other_{x}") for x in LANGUAGES))
    for strategy in ("backward", "forward"):
        found = table.rename({f"other_{x}": f"{strategy}_{x}" for x in LANGUAGES})
        near = near.join_asof(found, on="year", by="code", strategy=strategy, check_sortedness=False)
    same = {s: pl.col(f"{s}_fi") == pl.col("name_fi") for s in ("backward", "forward")}
    missing = [f"name_{x}" for x in LANGUAGES if f"name_{x}" not in areas.columns]
    return near.with_columns(
        pl.coalesce(pl.when(same[s]).then(f"{s}_{name[-2:]}") for s in ("backward", "forward")).alias(name)
        for name in missing
    )
