"""The page of the strategy: its figures are those of the published tables, and say what they are."""

import re
from html import unescape
from pathlib import Path

import polars as pl
import pytest

from assets.publish.catalogue.words import number
from assets.publish.site.areas import Focus
from assets.publish.site.captions import period_name
from assets.publish.site.strategy import Followed, decimals_of, draw_spark, read_followed, read_themes
from tests.publish.site.site_tree import LANGUAGES, read_csv

FOCUS = Focus("FI1C6", {}, {"nuts-2024": "FI1C6"}, {("nuts-2024", 5): 4})


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


@pytest.mark.slow  # of all datasets
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_theme_is_on_the_page_with_its_figures_and_gaps(published: Path, language: str) -> None:
    page = (published / language / "strategy.html").read_text("utf-8")
    for theme in read_csv(published / "strategy/themes.csv"):
        _, _, part = page.partition(f'<h2 id="theme-{theme["theme"]}">')
        told = plain(part.split("</section>")[0])
        assert told.startswith(theme[f"title_{language}"]) and theme[f"statement_{language}"] in told
        for row in read_csv(published / "strategy/links.csv"):
            if row["theme"] != theme["theme"]:
                continue
            assert row[f"title_{language}"] in told
            if row["kind"] == "waiting":
                assert row["waits_for_table"] in told
                continue
            if row["kind"] == "missing":
                assert row[f"reason_{language}"] in told
                continue
            value = float(row["newest_value"])
            shown = number(value, language, decimals_of(value, row["unit_en"]))
            period = period_name(row["newest_period"], language)
            assert plain(f"{shown} {row[f'unit_{language}']}, {period}") in told, row["indicator"]
            assert row["geo"] in told and row["reference"] in part.split("</section>")[0]
    assert 'aria-current="page">' in page


@pytest.mark.slow  # of all datasets
def test_start_and_region_lead_to_it(published: Path) -> None:
    for language in LANGUAGES:
        start = (published / language / "index.html").read_text("utf-8")
        region = (published / language / "region/paijat-hame.html").read_text("utf-8")
        assert start.count('href="../' + language + '/strategy.html"') >= 2
        assert region.count('href="../../' + language + '/strategy.html"') >= 2


def test_without_the_dataset_there_is_no_page() -> None:
    assert read_themes(Path(), [], [], FOCUS) == []


def made_figures() -> pl.DataFrame:
    """Four regions of Finland, three similar ones, the country: the region is third of four in 2024."""
    rows = [
        ("FI1C6", "2022", "own", False, 8.0),
        ("FI1C6", "2023", "own", False, 9.0),
        ("FI1C6", "2024", "own", False, 10.0),
        ("FI1C1", "2024", "other", True, 20.0),
        ("FI1C2", "2024", "other", False, 30.0),
        ("FI1C5", "2024", "other", False, 5.0),
        ("EE008", "2024", "other", True, 1.0),
        ("LV007", "2024", "other", True, 3.0),
        ("LT028", "2024", "other", False, None),
        ("FI", "2024", "country", False, 15.0),
    ]
    columns = ["geo", "time_period", "role", "similar", "obs_value"]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    return frame.with_columns(geo_classification=pl.lit("nuts-2024"), obs_status=pl.lit("A"))


def made_link(**changes: object) -> dict[str, object]:
    names = ("title", "unit", "method", "successor")
    texts = {f"{name}_{language}": name for name in names for language in LANGUAGES}
    reasons = {f"reason_{language}": None for language in LANGUAGES}
    row = {
        "kind": "figure",
        "indicator": "X", "area": "region", "geo": "FI1C6", "geo_classification": "nuts-2024",
        "newest_period": "2024", "newest_value": 10.0, "newest_status": "A", "comparable": True,
        "ended": None,
    }  # fmt: skip
    return {**texts, **reasons, **row, **changes}


def followed(**changes: object) -> Followed:
    return read_followed(made_link(**changes), {"X": made_figures()}, [], {}, FOCUS)


def test_a_figure_is_compared_with_the_same_period_only() -> None:
    one = followed()
    assert (one.country, one.rank, one.ranked, one.all_areas) == (15, 3, 4, 4)
    assert one.similar is not None and (one.similar.areas, one.similar.median) == (3, 3)
    assert one.national is not None and (one.national.areas, one.national.median) == (3, 20)
    assert one.first == ("2022", 8) and "<path" in one.spark


def test_periods_that_do_not_compare_have_no_line_and_no_first_figure() -> None:
    one = followed(comparable=False)
    assert one.first is None and one.spark == ""


def test_no_rank_where_an_area_of_the_country_has_no_figure() -> None:
    figures = made_figures().filter(pl.col("geo") != "FI1C5")
    one = read_followed(made_link(), {"X": figures}, [], {}, FOCUS)
    assert (one.rank, one.ranked, one.all_areas) == (None, 3, 4)
    assert one.national is None  # of two areas a median says nothing


def test_a_line_has_gaps_and_marks_what_is_estimated() -> None:
    own = pl.DataFrame(
        {"time_period": ["2020", "2022", "2023"], "obs_value": [1.0, 2.0, 3.0], "obs_status": ["A", "A", "E"]}
    )
    whole = pl.DataFrame({"time_period": ["2022", "2023"], "obs_value": [2.0, 2.5]})
    drawn = str(draw_spark(own, whole))
    line = re.findall(r'<path d="([^"]+)"', drawn)[-1]
    assert line.count("M") == 2 and line.count("L") == 1  # 2021 is a gap
    assert 'fill="var(--paper)"' in drawn and "stroke-dasharray" in drawn
    flat = whole.with_columns(pl.col("obs_value") * 100)
    assert "stroke-dasharray" not in str(draw_spark(own, flat))  # it would flatten the region's line
    assert draw_spark(own.head(2), whole) == ""


@pytest.mark.parametrize(
    ("value", "unit", "decimals"),
    [(22.0, "x", 0), (1.87, "% of x", 2), (7.81, "% of x", 1), (11.04, "x", 1), (6507564.5, "euro", 0)],
)
def test_a_figure_has_the_decimals_that_can_be_read(value: float, unit: str, decimals: int) -> None:
    assert decimals_of(value, unit) == decimals


def test_a_month_is_called_by_its_name() -> None:
    told = [period_name("2025-04", language) for language in LANGUAGES]
    assert told == ["huhtikuu 2025", "april 2025", "April 2025"]
    assert period_name("2024", "fi") == "2024"
