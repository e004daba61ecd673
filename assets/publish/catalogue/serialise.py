"""The same nodes in Turtle, RDF/XML and JSON-LD, the same bytes each time.

What is said belongs to `graph`; nodes come sorted. Turtle and JSON-LD are nearly the form that nodes have and
are written here; pyoxigraph reads the Turtle and writes the RDF/XML as a stream. Its own writers
give JSON-LD no context, and for the same Turtle need the time of the whole.
"""

import re
from collections.abc import Mapping, Sequence

import orjson
from pyoxigraph import RdfFormat, parse, serialize

from assets.publish.catalogue.terms import PREFIXES, Node

ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def write_turtle(nodes: Sequence[Node]) -> bytes:
    """Turtle: a block for each node, prefixes and properties sorted."""
    written: dict[int, str] = {}  # many nodes share a list of values: its text is made once
    blocks = [f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted(PREFIXES.items())]
    for node in nodes:
        lines = [f"\n<{node['@id']}> a {', '.join(node['@type'])}"]
        for name, values in node.items():
            if name[0] != "@":
                if (text := written.get(id(values))) is None:
                    text = written[id(values)] = ", ".join(map(object_text, values))
                lines.append(f" ;\n  {name} {text}")
        blocks += lines
        blocks.append(" .\n")
    return "".join(blocks).encode()


def object_text(value: Mapping[str, str]) -> str:
    """A value as Turtle writes it."""
    if iri := value.get("@id"):
        return f"<{iri}>"
    text = value["@value"]
    if '"' in text or "\\" in text or "\n" in text or "\r" in text:  # a pattern takes twice as long
        text = text.translate(ESCAPES)
    if language := value.get("@language"):
        return f'"{text}"@{language}'
    return f'"{text}"^^{value["@type"]}' if "@type" in value else f'"{text}"'


def write_rdfxml(turtle: bytes) -> bytes:
    """RDF/XML of what a Turtle file says. Raises `SyntaxError` where that is not Turtle.

    Reads leniently, which leaves only the addresses unchecked: each was when its node was made.
    """
    triples = parse(turtle, format=RdfFormat.TURTLE, lenient=True)
    written = serialize(triples, format=RdfFormat.RDF_XML, prefixes=dict(PREFIXES)) or b""
    head = re.search(rb"<rdf:RDF((?: xmlns:\w+=\"[^\"]*\")*)", written)
    assert head is not None
    names = b" ".join(sorted(head[1].split()))  # the library's own order is that of a hash table
    return written[: head.start(1)] + b" " + names + written[head.end(1) :]


def write_jsonld(nodes: Sequence[Node]) -> bytes:
    """JSON-LD with its context inside, one object a node."""
    content = {"@context": dict(PREFIXES), "@graph": nodes}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
