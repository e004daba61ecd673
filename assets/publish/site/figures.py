"""The figures that are drawn: which rows of a table answer what it is first asked, as series of areas.

Reads published Parquet; how a figure looks belongs to `charts`. Nothing is computed here but counts of a
register's rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from assets.publish.catalogue.schema_org import texts_of
from assets.publish.catalogue.words import by_language, decimals_needed, read_site_settings
from assets.publish.site.areas import Area, Focus, peers

TOTALS = ("T", "TOTAL", "_T")
NOT_DIMENSIONS = {"geo", "geo_classification", "time_period", "obs_value", "obs_status", "obs_flag"}
LINES_FROM = 3  # periods: fewer are drawn as bars
MOST_AREAS = 40


@dataclass(frozen=True)
class Series:
    """One area of a figure: its part (`focus`, `country`, `peer`), names, and a value for each period."""

    role: str
    area: Area
    names: Mapping[str, str]
    values: tuple[float | None, ...]
    statuses: tuple[str | None, ...]


@dataclass(frozen=True)
class Figure:
    """What one picture shows, free of any language but the names in it."""

    dataset: str
    table: str
    titles: Mapping[str, str]
    units: Mapping[str, str]
    kind: str  # lines, bars
    periods: tuple[str, ...]
    series: tuple[Series, ...]
    parent: bool = False  # the focus is shown by the NUTS 2 region that it belongs to
    stepped: bool = False  # values hold until the next one
    alone: bool = False  # over time only the focus is drawn: amounts that larger regions would flatten
    most: int | None = None  # how many of its areas a picture shows, the largest; its table shows all
    all_areas: int | None = None  # how many areas of the focus's level its classification has in the country
    whole: tuple[float | None, ...] = ()  # the country's amounts, of which the region's are a share
    unplaced: tuple[int, int, int] | None = None  # of a register: rows, at no region in it, at none at all

    @property
    def key(self) -> str:
        """A name for the figure, good as an HTML id."""
        return f"{self.dataset}-{self.table}"

    @cached_property
    def decimals(self) -> int:
        """The decimals of its numbers side by side: one at most from a hundred on."""
        largest = max(
            (abs(value) for series in self.series for value in series.values if value is not None), default=0
        )
        return min(self.table_decimals, 1) if largest >= 100 else self.table_decimals

    @cached_property  # asked for by every cell of the table
    def table_decimals(self) -> int:
        """The decimals of its numbers in a table, where more of them can be read."""
        return max(
            (decimals_needed(v) for series in self.series for v in series.values if v is not None), default=0
        )

    @property
    def shown_areas(self) -> int:
        """The areas of one level that it has: the focus and its peers."""
        return sum(series.role != "country" for series in self.series)

    @property
    def ranked(self) -> bool:
        """Whether the newest values stand beside each other in a picture of their own."""
        return self.kind == "lines" and sum(series.role == "peer" for series in self.series) > 1

    @property
    def focus(self) -> Series | None:
        """The region in focus, where the table has it."""
        return next((series for series in self.series if series.role == "focus"), None)


def read_figure(
    dataset: str,
    entry: Mapping[str, Any],
    frame: pl.DataFrame,
    known: Mapping[Area, Mapping[str, str]],
    focus: Focus,
) -> Figure | None:
    """The figure of one table of observations; None where it has nothing to draw.

    `entry`: the table's Parquet resource, `frame` its rows, `known` the names of the areas that occur in it.
    """
    fields = {field["name"]: field for field in entry["schema"]["fields"]}
    table = entry["name"].removesuffix("-parquet")
    setting: Mapping[str, Any] = next(
        (
            setting
            for setting in read_site_settings("figures.yaml")
            if setting["table"] == f"{dataset}/{table}"
        ),
        {},
    )
    if setting.get("count") and {"geo", "geo_classification"} <= fields.keys():
        return count_rows(dataset, table, frame, known, focus, setting)
    if not {"geo", "geo_classification", "time_period", "obs_value"} <= fields.keys():
        return None
    chosen = setting.get("where") or default_slice(frame, list(fields.values()))
    if not chosen.keys() <= fields.keys():
        return None
    frame = frame.filter(*(pl.col(name) == value for name, value in chosen.items()))
    if frame.select("geo_classification", "geo", "time_period").is_duplicated().any():
        return None  # a dimension without a code list: no total to choose, and no line to draw
    areas = set(frame.select("geo_classification", "geo").unique().iter_rows())
    drawn, parent = choose_areas(areas, known, focus, bool(setting.get("country")))
    alone = bool(setting.get("alone")) and "focus" in drawn.values()
    values = frame.filter(pl.col("obs_value").is_not_null())
    values = (
        values.filter(
            pl.struct("geo_classification", "geo").is_in(
                [{"geo_classification": scheme, "geo": code} for scheme, code in drawn]
            )
        )
        if drawn
        else values.clear()
    )
    if values.is_empty():
        return None
    periods = full_periods(values["time_period"].unique().sort().to_list())
    kind = setting.get("kind") or ("lines" if len(periods) >= LINES_FROM else "bars")
    return Figure(
        dataset,
        table,
        by_language(setting["title"]) if setting else texts_of(entry, "title"),
        by_language(setting["unit"]) if setting else unit_of(fields, chosen),
        kind,
        tuple(periods),
        tuple(series_of(values, drawn, known, periods)),
        parent,
        alone=alone,
        all_areas=next((focus.size_of(*area) for area, role in drawn.items() if role == "focus"), None),
        whole=amounts_of(frame, ("country", focus.country), periods) if setting.get("share") else (),
    )


def count_rows(
    dataset: str,
    table: str,
    frame: pl.DataFrame,
    known: Mapping[Area, Mapping[str, str]],
    focus: Focus,
    setting: Mapping[str, Any],
) -> Figure | None:
    """The rows of a register by region, in the newest classification that it has of the focus country."""
    frame = frame.select("geo_classification", "geo").drop_nulls()
    frame = frame.filter(pl.col("geo").str.starts_with(focus.country) & pl.col("geo").str.len_chars().eq(5))
    newest = frame.filter(pl.col("geo_classification").str.starts_with("nuts-"))["geo_classification"].max()
    counted = frame.filter(pl.col("geo_classification") == newest).group_by("geo").len().sort("geo")
    if newest is None:
        return None
    code = focus.code_in(str(newest), known)
    series = [
        Series(
            "focus" if geo == code else "peer",
            (str(newest), geo),
            known.get((str(newest), geo)) or by_language([geo] * 3),
            (float(count),),
            ("A",),
        )
        for geo, count in counted.iter_rows()
    ]
    series.sort(key=lambda area: (area.role, -(area.values[0] or 0)))
    return Figure(
        dataset,
        table,
        by_language(setting["title"]),
        by_language(setting["unit"]),
        "bars",
        ("",),
        tuple(series),
        all_areas=focus.size_of(str(newest), code) if code else None,
    )


def default_slice(frame: pl.DataFrame, fields: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The totals of each coded dimension, or the first of its codes that occurs."""
    chosen: dict[str, str] = {}
    for field in fields:
        name = field["name"]
        if name in NOT_DIMENSIONS or "categories" not in field:
            continue
        present = set(frame[name].unique().to_list())
        codes = [category["value"] for category in field["categories"] if category["value"] in present]
        if codes:
            chosen[name] = next((code for code in TOTALS if code in codes), codes[0])
            frame = frame.filter(pl.col(name) == chosen[name])
    return chosen


