"""The same nodes in Turtle, RDF/XML and JSON-LD, the same bytes each time.

What is said belongs to `graph`. Nodes become sorted N-Triples, which pyoxigraph reads and writes as a stream;
JSON-LD is written here, for pyoxigraph's writer takes no context.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from pyoxigraph import RdfFormat, parse, serialize

from assets.publish.catalogue.terms import PREFIXES, Node

RDF_TYPE = "rdf:type"


def write_jsonld(nodes: Sequence[Node]) -> bytes:
    """JSON-LD with its context inside, one object a node, sorted by IRI."""
    content = {"@context": dict(PREFIXES), "@graph": sorted(nodes, key=lambda node: str(node["@id"]))}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def write_turtle(triples: bytes) -> bytes:
    """Turtle from N-Triples."""
    written = _written(triples, RdfFormat.TURTLE)
    head = re.match(rb"(?:@prefix [^\n]*\n)*", written)
    assert head is not None
    lines = sorted(head[0].splitlines(keepends=True))  # the library's own order is that of a hash table
    return b"".join(lines) + written[head.end() :]


def write_rdfxml(triples: bytes) -> bytes:
    """RDF/XML from N-Triples."""
    written = _written(triples, RdfFormat.RDF_XML)
    head = re.search(rb"<rdf:RDF((?: xmlns:\w+=\"[^\"]*\")*)", written)
    assert head is not None
    names = b" ".join(sorted(head[1].split()))
    return written[: head.start(1)] + b" " + names + written[head.end(1) :]


def _written(triples: bytes, form: RdfFormat) -> bytes:
    written = serialize(parse(triples, format=RdfFormat.N_TRIPLES), format=form, prefixes=dict(PREFIXES))
    assert written is not None
    return written


def write_ntriples(nodes: Iterable[Node]) -> bytes:
    """The nodes as N-Triples, sorted, each line once."""
    return "".join(sorted({line for node in nodes for line in triple_lines(node)})).encode()


def triple_lines(node: Node) -> Iterator[str]:
    """The triples of one node."""
    subject = f"<{node['@id']}>"
    for kind in node["@type"]:
        yield f"{subject} <{expand(RDF_TYPE)}> <{expand(kind)}> .\n"
    for name, values in node.items():
        if name[0] != "@":
            head = f"{subject} <{expand(name)}> "
            for value in values:
                yield f"{head}{object_text(value)} .\n"


def object_text(value: dict[str, Any]) -> str:
    """A value as N-Triples writes it."""
    if "@id" in value:
        return f"<{value['@id']}>"
    text = value["@value"].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if language := value.get("@language"):
        return f'"{text}"@{language}'
    if datatype := value.get("@type"):
        return f'"{text}"^^<{expand(datatype)}>'
    return f'"{text}"'


_expanded: dict[str, str] = {}


def expand(name: str) -> str:
    """A prefixed name as a whole IRI."""
    if name not in _expanded:
        prefix, local = name.split(":", 1)
        _expanded[name] = PREFIXES[prefix] + local
    return _expanded[name]
