"""A dataset as Croissant 1.0 describes it, for machine learning's tools: schema.org's description, and how to
read the records. They are read from the Parquet files, so that types need no parsing."""

from collections.abc import Iterator, Mapping
from typing import Any

from assets.descriptor import Catalogue
from assets.publish.catalogue.packages import Package, file_address
from assets.publish.catalogue.schema_org import dataset_jsonld, text_in
from assets.publish.catalogue.vocabulary import CROISSANT

DATA_TYPES: Mapping[str, str] = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "year": "sc:Integer",
}
PARQUET = "application/x-parquet"  # the only name under which mlcroissant reads records from Parquet
CONTEXT: Mapping[str, Any] = {  # the standard one, key for key: readers warn of any other
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(package: Package, catalogue: Catalogue, base: str) -> dict[str, Any]:
    """The Croissant description of a dataset, in English. It is a schema.org `Dataset` too."""
    content = package.content
    about = dataset_jsonld(package, catalogue, base)
    return {
        **about,
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CROISSANT,
        "description": text_in(content, "description", "en"),
        "citeAs": about.get("citation") or f"{base}{package.name}",
        "distribution": [file_object(entry, package, base) for entry in content["resources"]],
        "recordSet": [record_set(entry) for entry in content["resources"] if entry["format"] == "parquet"],
    }


def file_object(entry: Mapping[str, Any], package: Package, base: str) -> dict[str, Any]:
    """A file of the release, at its version's address."""
    return {
        "@type": "cr:FileObject",
        "@id": file_id(entry),
        "name": file_id(entry),
        "description": text_in(entry, "title", "en"),
        "contentUrl": file_address(base, package.name, entry["path"]),
        "contentSize": f"{package.sizes[entry['name']]} B",
        "encodingFormat": PARQUET if entry["format"] == "parquet" else entry["mediatype"],
        "sha256": entry["hash"].removeprefix("sha256:"),
    }


def record_set(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A table's records, generated from its Table Schema."""
    name = entry["name"].removesuffix("-parquet")
    schema = entry["schema"]
    known = {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": text_in(entry, "description", "en") or text_in(entry, "title", "en"),
        "key": [{"@id": f"{name}/{field}"} for field in schema.get("primaryKey", [])],
        "field": list(record_fields(entry, name)),
    }
    return {key: value for key, value in known.items() if value}


def record_fields(entry: Mapping[str, Any], table: str) -> Iterator[dict[str, Any]]:
    """The columns of a table."""
    for field in entry["schema"]["fields"]:
        yield {
            "@type": "cr:Field",
            "@id": f"{table}/{field['name']}",
            "name": field["name"],
            "description": text_in(field, "description", "en") or text_in(field, "title", "en"),
            "dataType": DATA_TYPES.get(field["type"], "sc:Text"),
            "source": {"fileObject": {"@id": file_id(entry)}, "extract": {"column": field["name"]}},
        }


def file_id(entry: Mapping[str, Any]) -> str:
    """The name of a file inside the description."""
    return f"{entry['name'].removesuffix('-' + entry['format'])}-{entry['format']}"