def unit_of(fields: Mapping[str, Mapping[str, Any]], chosen: Mapping[str, str]) -> Mapping[str, str]:
    """The chosen unit's label."""
    labels = {category["value"]: category for category in fields.get("unit", {}).get("categories", [])}
    found = labels.get(chosen.get("unit", ""), {})
    return found.get("innoregio:label_translated") or by_language([found.get("label", "")] * 3)


def choose_areas(
    areas: set[Area], known: Mapping[Area, Mapping[str, str]], focus: Focus, country: bool
) -> tuple[dict[Area, str], bool]:
    """Area -> its part in the figure, and whether the focus is shown by its NUTS 2 region."""
    for parent in (False, True):
        for scheme in sorted({scheme for scheme, _ in areas}, reverse=True):
            code = focus.code_in(scheme, known)
            if parent and scheme.startswith("nuts-") and not code:
                code = next((own[:4] for own in focus.codes.values() if (scheme, own[:4]) in areas), None)
            if code and (scheme, code) in areas:
                drawn = {(scheme, peer): "peer" for peer in peers(scheme, code, areas)}
                if country and ("country", focus.country) in areas:
                    drawn["country", focus.country] = "country"
                return drawn | {(scheme, code): "focus"}, parent
    regional = {area for area in areas if area[0].startswith(("nuts-", "maakunta-"))}
    inside = {area for area in regional if area[0].startswith("maakunta-") or area[1][:2] == focus.country}
    rest = inside or {area for area in areas if area[0] == "country"}
    longest = max((len(code) for _, code in rest), default=0)
    return {area: "peer" for area in sorted(rest) if len(area[1]) == longest}, False


