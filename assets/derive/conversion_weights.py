"""How figures of one classification become figures of another: the weights, from the package `regions`.

Finding the weights between any two classifications belongs here, and saying which areas have none. Applying
them belongs to `conversion`; making the table `crosswalk` belongs to `crosswalk`. Usable on its own: give it
the folder of the published package.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import polars as pl

from assets.errors import InnoregioError
from assets.normalise.regions.municipal_weights import (
    EMPTY,
    UNCONTESTED,
    join_population,
    weigh_by_municipalities,
)
from assets.normalise.regions.territories import list_area_units

CONVERSIONS = pl.Enum(["as given", "same", "exact", "estimated", "contested", "incomplete"])
KINDS = ("population", "area", "built-up")
WHOLE = ["same", "whole"]  # kinds that send the whole of an area to one other
_Choice = tuple[str, int, bool, int]  # kind, year, every year, level


class GeographyError(InnoregioError):
    """Figures of two classifications would be mixed, or a conversion needs a weight that nobody knows."""


class Geography(NamedTuple):
    """The tables of the package `regions` that conversion stands on."""

    areas: pl.DataFrame
    territories: pl.DataFrame
    municipal_changes: pl.DataFrame
    municipal_population: pl.DataFrame
    crosswalk: pl.DataFrame


class Steps:
    """What calls of `find_weights` with one geography share: units, people, weights that were found."""

    def __init__(self, geography: Geography) -> None:
        self.units = list_area_units(geography.territories, geography.municipal_changes)
        self.people = join_population(geography.municipal_population, self.units)
        self.found: dict[tuple[str, str, _Choice], pl.DataFrame] = {}


@dataclass(frozen=True)
class Weights:
    """The weights from one classification to another, and the areas that have none.

    `table`: `from_geo`, `to_geo`, `weight`, `kind`, `reference_year`, `exact`, `other_source`, `other_weight`
    and `other_weight_back` as in `regions/crosswalk`; the weights of an area (and reference year) add up to
    1. `refused`: `from_geo`, `reason`. `uncertain`: the
    areas of the target that a refused one may also give to: their sum would be a partial one.
    """

    source: str
    target: str
    table: pl.DataFrame
    refused: pl.DataFrame
    uncertain: pl.Series

    @cached_property
    def lookup(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What `convert` joins: the areas that are all of one target, and the target nothing else, whose rows
        are not added up (`from_geo`, `to_geo`, `conversion`, `weight`), and the others (` part`, ` parts`,
        ` year` too; the blank keeps them apart from columns of a frame). A target that may take from an area
        without weight has a part more than there are.
        """
        contested = pl.col("other_source").is_not_null()
        against = pl.format("contested by {}: {}", "other_source", pl.col("other_weight").round(4))
        dated_kind = pl.concat_str(
            "kind", pl.col("reference_year").cast(pl.String), separator=" ", ignore_nulls=True
        )
        name = pl.concat_str(dated_kind, pl.when(contested).then(against), separator=", ", ignore_nulls=True)
        dated = pl.col("reference_year").n_unique().over("from_geo") > 1
        is_alone = pl.col("kind").is_in(WHOLE) & (pl.col(" parts") == 1)
        unknown = pl.col("to_geo").is_in(self.uncertain.implode())
        table = self.table.with_columns(
            (pl.col("from_geo").n_unique().over("to_geo") + unknown).alias(" parts")
        ).select(
            "from_geo",
            "to_geo",
            pl.col("weight").alias(" part"),
            " parts",
            pl.when(dated).then("reference_year").alias(" year"),
            is_alone.alias("is_alone"),
            pl.when(contested)
            .then(pl.lit("contested"))
            .when(~pl.col("exact"))
            .then(pl.lit("estimated"))
            .when(is_alone & (pl.col("kind") == "same"))
            .then(pl.lit("same"))
            .otherwise(pl.lit("exact"))
            .cast(CONVERSIONS)
            .alias("conversion"),
            pl.when(~pl.col("exact")).then(name).alias("weight"),
        )
        alone = table.filter("is_alone").select("from_geo", "to_geo", "conversion", "weight")
        return alone, table.filter(~pl.col("is_alone")).drop("is_alone")


def read_geography(package: Path | str) -> Geography:
    """The tables of the published package `regions` in a folder, such as `public/regions`.

    Raises `GeographyError` where one is not there.
    """
    names = [name.replace("_", "-") for name in Geography._fields]
    files = [Path(package) / f"{name}.parquet" for name in names]
    if missing := [path.name for path in files if not path.is_file()]:
        raise GeographyError(f"{package}: no {', '.join(missing)}; publish the dataset regions there")
    return Geography(*(pl.read_parquet(path) for path in files))


