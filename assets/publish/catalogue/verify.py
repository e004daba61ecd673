"""Whether the catalogue's files agree with each other and with the published tree.

Reads the files as a portal would, with a parser, and compares what they say with the descriptors and files
that are there. Whether the packages themselves are right is `publish.verify`'s matter.
"""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from assets.publish.catalogue.terms import PREFIXES
from assets.publish.files import hash_file
from assets.publish.layout import DESCRIPTOR

GRAPHS = {
    "catalog.ttl": RdfFormat.TURTLE,
    "catalog.rdf": RdfFormat.RDF_XML,
    "catalog.jsonld": RdfFormat.JSON_LD,
}
DOCUMENTS = ("feed.atom", "sitemap.xml", "robots.txt")


def verify_catalogue(out: Path) -> list[str]:
    """Every difference, one line each; empty when the catalogue is what the tree says."""
    missing = [name for name in (*GRAPHS, *DOCUMENTS) if not (out / name).is_file()]
    if missing:
        return [f"{name}: missing; the next run writes it" for name in missing]
    graphs, problems = {}, []
    for name, form in GRAPHS.items():
        try:
            graphs[name] = {quad.triple for quad in parse((out / name).read_bytes(), format=form)}
        except (SyntaxError, ValueError) as error:
            problems.append(f"{name}: not readable ({str(error).splitlines()[0]})")
    for name in ("feed.atom", "sitemap.xml"):
        try:
            ET.parse(out / name)  # our own file, not foreign XML
        except ET.ParseError as error:
            problems.append(f"{name}: not readable ({error})")
    if problems:
        return problems
    first, *others = graphs
    problems += [
        f"{name}: says something else than {first}" for name in others if graphs[name] != graphs[first]
    ]
    return problems + list(verify_graph(out, graphs[first]))


def verify_graph(out: Path, graph: set[Triple]) -> Iterator[str]:
    """The differences between what the graph says of datasets and files, and the tree."""
    said: dict[str, dict[str, list[str]]] = {}
    for triple in graph:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, (NamedNode, Literal)):
            values = said.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, [])
            values.append(triple.object.value)
    dcat, dct = PREFIXES["dcat"], PREFIXES["dct"]
    catalogues = [iri for iri, of in said.items() if f"{dcat}Catalog" in of.get(PREFIXES["rdf"] + "type", [])]
    if len(catalogues) != 1:
        yield f"catalog.ttl: {len(catalogues)} catalogues instead of one"
        return
    base = catalogues[0].removesuffix("#catalog")
    listed = {iri.removeprefix(base): iri for iri in said[catalogues[0]].get(f"{dcat}dataset", [])}
    published = {path.parent.name: path for path in out.glob(f"*/{DESCRIPTOR}")}
    for name in sorted(published.keys() - listed.keys()):
        yield f"catalog.ttl: {name} is not in it; the next run adds it"
    for name in sorted(listed.keys() - published.keys()):
        yield f"catalog.ttl: {name} is not in the tree"
    for name in sorted(listed.keys() & published.keys()):
        about = said[listed[name]]
        package = json.loads(published[name].read_bytes())
        if about.get(f"{dcat}version") != [package["version"]]:
            yield f"catalog.ttl: {name} is said to be {about.get(f'{dcat}version')}, not {package['version']}"
        if about.get(f"{dct}modified") != [package["modified"]]:
            yield f"catalog.ttl: {name} is said to be of {about.get(f'{dct}modified')}"
        for distribution in sorted(about.get(f"{dcat}distribution", [])):
            yield from verify_distribution(out, base, distribution, said)
        for release in sorted(about.get(f"{dcat}hasVersion", [])):
            if not (out / release.removeprefix(base) / DESCRIPTOR).is_file():
                yield f"catalog.ttl: release {release} is not in the tree"


def verify_distribution(
    out: Path, base: str, iri: str, said: dict[str, dict[str, list[str]]]
) -> Iterator[str]:
    """Whether the file that a distribution offers is there, of that size and with that checksum."""
    about = said.get(iri, {})
    for address in about.get(PREFIXES["dcat"] + "downloadURL", []) or ["nothing"]:
        file = out / address.removeprefix(base)
        if not address.startswith(base) or not file.is_file():
            yield f"catalog.ttl: {iri} offers {address}, which is not in the tree"
            continue
        if about.get(PREFIXES["dcat"] + "byteSize") != [str(file.stat().st_size)]:
            yield f"catalog.ttl: {iri} has another size than {address}"
        checksums = about.get(PREFIXES["spdx"] + "checksum", [])
        values = [
            v for one in checksums for v in said.get(one, {}).get(PREFIXES["spdx"] + "checksumValue", [])
        ]
        if values != [hash_file(file).removeprefix("sha256:")]:
            yield f"catalog.ttl: {iri} has another checksum than {address}"