def full_periods(found: list[str]) -> list[str]:
    """The periods of a figure; missing years between the first and the last are in it, as gaps."""
    if found and all(period.isdecimal() for period in found):
        return [str(year) for year in range(int(found[0]), int(found[-1]) + 1)]
    return found


def series_of(
    values: pl.DataFrame,
    drawn: Mapping[Area, str],
    known: Mapping[Area, Mapping[str, str]],
    periods: Sequence[str],
) -> list[Series]:
    """The areas in the order of their newest values, focus and country first."""
    cells: dict[Area, dict[str, tuple[float, str | None]]] = {}
    for scheme, code, period, value, status in values.select(
        "geo_classification", "geo", "time_period", "obs_value", "obs_status"
    ).iter_rows():
        cells.setdefault((scheme, code), {})[period] = (float(value), status)
    found = [
        Series(
            drawn[area],
            area,
            known.get(area) or by_language([area[1]] * 3),
            tuple(cells[area].get(period, (None, None))[0] for period in periods),
            tuple(cells[area].get(period, (None, None))[1] for period in periods),
        )
        for area in cells
    ]
    rank = {"focus": 0, "country": 1, "peer": 2}
    return sorted(found, key=lambda series: (rank[series.role], -(series.values[-1] or 0), series.area))[
        :MOST_AREAS
    ]


def amounts_of(frame: pl.DataFrame, area: Area, periods: Sequence[str]) -> tuple[float | None, ...]:
    """The values of one area, period by period."""
    rows = frame.filter(pl.col("geo_classification") == area[0], pl.col("geo") == area[1])
    found = dict(rows.select("time_period", "obs_value").iter_rows())
    return tuple(found.get(period) for period in periods)


def alone(figure: Figure) -> Figure:
    """The figure as its lines show it: without peers where it says so."""
    return replace(figure, series=figure.series[:1]) if figure.alone and figure.focus else figure


def newest_values(figure: Figure) -> tuple[str, Figure]:
    """The newest period in which most areas have a value, and the figure of that period alone."""
    count = [
        (sum(series.values[place] is not None for series in figure.series), place)
        for place in range(len(figure.periods))
    ]
    enough = max(number for number, _ in count) * 0.8
    place = max(place for number, place in count if number >= enough)
    series = [
        replace(series, values=(series.values[place],), statuses=(series.statuses[place],))
        for series in figure.series
        if series.values[place] is not None
    ]
    series.sort(key=lambda area: -(area.values[0] or 0))
    return figure.periods[place], replace(figure, periods=(figure.periods[place],), series=tuple(series))