def find_weights(
    geography: Geography,
    source: str,
    target: str,
    *,
    kind: str = "population",
    year: int | None = None,
    every_year: bool = False,
    level: int = 3,
    steps: Steps | None = None,
) -> Weights:
    """The weights that turn figures of `source` into figures of `target` (`nuts-2021`, `maakunta-2026` …).

    Taken in this order: Finland's municipalities, the same land, the crosswalk's rows between the two or
    between areas with the same land, and for NUTS the way through the versions between. Estimated weights are
    of the `kind` (`population`, `area`, `built-up`) and of the reference year nearest to `year` (default: the
    newest); with `every_year` Finland's stay for every year, and `convert` takes that of the figure. `level`
    is the NUTS level that a national division is converted from or to. Calls with one geography and the same
    `steps` find the ways that they share only once. Raises `GeographyError` for an unknown
    classification or kind.
    """
    listed = geography.areas["geo_classification"].unique()
    if unknown := [name for name in (source, target) if name not in listed]:
        raise GeographyError(f"no classification {', '.join(unknown)} in regions/areas")
    if kind not in KINDS:
        raise GeographyError(f"no weights by {kind}; there are {', '.join(KINDS)}")
    choice = (kind, year if year is not None else 9999, every_year, level)
    steps = Steps(geography) if steps is None else steps
    found = _weigh_any_way(geography, source, target, choice, steps)
    here, there = (_codes(geography, name, level) for name in (source, target))
    lost = here.join(found, left_on="geo", right_on="from_geo", how="anti").sort("geo")
    reason = (
        pl.when(pl.col("country").is_in(there["country"].unique().implode()))
        .then(pl.lit(f"no source says how its figures divide among the areas of {target} ({kind})"))
        .otherwise(pl.format(f"{target} has no areas of {{}}", "country"))
    )
    uncertain = _may_take_more(geography, found, lost, there, (source, target, choice), steps)
    return Weights(
        source,
        target,
        found.sort("from_geo", "to_geo", "reference_year"),
        lost.select(from_geo="geo", reason=reason),
        uncertain,
    )


def _weigh_any_way(
    geography: Geography, source: str, target: str, choice: _Choice, steps: Steps
) -> pl.DataFrame:
    found = _weigh_step(geography, source, target, choice, steps)
    return _weigh_by_steps(geography, found, source, target, choice, steps)


def _may_take_more(
    geography: Geography,
    found: pl.DataFrame,
    lost: pl.DataFrame,
    there: pl.DataFrame,
    wanted: tuple[str, str, _Choice],
    steps: Steps,
) -> pl.Series:
    """The targets that may also take from an area without weights: those of its country and level that are
    not the same land as an area of the source, and do not lie in one as a whole."""
    taking = there.join(found, left_on="geo", right_on="to_geo", how="semi")
    same = found.filter(pl.col("kind") == "same").select(geo="to_geo")
    open_ones = taking.join(same, on="geo", how="anti").join(lost, on=["country", "level"], how="semi")
    if open_ones.is_empty():
        return open_ones["geo"]
    source, target, choice = wanted
    back = _weigh_any_way(geography, target, source, choice, steps).filter(pl.col("kind").is_in(WHOLE))
    return open_ones.join(back, left_on="geo", right_on="from_geo", how="anti")["geo"]


def _weigh_step(
    geography: Geography, source: str, target: str, choice: _Choice, steps: Steps
) -> pl.DataFrame:
    """`_weigh_directly`, once for all that share `steps`."""
    wanted = (source, target, choice)
    if wanted not in steps.found:
        steps.found[wanted] = _weigh_directly(geography, source, target, choice, steps)
    return steps.found[wanted]


def _weigh_directly(
    geography: Geography, source: str, target: str, choice: _Choice, steps: Steps
) -> pl.DataFrame:
    """Weights without a step between; an area that has none is not there."""
    kind, year, every_year, level = choice
    found = pl.DataFrame(schema=EMPTY)
    units, people = steps.units, steps.people
    if not every_year:
        people = people.filter((pl.col("year") - year).abs() == (pl.col("year") - year).abs().min())
    one, other = (_codes(geography, name, level) for name in (source, target))
    for rank in sorted({*one["level"]} & {*other["level"]}):
        ours = weigh_by_municipalities(
            _select_units(units, source, one, rank), _select_units(units, target, other, rank), people
        )
        found = pl.concat([found, ours if kind == "population" else ours.filter("exact")])
    land = geography.territories.select("geo_classification", "geo", "territory_id")
    here, there = (
        codes.join(land.filter(pl.col("geo_classification") == name), on="geo")
        for name, codes in ((source, one), (target, other))
    )
    rest = here.join(found, left_on="geo", right_on="from_geo", how="anti")
    same = (
        rest.join(there, on=["territory_id", "level"])
        .select(
            from_geo="geo",
            to_geo="geo_right",
            weight=pl.lit(1.0),
            kind=pl.lit("same"),
            reference_year=pl.lit(None, pl.Int64),
            exact=pl.lit(True),
        )
        .with_columns(*UNCONTESTED)
    )
    rest = rest.join(same, left_on="geo", right_on="from_geo", how="anti")
    return pl.concat([found, same, _weigh_by_land(geography, rest, there, (source, target), choice)])


def _select_units(units: pl.DataFrame, classification: str, codes: pl.DataFrame, level: int) -> pl.DataFrame:
    own = units.filter(pl.col("geo_classification") == classification).select("geo", "basic_unit")
    return own.join(codes.filter(pl.col("level") == level), on="geo", how="semi")


