"""The European portal's metadata quality assessment: 23 metrics, 405 points, weights as in public scorers.

A dataset counts by its best distribution. Whether an address answers is asked with HEAD, as the portal does.
"""

import urllib.request
from collections.abc import Callable
from functools import cache

from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

AUTHORITY = "http://publications.europa.eu/resource/authority/"
OPEN = {
    f"{AUTHORITY}file-type/{code}" for code in ("CSV", "JSON", "JSON_LD", "GEOJSON", "RDF_TURTLE", "RDF_XML")
}
DCAT = Namespace("http://www.w3.org/ns/dcat#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
IANA = "https://www.iana.org/assignments/media-types/"


@cache
def answers(address: str) -> bool:
    request = urllib.request.Request(address, method="HEAD")
    with urllib.request.urlopen(request, timeout=10) as reply:
        return bool(reply.status == 200)


def score(
    graph: Graph, dataset: URIRef, is_valid: bool, answers: Callable[[str], bool] = answers
) -> dict[str, int]:
    """Metric -> points of a dataset. `answers`: whether something is at an address."""

    def value(subject: URIRef, predicate: URIRef) -> str:
        return str(graph.value(subject, predicate) or "")

    def in_table(iri: str, table: str) -> bool:
        return (URIRef(iri), SKOS.inScheme, URIRef(AUTHORITY + table)) in graph

    files = list(graph.objects(dataset, DCAT.distribution))

    def best(test: Callable[[URIRef], bool]) -> bool:
        return any(test(file) for file in files)

    rights = value(dataset, DCTERMS.accessRights)
    contact = graph.value(dataset, DCAT.contactPoint)
    tests: dict[str, tuple[int, bool]] = {
        "keyword": (30, (dataset, DCAT.keyword, None) in graph),
        "theme": (
            30,
            any(in_table(str(theme), "data-theme") for theme in graph.objects(dataset, DCAT.theme)),
        ),
        "spatial": (20, bool(value(dataset, DCTERMS.spatial))),
        "temporal": (20, bool(value(URIRef(value(dataset, DCTERMS.temporal)), DCAT.startDate))),
        "access address answers": (50, best(lambda f: answers(value(f, DCAT.accessURL)))),
        "download address": (20, best(lambda f: bool(value(f, DCAT.downloadURL)))),
        "download address answers": (30, best(lambda f: answers(value(f, DCAT.downloadURL)))),
        "format": (20, best(lambda f: bool(value(f, DCTERMS["format"])))),
        "media type": (10, best(lambda f: bool(value(f, DCAT.mediaType)))),
        "both from vocabularies": (
            10,
            best(
                lambda f: (
                    in_table(value(f, DCTERMS["format"]), "file-type")
                    and value(f, DCAT.mediaType).startswith(IANA)
                )
            ),
        ),
        "non-proprietary": (20, best(lambda f: value(f, DCTERMS["format"]) in OPEN)),
        "machine-readable": (20, best(lambda f: value(f, DCTERMS["format"]) in OPEN)),
        "DCAT-AP valid": (30, is_valid),
        "licence": (20, best(lambda f: bool(value(f, DCTERMS.license)))),
        "licence from vocabulary": (10, best(lambda f: in_table(value(f, DCTERMS.license), "licence"))),
        "access rights": (10, bool(rights)),
        "access rights from vocabulary": (5, in_table(rights, "access-right")),
        "contact": (20, (contact, RDF.type, VCARD.Kind) in graph and (contact, VCARD.fn, None) in graph),
        "publisher": (10, bool(value(dataset, DCTERMS.publisher))),
        "rights": (5, best(lambda f: bool(value(f, DCTERMS.rights)))),
        "size": (5, best(lambda f: int(value(f, DCAT.byteSize)) > 0)),
        "issued": (
            5,
            bool(value(dataset, DCTERMS.issued)) and best(lambda f: bool(value(f, DCTERMS.issued))),
        ),
        "modified": (
            5,
            bool(value(dataset, DCTERMS.modified)) and best(lambda f: bool(value(f, DCTERMS.modified))),
        ),
    }
    return {name: points if holds else 0 for name, (points, holds) in tests.items()}
