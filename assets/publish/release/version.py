"""The next version of a dataset, decided from content alone (contracts: major, minor, patch, or no release).

What is compared: CSV hashes, rows by key, fields, keys, the declared vintage, and the descriptor apart from
version, dates, hashes, and the addresses that the same figures were had from. Parquet bytes do not count.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from assets.descriptor.coverage import OF
from assets.errors import PublishError
from assets.publish.release.layout import parse_version
from assets.publish.release.tables import csv_text

FIRST = "1.0.0"
LEVELS = ("major", "minor", "patch")
LEDGER = "revisions"  # follows from the other tables: it never decides a version
GONE_BACK = "innoregio:goneBack"  # of a release that is of an earlier input on purpose: why
PACKAGE_MOVING = (
    "version",
    "created",
    "modified",
    "innoregio:revised",
    "innoregio:files",
    "innoregio:versionNotes",
    GONE_BACK,
    "innoregio:buildInformation",
)
RESOURCE_MOVING = ("hash", "bytes")
SOURCE_MOVING = ("version", "innoregio:snapshots")
SNAPSHOT_MOVING = ("obtained_from", "retrieved", "recorded_before", "updated", "sha256", "bytes")


def decide_change(
    published: Mapping[str, Any], folder: Path, package: Mapping[str, Any], frames: Mapping[str, pl.DataFrame]
) -> str | None:
    """`major`, `minor`, `patch`, or None when nothing new is in the content.

    `published` and `folder`: descriptor and files of the newest release. `frames`: the new rows of each CSV
    resource. Raises `PublishError` when a file of the release is not what it was.
    """
    old, new = csv_resources(published), csv_resources(package)
    levels = set()
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new or (name in old and shape(old[name]) != shape(new[name])):
            return "major"
        if name not in old or vintage(old[name]) != vintage(new[name]):
            levels.add("minor")
        elif old[name]["hash"] != new[name]["hash"]:
            same = has_same_keys(folder / old[name]["path"], frames[name], row_key(new[name]))
            levels.add("patch" if same else "minor")
    if comparable_descriptor(published) != comparable_descriptor(package):
        levels.add("patch")
    return next((level for level in LEVELS if level in levels), None)


def raise_version(version: str, change: str) -> str:
    """The version after a change: `1.2.3` becomes `2.0.0`, `1.3.0` or `1.2.4`."""
    major, minor, patch = parse_version(version)
    return {
        "major": f"{major + 1}.0.0",
        "minor": f"{major}.{minor + 1}.0",
        "patch": f"{major}.{minor}.{patch + 1}",
    }[change]


def csv_resources(package: Mapping[str, Any], with_ledger: bool = False) -> dict[str, Mapping[str, Any]]:
    """The package's CSV resources by name: tables and code lists, not the Parquet twins."""
    return {
        resource["name"]: resource
        for resource in package["resources"]
        if resource["format"] == "csv" and (with_ledger or not is_ledger(resource))
    }


def is_data(resource: Mapping[str, Any]) -> bool:
    """Whether a CSV resource of a package holds its data: not its codes, nor how much of it is there."""
    return not resource["name"].startswith("codes-") and OF not in resource


def is_ledger(resource: Mapping[str, Any]) -> bool:
    """Whether a resource of a package is its ledger of revisions or the ledger's Parquet twin."""
    return resource["name"] in (LEDGER, f"{LEDGER}-parquet")


def shape(resource: Mapping[str, Any]) -> Any:
    """What a reader's program relies on: field names, types, order, and the keys of the rows."""
    schema = resource["schema"]
    fields = [(field["name"], field["type"], field.get("format")) for field in schema["fields"]]
    return fields, schema.get("primaryKey"), schema.get("uniqueKeys")


def row_key(resource: Mapping[str, Any]) -> list[str]:
    """The fields that tell a table's rows apart: a key, or the whole row where the table has none."""
    schema = resource["schema"]
    keys = [schema.get("primaryKey", []), *schema.get("uniqueKeys", [])]
    return next((list(key) for key in keys if key), [field["name"] for field in schema["fields"]])


def vintage(resource: Mapping[str, Any]) -> Any:
    """The declared vintage of the territories; not how it is known."""
    declared = resource.get("innoregio:classification")
    return declared if not isinstance(declared, dict) else declared.get("periods", declared.get("value"))


def has_same_keys(old: Path, frame: pl.DataFrame, key: list[str]) -> bool:
    """Whether the published CSV has the rows of `frame`, by key."""
    try:
        before = pl.read_csv(old, columns=key, infer_schema=False).select(key)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise PublishError(f"{old}: a published file cannot be read; run verify and restore it") from error
    after = csv_text(frame.select(key)).select(pl.all().cast(pl.String))
    if before.height != after.height:
        return False
    return before.equals(after) or not before.join(after, on=key, how="anti", nulls_equal=True).height


def comparable_descriptor(package: Mapping[str, Any]) -> dict[str, Any]:
    """The descriptor apart from version, dates and hashes."""
    kept = {key: value for key, value in package.items() if key not in PACKAGE_MOVING}
    kept["resources"] = [
        _without(resource, RESOURCE_MOVING) for resource in package["resources"] if not is_ledger(resource)
    ]
    kept["sources"] = [_without(source, SOURCE_MOVING) for source in package.get("sources", [])]
    kept["innoregio:provenance"] = [
        _without(snapshot, SNAPSHOT_MOVING) for snapshot in package.get("innoregio:provenance", [])
    ]
    return kept


def _without(entry: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in names}
