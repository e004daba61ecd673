"""Which classification an area code belongs to: the rule that gives every row its `geo_classification`.

The rule and its order belong here; the lists it looks codes up in are the table `regions/areas`. Conversion
between classifications does not belong here. `tag_areas` is for any frame; `tag_geo` stops where a code has
no place.
"""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from assets.descriptor.classification import Classification, Division
from assets.errors import MappingError
from assets.normalise.regions.finland_areas import PREFIXES

# First part of the rule: the form of the code alone decides. In this order.
FORMS = (
    ("aggregate", r"^(EU|EA)[0-9_]*$"),
    ("country", r"^[A-Z]{2}$"),
    ("extra-regio", r"^[A-Z]{2}Z{1,3}$"),
    ("not-regionalised", r"^[A-Z]{2}X{1,3}$"),
)
SHOWN = 10  # codes that an error names


class Tagged(NamedTuple):
    """A frame with `geo_classification`, and the codes that have none: `geo`, `reason`."""

    frame: pl.LazyFrame
    unplaced: pl.DataFrame


def tag_areas(frame: pl.LazyFrame, areas: pl.LazyFrame, declared: str) -> Tagged:
    """The frame with `geo_classification` (String) for its column `geo` (String, Categorical or Enum), and
    the codes that could not be placed, each with the reason.

    `areas` is the table `regions/areas`, `declared` the classification that most codes are of, such as
    `nuts-2021` or `maakunta-2025`. The rule is that of `place_codes`: of a table that has two vintages of one
    area each row gets its own. A null `geo` and an unplaced code get null. Raises `MappingError` where
    `areas` has no list of the declared name. The distinct codes are collected here.
    """
    codes = frame.select(pl.col("geo").unique()).collect().to_series().drop_nulls()
    placed = place_codes(codes, areas, declared)
    tag = pl.col("geo").replace_strict(
        placed["geo"].cast(codes.dtype), placed["geo_classification"], default=None, return_dtype=pl.String
    )
    unplaced = placed.filter(pl.col("geo_classification").is_null()).select("geo", "reason")
    return Tagged(frame.with_columns(tag.alias("geo_classification")), unplaced)


def tag_geo(
    frame: pl.LazyFrame, areas: pl.LazyFrame, declared: str, moves_to: str | None = None
) -> pl.LazyFrame:
    """The frame of `tag_areas`, every code placed.

    A null `geo` gets a null classification: whether it may be null is for `validate`. Raises `MappingError`
    naming the first codes without a place and how many there are; also where a country has moved to a later
    version than the declared one. Where that is `moves_to`, it is taken for the declared one.
    """
    tagged = tag_areas(frame, areas, declared)
    if (lost := tagged.unplaced).height:
        shown = ", ".join(lost["geo"].head(SHOWN))
        more = f" and {lost.height - SHOWN} more" if lost.height > SHOWN else ""
        raise MappingError(
            f"{lost.height} area codes are in no list that {declared} may fall back to: {shown}{more}; "
            f"{lost['reason'][0]}"
        )
    placed = tagged.frame.select(pl.col("geo").cast(pl.String), "geo_classification").unique().collect()
    moved = list(_find_moved(placed.drop_nulls().sort("geo"), areas, declared))
    if moved and {version for version, *_ in moved} == {moves_to}:
        return tag_geo(frame, areas, str(moves_to))
    for version, country, shown in moved:
        raise MappingError(
            f"the areas of {country} are those of {version} ({shown}), {declared} is declared; if the "
            f"table has moved, declare innoregio:classification: {version} and say so in its texts"
        )
    return tagged.frame


def tag_by_period(
    frame: pl.DataFrame, areas: pl.LazyFrame, classification: Classification, moves_to: str | None = None
) -> pl.DataFrame:
    """The frame of `tag_geo`, each row by the classification that is declared for its `time_period`.

    A rule of one value without ends is for all rows. Periods compare as their texts do (`2020-Q4` is in
    `2020`). Raises `MappingError` as `tag_geo` does, and for periods that the rule does not cover.
    """
    if classification.divisions == (Division(classification.values[0]),):
        return tag_geo(frame.lazy(), areas, classification.values[0], moves_to).collect()
    period = pl.col("time_period").cast(pl.String)
    numbered = frame.with_row_index(" row")
    parts = []
    for division in classification.divisions:
        ends = [
            pl.lit(True) if division.first is None else period >= division.first,
            pl.lit(True) if division.last is None else period.str.head(len(division.last)) <= division.last,
        ]
        own = numbered.filter(pl.all_horizontal(ends))
        if own.height:
            parts.append(tag_geo(own.lazy(), areas, division.value, moves_to).collect())
    tagged = pl.concat(parts) if parts else numbered.clear()
    if tagged.height < numbered.height:
        lost = numbered.join(tagged, on=" row", how="anti")["time_period"].cast(pl.String).unique().sort()
        raise MappingError(
            f"innoregio:classification says nothing of {', '.join(lost.head(SHOWN))}: add a period to it"
        )
    return tagged.sort(" row").drop(" row")


