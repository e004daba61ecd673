"""A dataset as schema.org describes it, for search engines: the JSON-LD that a page holds in its HTML."""

from collections.abc import Mapping
from typing import Any

from assets.descriptor import Catalogue
from assets.descriptor.rejected import REJECTED
from assets.publish.catalogue.beside import WORKBOOK_TITLES, workbook_path
from assets.publish.catalogue.packages import Package, file_address
from assets.publish.catalogue.places import focus_country
from assets.publish.catalogue.terms import escape_address, web_address
from assets.publish.catalogue.vocabulary import EUROPE, FORMATS, concept_labels, country_labels
from assets.publish.release.layout import README
from assets.publish.release.version import csv_resources, is_data

DESCRIPTION_LENGTH = 5000  # what Google Dataset Search takes


def dataset_jsonld(package: Package, catalogue: Catalogue, base: str, language: str = "en") -> dict[str, Any]:
    """schema.org `Dataset` in one of the catalogue's languages; titles of the others are `alternateName`."""
    content = package.content
    titles = texts_of(content, "title")
    description = text_in(content, "description", language)
    publisher = organisation(catalogue, language)
    tables = [
        entry
        for entry in csv_resources(content).values()
        if is_data(entry) and not entry["name"].startswith(REJECTED)
    ]
    fields = {field["name"]: field for entry in tables for field in entry["schema"]["fields"]}
    known = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{base}{package.name}",
        "identifier": f"{base}{package.name}",
        "url": base + escape_address(package.pages.get(language) or f"{package.name}/{README}"),
        "name": text_in(content, "title", language),
        "alternateName": [titles[code] for code in titles if code != language] or None,
        "description": description[:DESCRIPTION_LENGTH],
        "inLanguage": list(catalogue.languages),
        "license": licence(content),
        "creator": publisher,
        "publisher": publisher,
        "keywords": (content.get("innoregio:keywords_translated") or {}).get(language)
        or content.get("keywords"),
        "version": package.version,
        "isAccessibleForFree": True,
        "datePublished": package.issued,
        "dateModified": package.modified,
        "creativeWorkStatus": "Withdrawn" if package.withdrawn else "Published",
        "temporalCoverage": "/".join(package.temporal) if package.temporal else None,
        "spatialCoverage": [
            {"@type": "Place", "name": name}
            for name in (
                country_labels(focus_country(catalogue))[language],
                *([concept_labels()[EUROPE][1][language]] if package.areas.has_others else []),
            )
        ],
        "variableMeasured": [variable(field, language) for field in fields.values()],
        "isBasedOn": [s["path"] for s in content.get("sources", []) if web_address(s.get("path") or "")],
        "citation": content.get("innoregio:citation"),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{base}#catalog",
            "name": catalogue.titles.get(language, ""),
            "url": base,
        },
        "distribution": [
            {
                "@type": "DataDownload",
                "name": text_in(entry, "title", language),
                "contentUrl": file_address(base, package.name, entry["path"]),
                "encodingFormat": entry["mediatype"],
                "contentSize": f"{package.sizes[entry['name']]} B",
                "sha256": entry.get("hash", "").removeprefix("sha256:"),
            }
            for entry in content["resources"]
        ],
    }
    return {name: value for name, value in known.items() if value not in (None, "", [])}


def workbook_jsonld(dataset: str, size: int, base: str, own: str, language: str) -> dict[str, str]:
    """A dataset's workbook in the language `own` as `DataDownload`, named in `language`; `size` in bytes."""
    return {
        "@type": "DataDownload",
        "name": WORKBOOK_TITLES[own][language],
        "inLanguage": own,
        "contentUrl": file_address(base, dataset, workbook_path(dataset, own)),
        "encodingFormat": FORMATS["xlsx"][1],
        "contentSize": f"{size} B",
    }


def catalogue_jsonld(
    packages: list[Package], catalogue: Catalogue, base: str, language: str = "en"
) -> dict[str, Any]:
    """schema.org `DataCatalog` for the start page."""
    return {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "@id": f"{base}#catalog",
        "name": catalogue.titles.get(language, ""),
        "description": catalogue.descriptions.get(language, ""),
        "url": base,
        "license": catalogue.licence["path"],
        "publisher": organisation(catalogue, language),
        "dataset": [
            {
                "@type": "Dataset",
                "@id": f"{base}{package.name}",
                "name": text_in(package.content, "title", language),
                "url": file_address(base, package.name, README),
            }
            for package in packages
        ],
    }


def variable(field: Mapping[str, Any], language: str) -> dict[str, str]:
    """A column as `PropertyValue`."""
    known = {
        "@type": "PropertyValue",
        "name": field["name"],
        "alternateName": text_in(field, "title", language),
        "description": text_in(field, "description", language),
        "unitText": field.get("unit", ""),
    }
    return {name: value for name, value in known.items() if value}


def organisation(catalogue: Catalogue, language: str) -> dict[str, str]:
    """The publisher."""
    names = catalogue.publisher["name_translated"]
    known = {
        "@type": "Organization",
        "name": names.get(language) or next(iter(names.values())),
        "url": catalogue.publisher.get("homepage") or "",
    }
    return {name: value for name, value in known.items() if value}


def licence(content: Mapping[str, Any]) -> str | None:
    """The address of the licence."""
    return next((web_address(entry.get("path") or "") for entry in content.get("licenses", [])), None)


def texts_of(entry: Mapping[str, Any], name: str) -> Mapping[str, str]:
    """A text by language."""
    return entry.get(f"{name}_translated") or {"en": entry.get(name) or ""}


def text_in(entry: Mapping[str, Any], name: str, language: str) -> str:
    """A text in a language, else in the package's main language."""
    return str(texts_of(entry, name).get(language) or entry.get(name) or "")
