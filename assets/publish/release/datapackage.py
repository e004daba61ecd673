"""The published descriptor, `datapackage.json` of Data Package v2, from the dataset's descriptor and tables.

Properties and their order belong here. Table Schemas belong to `schema`, dates and sources to `provenance`,
the version to `version`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from assets.descriptor import LANGUAGES, Dataset, Resource
from assets.publish.release.provenance import (
    describe_snapshots,
    describe_sources,
    release_dates,
    sort_snapshots,
)
from assets.publish.release.schema import table_schema
from assets.publish.release.texts import english, selections, translated_property, with_selection
from assets.store.snapshots import Snapshot

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}
OURS = ("$schema", "name", "title", "description", "title_translated", "description_translated", "keywords")


@dataclass(frozen=True)
class TableFacts:
    """What is known of a CSV file before it is written: rows, bytes, `sha256:` hash, cells like formulas."""

    rows: int
    bytes: int
    hash: str
    formula_cells: int


def describe_package(
    dataset: Dataset,
    code_lists: Sequence[Resource],
    facts: Mapping[str, TableFacts],
    snapshots: Sequence[Snapshot],
    base_url: str,
    temporal: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The package's descriptor with local paths; `version` and the hashes of Parquet are still empty.

    `facts`: of every CSV resource, code lists included. `base_url` is the address of the published tree,
    `temporal` the first and last day that the figures are of.
    """
    snapshots = sort_snapshots(snapshots)
    selection = selections(snapshots)
    descriptions = with_selection(dataset.descriptions, selection)
    created, modified = release_dates(snapshots, dataset.revised)
    base = base_url.rstrip("/") + "/"
    raw = plain_json(dataset.raw)
    package = {
        "$schema": PROFILE,
        "name": dataset.name,
        "id": f"{base}{dataset.name}",
        "title": english(dataset.titles) or dataset.name,
        "description": english(descriptions),
        **translated_property("title", dataset.titles),
        **translated_property("description", descriptions),
        "version": "",
        "created": created,
        "modified": modified,
        "keywords": list(dataset.keywords.get("en", ())),
        "innoregio:keywords_translated": {
            la: list(dataset.keywords[la]) for la in LANGUAGES if la in dataset.keywords
        },
        "licenses": raw.get("licenses", []),
        "sources": describe_sources(raw.get("sources", []), snapshots),
    }
    package = {key: value for key, value in package.items() if value is not None and value != []}
    package |= {
        key: value for key, value in raw.items() if key not in package and key not in (*OURS, "resources")
    }
    if temporal:
        package["innoregio:temporal"] = {"start": temporal[0], "end": temporal[1]}
    if selection:
        package["innoregio:selection"] = selection
    package["innoregio:provenance"] = describe_snapshots(snapshots)
    names = [resource.name for resource in code_lists]
    resources = [
        entry
        for resource in dataset.resources
        for entry in (
            csv_resource(resource, names, facts[resource.name]),
            parquet_resource(resource, names, facts),
        )
    ]
    package["resources"] = resources + [
        csv_resource(resource, names, facts[resource.name]) for resource in code_lists
    ]
    return package


def add_ledger(
    package: dict[str, Any], ledger: Resource, facts: TableFacts, since: Mapping[str, str]
) -> None:
    """Put the ledger of revisions after the package's tables, before its code lists.

    It refers to no code list: a code that was withdrawn is in none. `since`: the oldest release that it leads
    back to, by table.
    """
    entries = [
        csv_resource(ledger, [], facts) | {"innoregio:since": dict(since)},
        parquet_resource(ledger, [], {ledger.name: facts}),
    ]
    place = sum(not entry["name"].startswith("codes-") for entry in package["resources"])
    package["resources"][place:place] = entries


def csv_resource(resource: Resource, code_lists: Collection[str], facts: TableFacts) -> dict[str, Any]:
    """A table as CSV, with the descriptor's own properties (`innoregio:`) as they are written."""
    written = {key: value for key, value in plain_json(resource.raw).items() if key.startswith("innoregio:")}
    return {
        **_head(resource, resource.name),
        "path": f"{resource.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": facts.bytes,
        "hash": facts.hash,
        "innoregio:rows": facts.rows,
        **({"innoregio:formulaCells": facts.formula_cells} if facts.formula_cells else {}),
        **written,
        "dialect": DIALECT,
        "schema": plain_json(table_schema(resource, code_lists)),
    }


def parquet_resource(
    resource: Resource, code_lists: Collection[str], facts: Mapping[str, TableFacts]
) -> dict[str, Any]:
    """The Parquet twin. No `bytes`: frictionless cannot count them there and would say invalid."""
    return {
        **_head(resource, f"{resource.name}-parquet"),
        "path": f"{resource.name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "hash": "",
        "innoregio:rows": facts[resource.name].rows,
        "schema": plain_json(table_schema(resource, code_lists, parquet=True)),
    }


def _head(resource: Resource, name: str) -> dict[str, Any]:
    head: dict[str, Any] = {"name": name, "type": "table", "title": english(resource.titles) or resource.name}
    if description := english(resource.descriptions):
        head["description"] = description
    return (
        head
        | translated_property("title", resource.titles)
        | translated_property("description", resource.descriptions)
    )


def prefix_paths(package: Mapping[str, Any]) -> dict[str, Any]:
    """The version's descriptor as it stands one folder up: every path begins with the version."""
    version = package["version"]
    resources = [{**resource, "path": f"{version}/{resource['path']}"} for resource in package["resources"]]
    return {**package, "resources": resources}


def package_bytes(package: Mapping[str, Any]) -> bytes:
    """The descriptor as a file: UTF-8, two blanks of indent, keys in the order they were given."""
    return orjson.dumps(package, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def plain_json(value: Any) -> Any:
    """Mappings and sequences of any kind as the dicts and lists of JSON."""
    if isinstance(value, Mapping):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(item) for item in value]
    return value
