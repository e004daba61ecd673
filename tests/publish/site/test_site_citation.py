"""The citations on the pages say what the descriptors say."""

import json
from pathlib import Path

import pytest

from assets.descriptor import load_catalogue
from assets.publish.site.citation import Cited, bibtex
from tests.publish.site.site_tree import LANGUAGES, cited_on

BASE = "http://127.0.0.1:8000/"
# of the schema of CSL-JSON: what an item may say, and how
CSL_TEXTS = {"id", "type", "title", "publisher", "version", "URL", "language", "note"}


@pytest.mark.usefixtures("extent")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_says_what_the_descriptor_says(
    published: Path, published_names: list[str], language: str
) -> None:
    publisher = load_catalogue().publisher["name_translated"][language]
    word = {"fi": "Versio", "sv": "Version", "en": "Version"}[language]
    pages = sorted((published / language / "dataset").glob("*.html"))
    assert sorted(page.stem for page in pages) == published_names
    for page in pages:
        package = json.loads((published / page.stem / "datapackage.json").read_bytes())
        title, version = package["title_translated"][language], package["version"]
        address = f"{BASE}{page.stem}/{version}"
        year, month, day = map(int, package["modified"][:10].split("-"))
        forms = cited_on(page)
        assert forms["text"] == f"{publisher} ({year}): {title}. {word} {version}. {address}"
        (item,) = json.loads(forms["csl"])
        assert item.pop("author") == [{"literal": publisher}]
        assert item.pop("issued") == {"date-parts": [[year, month, day]]}
        assert item.keys() == CSL_TEXTS and all(isinstance(value, str) for value in item.values())
        assert (item["type"], item["title"], item["publisher"]) == ("dataset", title, publisher)
        assert (item["version"], item["URL"], item["language"]) == (version, address, language)
        if language == "en":
            assert item["note"] == f"“{package['innoregio:citation']}”"
        for table in {one["table"] for one in package["innoregio:provenance"]}:
            assert language == "en" or table in item["note"], page
        assert item["note"].startswith({"fi": "“Läh", "sv": "“Käll"}.get(language, "“"))
        assert f"  title = {{{{{title.replace('&', chr(92) + '&')}}}}}," in forms["bibtex"]
        assert f"  url = {{{address}}}," in forms["bibtex"] and f"  year = {{{year}}}," in forms["bibtex"]


def test_the_text_of_a_descriptor_cannot_end_a_bibtex_entry() -> None:
    hostile = "} , evil = {x} \\ % $ # _ & ~ ^ {"
    entry = bibtex(Cited("a", "1.0.0", hostile, hostile, "2025-01-02", "http://127.0.0.1/a/1.0.0", "", "en"))
    assert entry.count("{") == entry.count("}")
    depth = 0
    for place, sign in enumerate(entry):
        depth += (sign == "{") - (sign == "}")
        assert depth > 0 or place in range(len("@dataset")) or place == len(entry) - 1
    assert "evil = (x)" in entry and "% " not in entry.replace("\\% ", "")
