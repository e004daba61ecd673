"""The tables of the tree's newest releases, which a table that is made now is compared with.

Which of them count as the measure of a release belongs to `publish.release.last_release`.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from assets.descriptor import Dataset, Resource
from assets.workspace import Workspace

COMPARING = ("cross_check", "duplicate_dataset")  # rules that look into other published tables


def read_published(dataset: Dataset, resource: Resource, workspace: Workspace) -> pl.LazyFrame | None:
    """The table as the last release has it; None before the first release and for a new table."""
    entry = published_entry(dataset, resource, workspace)
    return pl.scan_parquet(workspace.out / dataset.name / entry["path"]) if entry else None


def read_others(dataset: Dataset, resource: Resource, workspace: Workspace) -> dict[str, pl.LazyFrame]:
    """The published statistics of the other datasets, by `dataset/resource`, where a rule asks for them: all
    for `duplicate_dataset`, but none that is worked out of others, whose figures it has rightly; for
    `cross_check` those that it names, of the same dataset too; before their first release the tables that
    were made for it.

    The verdict does not change with them while none is a copy, so they are in no fingerprint: of two tables
    the one that is made later is compared with the other.
    """
    rules = {str(expectation.get("rule")) for expectation in resource.expectations}
    named = {str(rule["with"]) for rule in resource.expectations if "with" in rule}
    found = {}
    for path in sorted(workspace.out.glob("*/datapackage.json")) if rules & set(COMPARING) else ():
        state = path.stat()
        for name, file, is_derived in list_statistics(path, state.st_size, state.st_mtime_ns):
            full = f"{path.parent.name}/{name}"
            is_other = path.parent.name != dataset.name and not is_derived and "duplicate_dataset" in rules
            if is_other or full in named:
                found[full] = pl.scan_parquet(path.parent / file)
    for full in sorted(named - found.keys()):  # before its first release: the table that this run has made
        made = workspace.normalised(*full.split("/"))
        if made.is_file():
            found[full] = pl.scan_parquet(made)
    return found


@lru_cache(maxsize=1000)
def list_statistics(path: Path, size: int, changed: int) -> tuple[tuple[str, str, bool], ...]:
    """Name, file and whether it is derived of each statistic of the package whose descriptor is at `path`.

    `size` and `changed` tell one state of the file from another: it is parsed once for all tables of a run.
    """
    entries = orjson.loads(path.read_bytes())["resources"]
    derived = {f"{entry['name']}-parquet" for entry in entries if "innoregio:derive" in entry}
    return tuple(
        (entry["name"].removesuffix("-parquet"), entry["path"], entry["name"] in derived)
        for entry in entries
        if entry["format"] == "parquet"
        and any(field["name"] == "obs_value" for field in entry["schema"]["fields"])
    )


def published_hash(dataset: Dataset, resource: Resource, workspace: Workspace) -> str:
    """The hash of the table in the last release; empty where there is none."""
    return str((published_entry(dataset, resource, workspace) or {}).get("hash", ""))


def published_entry(dataset: Dataset, resource: Resource, workspace: Workspace) -> dict[str, Any] | None:
    """What the last release's descriptor says of the table."""
    descriptor = workspace.out / dataset.name / "datapackage.json"
    if not descriptor.is_file():
        return None
    resources = orjson.loads(descriptor.read_bytes())["resources"]
    return next((entry for entry in resources if entry["name"] == f"{resource.name}-parquet"), None)