def _weigh_by_land(
    geography: Geography, rest: pl.DataFrame, there: pl.DataFrame, wanted: tuple[str, str], choice: _Choice
) -> pl.DataFrame:
    """The crosswalk's rows between areas that are the same land as ours, if all they go to is land of the
    target: those of the classifications that are nearest in time to the ones asked for."""
    if rest.is_empty():
        return pl.DataFrame(schema=EMPTY)
    kind, year, *_ = choice
    land = geography.territories.select("geo_classification", "geo", "territory_id")
    rows = geography.crosswalk.filter(pl.col("kind").is_in([*WHOLE, kind]))
    pair = ["from_classification", "to_classification", "from_geo"]  # one land at two levels has rows of both
    away = (pl.col("reference_year") - year).abs().fill_null(0)
    own = land.join(rest.select("territory_id", "level", ours="geo"), on="territory_id")
    ours = (
        rows.join(own, left_on=["from_classification", "from_geo"], right_on=["geo_classification", "geo"])
        .join(
            land,
            left_on=["to_classification", "to_geo"],
            right_on=["geo_classification", "geo"],
            suffix="_to",
        )
        .filter(away == away.min().over("ours", *pair))
        .join(
            there.select("territory_id", "level", theirs="geo"),
            left_on=["territory_id_to", "level"],
            right_on=["territory_id", "level"],
            how="left",
        )
        .filter(pl.col("theirs").is_not_null().all().over("ours", *pair))
    )
    far = [
        (_year_of(pl.col(side)) - _year_of(pl.lit(name))).abs()
        for side, name in zip(pair, wanted, strict=False)
    ]
    first = (
        ours.sort(pl.sum_horizontal(far), *pair)
        .unique("ours", keep="first", maintain_order=True)
        .select("ours", *pair)
    )
    return (
        ours.join(first, on=["ours", *pair], how="semi")
        .sort("from_geo", "to_geo")
        .unique(["ours", "theirs"], keep="first", maintain_order=True)
        .drop("from_geo", "to_geo")
        .rename({"ours": "from_geo", "theirs": "to_geo"})
        .select(*EMPTY)
    )


def _year_of(classification: pl.Expr) -> pl.Expr:
    return classification.str.extract(r"(\d{4})$").cast(pl.Int64)


def _weigh_by_steps(
    geography: Geography, found: pl.DataFrame, source: str, target: str, choice: _Choice, steps: Steps
) -> pl.DataFrame:
    """The weights found, and those of other areas through the NUTS versions between the two."""
    names = geography.areas["geo_classification"].unique()
    versions = sorted(name for name in names if name.startswith("nuts-"))
    if source not in versions or target not in versions or source == target:
        return found
    first, last = versions.index(source), versions.index(target)
    way = versions[first : last + 1] if first < last else versions[last : first + 1][::-1]
    if len(way) < 3:
        return found
    made: pl.DataFrame | None = None
    for one, other in pairwise(way):
        step = _weigh_step(geography, one, other, (choice[0], choice[1], False, choice[3]), steps)
        made = step if made is None else _compose(made, step)
    assert made is not None
    return pl.concat([found, made.join(found, on="from_geo", how="anti")])


def _compose(made: pl.DataFrame, step: pl.DataFrame) -> pl.DataFrame:
    """Weights through one more version; an area of which a part is lost on the way is not there."""
    both = made.join(step, left_on="to_geo", right_on="from_geo", how="left", suffix="_next")
    kept = both.filter(pl.col("to_geo_next").is_not_null().all().over("from_geo"))
    weight = pl.col("weight") * pl.col("weight_next")
    exact = (pl.col("exact") & pl.col("exact_next")).all()
    stated, stated_next = (pl.coalesce(f"other_weight{end}", f"weight{end}") for end in ("", "_next"))
    estimated = [pl.when(~pl.col(k).is_in(WHOLE)).then(k) for k in ("kind", "kind_next")]
    return (
        kept.group_by("from_geo", to_geo="to_geo_next")
        .agg(
            weight.sum(),
            pl.coalesce(*estimated).drop_nulls().first().alias("kind"),
            pl.coalesce("reference_year", "reference_year_next").max().alias("reference_year"),
            exact.alias("exact"),
            pl.coalesce("other_source", "other_source_next").drop_nulls().first(),
            (stated * stated_next).sum().alias("other_weight"),
            pl.lit(None, pl.Float64).alias("other_weight_back"),
        )
        .with_columns(
            pl.col("kind").fill_null("whole"),
            pl.when(pl.col("other_source").is_not_null()).then("other_weight").alias("other_weight"),
        )
        .select(*EMPTY)
    )


def _codes(geography: Geography, classification: str, level: int) -> pl.DataFrame:
    """The areas of a classification with the level they are compared at: `geo`, `country`, `level`."""
    own = geography.areas.filter(pl.col("geo_classification") == classification)
    known = (
        pl.col("level").fill_null(level) if classification.startswith("nuts-") else pl.lit(level, pl.Int64)
    )
    return own.select("geo", "country", known.alias("level"))
