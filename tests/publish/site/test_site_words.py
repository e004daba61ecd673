import re
from importlib import resources

import pytest

from assets.publish.catalogue.words import day, number, prose, read_site_settings, size, words

FREE = (
    r"(freq|theme|type|change|state|division|sheet)_.*|municipalities_(title|unit)"
    r"|sheet|header|csv_column|label_of_code|notes|description|page|compiled_by"  # of workbooks, citations
    r"|feed_(withdrawn|gone)|in_release|projects_held"
)


def test_every_word_is_there_in_three_languages_and_is_used() -> None:
    folder = resources.files("assets.publish.site")
    used = "".join(one.read_text("utf-8") for one in (folder / "templates").iterdir())
    found = read_site_settings("words.yaml")
    assert all(isinstance(key, str) and len(texts) == 3 and all(texts) for key, texts in found.items())
    assert {
        key
        for key in found
        if not re.search(rf"\b(w|pages\.en|pages\[one\])\.{key}\b", used) and not re.fullmatch(FREE, key)
    } == set()
    assert set(re.findall(r"\bw\.(\w+)", used)) <= found.keys()
    assert all(len(one["title"]) == 3 and len(one["unit"]) == 3 for one in read_site_settings("figures.yaml"))


def test_no_word_is_defined_twice() -> None:
    text = (resources.files("schemas") / "site" / "words.yaml").read_text("utf-8")
    keys = re.findall(r"^([\w-]+):", text, re.M)
    assert sorted(set(keys)) == sorted(keys)  # of two, YAML would keep the last without a word


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fi", ["1\u00a0234,5", "\u22123", "–", "23.10.2025", "4,1\u00a0MB"]),
        ("sv", ["1\u00a0234,5", "\u22123", "–", "23 okt. 2025", "4,1\u00a0MB"]),
        ("en", ["1,234.5", "\u22123", "–", "23 Oct 2025", "4.1\u00a0MB"]),
    ],
)
def test_numbers_days_and_sizes_follow_the_language(language: str, expected: list[str]) -> None:
    told = [number(1234.5, language), number(-3, language), number(None, language)]
    assert [*told, day("2025-10-23T05:00:00Z", language), size(4_100_000, language)] == expected
    assert day(None, language) == "–" and day("soon", language) == "soon"
    assert words(language)["home"]


def test_prose_is_escaped_before_it_is_marked_up() -> None:
    assert prose("`<b>` & `x`") == "<code>&lt;b&gt;</code> &amp; <code>x</code>"
