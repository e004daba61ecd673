"""Text of any kind in a descriptor cannot break a serialisation, nor reach another place in it."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_catalogue import make_release
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS
from test_catalogue_files import BASE, read_graphs, write

from assets.publish.catalogue.serialise import write_rdfxml, write_turtle
from assets.publish.catalogue.terms import (
    NOT_TEXT,
    clean_json,
    clean_keyword,
    clean_text,
    node,
    texts,
    web_address,
)

HOSTILE = (
    "</script><script>alert(1)</script>",
    'quotes " \' """ \\" \\ \\u0041',
    '> . <http://evil.example/> <http://evil.example/p> "x" .',
    "</rdf:RDF> <!-- ]]> &amp; &lt; <?xml?> <!DOCTYPE x [<!ENTITY y 'z'>]>",
    "line\nbreak\r\nreturn\rtab\tend",
    "control \x00\x01\x08\x0b\x0c\x1b\x7f\x85\ufffe\uffff",
    "bidi \u202e\u2066 joiner \u200d separators \u2028\u2029",
    '{"@context": "http://evil.example/", "@id": "x"}',
    "@prefix x: <http://evil.example/> .",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path: Path, text: str) -> None:
    around = {"fi": text, "sv": f"{text}!", "en": f"a {text} b"}
    make_release(
        tmp_path,
        "patents",
        title=text,
        title_translated=around,
        description_translated=around,
        keywords=[text],
        **{
            "innoregio:keywords_translated": {"en": [text, "regions"]},
            "innoregio:citation": text,
            "sources": [
                {"title": text, "path": text, "version": text},
                {"title": "x", "path": f"https://a.example/{text}"},
            ],
            "licenses": [{"name": text, "path": f"https://b.example/{text}", "title": text}],
        },
    )
    write(tmp_path)
    turtle, xml, jsonld = read_graphs(tmp_path)
    assert turtle == xml == jsonld
    graph = Graph().parse(tmp_path / "catalog.ttl")
    found = {t.language: str(t) for t in graph.objects(URIRef(f"{BASE}patents"), DCTERMS.title)}
    assert found == {language: clean_text(value) for language, value in around.items()}
    assert not [term for triple in graph for term in triple if str(term).startswith("http://evil")]
    feed = ET.parse(tmp_path / "feed.atom").getroot()
    assert len(list(feed)) == 7
    assert not NOT_TEXT.search((tmp_path / "feed.atom").read_text(encoding="utf-8"))
    croissant = json.loads((tmp_path / "patents" / "croissant.json").read_bytes())
    assert croissant["name"] == clean_text(around["en"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["fi", "sv", "en"]), st.text(max_size=40)), st.text(max_size=30))
def test_any_text_and_address_survive_every_writer(words: dict[str, str], tail: str) -> None:
    address = web_address(f"https://a.example/{tail}")
    clean: dict[str, str] = clean_json(json.dumps(words, ensure_ascii=False).encode())
    properties: dict[str, Any] = {"dct:title": texts(clean, ("fi", "sv", "en"))}
    if address:
        properties["dct:relation"] = [{"@id": address}]
    written = write_turtle([node("https://a.example/#x", ["dcat:Dataset"], properties)])
    turtle = Graph().parse(written, format="turtle")
    xml = Graph().parse(write_rdfxml(written), format="xml")
    assert set(turtle) == set(xml)
    assert {t.language: str(t) for t in turtle.objects(None, DCTERMS.title)} == {
        la: text for la, value in words.items() if (text := clean_text(value))
    }


@given(st.text(), st.booleans())
def test_a_document_is_cleaned_wherever_it_needs_it(text: str, is_ascii: bool) -> None:
    content = json.dumps({"words": [text]}, ensure_ascii=is_ascii).encode()
    assert clean_json(content)["words"][0].strip() == clean_text(text)


@given(st.text())
def test_addresses_are_safe_or_none(text: str) -> None:
    address = web_address(text)
    assert address is None or not set(address) & set('<>"{}|\\^` \n\r\t')


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "relative/path", "http://[bad/", "https:///x", "", "http://a b/"]
)
def test_what_is_no_web_address_is_none(text: str) -> None:
    assert web_address(text) is None or web_address(text) == "http://a%20b/"


@pytest.mark.parametrize(
    ("word", "language", "kept"),
    [
        ("R&D", "en", "R and D"),
        ("t&k-menot", "fi", "t ja k-menot"),
        ("NUTS 3 -alueet", "fi", "NUTS 3 -alueet"),
        ("a/b, (c)", "en", "a b c"),
        ("x", "en", None),
        ("!!", "en", None),
        ("a" * 150, "en", "a" * 100),
    ],
)
def test_keywords_are_what_strict_portals_take(word: str, language: str, kept: str | None) -> None:
    assert clean_keyword(word, language) == kept
