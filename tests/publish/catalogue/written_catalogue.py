"""The catalogue of a tree, written and read again as graphs."""

from pathlib import Path

from rdflib import Graph

from assets.descriptor import load_catalogue
from assets.publish.catalogue import write_catalogue

BASE = "https://data.example.org/open/"


ATOM = "{http://www.w3.org/2005/Atom}"


def write(out: Path, **options: object) -> bool:
    return write_catalogue(out, load_catalogue(), BASE, **options)  # type: ignore[arg-type]


def read_graphs(out: Path) -> list[set[object]]:
    return [
        set(Graph().parse(out / f"catalog.{end}", format=form))
        for end, form in (("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld"))
    ]
