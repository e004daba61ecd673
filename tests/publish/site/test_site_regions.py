"""The pages of regions: their figures are those of the published tables, read with the csv module."""

import json
import re
from html import unescape
from pathlib import Path

import polars as pl
import pytest

from assets.publish.catalogue.words import number
from assets.publish.site.areas import Focus
from assets.publish.site.region_facts import page_names, same_land
from tests.publish.site.site_tree import LANGUAGES, read_csv, region_names

ROW = re.compile(r'<tr id="(\w+)">(.*?)</tr>', re.S)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.S)


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def sections(page: str) -> tuple[str, str]:
    """The region's own indicators, and those of the larger area."""
    part = page[page.index('<h2 id="indicators">') :]
    own, _, wider = part[: part.index("</section>")].partition('<h3 id="wider">')
    return own, wider


def facts(part: str) -> dict[str, list[str]]:
    return {name.upper(): [plain(one) for one in CELL.findall(cells)] for name, cells in ROW.findall(part)}


@pytest.fixture(scope="module")
def rows(published: Path) -> list[dict[str, str]]:
    return read_csv(published / "indicators/indicators.csv")


def newest(rows: list[dict[str, str]], geo: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["geo"] == geo and row["obs_value"] and row["geo_classification"] != "country":
            before = found.get(row["indicator"])
            if before is None or before["time_period"] < row["time_period"]:
                found[row["indicator"]] = row
    return found


def digits(cell: str) -> float:
    return float(re.sub(r"[^\d.−]", "", cell).replace("−", "-"))


@pytest.mark.slow
def test_every_finnish_region_has_a_page(published: Path) -> None:
    codes = [code for code in region_names(published).values() if code.startswith("FI")]
    assert len(codes) == 19 and "FI1C6" in codes


@pytest.mark.slow
def test_the_figures_are_those_of_the_published_table(published: Path, rows: list[dict[str, str]]) -> None:
    same_year = {
        (row["geo"], row["indicator"], row["time_period"]): row["obs_value"]
        for row in rows
        if row["geo_classification"] in ("country", "aggregate")
    }
    for name, code in region_names(published).items():
        own, wider = sections((published / f"en/region/{name}.html").read_text("utf-8"))
        for area, part in ((code, own), (code[:4], wider)):
            shown, known = facts(part), newest(rows, area)
            assert shown.keys() == (
                known.keys() if area == code else known.keys() - newest(rows, code).keys()
            )
            for indicator, cells in shown.items():
                row = known[indicator]
                assert digits(cells[1]) == pytest.approx(float(row["obs_value"]), abs=0.0051), (
                    name,
                    indicator,
                )
                assert cells[2] == row["time_period"]
                if row["rank"] and row["rank_of"] != "1":
                    assert cells[4] == f"{row['rank']} of {row['rank_of']}"
                for cell, other in ((cells[5], code[:2]), (cells[6], "EU27_2020")):
                    value = same_year.get((other, indicator, row["time_period"]))
                    assert (digits(cell) == pytest.approx(float(value), abs=0.0051)) if value else cell == "–"
                assert ("estimate: " in cells[0].lower()) == (row["conversion"] in ("estimated", "mixed")), (
                    name,
                    indicator,
                )


@pytest.mark.slow
def test_a_change_is_from_the_figure_before_and_never_across_a_break(
    published: Path, rows: list[dict[str, str]]
) -> None:
    compared = 0
    for name, code in region_names(published).items():
        shown = facts(sections((published / f"en/region/{name}.html").read_text("utf-8"))[0])
        for indicator, cells in shown.items():
            own = [one for one in rows if one["geo"] == code and one["indicator"] == indicator]
            last, *earlier = sorted(
                (one for one in own if one["obs_value"]), key=lambda one: one["time_period"], reverse=True
            )
            if last["break"] or last["obs_status"] == "B":
                assert cells[3] == "–" and "break" in cells[0].lower(), (name, indicator)
            elif cells[3] != "–":
                compared += 1
                told = re.fullmatch(r"(\S+) \(since (\d{4})\)", cells[3])
                assert told and told[2] == earlier[0]["time_period"], (name, indicator)
                change = float(last["obs_value"]) - float(earlier[0]["obs_value"])
                assert digits(told[1]) == pytest.approx(change, abs=0.0051)
    assert compared > 200


@pytest.mark.slow
def test_no_figure_of_a_larger_area_is_among_the_regions_own(published: Path) -> None:
    own, wider = sections((published / "fi/region/paijat-hame.html").read_text("utf-8"))
    assert "NEET_RATE_NUTS2" in facts(wider) and "NEET_RATE_NUTS2" not in facts(own)
    assert plain(wider).startswith("Etelä-Suomi (FI1C)") and "Etelä-Suomi" not in own
    for name in region_names(published):
        own, _ = sections((published / f"fi/region/{name}.html").read_text("utf-8"))
        assert not [one for one in facts(own) if one.endswith("NUTS2")], name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "name", "title"),
    [
        ("fi", "Etelä-Savo", "Bruttokansantuote asukasta kohti"),
        ("sv", "Södra Savolax", "Bruttonationalprodukt per invånare"),
        ("en", "South Savo", "Gross domestic product per inhabitant"),
    ],
)
def test_a_page_speaks_the_readers_language(
    published: Path, rows: list[dict[str, str]], language: str, name: str, title: str
) -> None:
    page = (published / language / "region/south-savo.html").read_text("utf-8")
    assert f"<h1>{name}</h1>" in page
    cells = facts(sections(page)[0])["GDP_PER_INHABITANT"]
    assert cells[0].startswith(title)
    value = float(newest(rows, "FI1DA")["GDP_PER_INHABITANT"]["obs_value"])
    assert cells[1] == " ".join(number(value, language, 0).split())
    assert f"(<code>indicators</code>), {'versio' if language == 'fi' else 'version'}" in page


