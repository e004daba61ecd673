"""Whether the catalogue's files agree with each other and with the published tree.

Reads the files as a portal would, with a parser, and compares what they say with the descriptors and files
that are there. Whether the files are what the descriptors say is `publish.verify`'s matter.
"""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from assets.descriptor import LANGUAGES
from assets.descriptor.model import STATUS, WITHDRAWN
from assets.publish.catalogue.beside import read_workbooks
from assets.publish.catalogue.feed import FEED, feed_path
from assets.publish.catalogue.sql_views import SQL
from assets.publish.catalogue.terms import PREFIXES
from assets.publish.catalogue.vocabulary import authority
from assets.publish.release.layout import DESCRIPTOR

GRAPHS = {
    "catalog.ttl": RdfFormat.TURTLE,
    "catalog.rdf": RdfFormat.RDF_XML,
    "catalog.jsonld": RdfFormat.JSON_LD,
}
SITEMAP = "sitemap.xml"
DCAT, DCT, SPDX = PREFIXES["dcat"], PREFIXES["dct"], PREFIXES["spdx"]

Said = Mapping[str, Mapping[str, list[str]]]  # subject -> property -> values


def verify_catalogue(out: Path) -> list[str]:
    """Every difference, one line each; empty when the catalogue is what the tree says."""
    feeds = [FEED, *sorted({*map(feed_path, said_languages(out))})]
    missing = [name for name in (*GRAPHS, *feeds, SITEMAP, "robots.txt", SQL) if not (out / name).is_file()]
    if missing:
        return [f"{name}: missing; the next run writes it" for name in missing]
    graphs: dict[str, set[Triple]] = {}
    problems, addresses = [], []
    for name, form in GRAPHS.items():
        try:
            graphs[name] = {quad.triple for quad in parse((out / name).read_bytes(), format=form)}
        except (SyntaxError, ValueError) as error:
            problems.append(f"{name}: not readable ({str(error).splitlines()[0]})")
    for name in (*feeds, SITEMAP):
        try:
            root = ET.parse(out / name).getroot()  # our own file, not foreign XML
        except ET.ParseError as error:
            problems.append(f"{name}: not readable ({error})")
            continue
        found = [
            element.get("href") or (element.text if element.tag.endswith("}loc") else None)
            for element in root.iter()
        ]
        addresses += [(name, address) for address in found if address]
    if problems:
        return problems
    first, *others = graphs
    problems += [
        f"{name}: says something else than {first}" for name in others if graphs[name] != graphs[first]
    ]
    described = properties(graphs[first])
    catalogues = [
        iri for iri, about in described.items() if f"{DCAT}Catalog" in about.get(f"{PREFIXES['rdf']}type", [])
    ]
    if len(catalogues) != 1:
        return [*problems, f"{first}: {len(catalogues)} catalogues instead of one"]
    base = catalogues[0].removesuffix("#catalog")
    problems += verify_datasets(out, base, described, catalogues[0])
    problems += [
        f"{name}: {address} is not in the tree"
        for name, address in addresses
        if not is_there(out, base, address)
    ]
    return problems


def said_languages(out: Path) -> list[str]:
    """The languages that have pages or a feed of their own."""
    return [language for language in LANGUAGES if (out / language).is_dir()]


def properties(graph: set[Triple]) -> Said:
    """What a graph says, by subject and property."""
    described: dict[str, dict[str, list[str]]] = {}
    for triple in graph:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, (NamedNode, Literal)):
            values = described.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, [])
            values.append(triple.object.value)
    return described


def is_there(out: Path, base: str, address: str) -> bool:
    """Whether an address of the tree has a file, or is the start page, which the site brings."""
    path = unquote(address.removeprefix(base).partition("#")[0])
    return address == base or (
        address.startswith(base) and ((out / path).is_file() or (out / path / "index.html").is_file())
    )


def verify_datasets(out: Path, base: str, described: Said, catalogue: str) -> Iterator[str]:
    """The differences between what the graph says of datasets and files, and the tree."""
    listed = {unquote(iri.removeprefix(base)): iri for iri in described[catalogue].get(f"{DCAT}dataset", [])}
    published = {path.parent.name: path for path in out.glob(f"*/{DESCRIPTOR}")}
    for name in sorted(published.keys() - listed.keys()):
        yield f"catalog.ttl: {name} is not in it; the next run adds it"
    for name in sorted(listed.keys() - published.keys()):
        yield f"catalog.ttl: {name} is not in the tree"
    for name in sorted(listed.keys() & published.keys()):
        about = described[listed[name]]
        try:
            package = json.loads(published[name].read_bytes())
            files = {f"{name}/{entry['path']}": entry for entry in package["resources"]}
        except (ValueError, KeyError, TypeError) as error:
            yield f"{name}/{DESCRIPTOR}: not a published descriptor ({error})"
            continue
        modified = package.get("modified") or package.get("created")
        stated = {"version": about.get(f"{DCAT}version", []), "modified": about.get(f"{DCT}modified", [])}
        for term, wanted in (("version", package.get("version")), ("modified", modified)):
            if stated[term] != ([wanted] if wanted else []):
                yield f"catalog.ttl: {name} has {term} {stated[term]} instead of {wanted!r}"
        status = about.get(f"{PREFIXES['adms']}status", [])
        if package.get(STATUS) == WITHDRAWN and status != [authority("dataset-status", "WITHDRAWN")]:
            yield f"catalog.ttl: {name} is withdrawn, and has the status {status}"
        files |= {f"{name}/{workbook['path']}": workbook for workbook in read_workbooks(out / name, name)}
        distributions = sorted(about.get(f"{DCAT}distribution", []))
        if len(distributions) != len(files):
            yield f"catalog.ttl: {name} has {len(distributions)} distributions instead of {len(files)}"
        for distribution in distributions:
            yield from verify_distribution(out, base, distribution, described, files)
        for release in sorted(about.get(f"{DCAT}hasVersion", [])):
            if not is_there(out, base, f"{release}/{DESCRIPTOR}"):
                yield f"catalog.ttl: release {release} is not in the tree"
        for page in sorted({*about.get(f"{PREFIXES['foaf']}page", []), *about.get(f"{DCAT}landingPage", [])}):
            if not is_there(out, base, page):
                yield f"catalog.ttl: page {page} is not in the tree"


def verify_distribution(
    out: Path, base: str, iri: str, described: Said, files: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Whether the file that a distribution offers is the descriptor's, there, and of that size."""
    about = described.get(iri, {})
    for address in about.get(f"{DCAT}downloadURL", []) or ["nothing"]:
        path = unquote(address.removeprefix(base).partition("#")[0])
        if not address.startswith(base) or path not in files or not (out / path).is_file():
            yield f"catalog.ttl: {iri} offers {address}, which is not in the tree"
            continue
        if about.get(f"{DCAT}byteSize") != [str((out / path).stat().st_size)]:
            yield f"catalog.ttl: {iri} has another size than {address}"
        checksums = [
            f"sha256:{value}"
            for checksum in about.get(f"{SPDX}checksum", [])
            for value in described.get(checksum, {}).get(f"{SPDX}checksumValue", [])
        ]
        if checksums != [files[path].get("hash")]:
            yield f"catalog.ttl: {iri} has another checksum than the descriptor"
