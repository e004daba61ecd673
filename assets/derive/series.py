"""Figures of one territory over time, and joins of tables that say what land they speak of.

Picking, marking breaks and refusing to mix belong here; converting figures belongs to `conversion`.
"""

from collections.abc import Sequence
from typing import Literal

import polars as pl

from assets.derive.conversion import OUTSIDE
from assets.derive.conversion_weights import Geography, GeographyError

AREA = ["geo_classification", "geo"]
NO_KEYS = {*AREA, "time_period", "reference_day", "obs_status", "obs_flag", "conversion", "weight"}
LEVELS = {"maakunta": "3", "hyvinvointialue": "3", "suuralue": "2"}  # national divisions as large as NUTS'


def find_territory(geography: Geography, classification: str, code: str) -> str:
    """The `territory_id` of an area, such as that of `MK07` in `maakunta-2026`.

    Raises `GeographyError` where `regions/territories` has no such area.
    """
    found = geography.territories.filter(geo_classification=classification, geo=code)
    if found.is_empty():
        raise GeographyError(f"{classification} {code} is no area with land in regions/territories")
    return str(found["territory_id"][0])


def series(
    frame: pl.DataFrame, geography: Geography, territory: str | Sequence[tuple[str, str]]
) -> pl.DataFrame:
    """The rows of one territory, or of areas that follow each other, in order of time, with breaks marked.

    `frame` has `geo`, `geo_classification`, `time_period` and, where figures of different days are put
    together, `reference_day` (`01-01`, `12-31`). `territory` is a `territory_id` (only figures of exactly
    that land, whatever their code), or areas as (classification, code), the preferred first: of each period
    and key only the first area's row is taken, so that no land is counted twice. Of one territory under
    several codes the newest NUTS version's row is taken. Keys are all columns that are no numbers, beside
    those of status and conversion. Added: `territory_id`, and `break` (`territory`, `reference day` or both;
    null where the row compares with the one before of its key). Raises `GeographyError` for an unknown
    territory or area, and where an area has two rows of one period and key.
    """
    land = geography.territories.select(*AREA, "territory_id")
    if isinstance(territory, str):
        wanted = land.filter(pl.col("territory_id") == territory).sort(AREA, descending=[True, False])
        if wanted.is_empty():
            raise GeographyError(f"no area of any classification is the territory {territory}")
    else:
        areas = [(*area, find_territory(geography, *area)) for area in territory]
        wanted = pl.DataFrame(areas, schema=land.schema, orient="row")
    texts = frame.with_columns(pl.col(AREA).cast(pl.String))
    found = texts.join(wanted.with_row_index("rank"), on=AREA, how="inner", maintain_order="left")
    keys = [name for name in frame.columns if name not in NO_KEYS and not frame.schema[name].is_numeric()]
    twice = found.filter(found.select("rank", "time_period", *keys).is_duplicated())
    if twice.height:
        shown = " ".join(str(twice[name][0]) for name in (*AREA, "time_period", *keys))
        raise GeographyError(f"{shown} is there more than once: filter the frame to one figure per period")
    first = found.sort("rank", maintain_order=True).unique(
        [*keys, "time_period"], keep="first", maintain_order=True
    )
    ordered = first.sort(*keys, "time_period")

    def changed(column: str, label: str) -> pl.Expr:
        before = pl.col(column).shift(1).over(keys) if keys else pl.col(column).shift(1)
        return pl.when(before != pl.col(column)).then(pl.lit(label))

    marks = [changed("territory_id", "territory")]
    if "reference_day" in frame.columns:
        marks.append(changed("reference_day", "reference day"))
    text = pl.concat_str(marks, separator=", ", ignore_nulls=True)
    return ordered.drop("rank").with_columns(pl.when(text != "").then(text).alias("break"))


def join_areas(
    left: pl.DataFrame,
    right: pl.DataFrame,
    on: Sequence[str] = (),
    how: Literal["inner", "left", "full"] = "inner",
    by: Literal["code", "territory"] = "code",
    geography: Geography | None = None,
) -> pl.DataFrame:
    """Two tables joined by area and the columns `on`.

    By `code` both must be in the same classifications. By `territory` areas of different classifications are
    joined where they are the same land at the same level, and only there (`geography` is needed); the right
    table's area is `geo_classification_right`, `geo_right`. Raises `GeographyError` where a table does not
    say its classification, where the two are of different ones and it is not said how to join them, and where
    the right table has one territory twice.
    """
    for name, frame in (("left", left), ("right", right)):
        if lost := [c for c in AREA if c not in frame.columns]:
            raise GeographyError(
                f"the {name} table has no {', '.join(lost)}: say what its codes are (tag_areas)"
            )
    left, right = (frame.with_columns(pl.col(AREA).cast(pl.String)) for frame in (left, right))
    if by == "territory":
        if geography is None:
            raise GeographyError("joining by territory needs the tables of regions (read_geography)")
        here, there = (frame.join(_land(geography), on=AREA, how="left") for frame in (left, right))
        key = ["territory_id", "land_level", *on]
        twice = there.drop_nulls("territory_id").filter(pl.struct(key).is_duplicated())
        if twice.height:
            names = sorted(
                {" ".join(area) for area in twice.filter(territory_id=twice[key[0]][0])[AREA].rows()}
            )
            raise GeographyError(f"the right table has one territory twice: {', '.join(names)}; choose one")
        return here.join(there, on=key, how=how, maintain_order="left").drop(
            pl.selectors.starts_with("land_")
        )
    ours, theirs = (_classifications(frame) for frame in (left, right))
    if ours != theirs:
        raise GeographyError(
            f"the left table is of {', '.join(sorted(ours))}, the right of {', '.join(sorted(theirs))}: the "
            'same code or name is different land there; convert one of them, or join by="territory"'
        )
    return left.join(right, on=[*AREA, *on], how=how, maintain_order="left")


def _land(geography: Geography) -> pl.DataFrame:
    """The territory of each area, and the level at which it is compared."""
    family = pl.col("geo_classification").str.replace(r"-\d{4}$", "")
    level = pl.coalesce(pl.col("level").cast(pl.String), family.replace(LEVELS))
    levels = geography.areas.select(*AREA, level.alias("land_level"))
    return geography.territories.select(*AREA, "territory_id").join(levels, on=AREA)


def _classifications(frame: pl.DataFrame) -> set[str]:
    found = frame["geo_classification"].unique().drop_nulls()
    return set(found) - set(OUTSIDE)
