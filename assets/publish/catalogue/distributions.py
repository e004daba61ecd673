"""The files of a release as dcat:Distribution, each with its checksum. The dataset belongs to `graph`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from assets.descriptor import Catalogue
from assets.descriptor.coverage import OF
from assets.publish.catalogue.packages import Package, file_address
from assets.publish.catalogue.terms import Node, escape_address, node, refs, translated_literals, typed
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
    """The distributions of a package's newest release: tables, workbooks, code lists after them.

    They carry no `adms:status`: the EU's vocabulary and CKAN's schema allow different values, and neither
    takes the other's. Whether a dataset is withdrawn is said on the dataset, and in its description.
    """
    la = catalogue.languages
    licences = package.content.get("licenses", [])
    created = package.content.get("created")
    common = {
        "dct:license": refs(*(licence_address(licence) for licence in licences[:1])),
        "dct:rights": concept("access-right", "PUBLIC"),
        "dct:issued": moment(created),
        "dct:modified": moment(package.content.get("modified") or created),
        "dcatap:availability": concept("planned-availability", "STABLE"),
        "foaf:page": refs(file_address(base, package.name, README)),
    }
    for entry in files_in_order(package):
        iri = distribution_address(base, package.name, entry)
        address = file_address(base, package.name, entry["path"])
        titles = entry.get("title_translated") or {"en": entry.get("title") or entry["name"]}
        described = entry.get("description_translated") or {"en": entry.get("description") or ""}
        label = FORMAT_LABELS.get(entry["format"], entry["format"].upper())
        properties = {
            **common,
            "dct:language": concept(
                "language", *(LANGUAGE_CODES[code] for code in entry_languages(entry, la))
            ),
            "dct:title": translated_literals(
                {code: f"{text} ({label})" for code, text in titles.items()}, la
            ),
            "dct:description": translated_literals(described, la) or translated_literals(titles, la),
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


def entry_languages(entry: Mapping[str, Any], languages: Sequence[str]) -> Sequence[str]:
    """The languages of a file: all of the catalogue's, or a workbook's own."""
    return [entry["language"]] if "language" in entry else languages


def files_in_order(package: Package) -> list[Mapping[str, Any]]:
    """A package's files as a portal lists them: what most readers want first, then what tells how much of it
    is there, the keys to its codes last."""
    files = [*package.content["resources"], *package.workbooks]
    return sorted(files, key=lambda entry: (entry["name"].startswith("codes-"), OF in entry))


def distribution_address(base: str, dataset: str, entry: Mapping[str, Any]) -> str:
    """The IRI of a distribution: the dataset's, `#`, the table's name and the format."""
    table = entry["name"].removesuffix(f"-{entry['format']}")
    return f"{base}{escape_address(dataset)}#{escape_address(table)}-{escape_address(entry['format'])}"
