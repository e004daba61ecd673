"""What the catalogue says: the tree's packages as DCAT-AP 3.0.1, node by node.

One dcat:Dataset for each package; releases are dcat:Resource, so that portals do not take each for a dataset
of its own. No node is blank. Addresses are those of the contracts; bytes belong to `serialise`, concepts to
`vocabulary`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assets.descriptor import Catalogue
from assets.publish.catalogue.distributions import distribution_nodes
from assets.publish.catalogue.packages import Package, file_address
from assets.publish.catalogue.places import focus_country, place_iris, place_nodes
from assets.publish.catalogue.terms import (
    Node,
    clean_keyword,
    escape_address,
    node,
    plain_literal,
    refs,
    translated_literals,
    typed,
    web_address,
)
from assets.publish.catalogue.vocabulary import (
    CROISSANT,
    DATA_PACKAGE,
    LANGUAGE_CODES,
    LICENCES,
    THEMES,
    authority,
    concept,
    concept_nodes,
    country,
)
from assets.publish.catalogue.words import words
from assets.publish.release.layout import CROISSANT_FILE, DESCRIPTOR, README

SPDX_LICENCES = "https://spdx.org/licenses/"
REFER_TO_CONCEPTS = {
    "adms:status",
    "dcat:mediaType",
    "dcat:theme",
    "dcat:themeTaxonomy",
    "dcatap:availability",
    "dct:accessRights",
    "dct:accrualPeriodicity",
    "dct:conformsTo",
    "dct:format",
    "dct:language",
    "dct:license",
    "dct:rights",
    "dct:spatial",
    "dct:type",
    "spdx:algorithm",
}
COMPILED: Mapping[str, str] = {"fi": "Koottu lähteistä", "sv": "Sammanställt ur", "en": "Compiled from"}


def catalogue_nodes(packages: Sequence[Package], catalogue: Catalogue, base: str) -> list[Node]:
    """All nodes of the catalogue. `base` is the address of the published tree and ends with a slash."""
    nodes = [catalogue_node(packages, catalogue, base), *agent_nodes(catalogue, base)]
    for package in packages:
        nodes += dataset_nodes(package, catalogue, base)
    nodes += place_nodes(packages, catalogue)
    used = {
        value["@id"] for each in nodes for name in REFER_TO_CONCEPTS & each.keys() for value in each[name]
    }
    return merge_nodes([*nodes, *concept_nodes(used)])


def merge_nodes(nodes: Sequence[Node]) -> list[Node]:
    """One node for each address, sorted by address; a page may be named twice."""
    merged: dict[str, Node] = {}
    for each in nodes:
        known = merged.setdefault(each["@id"], each)
        if known is not each and known != each:
            kinds = {*known["@type"], *each["@type"]}
            merged[each["@id"]] = {**known, **each, "@type": sorted(kinds)}
    return [merged[address] for address in sorted(merged)]


def catalogue_node(packages: Sequence[Package], catalogue: Catalogue, base: str) -> Node:
    """The dcat:Catalog itself. Its dates are those of the packages, for nothing else in it moves."""
    la = catalogue.languages
    issued = min((p.issued for p in packages if p.issued), default=None)
    modified = max((p.modified for p in packages if p.modified), default=None)
    return node(
        f"{base}#catalog",
        ["dcat:Catalog"],
        {
            "dct:title": translated_literals(catalogue.titles, la),
            "dct:description": translated_literals(catalogue.descriptions, la),
            "dct:publisher": refs(f"{base}#publisher"),
            "dct:creator": refs(f"{base}#publisher"),
            "dcat:contactPoint": refs(f"{base}#contact"),
            "dct:license": refs(licence_address(catalogue.licence)),
            "dct:language": concept("language", *(LANGUAGE_CODES[code] for code in la)),
            "dct:spatial": refs(country(focus_country(catalogue))),
            "dct:issued": moment(issued),
            "dct:modified": moment(modified),
            "dcat:themeTaxonomy": refs(THEMES),
            "foaf:homepage": refs(base),
            "dcat:dataset": refs(*(dataset_address(base, package) for package in packages)),
        },
    )


def agent_nodes(catalogue: Catalogue, base: str) -> list[Node]:
    """Publisher, contact, the start page and the licence of the metadata."""
    publisher, contact, la = catalogue.publisher, catalogue.contact, catalogue.languages
    homepage = web_address(publisher.get("homepage") or "")
    email = web_address(f"mailto:{contact['email']}") if contact.get("email") else None
    page = web_address(contact.get("path") or "")
    pages = sorted({address for address in (base, homepage) if address})
    return [
        node(
            f"{base}#publisher",
            ["foaf:Agent"],
            {
                "foaf:name": translated_literals(publisher["name_translated"], la),
                "dct:type": concept("publishertype", publisher["type"]),
                "foaf:homepage": refs(homepage) if homepage else [],
            },
        ),
        node(
            f"{base}#contact",
            ["vcard:Kind", "vcard:Organization"],
            {
                "vcard:fn": translated_literals(contact["name_translated"], la),
                "vcard:hasEmail": refs(email) if email else [],
                "vcard:hasURL": refs(page) if page else [],
            },
        ),
        *(node(address, ["foaf:Document"], {}) for address in pages),
        *licence_nodes(catalogue.licence),
    ]


def source_addresses(content: Mapping[str, Any], base: str) -> list[str]:
    """Where the sources are found: addresses of the web, and for packages of this tree their datasets."""
    paths = [source.get("path") or "" for source in content.get("sources", [])]
    own = [
        base + path.removesuffix(f"/{DESCRIPTOR}")
        if path.endswith(f"/{DESCRIPTOR}") and ":" not in path
        else web_address(path)
        for path in paths
    ]
    return [address for address in own if address]


def dataset_nodes(package: Package, catalogue: Catalogue, base: str) -> Iterator[Node]:
    """A dataset, its pages, period, provenance, distributions and releases."""
    content, la = package.content, catalogue.languages
    iri = dataset_address(base, package)
    licences = content.get("licenses", [])
    pages = package_pages(package, base)
    releases = [f"{iri}/{escape_address(str(release['version']))}" for release in package.history]
    sources = source_addresses(content, base)
    frequency = content.get("innoregio:updateFrequency")
    properties: dict[str, list[dict[str, str]]] = {
        "dct:title": translated_literals(published_text(content, "title"), la),
        "dct:description": translated_literals(description(package), la),
        "dct:identifier": plain_literal(iri),
        "dcat:keyword": keywords(content, la),
        "dcat:theme": concept("data-theme", *content.get("innoregio:themes", [])),
        "dct:spatial": refs(*place_iris(package, focus_country(catalogue))),
        "dct:temporal": refs(f"{iri}#temporal") if package.temporal else [],
        "dcat:contactPoint": refs(f"{base}#contact"),
        "dct:publisher": refs(f"{base}#publisher"),
        "dct:creator": refs(f"{base}#publisher"),
        "dct:accessRights": concept("access-right", "PUBLIC"),
        "dct:issued": moment(package.issued),
        "dct:modified": moment(package.modified),
        "dct:accrualPeriodicity": concept("frequency", *([frequency] if frequency else [])),
        "dct:language": concept("language", *(LANGUAGE_CODES[code] for code in la)),
        "dct:license": refs(*(licence_address(licence) for licence in licences[:1])),
        "dct:type": concept("dataset-type", "STATISTICAL"),
        "dct:conformsTo": refs(DATA_PACKAGE),
        "dct:provenance": refs(f"{iri}#provenance"),
        "dct:relation": refs(*dict.fromkeys(sources)),
        "dct:bibliographicCitation": plain_literal(content.get("innoregio:citation") or ""),
        "dcat:version": plain_literal(package.version),
        "dcat:hasVersion": refs(*releases),
        "dcat:hasCurrentVersion": refs(f"{iri}/{escape_address(package.version)}"),
        "adms:status": concept("dataset-status", "WITHDRAWN" if package.withdrawn else "COMPLETED"),
        "adms:versionNotes": translated_literals(content.get("innoregio:versionNotes") or {}, la),
        "dcat:landingPage": landing_pages(package, base),
        "foaf:page": refs(*pages),
    }
    distributions = list(distribution_nodes(package, catalogue, base, licence_address, moment))
    properties["dcat:distribution"] = [
        {"@id": each["@id"]} for each in distributions if "dcat:Distribution" in each["@type"]
    ]
    yield node(iri, ["dcat:Dataset"], properties)
    yield from distributions
    for page, about in pages.items():
        yield node(page, ["foaf:Document"], about)
    if package.temporal:
        start, end = package.temporal
        days = {"dcat:startDate": typed(start, "xsd:date"), "dcat:endDate": typed(end, "xsd:date")}
        yield node(f"{iri}#temporal", ["dct:PeriodOfTime"], days)
    statement = {code: f"{COMPILED[code]}: {format_source_list(content)}" for code in la}
    yield node(
        f"{iri}#provenance", ["dct:ProvenanceStatement"], {"rdfs:label": translated_literals(statement, la)}
    )
    for licence in licences[:1]:
        yield from licence_nodes(licence)
    yield from release_nodes(package, catalogue, base, releases)


def description(package: Package) -> Mapping[str, str]:
    """The dataset's description; of a withdrawn one, that first: a portal shows people no status."""
    description = published_text(package.content, "description")
    if not package.withdrawn:
        return description
    return {
        language: f"{words(language)['withdrawn']}\n\n{text.strip()}"
        for language, text in description.items()
    }


