"""A package as CKAN's dictionaries: the dataset, and its resources in order. Nothing here asks the portal.

Texts in three languages are given twice: as dictionaries by language, which portals with ckanext-fluent keep
(`title_translated`), and as plain fields and extras, which every portal keeps (`title`, `title_sv`).
"""

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.descriptor import LANGUAGES, Catalogue
from assets.files import hash_file
from assets.publish.catalogue.distributions import FORMAT_LABELS, distribution_address
from assets.publish.catalogue.packages import Package, file_address
from assets.publish.catalogue.schema_org import text_in, texts_of
from assets.publish.catalogue.terms import clean_keyword
from assets.publish.catalogue.vocabulary import SHA256, THEMES, authority
from assets.publish.catalogue.words import words
from assets.publish.release.layout import DESCRIPTOR

GENERAL_LICENCES: Mapping[str, str] = {"CC-BY-4.0": "cc-by", "CC0-1.0": "cc-zero"}  # in CKAN's own list
EXTRAS = (  # ours among the extras: set, and taken away where they do not hold any more
    *("identifier", "uri", "issued", "modified", "frequency", "theme", "language", "access_rights", "status"),
    *("temporal_start", "temporal_end", "publisher_name", "version_notes", "citation"),
    *(f"{name}_{language}" for name in ("title", "notes") for language in LANGUAGES),
)


@dataclass(frozen=True)
class Settings:
    """What of a portal its dictionaries depend on."""

    language: str = "en"  # of the plain fields
    licences: frozenset[str] = frozenset()  # identifiers in its list
    fields: frozenset[str] = frozenset()  # of its dataset schema, with ckanext-scheming; none without
    prefix: str = ""


def portal_name(package: Package, prefix: str) -> str:
    """What the dataset is called on the portal."""
    return f"{prefix}{package.name}"


def dataset_dictionary(
    package: Package, catalogue: Catalogue, settings: Settings, out: Path
) -> dict[str, Any]:
    """A dataset as `package_create` takes it, without owner and resources."""
    content, la = package.content, settings.language
    base = base_of(package)
    notes = {language: notes_in(package, language) for language in LANGUAGES}
    titles = {language: text_in(content, "title", language) for language in LANGUAGES}
    keywords = keywords_of(content)
    page = f"{la}/dataset/{package.name}.html"
    names = catalogue.publisher["name_translated"]
    contact = catalogue.contact
    core = {
        "name": portal_name(package, settings.prefix),
        "title": titles[la],
        "notes": notes[la],
        "url": f"{base}{page}" if (out / page).is_file() else str(content["id"]),
        "version": package.version,
        "license_id": licence_id(content, settings.licences),
        "author": names.get(la) or next(iter(names.values())),
        "maintainer": contact["name_translated"].get(la) or next(iter(contact["name_translated"].values())),
        "maintainer_email": str(contact.get("email") or "").removeprefix("mailto:"),
        "private": False,
        "tags": [{"name": word} for word in sorted({word for words in keywords.values() for word in words})],
    }
    fluent = {"title_translated": titles, "notes_translated": notes, "tags_translated": keywords}
    extras = extra_texts(package, catalogue, la)
    for name, texts in (("title", titles), ("notes", notes)):
        if f"{name}_translated" not in settings.fields:
            extras |= {f"{name}_{language}": text for language, text in texts.items()}
    own = {key: value for key, value in extras.items() if key in settings.fields}
    rest = [{"key": key, "value": extras[key]} for key in sorted(extras) if key not in own]
    return {**{key: value for key, value in core.items() if value != ""}, **fluent, **own, "extras": rest}


