"""One side of a formula: figures of a published table, filtered, and brought to one territory.

Choosing and converting the figures belongs here; putting two sides together belongs to `indicators`.
"""

from collections.abc import Mapping
from functools import cache

import polars as pl

from assets.derive.conversion import OUTSIDE, STATUS_ORDER, convert
from assets.derive.conversion_weights import Geography, Steps, Weights, find_weights
from assets.descriptor.derivation import Part
from assets.errors import MappingError

AREA = ("geo_classification", "geo")
KEY = (*AREA, "time_period")
EXACT = ("as given", "same", "exact")
CONFIDENTIAL = "Q"
PART = (*KEY, "value", "status", "conversion", "weight", "coverage")


class Converter:
    """Figures to the areas of one classification; weights and parts are found once."""

    def __init__(self, geography: Geography, target: str, kind: str = "population") -> None:
        self.geography, self.target, self.kind = geography, target, kind
        self.weights = cache(self._find)
        self.steps = Steps(geography)
        self.shared: set[str] = set()  # parts that several formulas have, which are kept
        self.parts: dict[str, pl.DataFrame] = {}

    def _find(self, source: str) -> Weights:
        return find_weights(
            self.geography, source, self.target, kind=self.kind, every_year=True, steps=self.steps
        )

    def convert(self, figures: pl.DataFrame, is_ratio: bool) -> pl.DataFrame:
        """`figures` (the key, `value`, `status`) on the areas of the target, with `conversion`, `weight` and
        `source`, the classification that they were of.

        Areas that no source says how to convert are left out, and of ratios all that would have to be added
        up. Where two classifications give one area and period, the figure that was converted least is taken.
        """
        made = [pl.lit("").alias(name) for name in ("conversion", "weight", "source")]
        found = [figures.head(0).with_columns(made)]
        for (source,), rows in figures.partition_by("geo_classification", as_dict=True).items():
            if source == self.target or source in OUTSIDE:
                given = pl.lit("as given").alias("conversion"), pl.lit(None, pl.String).alias("weight")
                found.append(rows.with_columns(*given, source=pl.lit(source)))
                continue
            weights = self.weights(str(source))
            alone, shared = weights.lookup
            known = alone["from_geo"] if is_ratio else pl.concat([alone["from_geo"], shared["from_geo"]])
            rows = rows.filter(pl.col("geo").is_in(known.implode()))
            moved = convert(rows.rename({"status": "obs_status"}), weights, ["value"])
            # no comma in a cell: a program that guesses how a file is quoted guesses by its first lines
            weight = pl.col("weight").str.replace_all(", ", "; ", literal=True)
            moved = moved.rename({"obs_status": "status"}).with_columns(
                pl.col("conversion").cast(pl.String), weight, source=pl.lit(source)
            )
            found.append(moved.select(found[0].columns))
        rank = pl.col("conversion").replace_strict([*EXACT, "estimated"], [0, 1, 2, 3], default=4)
        every = pl.concat(found, how="vertical_relaxed").with_columns(rank.alias("rank"))
        ordered = every.sort(*KEY, "rank", maintain_order=True)
        return ordered.unique(list(KEY), keep="first", maintain_order=True).drop("rank")


def read_part(part: Part, tables: Mapping[str, pl.LazyFrame], converter: Converter) -> pl.DataFrame:
    """The figures of one side, from `tables` by `dataset/resource`; read once if shared.

    Columns `geo_classification`, `geo`, `time_period`, `value` (null: there is none, `status` says why),
    `status`, `conversion`, `weight`, `coverage` (the key of the row that tells how much of the figure's
    table, classification and year is there; null of rows that are counted); sorted, each area and period
    once. An earlier input gives the areas and periods that the input does not have.

    Raises `MappingError` where the table has no such field, where the filter leaves several figures for an
    area and period, and where it leaves none at all: then a code of the table was renamed.
    """
    name = repr(part)
    if name in converter.parts:
        return converter.parts[name]
    found = _read(part, tables[part.input], converter)
    before = part.earlier
    while before:
        older = _read(before, tables[before.input], converter)
        found = pl.concat([found, older.join(found, on=list(KEY), how="anti").select(found.columns)])
        before = before.earlier
    figures = _mean(found, part.mean_of).select(PART).sort(KEY)
    if name in converter.shared:
        converter.parts[name] = figures
    return figures


