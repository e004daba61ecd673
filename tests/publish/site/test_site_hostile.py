"""Rows of a register are other people's words: what they hold is text, on every page and in every file."""

import json
from pathlib import Path

import fastexcel

from assets.publish.site.page_parts import script
from tests.publish.site.site_tree import HOSTILE, SCRIPT, Page, html_pages


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
    path = hostile / "framework-projects/framework-projects-en.xlsx"
    names = fastexcel.read_excel(str(path)).load_sheet("organisations").to_polars()["Name"]
    assert set(names) == set(HOSTILE)
    assert b"<f>" not in path.read_bytes()
