"""Rows of a register are other people's words: what they hold is text, on every page and in every file."""

import json
import shutil
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from assets.descriptor import load_catalogue
from assets.publish.site.pages import script
from assets.publish.site.write import write_site
from tests.publish.site.site_tree import Page, html_pages

SCRIPT = "</script><script>alert(1)</script>"
IMAGE = "\"><img src=x onerror=alert(1)> '&amp; {{ 7*7 }} {n:1}"
FORMULA = '=HYPERLINK("http://127.0.0.1/","x")'
HOSTILE = (SCRIPT, IMAGE, FORMULA)


@pytest.fixture(scope="module")
def hostile(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two datasets whose rows, names, titles and citations are hostile."""
    tree = tmp_path_factory.mktemp("hostile") / "public"
    for name in ("regions", "framework-projects"):
        shutil.copytree(published / name, tree / name, ignore=shutil.ignore_patterns("*.xlsx"))
    folder = tree / "framework-projects"
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for table, column in (("projects", "title"), ("projects", "acronym"), ("organisations", "name")):
        path = folder / next(
            one["path"] for one in descriptor["resources"] if one["name"] == f"{table}-parquet"
        )
        frame = pl.read_parquet(path)
        words = [HOSTILE[place % 3] for place in range(frame.height)]
        frame.with_columns(pl.Series(column, words)).write_parquet(path)
    for entry in (descriptor, *descriptor["resources"]):
        entry["title_translated"] = {language: f"{language} {SCRIPT}" for language in ("fi", "sv", "en")}
        entry["description_translated"] = {"fi": IMAGE, "sv": SCRIPT, "en": f"`{IMAGE}`"}
    descriptor["innoregio:citation"] = SCRIPT
    descriptor["sources"] = [{"title": IMAGE, "path": "javascript:alert(1)"}]
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    assert write_site(tree, load_catalogue(), "http://127.0.0.1:8000/")
    return tree


def test_no_page_has_an_element_or_script_of_theirs(hostile: Path) -> None:
    told = 0
    for path in html_pages(hostile):
        page = Page(path)
        assert not page.of("img"), path
        for attributes in page.of("script"):
            assert attributes.get("type") == "application/ld+json" or attributes["src"].endswith("search.js")
        for _, attributes in page.tags:
            assert not any(name.startswith("on") for name in attributes), path
            assert not attributes.get("href", "").startswith("javascript"), path
        told += any("onerror=alert(1)" in text for _, text in page.texts)
    assert told > 6


def test_the_linked_data_stays_linked_data(hostile: Path) -> None:
    page = Page(hostile / "sv/dataset/framework-projects.html")
    (block,) = [text for tag, text in page.texts if tag == "script"]
    assert json.loads(block)["description"].startswith(SCRIPT)


def test_a_script_element_cannot_be_ended_from_inside() -> None:
    text = str(script({"name": "</script><!--\u2028&"}))
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"name": "</script><!--\u2028&"}


def test_text_in_a_workbook_is_never_a_formula(hostile: Path) -> None:
    path = hostile / "framework-projects/framework-projects.xlsx"
    names = fastexcel.read_excel(str(path)).load_sheet("organisations").to_polars()["name"]
    assert set(names) == set(HOSTILE)
    assert b"<f>" not in path.read_bytes()