def release_nodes(
    package: Package, catalogue: Catalogue, base: str, releases: Sequence[str]
) -> Iterator[Node]:
    """Each release that stays downloadable: version, dates, descriptor, and the one before."""
    for position, (release, iri) in enumerate(zip(package.history, releases, strict=True)):
        descriptor = file_address(base, package.name, f"{release['version']}/{DESCRIPTOR}")
        yield node(
            iri,
            ["dcat:Resource"],
            {
                "dct:title": translated_literals(
                    {
                        code: f"{title} {release['version']}"
                        for code, title in published_text(release, "title").items()
                    },
                    catalogue.languages,
                ),
                "dcat:version": plain_literal(str(release["version"])),
                "dcat:isVersionOf": refs(dataset_address(base, package)),
                "dcat:previousVersion": refs(*releases[max(position - 1, 0) : position]),
                "dct:issued": moment(release.get("created")),
                "dct:modified": moment(release.get("modified") or release.get("created")),
                "adms:versionNotes": translated_literals(
                    release.get("innoregio:versionNotes") or {}, catalogue.languages
                ),
                "foaf:page": refs(descriptor),
            },
        )
        yield node(descriptor, ["foaf:Document"], {})


def landing_pages(package: Package, base: str) -> list[dict[str, str]]:
    """The dataset's pages, the catalogue's first language first: some portals show one. Else its README."""
    pages = [f"{base}{escape_address(path)}" for path in package.pages.values()]
    return [{"@id": page} for page in pages or [file_address(base, package.name, README)]]