@pytest.mark.slow
def test_a_page_shows_the_ten_peers_of_the_table_with_links(published: Path) -> None:
    page = (published / "en/region/paijat-hame.html").read_text("utf-8")
    part = page[page.index('<h2 id="peers">') :].partition("</section>")[0]
    alike = [row for row in read_csv(published / "peers/similar-regions.csv") if row["geo"] == "FI1C6"]
    alike.sort(key=lambda row: int(row["rank"]))
    shown = [[plain(one) for one in CELL.findall(row)] for row in part.split("<tr>")[2:]]
    assert [cells[2] for cells in shown] == [row["peer"] for row in alike] and len(shown) == 10
    pages = set(region_names(published).values())
    assert part.count('href="../../en/region/') == sum(row["peer"] in pages for row in alike)


@pytest.mark.slow
def test_regions_are_linked_found_and_in_the_sitemap(published: Path) -> None:
    names = region_names(published)
    sitemap = (published / "sitemap.xml").read_text("utf-8")
    for language in LANGUAGES:
        index = json.loads((published / language / "search.json").read_bytes())
        by_page = {one["page"]: one["words"] for one in index}
        start = (published / language / "index.html").read_text("utf-8")
        other = (published / language / "region/lapland.html").read_text("utf-8")
        for name, code in names.items():
            assert f"region/{name}.html" in start and code.lower() in by_page[f"region/{name}.html"].lower()
            assert f"/{language}/region/{name}.html<" in sitemap
            assert f'region/{name}.html"' in other
        words = by_page["region/south-savo.html"]
        assert all(one in words for one in ("etelä-savo", "södra savolax", "south savo"))
        assert "mk07" in by_page["region/paijat-hame.html"].lower()


def test_a_national_code_is_given_only_for_the_same_land() -> None:
    members = pl.DataFrame(
        {
            "year": [2026] * 6,
            "municipality": ["KU1", "KU1", "KU2", "KU2", "KU3", "KU3"],
            "geo_classification": ["nuts-2024", "maakunta-2026"] * 3,
            "geo": ["FI001", "MK01", "FI002", "MK02", "FI002", "MK03"],
        }
    )
    assert same_land(members, "nuts-2024") == {"FI001": ["MK01"]}
    assert same_land(None, "nuts-2024") == {}


def test_two_areas_of_one_name_have_two_pages() -> None:
    focus = Focus("FI001", {"en": "Home"}, {})
    names = {"FI001": {"en": "Home"}, "LV001": {"en": "Home"}, "LV002": {"en": "Rīga"}}
    assert page_names(names, focus) == {"FI001": "home", "LV001": "home-lv001", "LV002": "riga"}


def test_a_key_figure_is_never_that_of_the_larger_area(published: Path) -> None:
    """It stands apart on the region's page, under the name of its own area."""
    for language, name in (("fi", "Etelä-Suomi"), ("sv", "Södra Finland"), ("en", "Southern Finland")):
        start = (published / language / "index.html").read_text("utf-8")
        assert name not in start.partition('<section class="key">')[2].partition("</section>")[0]
        page = (published / language / "region/paijat-hame.html").read_text("utf-8")
        part = page[page.index('<h2 id="figures">') :]
        own, _, wider = part[: part.index("</section>")].partition('<h3 id="wider-figures">')
        assert wider.startswith(f"{name}</h3>") and wider.count("<figure>") >= 1
        assert own.count("<figure>") >= 4
        assert name not in "".join(re.findall(r'<p class="headline">.*?</p>', own, re.S))
