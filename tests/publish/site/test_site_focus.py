"""Another region in focus is one other line in `catalogue.yaml`; no page then takes the first for its own."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import polars as pl
import pytest

import schemas
from assets.descriptor import Catalogue, load_catalogue
from assets.errors import PublishError
from assets.publish.catalogue import write_catalogue
from assets.publish.site.areas import Focus, find_focus, national_codes
from assets.publish.site.territory import read_territory
from assets.publish.site.write import write_site
from tests.publish.site.site_tree import LANGUAGES, Page, html_pages

BASE = "http://127.0.0.1:8000/"
FEW = ("regions", "rd-expenditure", "framework-projects")  # a statistic and a register
FIRST = ("Päijät-Häme", "Päijänne-Tavastland")
# where other areas and the data's own words stand: pictures, rows of tables, code lists, linked data
DATA = re.compile(
    r'<svg.*?</svg>|<tbody.*?</tbody>|<ul class="code-list">.*?</ul>|<script type=.*?</script>',
    re.S,
)

Tables = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


@pytest.fixture(scope="module")
def tables(published: Path) -> Tables:
    areas, changes, members = (
        pl.read_parquet(published / f"regions/{one}.parquet") for one in ("areas", "changes", "memberships")
    )
    return areas, changes, members


def focused(folder: Path, code: str) -> Catalogue:
    """The shipped settings with the one line changed."""
    text = (Path(schemas.__path__[0]) / "catalogue.yaml").read_text("utf-8")
    changed, lines = re.subn(r"^focus: FI1C6\b", f"focus: {code}", text, flags=re.M)
    assert lines == 1
    for name in ("profile.json", "datapackage-v2.json"):
        shutil.copy(Path(schemas.__path__[0]) / name, folder)
    (folder / "catalogue.yaml").write_text(changed, "utf-8")
    return load_catalogue(folder)


def strings(value: object) -> list[str]:
    """Every text inside a JSON value."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


def plain(text: str) -> str:
    return " ".join(unescape(text).replace("`", "").split())


@pytest.mark.parametrize(
    ("code", "slug", "names"),
    [
        ("FI196", "satakunta", {"fi": "Satakunta", "sv": "Satakunta", "en": "Satakunta"}),
        pytest.param("EE008", "louna-eesti", dict.fromkeys(LANGUAGES, "Lõuna-Eesti"), marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    "datasets", [FEW, pytest.param(("",), marks=pytest.mark.slow)], ids=["few datasets", "the whole tree"]
)
def test_any_region_can_stand_in_focus(
    published: Path, tmp_path: Path, datasets: tuple[str, ...], code: str, slug: str, names: dict[str, str]
) -> None:
    out = tmp_path / "public"
    for name in datasets:
        shutil.copytree(published / name, out / name, copy_function=hard_link)
    settings = focused(tmp_path, code)
    assert write_site(out, settings, BASE)
    write_catalogue(out, settings, BASE)
    for name in ("feed.atom", "sitemap.xml"):
        content = (
            (out / name).read_text("utf-8").replace("/region/paijat-hame.html", "")
        )  # a region as others
        assert BASE in content and not [one for one in (*FIRST, "paijat", "FI1C") if one in content], name
    own_words = {
        path.parent.name: plain(" ".join(strings(json.loads(path.read_bytes()))))
        for path in out.glob("*/*.json")
        if path.name == "datapackage.json"
    }
    verdicts = (json.loads(path.read_bytes()) for path in out.glob("*/*/report.json"))
    every = " ".join((*own_words.values(), *(plain(" ".join(strings(one))) for one in verdicts)))
    for path in html_pages(out):
        if path.stem == "paijat-hame":
            continue
        page = path.read_text("utf-8")
        focus_rows = re.findall(r'<tr class="focus">.*?</tr>', page, re.S)
        assert not [row for row in focus_rows if any(name in row for name in FIRST)], path
        assert not [one for one in re.findall(r"<text[^>]*bold[^>]*>([^<]*)", page) if one in FIRST], path
        shown = re.split(r"<[^>]*>", DATA.sub("", page))
        for text in filter(None, map(plain, shown)):
            if any(name in text for name in FIRST):
                assert text.removeprefix("(met): ").strip(" .") in every, (
                    path,
                    text,
                )  # what the data say of themselves
        for address in re.findall(r'href="([^"]*)"', page):
            assert "paijat" not in address or address.endswith("/region/paijat-hame.html"), path
    for language, name in names.items():
        path = out / language / "region" / f"{slug}.html"
        assert Page(path).text_in("h1") == name
        assert 'class="headline"' in path.read_text("utf-8")
        assert name in Page(out / language / "index.html").text_in("a")


def test_the_codes_of_the_region_come_from_the_lists(tables: Tables) -> None:
    focus = find_focus("FI1C6", *tables)
    assert focus.names == {"fi": "Päijät-Häme", "sv": "Päijänne-Tavastland", "en": "Päijät-Häme"}
    told = {
        scheme: focus.codes[scheme] for scheme in ("nuts-2024", "nuts-2021", "nuts-2006", "maakunta-2013")
    }
    assert told == {"nuts-2024": "FI1C6", "nuts-2021": "FI1C3", "nuts-2006": "FI185", "maakunta-2013": "MK07"}
    assert find_focus("FI1B1", *tables).codes["maakunta-2025"] == "MK01"  # Helsinki-Uusimaa is Uusimaa
    assert "maakunta-2025" not in find_focus("FI1C", *tables).codes  # no region has most of it
    assert find_focus("FI1C3", *tables).codes["nuts-2021"] == "FI1C3"
    assert find_focus("EE009", *tables).codes["nuts-2016"] == "EE006"
    assert find_focus("FI999", None, None, None) == Focus("FI999", dict.fromkeys(LANGUAGES, "FI999"), {})
    assert national_codes(focus.codes, None) == {}


def test_a_code_of_no_list_is_told(tables: Tables) -> None:
    with pytest.raises(PublishError, match=r"catalogue\.yaml: focus: no NUTS list has 'FI999'"):
        find_focus("FI999", *tables)


def test_the_page_tells_when_one_name_means_two_territories(tables: Tables) -> None:
    territory = read_territory(find_focus("FI1C6", *tables), *tables)
    (span,) = [one for one in territory.spans if one.differs]
    assert (span.first, span.last, span.nuts, span.national) == (2021, 2023, "FI1C3", "MK07")
    assert span.only_national and [one["fi"] for one in span.only_national] == ["Iitti"]
    assert (span.nuts_count, span.national_count) == (9, 10)
    assert [one.code for one in territory.lists] == ["FI185", "FI1C3", "FI1C6"]
    (figure,) = territory.figures.values()
    assert dict(zip(figure.periods, figure.series[1].values, strict=True))["2023"] == 9
    estonia = read_territory(find_focus("EE008", *tables), *tables)
    assert not estonia.spans and not estonia.figures and len(estonia.lists) == 1


def test_the_region_page_says_why_there_are_two_codes(published: Path) -> None:
    for language, words in (("fi", "Vain alueeseen MK07 kuuluu Iitti."), ("en", "Only MK07 includes Iitti.")):
        assert words in (published / language / "region/paijat-hame.html").read_text("utf-8")


def hard_link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)