def place_codes(codes: pl.Series, areas: pl.LazyFrame, declared: str) -> pl.DataFrame:
    """Each distinct code with its classification: `geo`, `geo_classification`, `reason` (why it has none),
    sorted by code.

    1. By form: `EU…`, `EA…` aggregate; two letters country; country and `Z`, `ZZ`, `ZZZ` extra-regio; country
       and `X`, `XX`, `XXX` not-regionalised (where `areas` lists a classification, the code must be in it).
    2. By list: the declared version if it holds the code; else the newest earlier version that does; else the
       oldest later one. Where a national division is declared, the prefix says which division a code belongs
       to (`MK07`, `SK071`, `KU398`) and its year follows the declared one; where NUTS is declared, only NUTS
       lists are looked at: SK021 is then in Slovakia.

    Raises `MappingError` where `areas` has no list of the declared name.
    """
    family, _, year = declared.rpartition("-")
    listed = areas.select("geo_classification", "geo").collect()
    if not listed["geo_classification"].eq(declared).any():
        known = listed["geo_classification"].unique().sort()
        same = ", ".join(known.filter(known.str.starts_with(f"{family}-"))) or "none of its kind"
        raise MappingError(f"the declared classification {declared} has no list; there are {same}")
    names = pl.DataFrame({"geo": codes.cast(pl.String).unique().sort()}).drop_nulls()
    forms = pl.coalesce(pl.when(pl.col("geo").str.contains(form)).then(pl.lit(name)) for name, form in FORMS)
    names = names.with_columns(forms.alias("form"), _family(family).alias("family"))
    parts = pl.col("geo_classification").str.extract_groups(r"^(?<list_family>.+)-(?<year>\d{4})$")
    away = (pl.col("year").cast(pl.Int64) - int(year)).alias("away")
    found = (
        names.filter(pl.col("form").is_null())
        .join(listed, on="geo", how="inner")
        .with_columns(parts.alias("parts"))
        .unnest("parts")
        .filter(pl.col("family") == pl.col("list_family"))
        .sort(away > 0, away.abs())
        .unique("geo", keep="first", maintain_order=True)
        .select("geo", "geo_classification")
    )
    unknown = _not_listed(names, listed)
    placed = names.join(found, on="geo", how="left").join(unknown, on="geo", how="left")
    by_form = pl.when(pl.col("unlisted").is_null()).then("form")
    return placed.select(
        "geo",
        pl.coalesce(by_form, "geo_classification").alias("geo_classification"),
        pl.when(pl.col("unlisted").is_not_null())
        .then(pl.format("{} has no such code: map it, or add it to the list", "form"))
        .when(pl.col("form").is_null() & pl.col("geo_classification").is_null())
        .then(pl.format("no {} list has it: map it, ignore it, or declare another classification", "family"))
        .alias("reason"),
    ).sort("geo")


def _find_moved(placed: pl.DataFrame, areas: pl.LazyFrame, declared: str) -> Iterator[tuple[str, str, str]]:
    """Version, country and some codes, where a country has codes of a later version only: where there are
    some that the declared one lacks, and none of those that the later one gave up. The provider has moved the
    table, and its figures are of other areas. A table with both, as some have, is none that moved.
    """
    parts = ("geo_classification", "geo", pl.col("geo").str.slice(0, 2).alias("country"))
    listed, has = areas.select(parts).collect(), placed.select(parts)
    family, present = declared.rpartition("-")[0], set(placed["geo"])
    later = has.filter(
        pl.col("geo_classification").str.starts_with(f"{family}-") & (pl.col("geo_classification") > declared)
    )
    for (version, country), new in later.group_by("geo_classification", "country", maintain_order=True):
        kept, own = (
            set(listed.filter(geo_classification=name, country=country)["geo"])
            for name in (version, declared)
        )
        if own - kept and not present & (own - kept):
            shown = ", ".join(new["geo"].head(SHOWN))
            yield str(version), str(country), shown


def _family(declared: str) -> pl.Expr:
    """The kind of list a code is looked up in: NUTS where NUTS is declared, else the division that its prefix
    says."""
    if declared not in PREFIXES.values():
        return pl.lit(declared)
    prefix = pl.col("geo").str.extract(r"^([A-Z]+)[0-9]")
    return prefix.replace_strict(PREFIXES, default=declared)


def _not_listed(names: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """The codes whose form says a classification that is listed, but without them: `geo`, `unlisted`."""
    kinds = listed["geo_classification"].unique().implode()
    formed = names.filter(pl.col("form").is_in(kinds)).select(
        "geo", pl.col("form").alias("geo_classification")
    )
    return formed.join(listed, on=["geo", "geo_classification"], how="anti").select(
        "geo", pl.lit(True).alias("unlisted")
    )
