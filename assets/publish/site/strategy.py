"""What the page of the strategy shows: each theme, its newest figures beside other areas, what is missing.

Reads the published tables of `strategy`. Nothing is computed here but ranks and medians of the figures that
stand there; how it looks belongs to the template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from markupsafe import Markup

from assets.descriptor import LANGUAGES
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.words import by_language, decimals_needed
from assets.publish.site.areas import Area, Focus
from assets.publish.site.charts import PLAIN
from assets.publish.site.figures import full_periods
from assets.publish.site.views import View, read_table_of

STRATEGY = "strategy"
SPARK = (180, 48, 6)  # width, height, room around
OWN_LINE = 'stroke="var(--focus)" stroke-width="2.5" stroke-linejoin="round"'
COUNTRY_LINE = 'stroke="var(--country)" stroke-width="1.5" stroke-dasharray="4 3"'
FEW_AREAS = 3  # of fewer a median says nothing
FEW_POINTS = 3  # of fewer a line says nothing
FLAT = 5  # times the area's largest figure: a country's line would flatten it
LEAST_SPREAD = 0.1  # of the largest value: smaller changes are drawn small

Names = Mapping[str, str]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class AreasBeside:
    """A figure's areas beside it: how many have one, their median."""

    areas: int
    median: float


@dataclass(frozen=True)
class Followed:
    """One thing that follows a theme: an indicator's newest figure, or what is missing and why."""

    titles: Names
    reasons: Names  # empty where there is a figure
    row: Row  # the link as published
    units: Names = field(default_factory=dict)
    methods: Names = field(default_factory=dict)
    successors: Names = field(default_factory=dict)  # of a series that has ended
    area: Names = field(default_factory=dict)
    decimals: int = 0
    first: tuple[str, float] | None = None  # the oldest figure that compares
    country: float | None = None
    country_names: Names = field(default_factory=dict)
    eu: float | None = None
    similar: AreasBeside | None = None
    national: AreasBeside | None = None  # the other areas of the country at its level
    rank: int | None = None
    ranked: int = 0  # areas of the country at its level that have a figure, with itself
    all_areas: int | None = None  # how many there are
    spark: str = ""  # SVG
    sources: Sequence[Row] = ()

    @property
    def is_figure(self) -> bool:
        """Whether there is a figure."""
        return bool(self.row["kind"] == "figure")

    @property
    def is_waiting(self) -> bool:
        """Whether its table has not been fetched yet."""
        return bool(self.row["kind"] == "waiting")

    @property
    def own(self) -> bool:
        """Whether the figure is of the region itself."""
        return bool(self.row["area"] == "region")


@dataclass(frozen=True)
class ThemeShown:
    """One theme."""

    number: int
    titles: Names
    statements: Names
    places: Names
    status: str
    followed: Sequence[Followed]

    @property
    def headline(self) -> Followed | None:
        """The figure that stands for the theme: the first of the region, else of another area."""
        figures = [followed for followed in self.followed if followed.is_figure]
        return next((figure for figure in figures if figure.own), figures[0] if figures else None)


def read_themes(
    out: Path, packages: Sequence[Package], views: Sequence[View], focus: Focus
) -> list[ThemeShown]:
    """The themes in order; none where `strategy` is not published, or is another region's than the focus."""
    package = next((package for package in packages if package.name == STRATEGY), None)
    view = next((view for view in views if view.name == STRATEGY), None)
    tables = [read_table_of(out, package, name) for name in ("themes", "links", "sources", "figures")]
    themes, links, sources, figures = tables
    if view is None or themes is None or links is None or sources is None or figures is None:
        return []
    own = links.filter(area="region").select("geo", "geo_classification").unique().iter_rows()
    if not any(focus.codes.get(scheme) == code for code, scheme in own):
        return []
    series = {str(code): frame for (code,), frame in figures.group_by("indicator")}
    behind: dict[str, list[Row]] = {}
    for row in sources.sort("indicator", "position").iter_rows(named=True):
        behind.setdefault(row["indicator"], []).append(row)
    rows = links.sort("theme", "position").rows(named=True)
    return [
        ThemeShown(
            theme["theme"],
            texts_in_row(theme, "title"),
            texts_in_row(theme, "statement"),
            texts_in_row(theme, "place"),
            theme["status"],
            [
                read_followed(row, series, behind.get(row["indicator"], []), view.known, focus)
                for row in rows
                if row["theme"] == theme["theme"]
            ],
        )
        for theme in themes.sort("theme").iter_rows(named=True)
    ]


def texts_in_row(row: Row, name: str) -> dict[str, str]:
    """The texts of a row by language; empty where it has none."""
    return {language: row[f"{name}_{language}"] for language in LANGUAGES if row[f"{name}_{language}"]}