def _read(part: Part, table: pl.LazyFrame, converter: Converter) -> pl.DataFrame:
    """The figures of one table on the territory."""
    names = table.collect_schema().names()
    wanted = [*KEY, *part.where, *(part.share_of or ()), *filter(None, (part.value, part.distinct))]
    if missing := [name for name in wanted if name not in names]:
        raise MappingError(f"{part.input}: no field {', '.join(missing)}; it has {', '.join(names)}")
    known = table.drop_nulls(["geo", "time_period"])
    chosen = known.filter(*_conditions(part.where))
    status = "obs_status" if "obs_status" in names else None
    figures = _count(part, chosen) if part.value is None else _select(part, chosen, status)
    if figures.is_empty():
        shown = ", ".join(f"{name} {'/'.join(values)}" for name, values in part.where.items())
        raise MappingError(f"{part.input}: no figure with {shown}; compare the filter with its code lists")
    twice = figures.filter(figures.select(KEY).is_duplicated())
    if twice.height:
        raise MappingError(
            f"{part.input}: {' '.join(twice.row(0)[:3])} has several figures; filter by more fields: "
            f"{', '.join(sorted({*names} - {*wanted, 'obs_status', 'obs_flag'}))}"
        )
    if part.complement:
        figures = figures.with_columns(value=100 - pl.col("value"))
    if part.share_of is not None:
        whole = _select(part, known.filter(*_conditions(part.share_of)), status).select(*KEY, whole="value")
        figures = figures.join(whole, on=list(KEY), how="left", maintain_order="left")
        figures = figures.with_columns(value=pl.col("value") / 100 * pl.col("whole")).drop("whole")
    moved = converter.convert(figures, part.is_ratio)
    if part.value is None:
        return moved.with_columns(coverage=pl.lit(None, pl.String))
    year = pl.col("time_period").str.head(4)
    return moved.with_columns(coverage=pl.concat_str(pl.lit(part.input), "source", year, separator="/"))


def _conditions(where: Mapping[str, tuple[str, ...]]) -> list[pl.Expr]:
    return [pl.col(name).is_in(list(values)) for name, values in where.items()]


def _select(part: Part, chosen: pl.LazyFrame, status: str | None) -> pl.DataFrame:
    state = pl.col(status).cast(pl.String) if status else pl.lit(None, pl.String)
    value = pl.col(part.value or "").cast(pl.Float64)
    return chosen.select(*(pl.col(name).cast(pl.String) for name in KEY), value=value, status=state).collect()


def _strongest(status: str) -> pl.Expr:
    """The first of several statuses in the order of the contracts; of figures without one, none."""
    order = [CONFIDENTIAL, *STATUS_ORDER, "A"]
    ranks = pl.col(status).replace_strict(order, list(range(len(order))), default=len(order))
    return pl.col(status).sort_by(ranks).first()


def _count(part: Part, chosen: pl.LazyFrame) -> pl.DataFrame:
    number = pl.col(part.distinct).n_unique() if part.distinct else pl.len()
    counted = chosen.group_by([pl.col(name).cast(pl.String) for name in KEY]).agg(
        value=number.cast(pl.Float64)
    )
    return counted.with_columns(status=pl.lit("A")).collect()


def _mean(figures: pl.DataFrame, years: tuple[int, ...]) -> pl.DataFrame:
    """The mean of the figures of several years, under the first one's; none where one is missing."""
    if years == (0,):
        return figures
    later = [
        figures.with_columns((pl.col("time_period").str.head(4).cast(pl.Int32) - year).cast(pl.String))
        for year in years
    ]
    worst = pl.col("conversion").sort_by(pl.col("conversion").is_in(EXACT)).first()
    return (
        pl.concat(later)
        .group_by(list(KEY))
        .agg(
            pl.when(pl.col("value").count() == len(years)).then(pl.col("value").mean()).alias("value"),
            _strongest("status"),
            worst,
            pl.col("weight").max(),
            pl.col("coverage").min(),
            pl.len().alias("years"),
        )
        .filter(pl.col("years") == len(years))
    )