def extra_texts(package: Package, catalogue: Catalogue, language: str) -> dict[str, str]:
    """What CKAN has no field for, under the keys that ckanext-dcat reads where it has one."""
    content = package.content
    start, end = package.temporal or ("", "")
    names = catalogue.publisher["name_translated"]
    frequency = content.get("innoregio:updateFrequency")
    known = {
        "identifier": str(content["id"]),
        "uri": str(content["id"]),
        "issued": package.issued,
        "modified": package.modified,
        "frequency": authority("frequency", frequency) if frequency else "",
        "theme": json.dumps([f"{THEMES}/{code}" for code in content.get("innoregio:themes", [])]),
        "language": json.dumps(list(LANGUAGES)),
        "access_rights": authority("access-right", "PUBLIC"),
        "temporal_start": start,
        "temporal_end": end,
        "publisher_name": names.get(language) or next(iter(names.values())),
        "version_notes": (content.get("innoregio:versionNotes") or {}).get(language),
        "citation": content.get("innoregio:citation"),
        "status": "withdrawn" if package.withdrawn else "",
    }
    return {key: value for key, value in known.items() if value}


def resource_dictionaries(package: Package, settings: Settings, out: Path) -> list[dict[str, Any]]:
    """The files of the newest release: its tables and code lists, then its descriptor.

    The identifier of each is made from its address in the catalogue, so that a file has one on the portal for
    ever, and pushing twice does not make it twice.
    """
    content, base = package.content, base_of(package)
    licence = next((entry.get("path") for entry in content.get("licenses", [])), None)
    found = []
    for entry in content["resources"]:
        label = FORMAT_LABELS.get(entry["format"], entry["format"].upper())
        names = {language: f"{text} ({label})" for language, text in texts_of(entry, "title").items() if text}
        uri = distribution_address(base, package.name, entry)
        found.append(
            {
                "id": resource_id(settings.prefix, uri),
                "name": names.get(settings.language) or f"{entry['name']} ({label})",
                "description": text_in(entry, "description", settings.language),
                "format": label,
                "mimetype": entry["mediatype"],
                "url": file_address(base, package.name, entry["path"]),
                "size": package.sizes[entry["name"]],
                "hash": str(entry.get("hash", "")).removeprefix("sha256:"),
                "hash_algorithm": SHA256,
                "uri": uri,
                "license": licence,
                "name_translated": names,
                "description_translated": dict(texts_of(entry, "description")),
            }
        )
    uri = f"{content['id']}#descriptor"
    descriptor = out / package.name / package.version / DESCRIPTOR
    found.append(
        {
            "id": resource_id(settings.prefix, uri),
            "name": "datapackage.json",
            "description": "Data Package 2.0",
            "format": "JSON",
            "mimetype": "application/json",
            "url": file_address(base, package.name, f"{package.version}/{DESCRIPTOR}"),
            "size": descriptor.stat().st_size,
            "hash": hash_file(descriptor).removeprefix("sha256:"),
            "hash_algorithm": SHA256,
            "uri": uri,
            "license": licence,
        }
    )
    return [
        {key: value for key, value in resource.items() if value not in (None, "", {})} for resource in found
    ]


def resource_id(prefix: str, uri: str) -> str:
    """The identifier of a file on the portal."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, prefix + uri))


def base_of(package: Package) -> str:
    """The address of the published tree, as its releases have it."""
    return str(package.content["id"]).removesuffix(package.name)


def notes_in(package: Package, language: str) -> str:
    """The description; of a withdrawn dataset, that first."""
    text = text_in(package.content, "description", language).strip()
    return f"{words(language)['withdrawn']}\n\n{text}" if package.withdrawn else text


def keywords_of(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Language -> keywords as CKAN takes them."""
    keywords = content.get("innoregio:keywords_translated") or {"en": content.get("keywords", [])}
    return {
        language: sorted({clean for word in keywords[language] if (clean := clean_keyword(word, language))})
        for language in LANGUAGES
        if keywords.get(language)
    }


def licence_id(content: Mapping[str, Any], known: Collection[str]) -> str:
    """The portal's identifier of the licence: the one of the same name, else the general one of its list."""
    name = next((str(entry.get("name") or "") for entry in content.get("licenses", [])), "")
    same = next((identifier for identifier in known if identifier.lower() == name.lower()), None)
    general = GENERAL_LICENCES.get(name, "")
    return same or (general if general in known else name)
