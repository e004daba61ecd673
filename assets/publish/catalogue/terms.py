"""Texts, addresses and values as RDF wants them: clean, valid, typed; and nodes as plain dicts.

A node is a dict in the form of compact JSON-LD: `@id`, `@type`, and under each property (a CURIE of
`PREFIXES`) a list of `{"@id"}`, `{"@value", "@language"}` or `{"@value", "@type"}`. What is said about a
dataset belongs to `graph`.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import orjson
from pyoxigraph import NamedNode

Node = dict[str, Any]

PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# What XML 1.0 cannot hold even escaped, lone surrogates, and characters that Unicode keeps for programs.
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Where such a character, or a carriage return, may be in a JSON document: as an escape, or in UTF-8. Each
# begins with one certain byte, which is fast to look for.
MAYBE_NOT_TEXT = tuple(
    map(
        re.compile, (rb"\\[rbfu]", b"\x7f", b"\xc2[\x80-\x9f]", b"\xef\xb7[\x90-\xaf]", b"\xef\xbf[\xbe\xbf]")
    )
)
CSV_LINES = b'"lineTerminator": "\\r\\n"'  # stands in every descriptor of ours, and is no text
NOT_IN_IRI = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]")
PLAIN_NAME = re.compile(r"[A-Za-z0-9._/\-]+")
NOT_IN_KEYWORD = re.compile(r"[^\w \-.]")
AND: Mapping[str, str] = {"fi": " ja ", "sv": " och ", "en": " and "}
KEYWORD_LENGTH = (2, 100)


def clean_text(text: str) -> str:
    """The text with the characters that no serialisation may hold taken out and line ends as `\\n`."""
    return NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def clean_json(content: bytes) -> Any:
    """A JSON document with every text in it clean. Raises `ValueError` when it is none.

    Nearly all documents are clean as they are, which one look at their bytes shows.
    """
    value = orjson.loads(content)
    looked_at = content.replace(CSV_LINES, b"")
    return clean_value(value) if any(sign.search(looked_at) for sign in MAYBE_NOT_TEXT) else value


def clean_value(value: Any) -> Any:
    """The same structure with every text clean."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): clean_value(item) for key, item in value.items()}
    return [clean_value(item) for item in value] if isinstance(value, (list, tuple)) else value


def clean_keyword(word: str, language: str) -> str | None:
    """A keyword as CKAN takes it (letters, digits, blank and `-_.`, 2 to 100 characters), else None."""
    text = NOT_IN_KEYWORD.sub(" ", clean_text(word).replace("&", AND[language]))
    text = " ".join(text.split())[: KEYWORD_LENGTH[1]].strip()
    return text if len(text) >= KEYWORD_LENGTH[0] else None


@lru_cache(maxsize=65536)
def web_address(address: str) -> str | None:
    """An `http(s)` or `mailto` address with what an IRI may not hold escaped; None when it is none."""
    escaped = NOT_IN_IRI.sub(lambda found: quote(found[0].encode("utf-8", "replace")), address.strip())
    escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", escaped)
    if not re.match(r"(https?://[^/]|mailto:[^@]+@)", escaped):
        return None
    host_end = (escaped + "/").find("/", escaped.find("//") + 2)  # brackets belong to a host only: [::1]
    path = escaped[host_end:].replace("[", "%5B").replace("]", "%5D")
    try:
        return NamedNode(escaped[:host_end] + path).value
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def escape_address(name: str) -> str:
    """A name as it stands in an address; nearly all do so as they are."""
    return name if PLAIN_NAME.fullmatch(name) else quote(name)


def refs(*addresses: str) -> list[dict[str, str]]:
    """Values that are IRIs, sorted."""
    return [{"@id": address} for address in (sorted(addresses) if len(addresses) > 1 else addresses)]


def translated_literals(translated: Mapping[str, str], languages: Iterable[str]) -> list[dict[str, str]]:
    """Values in the catalogue's languages, from clean texts; empty ones are left out."""
    return [
        {"@language": language, "@value": text}
        for language in languages
        if (text := (translated.get(language) or "").strip())
    ]


def typed(value: str | int, datatype: str) -> list[dict[str, str]]:
    """One value of an XML Schema datatype (`xsd:date`)."""
    return [{"@type": datatype, "@value": str(value)}]


def plain_literal(text: str) -> list[dict[str, str]]:
    """One value without language; none when the text is empty."""
    return [{"@value": stripped}] if (stripped := text.strip()) else []


def node(iri: str, kinds: Iterable[str], properties: Mapping[str, list[dict[str, str]]]) -> Node:
    """A node with its properties sorted; those without a value are left out."""
    return {
        "@id": iri,
        "@type": sorted(kinds),
        **{name: properties[name] for name in sorted(properties) if properties[name]},
    }
