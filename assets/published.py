"""The tables of the tree's newest releases, which a table that is made now is compared with.

Which of them count as the measure of a release belongs to `publish.release.last_release`.
"""

import json
from typing import Any

import polars as pl

from assets.descriptor import Dataset, Resource
from assets.workspace import Workspace


def read_published(dataset: Dataset, resource: Resource, workspace: Workspace) -> pl.LazyFrame | None:
    """The table as the last release has it; None before the first release and for a new table."""
    entry = published_entry(dataset, resource, workspace)
    return pl.scan_parquet(workspace.out / dataset.name / entry["path"]) if entry else None


def read_others(dataset: Dataset, resource: Resource, workspace: Workspace) -> dict[str, pl.LazyFrame]:
    """The published statistics of the other datasets, by `dataset/resource`, where a rule asks for them;
    none that is worked out of others, whose figures it has rightly.

    The verdict does not change with them while none is a copy, so they are in no fingerprint: of two tables
    the one that is made later is compared with the other.
    """
    if not any(expectation.get("rule") == "duplicate_dataset" for expectation in resource.expectations):
        return {}
    found = {}
    for path in sorted(workspace.out.glob("*/datapackage.json")):
        entries = json.loads(path.read_bytes())["resources"] if path.parent.name != dataset.name else []
        derived = {f"{entry['name']}-parquet" for entry in entries if "innoregio:derive" in entry}
        for entry in entries:
            names = {field["name"] for field in entry["schema"]["fields"]}
            if entry["format"] == "parquet" and "obs_value" in names and entry["name"] not in derived:
                name = entry["name"].removesuffix("-parquet")
                found[f"{path.parent.name}/{name}"] = pl.scan_parquet(path.parent / entry["path"])
    return found


def published_hash(dataset: Dataset, resource: Resource, workspace: Workspace) -> str:
    """The hash of the table in the last release; empty where there is none."""
    return str((published_entry(dataset, resource, workspace) or {}).get("hash", ""))


def published_entry(dataset: Dataset, resource: Resource, workspace: Workspace) -> dict[str, Any] | None:
    """What the last release's descriptor says of the table."""
    descriptor = workspace.out / dataset.name / "datapackage.json"
    if not descriptor.is_file():
        return None
    resources = json.loads(descriptor.read_bytes())["resources"]
    return next((entry for entry in resources if entry["name"] == f"{resource.name}-parquet"), None)
