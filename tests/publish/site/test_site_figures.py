"""What is drawn is what the published CSV says, found by another road."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import LANGUAGES, load_catalogue
from assets.publish.catalogue.packages import read_packages
from assets.publish.catalogue.words import read_site_settings
from assets.publish.site.captions import headline_of
from assets.publish.site.charts import draw_bars, draw_lines, draw_tiles, nice_ticks, spread
from assets.publish.site.drawing import draw_all, fill_texts
from assets.publish.site.figures import Figure, Series, newest_values
from assets.publish.site.page_parts import all_figures
from assets.publish.site.projects import read_projects
from assets.publish.site.write import read_views

NAMES = dict.fromkeys(("fi", "sv", "en"), "A")


@pytest.fixture(scope="module")
def figures(published: Path) -> dict[str, Figure]:
    catalogue = load_catalogue()
    *_, views = read_views(published, catalogue, read_packages(published, "FI"))
    return {figure.key: figure for _, figure in all_figures(views)}


def made_figure(values: tuple[float | None, ...], statuses: tuple[str | None, ...]) -> Figure:
    series = Series("focus", ("nuts-2021", "FI1C3"), NAMES, values, statuses)
    periods = tuple(str(2000 + place) for place in range(len(values)))
    return Figure("made", "table", NAMES, NAMES, "lines", periods, (series,))


@pytest.mark.slow
def test_every_figure_of_the_settings_is_drawn(figures: dict[str, Figure]) -> None:
    found = figures
    assert {one["table"].replace("/", "-") for one in read_site_settings("figures.yaml")} <= found.keys()


@pytest.mark.slow
def test_figures_are_those_of_the_csv(published: Path, figures: dict[str, Figure]) -> None:
    found = figures
    for name, where in (
        ("regional-accounts", {"unit": "PPS_HAB_EU27_2020"}),
        ("rd-expenditure", {"indicator": "RD_EXPENDITURE", "sector": "TOTAL"}),
        ("business-demography", {"indicator": "V97020", "size_class": "TOTAL"}),
    ):
        figure = found[f"{name}-{name}"]
        with (published / name / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            told = {
                (row["geo_classification"], row["geo"], row["time_period"]): float(row["obs_value"])
                for row in csv.DictReader(lines)
                if row["obs_value"] and all(row[column] == value for column, value in where.items())
            }
        assert figure.focus and figure.focus.names["sv"] == "Päijänne-Tavastland"
        for one in figure.series:
            for period, value in zip(figure.periods, one.values, strict=True):
                assert told.get((*one.area, period)) == value


def test_a_statistic_of_a_larger_region_is_told_as_such(published: Path, figures: dict[str, Figure]) -> None:
    figure = figures["education-and-training-neet-rate"]
    assert figure.parent and figure.focus and figure.focus.area == ("nuts-2021", "FI1C")
    page = (published / "en/dataset/education-and-training.html").read_text("utf-8")
    assert "published at NUTS 2 level" in page


def test_participations_are_counted_by_seat(published: Path, figures: dict[str, Figure]) -> None:
    """Where the organisations' cities are; the register's own code leaves 354 rows out."""
    figure = figures["framework-projects-participations"]
    rows = pl.read_csv(published / "framework-projects/participations.csv", infer_schema=False)
    finnish = rows.filter(pl.col("country") == "FI")
    assert finnish.filter(pl.col("geo") == "FI1C6").height == 20
    assert figure.focus and figure.focus.values == (22,)
    values = {one.area[1]: one.values[0] for one in figure.series}
    assert (values["FI1C1"], values["FI1DA"]) == (237, 12)
    assert figure.unplaced == (finnish.height, finnish.filter(pl.col("geo") == "FI").height, 4)
    assert sum(value or 0 for value in values.values()) == finnish.height - 4
    page = (published / "en/dataset/framework-projects.html").read_text("utf-8")
    assert "Of the country&#39;s 2,845 participations, 354 have the country only in the register." in page
    assert "4 remain without a region." in page
    for language in ("fi", "sv"):
        page = (published / f"{language}/dataset/framework-projects.html").read_text("utf-8")
        assert all(number in page for number in ("2\N{NO-BREAK SPACE}845 ", " 354 "))


def test_the_regions_projects_are_those_that_are_placed_there(published: Path) -> None:
    catalogue = load_catalogue()
    focus, _, places, views = read_views(published, catalogue, read_packages(published, "FI"))
    placed, by_register = read_projects(views, focus, places), read_projects(views, focus)
    assert placed and by_register
    assert {row["project"] for row in by_register.rows} < {row["project"] for row in placed.rows}
    assert (len(by_register.rows), len(placed.rows)) == (20, 21)


def test_gaps_flags_and_breaks_show() -> None:
    figure = made_figure((1.0, 2.0, None, 4.0, 5.0, 6.0), ("A", "B", None, "P", "A", "A"))
    drawn = draw_all({"x": draw_lines(figure, 340, 240)})["x"]
    line = re.search(r'<path d="([^"]*)" stroke="var\(--focus\)" stroke-width="3"', drawn)
    assert line and line[1].count("M") == 2  # two pieces: nothing is drawn across the gap
    assert drawn.count("var(--paper)") == 1  # the provisional value is an open circle
    peer = replace(figure.series[0], role="peer", area=("nuts-2021", "FI1C2"))
    both = draw_all({"x": draw_lines(replace(figure, series=(*figure.series, peer)), 340, 240)})["x"]
    assert both.count("var(--paper)") == 2  # other areas' flagged values too
    bars = draw_all({"x": draw_bars(made_figure((3.0,), ("E",)), 340)})["x"]
    assert bars.count("var(--paper)") == 1  # and an estimated bar is an open one
    assert drawn.count("stroke-dasharray") == 1  # the break


@pytest.mark.slow
def test_the_headline_says_change_and_place_as_counted_from_the_csv(
    published: Path, figures: dict[str, Figure]
) -> None:
    with (published / "patent-applications/patent-applications.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["unit"] == "P_MHAB" and row["geo"][:2] == "FI"]
    told = {(row["geo"], row["time_period"]): float(row["obs_value"]) for row in rows if row["obs_value"]}
    newest = {area: told[area, "2012"] for area, period in told if period == "2012" and len(area) == 5}
    newest = {area: value for area, value in newest.items() if not area.endswith("Z")}
    said = headline_of(figures["patent-applications-patent-applications"], "en")
    assert said["change"] == round(told["FI1C3", "2012"] - told["FI1C3", "2011"], 1)
    assert (said["rank"], said["areas"]) == (1 + sum(one > newest["FI1C3"] for one in newest.values()), 19)
    with (published / "rd-expenditure/rd-expenditure.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["indicator"] == "RD_EXPENDITURE"]
    country = next(
        row["obs_value"]
        for row in rows
        if (row["geo"], row["sector"], row["time_period"]) == ("FI", "TOTAL", "2024")
    )
    said = headline_of(figures["rd-expenditure-rd-expenditure"], "en")
    assert said["whole"] == float(country) and said["share"] == round(100 * said["value"] / float(country), 1)
    assert said["rank"] is None  # six of nineteen regions are no ranking


def test_no_change_is_told_over_a_break_or_a_gap() -> None:
    for values, statuses in (((1.0, 2.0), ("A", "B")), ((1.0, None, 2.0), ("A", None, "A"))):
        assert headline_of(made_figure(values, statuses), "en")["change"] is None
    assert headline_of(made_figure((1.0, 0.75), ("B", "P")), "en")["change"] == -0.25
    assert str(headline_of(made_figure((150.001, 149.999), ("A", "A")), "en")["change"]) == "0.0"  # no minus


def test_a_long_name_is_cut_in_the_picture_only() -> None:
    name = dict.fromkeys(("fi", "sv", "en"), "Ludwigshafen am Rhein, Kreisfreie Stadt")
    figure = made_figure((3.0,), ("A",))
    figure = replace(figure, kind="bars", series=(replace(figure.series[0], names=name),))
    for width, shown in ((620, "Ludwigshafen am Rhein, Kreisf…"), (340, name["en"])):
        assert shown in fill_texts(draw_all({"x": draw_bars(figure, width)})["x"], [name], "en")


@pytest.mark.slow
def test_a_line_has_its_unit_on_the_axis(published: Path) -> None:
    for language, unit in (("fi", "miljoonaa asukasta kohti"), ("en", "per million inhabitants")):
        page = (published / language / "dataset/patent-applications.html").read_text("utf-8")
        assert re.search(rf"<text [^>]*>{unit}</text>", page)


def test_numbers_and_names_follow_the_language() -> None:
    drawn = "<text>{n:1234.5}</text><text>{a:0}</text><text>{t:Uusimaa}</text>"
    names = [{"fi": "A&B", "sv": "<b>", "en": "c"}]
    assert (
        fill_texts(drawn, names, "fi") == "<text>1\u00a0234,5</text><text>A&amp;B</text><text>Uusimaa</text>"
    )
    assert (
        fill_texts(drawn, names, "sv") == "<text>1\u00a0234,5</text><text>&lt;b&gt;</text><text>Nyland</text>"
    )
    assert fill_texts(drawn, names, "en") == "<text>1,234.5</text><text>c</text><text>Uusimaa</text>"


def test_no_number_is_rounded_by_the_drawing() -> None:
    for value in (1_759_768.0, 12_345_678.25, 0.1):
        drawing = draw_bars(made_figure((value,), ("A",)), 340)
        assert any(label["text"].startswith(f"{{n:{value:.15g}:") for label in drawing.labels)


def test_the_same_drawing_gives_the_same_bytes(figures: dict[str, Figure]) -> None:
    figure = figures["regional-accounts-regional-accounts"]
    tiles = draw_tiles(figure)
    assert tiles is not None
    drawn = draw_all({"lines": draw_lines(figure, 720, 340), "tiles": tiles})
    assert draw_all({"tiles": tiles})["tiles"] == drawn["tiles"]


def test_every_region_has_a_tile_of_its_own(figures: dict[str, Figure]) -> None:
    layout = read_site_settings("tiles.yaml")["tiles"]
    assert len({tuple(one[:2]) for one in layout.values()}) == len(layout) == 19
    figure = figures["regional-accounts-regional-accounts"]
    period, newest = newest_values(figure)
    assert period == "2021" and len(newest.series) == 20  # 19 regions and the country


def test_a_tile_s_name_is_short_for_the_one_beside_the_bars(figures: dict[str, Figure]) -> None:
    """In each language, whatever the classification calls the region."""
    settings = read_site_settings("tiles.yaml")
    seen = set()
    for figure in figures.values():
        if draw_tiles(figure) is None:
            continue
        for one in newest_values(figure)[1].series:
            name = one.names["fi"]
            short = settings["other_names"].get(name) or settings["tiles"].get(name)
            if one.role == "country" or short is None:
                continue
            seen.add(name)
            for text, full in zip(short[-3:], (one.names[la] for la in LANGUAGES), strict=True):
                begins = [part.rstrip(".") for part in re.split(r"[ -]", text)]
                words = re.split(r"[ -]", full.replace("Southwest", "S W"))
                words = ["SW" if begins[0] == "SW" else "", *words]
                assert all(any(word.startswith(part) for word in words) for part in begins), (text, full)
    assert {"Etelä-Savo", "Helsinki-Uusimaa", "Ahvenanmaa"} <= seen


def test_a_region_has_one_name_in_every_figure(figures: dict[str, Figure]) -> None:
    """Chart, map and bars take their names from the published list of areas, one for each region."""
    called: dict[tuple[str, str], set[str]] = {}
    for figure in figures.values():
        for one in figure.series:
            for language in LANGUAGES:
                called.setdefault((one.names["fi"], language), set()).add(one.names[language])
    assert {key: names for key, names in called.items() if len(names) > 1} == {}
    assert called["Etelä-Savo", "en"] == {"South Savo"}


def test_ticks_are_round_and_hold_the_range() -> None:
    for low, high in ((0, 9.7), (87, 142), (-3.2, 8), (28.6, 33.8), (5, 5), (1e6, 1.7e6)):
        ticks = nice_ticks(low, high)
        assert ticks[0] <= low and ticks[-1] >= high and 2 <= len(ticks) <= 8, (low, high, ticks)
    assert nice_ticks(9, 11, whole=True) == [9, 10, 11]
    assert spread(23, 6) == [0, 4, 9, 13, 18, 22] and spread(21, 6) == [0, 4, 8, 12, 16, 20]
    assert spread(10, 6) == [0, 3, 6, 9] and spread(23, 4) == [0, 7, 15, 22]
    assert spread(1, 6) == [0] and spread(2, 4) == [0, 1] and spread(3, 4) == [0, 1, 2]
