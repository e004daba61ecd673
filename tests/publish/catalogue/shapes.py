"""The official SHACL shapes of DCAT-AP, and what they say of a graph."""

from functools import cache
from pathlib import Path

from pyshacl import validate
from rdflib import Graph
from rdflib.namespace import DCTERMS, SH

from tests.publish.catalogue.quality import DCAT

SHAPES = "dcat-ap-3.0.1_shapes.ttl", "dcat-ap-3.0.1_range.ttl"


SPDX_ALGORITHM = "http://spdx.org/rdf/terms#algorithm"


# What the shapes ask that no catalogue can give: (path, the values that may break it) -> the reason.
CONTRADICTIONS: dict[str, tuple[str, str]] = {
    SPDX_ALGORITHM: (
        r"http://spdx\.org/rdf/terms#checksumAlgorithm_sha256",
        "the shape wants https://spdx.org, while SPDX's namespace, and the shape's own class, is http",
    ),
    str(DCTERMS.publisher): (
        r"http://[^/]+/#publisher",
        "the shape wants a body of the EU's corporate-body table; regional organisations are not in it",
    ),
    str(DCTERMS.spatial): (
        r"http://data\.europa\.eu/nuts/code/FI\w{1,3}",
        "the shape knows countries, places, continents and GeoNames, but not the EU's own NUTS",
    ),
    str(DCAT.bbox): (
        r"http://(publications\.europa\.eu/resource/authority|data\.europa\.eu/nuts)/\S+",
        "asked of every dct:Location in the graph, the EU's own countries and NUTS areas included",
    ),
    str(DCAT.centroid): (
        r"http://(publications\.europa\.eu/resource/authority|data\.europa\.eu/nuts)/\S+",
        "asked of every dct:Location in the graph, the EU's own countries and NUTS areas included",
    ),
}


@cache
def complaints(graph: Graph, shapes: Path) -> list[tuple[str, str]]:
    """Path and value of every result, violation or warning; those inside another result are its detail."""
    _, report, _ = validate(graph, shacl_graph=Graph().parse(shapes), inference="none")
    top = set(report.objects(None, SH.result))
    found = []
    for result in top:
        path = report.value(result, SH.resultPath)
        value = report.value(result, SH.value) or report.value(result, SH.focusNode)
        if path in (DCAT.bbox, DCAT.centroid):
            value = report.value(result, SH.focusNode)
        found.append((str(path), str(value)))
    return found