def read_followed(
    row: Row,
    series: Mapping[str, pl.DataFrame],
    sources: Sequence[Row],
    known: Mapping[Area, Names],
    focus: Focus,
) -> Followed:
    """What a link shows: with a figure, those of the same period beside it."""
    figures = series.get(row["indicator"])
    if figures is None:
        return Followed(texts_in_row(row, "title"), texts_in_row(row, "reason"), row)
    scheme, code, period = row["geo_classification"], row["geo"], row["newest_period"]
    now = figures.filter(time_period=period).drop_nulls("obs_value")
    others = now.filter(role="other")
    national = others.filter(pl.col("geo").str.starts_with(code[:2]))
    level = [*national["obs_value"].to_list(), row["newest_value"]]
    size = focus.size_of(scheme, code)
    whole = figures.filter(role="country").drop_nulls("obs_value").sort("time_period")
    own = figures.filter(role="own").drop_nulls("obs_value").sort("time_period")
    before = own.head(-1) if row["comparable"] else own.clear()
    return Followed(
        texts_in_row(row, "title"),
        {},
        row,
        texts_in_row(row, "unit"),
        texts_in_row(row, "method"),
        texts_in_row(row, "successor"),
        known.get((scheme, code)) or by_language([code] * 3),
        decimals_of(row["newest_value"], texts_in_row(row, "unit").get("en", "")),
        (before["time_period"][0], before["obs_value"][0]) if before.height else None,
        value_of(now, "country"),
        known.get(("country", focus.country)) or by_language([focus.country] * 3),
        value_of(now, "aggregate"),
        median_of(others.filter("similar")),
        median_of(national),
        1 + sum(value > row["newest_value"] for value in level) if len(level) == size else None,
        len(level),
        size,
        draw_spark(own, whole) if row["comparable"] else "",
        list({(source["provider"], source["source_table"]): source for source in sources}.values()),
    )


def value_of(figures: pl.DataFrame, role: str) -> float | None:
    """The figure of the only area with a part in the comparison."""
    found = figures.filter(role=role)["obs_value"]
    return float(found[0]) if len(found) else None


def median_of(figures: pl.DataFrame) -> AreasBeside | None:
    """The median of areas; None of too few."""
    values = figures["obs_value"].to_list()
    return AreasBeside(len(values), median(values)) if len(values) >= FEW_AREAS else None


def decimals_of(value: float, unit: str) -> int:
    """The decimals that a figure is shown with: none from a thousand on, one of a percentage from five on and
    of others from ten on."""
    if abs(value) >= 1000:
        return 0
    whole = abs(value) >= (5 if unit.startswith("%") else 10)
    return min(decimals_needed(value), 1 if whole else 2)


def draw_spark(own: pl.DataFrame, whole: pl.DataFrame) -> Markup:
    """A small line of the figures over time, the country's dashed behind it; nothing for few figures.

    Gaps are left open; an open circle marks a newest figure that is estimated or otherwise flagged.
    """
    if own.height < FEW_POINTS:
        return Markup("")
    periods = [str(period) for period in own["time_period"].to_list()]
    line = dict(zip(periods, own["obs_value"].to_list(), strict=True))
    behind = {
        period: value
        for period, value in whole.select("time_period", "obs_value").iter_rows()
        if periods[0] <= period <= periods[-1]
    }
    if behind and max(map(abs, behind.values())) > FLAT * max(map(abs, line.values())):
        behind = {}
    years = full_periods(periods)
    values = [*line.values(), *behind.values()]
    spread = max(max(values) - min(values), LEAST_SPREAD * max(map(abs, values))) or 1.0
    low = (max(values) + min(values) - spread) / 2
    width, height, room = SPARK

    def place(period: str, value: float) -> tuple[float, float]:
        x = room + (width - 2 * room) * years.index(period) / (len(years) - 1)
        return round(x, 1), round(height - room - (height - 2 * room) * (value - low) / spread, 1)

    def path(found: Mapping[str, float], style: str) -> str:
        written, pen = [], "M"
        for period in years:
            if period not in found:
                pen = "M"
                continue
            x, y = place(period, found[period])
            written.append(f"{pen}{x:g} {y:g}")
            pen = "L"
        return f'<path d="{" ".join(written)}" {style}/>'

    x, y = place(periods[-1], line[periods[-1]])
    flagged = own["obs_status"][-1] not in PLAIN
    fill = "var(--paper)" if flagged else "var(--focus)"
    country = path(behind, COUNTRY_LINE) if behind else ""
    return Markup(
        f'<svg viewBox="0 0 {width} {height}" fill="none" aria-hidden="true" focusable="false">'
        f"{country}{path(line, OWN_LINE)}"
        f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{fill}" stroke="var(--focus)" stroke-width="2"/></svg>'
    )
