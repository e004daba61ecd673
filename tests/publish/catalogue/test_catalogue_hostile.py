"""Text of any kind in a descriptor cannot break a serialisation, nor reach another place in it."""

import csv
import hashlib
import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, SKOS

from assets.descriptor import load_catalogue
from assets.errors import PublishError
from assets.publish.catalogue.packages import read_packages
from assets.publish.catalogue.schema_org import dataset_jsonld
from assets.publish.catalogue.serialise import write_rdfxml, write_turtle
from assets.publish.catalogue.terms import (
    NOT_TEXT,
    clean_json,
    clean_keyword,
    clean_text,
    node,
    translated_literals,
    web_address,
)
from assets.publish.site.page_parts import script
from tests.examples import examples
from tests.publish.catalogue.made_catalogue import make_release, write_descriptors
from tests.publish.catalogue.quality import DCAT
from tests.publish.catalogue.written_catalogue import ATOM, BASE, read_graphs, write

ADMS = Namespace("http://www.w3.org/ns/adms#")
HOSTILE = (
    "</script><script>alert(1)</script>",
    'quotes " \' """ \\" \\ \\u0041',
    '> . <http://evil.example/> <http://evil.example/p> "x" .',
    "</rdf:RDF> <!-- ]]> &amp; &lt; <?xml?> <!DOCTYPE x [<!ENTITY y 'z'>]>",
    "line\nbreak\r\nreturn\rtab\tend",
    "control \x00\x01\x08\x0b\x0c\x1b\x7f\x85\ufffe\uffff",
    "bidi \u202e\u2066 joiner \u200d separators \u2028\u2029",
    "null \u0000 escaped \\u0000 \\ud800, astral \U0001f600, marks a\u0301",
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


@pytest.mark.parametrize("text", HOSTILE)
def test_every_serialisation_gives_every_text_back(tmp_path: Path, text: str) -> None:
    """Titles, descriptions, keywords, names of files, columns and areas, notes: read again and compared."""
    said = {la: f"{la} {text} {la}" for la in ("fi", "sv", "en")}
    texts = {"title": said["en"], "title_translated": said, "description_translated": said}
    package = make_release(tmp_path, "patents")
    clean = {la: clean_text(value) for la, value in said.items()}
    for entry in package["resources"]:
        entry |= texts
        for column in entry["schema"]["fields"]:
            column |= texts
    package |= texts | {"innoregio:keywords_translated": {la: [value] for la, value in said.items()}}
    package |= {"innoregio:versionNotes": said, "innoregio:citation": said["en"]}
    path = tmp_path / "patents" / "1.0.0" / "codes-geo.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(
            ["geo_classification", "code", "level", "name_native", "label_fi", "label_sv", "label_en"]
        )
        writer.writerow(["nuts-2021", "FI1C3", "3", said["fi"], *said.values()])
    area = next(entry for entry in package["resources"] if entry["name"] == "codes-geo")
    area |= {"bytes": path.stat().st_size, "hash": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"}
    write_descriptors(tmp_path, package)
    write(tmp_path)

    told = set(clean.items())
    dataset = URIRef(f"{BASE}patents")
    for end, form in (("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")):
        graph = Graph().parse(tmp_path / f"catalog.{end}", format=form)

        def found(subject: URIRef, name: URIRef, graph: Graph = graph) -> set[tuple[Any, str]]:
            return {(term.language, str(term)) for term in graph.objects(subject, name)}

        assert found(dataset, DCTERMS.title) == found(dataset, DCTERMS.description) == told
        assert found(dataset, ADMS.versionNotes) == told
        assert found(dataset, DCAT.keyword) == {(la, clean_keyword(value, la)) for la, value in said.items()}
        assert str(graph.value(dataset, DCTERMS.bibliographicCitation)) == clean["en"]
        for file in graph.objects(dataset, DCAT.distribution):
            assert found(file, DCTERMS.description) == told
            assert {value.rsplit(" (", 1)[0] for _, value in found(file, DCTERMS.title)} == set(
                clean.values()
            )
        if len(path.read_text(encoding="utf-8").splitlines()) == 2:  # a name with a line break ends its row
            assert found(URIRef("http://data.europa.eu/nuts/code/FI1C3"), SKOS.prefLabel) == told

    croissant = json.loads((tmp_path / "patents" / "croissant.json").read_bytes())
    assert croissant["name"] == croissant["description"] == croissant["citeAs"] == clean["en"]
    assert {one["description"] for one in croissant["distribution"]} == {clean["en"]}
    assert {one["description"] for table in croissant["recordSet"] for one in table["field"]} == {clean["en"]}

    (entry,) = ET.parse(tmp_path / "feed.atom").iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == f"{clean['en']} 1.0.0"
    assert (entry.findtext(f"{ATOM}summary") or "").startswith(clean["en"])

    (read,) = read_packages(tmp_path, "FI")
    for language, value in clean.items():
        linked = script(dataset_jsonld(read, load_catalogue(), BASE, language))
        scripts = Scripts(f'<script type="application/ld+json">{linked}</script>')
        assert len(scripts.found) == 1 and scripts.elements == ["script"]
        about = json.loads(scripts.found[0])
        assert about["name"] == about["description"] == value
        assert {one["description"] for one in about["variableMeasured"]} == {value}


class Scripts(HTMLParser):
    """The texts of a page's scripts, and all its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.elements: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def test_a_lone_surrogate_stops_in_one_line(tmp_path: Path) -> None:
    make_release(tmp_path, "patents")
    path = tmp_path / "patents" / "datapackage.json"
    path.write_bytes(path.read_bytes().replace(b"Dataset patents en", b"Dataset \\ud800 en"))
    with pytest.raises(PublishError, match="not a published descriptor"):
        write(tmp_path)


@pytest.mark.usefixtures("extent")
@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["fi", "sv", "en"]), st.text(max_size=40)), st.text(max_size=30))
def test_any_text_and_address_survive_every_writer(words: dict[str, str], tail: str) -> None:
    address = web_address(f"https://a.example/{tail}")
    clean: dict[str, str] = clean_json(json.dumps(words, ensure_ascii=False).encode())
    properties: dict[str, Any] = {"dct:title": translated_literals(clean, ("fi", "sv", "en"))}
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