def package_pages(package: Package, base: str) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Address of every document about the dataset, and what is said of it."""
    standards = {README: "", DESCRIPTOR: DATA_PACKAGE, CROISSANT_FILE: CROISSANT}
    files = {
        file_address(base, package.name, name): {"dct:conformsTo": refs(standard) if standard else []}
        for name, standard in standards.items()
    }
    return files | {
        f"{base}{escape_address(path)}": {"dct:language": concept("language", LANGUAGE_CODES[code])}
        for code, path in package.pages.items()
    }


def dataset_address(base: str, package: Package) -> str:
    """The IRI of a dataset."""
    return f"{base}{escape_address(package.name)}"


def keywords(content: Mapping[str, Any], languages: Sequence[str]) -> list[dict[str, str]]:
    """The keywords of each language, as strict portals take them."""
    known = content.get("innoregio:keywords_translated") or {"en": content.get("keywords", [])}
    cleaned = [(code, clean_keyword(word, code)) for code in languages for word in known.get(code, [])]
    return [{"@language": code, "@value": word} for code, word in dict.fromkeys(cleaned) if word]


def published_text(entry: Mapping[str, Any], name: str) -> Mapping[str, str]:
    """A text of a published descriptor by language; the main language's where it has no other."""
    known: Mapping[str, str] = entry.get(f"{name}_translated") or {}
    return known or {"en": str(entry.get(name) or "")}


def format_source_list(content: Mapping[str, Any]) -> str:
    """The sources in one line, each with its address and upstream version."""
    parts = []
    for source in content.get("sources", []):
        inside = [source[key] for key in ("path", "version") if source.get(key)]
        parts.append(
            f"{source.get('title', '')} ({', '.join(inside)})" if inside else source.get("title", "")
        )
    return "; ".join(parts)


def moment(text: str | None) -> list[dict[str, str]]:
    """A date and time, or none."""
    return typed(text, "xsd:dateTime") if text else []


def licence_address(licence: Mapping[str, Any]) -> str:
    """The IRI of a licence: the EU's where its table has it, else its own address."""
    if licence.get("name") in LICENCES:
        return authority("licence", LICENCES[licence["name"]][0])
    return (
        web_address(licence.get("path") or "") or f"{SPDX_LICENCES}{escape_address(str(licence.get('name')))}"
    )


def licence_nodes(licence: Mapping[str, Any]) -> list[Node]:
    """What a licence outside the EU's table is; one inside it is a concept like the others."""
    if licence.get("name") in LICENCES:
        return []
    label = plain_literal(str(licence.get("title") or licence.get("name") or ""))
    return [node(licence_address(licence), ["dct:LicenseDocument"], {"rdfs:label": label})]
