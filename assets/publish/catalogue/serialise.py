"""The same nodes in Turtle, RDF/XML and JSON-LD, the same bytes each time.

What is said belongs to `graph`. Nodes come sorted; they become N-Triples, which pyoxigraph reads and
writes as a stream. JSON-LD is written here, for pyoxigraph's writer takes no context.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from pyoxigraph import Quad, RdfFormat, parse, serialize

from assets.publish.catalogue.terms import PREFIXES, Node

RDF_TYPE = "rdf:type"
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def write_jsonld(nodes: Sequence[Node]) -> bytes:
    """JSON-LD with its context inside, one object a node."""
    content = {"@context": dict(PREFIXES), "@graph": nodes}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_triples(content: bytes) -> list[Quad]:
    """N-Triples as pyoxigraph has them, read once for both writers.

    Leniently: every address in a node was checked or escaped before, and `verify` reads the files strictly.
    """
    return list(parse(content, format=RdfFormat.N_TRIPLES, lenient=True))


def write_turtle(triples: Sequence[Quad]) -> bytes:
    """Turtle; triples of one subject stand together as they come."""
    written = serialize(triples, format=RdfFormat.TURTLE, prefixes=dict(PREFIXES)) or b""
    head = re.match(rb"(?:@prefix [^\n]*\n)*", written)
    assert head is not None
    lines = sorted(head[0].splitlines(keepends=True))  # the library's own order is that of a hash table
    return b"".join(lines) + written[head.end() :]


def write_rdfxml(triples: Sequence[Quad]) -> bytes:
    """RDF/XML; triples of one subject stand together as they come."""
    written = serialize(triples, format=RdfFormat.RDF_XML, prefixes=dict(PREFIXES)) or b""
    head = re.search(rb"<rdf:RDF((?: xmlns:\w+=\"[^\"]*\")*)", written)
    assert head is not None
    names = b" ".join(sorted(head[1].split()))
    return written[: head.start(1)] + b" " + names + written[head.end(1) :]


def write_ntriples(nodes: Iterable[Node]) -> bytes:
    """The nodes as N-Triples, in their order."""
    lines: list[str] = []
    kind_of = f"<{expand(RDF_TYPE)}>"
    for node in nodes:
        subject = f"<{node['@id']}>"
        lines += [f"{subject} {kind_of} <{expand(kind)}> .\n" for kind in node["@type"]]
        for name, values in node.items():
            if name[0] != "@":
                head = f"{subject} <{expand(name)}>"
                lines += [
                    f"{head} <{value['@id']}> .\n" if "@id" in value else f"{head} {literal_text(value)} .\n"
                    for value in values
                ]
    return "".join(lines).encode()


def literal_text(value: Mapping[str, Any]) -> str:
    """A literal as N-Triples writes it."""
    text = value["@value"]
    if datatype := value.get("@type"):
        return f'"{text.translate(ESCAPES)}"^^<{expand(datatype)}>'
    if "\\" in text or '"' in text or "\n" in text or "\r" in text:
        text = text.translate(ESCAPES)
    language = value.get("@language")
    return f'"{text}"@{language}' if language else f'"{text}"'


@cache
def expand(name: str) -> str:
    """A prefixed name as a whole IRI."""
    prefix, local = name.split(":", 1)
    return PREFIXES[prefix] + local
