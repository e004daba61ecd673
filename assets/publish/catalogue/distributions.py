"""The files of a release as dcat:Distribution, each with its checksum. The dataset belongs to `graph`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from assets.descriptor import Catalogue
from assets.publish.catalogue.packages import Package, file_address
from assets.publish.catalogue.terms import Node, escaped, node, refs, texts, typed
from assets.publish.catalogue.vocabulary import (
    FORMATS,
    IANA,
    LANGUAGE_CODES,
    OFFICE_OPEN_XML,
    SHA256,
    TABLE_SCHEMA,
    concept,
)
from assets.publish.release.layout import README

ALGORITHM = refs(SHA256)
CONFORMS_TO = {form: refs(OFFICE_OPEN_XML if form == "xlsx" else TABLE_SCHEMA) for form in FORMATS}
MEDIA_TYPES = {form: refs(f"{IANA}{media_type}") for form, (_, media_type) in FORMATS.items()}
FORMAT_LABELS: Mapping[str, str] = {"parquet": "Parquet", "geojson": "GeoJSON"}  # others in capitals


def distribution_nodes(
    package: Package,
    catalogue: Catalogue,
    base: str,
    licence_address: Callable[[Mapping[str, Any]], str],
    moment: Callable[[str | None], list[dict[str, str]]],
) -> Iterator[Node]:
    """The distributions of a package's newest release, in the order of its descriptor; its workbook last."""
    la = catalogue.languages
    licences = package.content.get("licenses", [])
    created = package.content.get("created")
    status = "WITHDRAWN" if package.withdrawn else "COMPLETED"
    common = {
        "dct:license": refs(*(licence_address(licence) for licence in licences[:1])),
        "dct:rights": concept("access-right", "PUBLIC"),
        "dct:issued": moment(created),
        "dct:modified": moment(package.content.get("modified") or created),
        "dct:language": concept("language", *(LANGUAGE_CODES[code] for code in la)),
        "dcatap:availability": concept("planned-availability", "STABLE"),
        "adms:status": concept("distribution-status", status),
        "foaf:page": refs(file_address(base, package.name, README)),
    }
    for entry in (*package.content["resources"], *([package.workbook] if package.workbook else [])):
        iri = distribution_address(base, package.name, entry)
        address = file_address(base, package.name, entry["path"])
        titles = entry.get("title_translated") or {"en": entry.get("title") or entry["name"]}
        described = entry.get("description_translated") or {"en": entry.get("description") or ""}
        label = FORMAT_LABELS.get(entry["format"], entry["format"].upper())
        properties = {
            **common,
            "dct:title": texts({code: f"{text} ({label})" for code, text in titles.items()}, la),
            "dct:description": texts(described, la) or texts(titles, la),
            "dcat:accessURL": refs(address),
            "dcat:downloadURL": refs(address),
            "dcat:byteSize": typed(
                entry["bytes"] if "bytes" in entry else package.sizes[entry["name"]], "xsd:nonNegativeInteger"
            ),
        }
        if entry["format"] in FORMATS:
            properties["dct:format"] = concept("file-type", FORMATS[entry["format"]][0])
            properties["dcat:mediaType"] = MEDIA_TYPES[entry["format"]]
            properties["dct:conformsTo"] = CONFORMS_TO[entry["format"]]
        if str(entry.get("hash", "")).startswith("sha256:"):
            properties["spdx:checksum"] = refs(f"{iri}-checksum")
            yield node(
                f"{iri}-checksum",
                ["spdx:Checksum"],
                {
                    "spdx:algorithm": ALGORITHM,
                    "spdx:checksumValue": typed(entry["hash"].removeprefix("sha256:"), "xsd:hexBinary"),
                },
            )
        yield node(iri, ["dcat:Distribution"], properties)


def distribution_address(base: str, dataset: str, entry: Mapping[str, Any]) -> str:
    """The IRI of a distribution: the dataset's, `#`, the table's name and the format."""
    table = entry["name"].removesuffix(f"-{entry['format']}")
    return f"{base}{escaped(dataset)}#{escaped(table)}-{escaped(entry['format'])}"
