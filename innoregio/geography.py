"""Dated geography under one roof: figures on other areas, series of one territory, rows of registers placed.

    import innoregio as ir
    today = ir.geography.convert(ir.load("population/population-eurostat").collect(), "nuts-2024")

The tables come from the package `regions` of the tree that is in use.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from assets.derive.conversion import OUTSIDE, RATIO_UNITS
from assets.derive.conversion import convert as _convert
from assets.derive.conversion_weights import Geography, GeographyError, find_weights
from assets.derive.placing import build_gazetteer, place_rows
from assets.derive.series import find_territory, join_areas, series
from innoregio.listing import find_resource, read_release
from innoregio.tree import find_file, find_tree

__all__ = [
    "Geography", "GeographyError", "convert", "find_territory", "join", "place", "read", "read_areas",
    "refused", "series",
]  # fmt: skip
CERTAIN = ("as given", "same", "exact", "estimated", "contested")  # the less converted first; else last
WITHOUT_KEY = ("obs_status", "obs_flag", "conversion", "weight")

join = join_areas


def read(*, tree: str | Path | None = None) -> Geography:
    """The tables that conversion stands on, from the package `regions` of a tree. Raises `DataError`."""
    where = find_tree(tree)
    return Geography(*(_read(name.replace("_", "-"), where) for name in Geography._fields))


def read_areas(tree: str | Path | None = None) -> pl.DataFrame:
    """Every area of every classification with its names: the table `regions/areas`. Raises `DataError`."""
    return _read("areas", find_tree(tree))


def _read(table: str, tree: str) -> pl.DataFrame:
    package, folder = read_release("regions", None, tree)
    resource = find_resource(package, table)
    return pl.read_parquet(find_file(f"{folder}/{resource['path']}", resource["hash"], tree))


def convert(
    frame: pl.DataFrame,
    territory: str,
    *,
    values: Sequence[str] = ("obs_value",),
    ratios: Mapping[str, tuple[str, str]] | None = None,
    kind: str = "population",
    geography: Geography | None = None,
) -> pl.DataFrame:
    """The figures of `frame` on the areas of `territory`, whatever the classifications of its rows.

    `frame` has `geo`, `geo_classification` and the columns `values` of amounts. Added are `conversion` (`as
    given`, `same`, `exact`, `estimated`, `contested`, `incomplete`) and `weight`, what an estimate stands on.
    Where two classifications give one area, period and key, the figure that was converted least is taken.
    Countries and aggregates stay. Figures in per cent or per inhabitant (by the column `unit`) are kept where
    an area is the same land, and left out where they would have to be added up, unless `ratios` names their
    parts. Rows of areas that no source says how to convert are left out too: `refused` lists them.

    Raises `GeographyError` for a frame without areas and for an unknown classification.
    """
    parts, _ = _convert_each(frame, territory, values, ratios, kind, geography or read())
    order = pl.col("conversion").cast(pl.String)
    rank = order.replace_strict(list(CERTAIN), list(range(len(CERTAIN))), default=len(CERTAIN))
    every = pl.concat(parts, how="vertical_relaxed").with_columns(rank.alias(" rank"))
    key = [name for name in frame.columns if name not in (*WITHOUT_KEY, *values, *(ratios or {}))]
    kept = every.sort(" rank", maintain_order=True).unique(key, keep="first", maintain_order=True)
    return kept.sort(key, maintain_order=True).drop(" rank")


def refused(
    frame: pl.DataFrame,
    territory: str,
    *,
    values: Sequence[str] = ("obs_value",),
    kind: str = "population",
    geography: Geography | None = None,
) -> pl.DataFrame:
    """What `convert` leaves out: `geo_classification`, `geo`, `reason`, each area once."""
    return _convert_each(frame, territory, values, None, kind, geography or read())[1]


def place(frame: pl.DataFrame, geography: Geography | None = None) -> pl.DataFrame:
    """Rows of a register with the municipality and region of their post code or town (docs/geography.md)."""
    return place_rows(frame, build_gazetteer(geography or read()))


def _convert_each(
    frame: pl.DataFrame,
    territory: str,
    values: Sequence[str],
    ratios: Mapping[str, tuple[str, str]] | None,
    kind: str,
    geography: Geography,
) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """The frame by classification, each converted, and the areas that were left out."""
    if missing := {"geo", "geo_classification", *values} - set(frame.columns):
        raise GeographyError(f"the table has no {', '.join(sorted(missing))}: it cannot be converted")
    given = frame.with_columns(pl.col("geo", "geo_classification").cast(pl.String))
    parts = [_as_given(given.head(0))]
    out: list[tuple[str, str, str]] = []
    for (source,), rows in given.partition_by("geo_classification", as_dict=True).items():
        if source == territory or source in OUTSIDE:
            parts.append(_as_given(rows))
            continue
        weights = find_weights(geography, str(source), territory, kind=kind, every_year=True)
        alone, shared = weights.lookup
        known = pl.concat([alone["from_geo"], shared["from_geo"]]).unique()
        may = pl.col("geo").is_in(known.implode())
        if "unit" in rows.columns and not ratios:
            whole = pl.col("geo").is_in(alone["from_geo"].implode())
            may &= whole | ~pl.col("unit").cast(pl.String).str.contains(RATIO_UNITS)
        lost = rows.filter(~may)["geo"].unique().sort()
        reasons = dict(weights.refused.iter_rows())
        sums = "its figures are ratios and would have to be added up"
        out += [(str(source), code, reasons.get(code, sums)) for code in lost]
        parts.append(_convert(rows.filter(may), weights, values, ratios))
    schema = {"geo_classification": pl.String(), "geo": pl.String(), "reason": pl.String()}
    return [part.select(parts[0].columns) for part in parts], pl.DataFrame(out, schema, orient="row")


def _as_given(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(conversion=pl.lit("as given"), weight=pl.lit(None, pl.String))
