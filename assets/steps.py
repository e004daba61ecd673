"""What each kind of asset does, as plain functions over a workspace: fetch, normalise and validate, package.

The hand-over between steps (files, so that steps may run in different processes) belongs here. How Dagster
shows and orders the steps belongs to `factory`, the work itself to the stages.
"""

import hashlib
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.descriptor import Dataset, Resource, load_catalogue
from assets.errors import StoreError
from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.resource import normalise_resource
from assets.publish.catalogue.write import write_catalogue
from assets.publish.lock import publication_lock
from assets.publish.release import Release
from assets.publish.tree import publish_dataset
from assets.store import Snapshot, add_snapshot, age_key
from assets.validate.engine import validate
from assets.validate.report import Report
from assets.workspace import Workspace

AREAS = ("regions", "areas")  # the dataset and resource that give every statistic its geography


@dataclass(frozen=True)
class NormalisedTable:
    """What the normalise step leaves behind: the table's file, its digest, and the verdict on it."""

    path: Path
    sha256: str
    frame: pl.DataFrame
    report: Report


def fetch_dataset(dataset: Dataset, workspace: Workspace) -> tuple[Snapshot, ...]:
    """The snapshots that `dataset` is made from: the newer of store and bundle.

    Raises `SnapshotMissing` when neither holds one yet, `StoreError` when one is damaged.
    """
    return fetch_snapshots(dataset, workspace.roots)


def normalise_table(dataset: Dataset, resource: Resource, workspace: Workspace) -> NormalisedTable:
    """Reads, maps and validates one resource and leaves it as Parquet for the package's step.

    The file carries the hashes of the snapshots that it was made from, so that the package step can tell
    whether they are still the newest.
    """
    snapshots = fetch_dataset(dataset, workspace)
    areas = read_areas(workspace) if resource.classification else None
    frame = normalise_resource(resource, snapshots, areas).collect()
    report = validate(
        frame.lazy(),
        resource,
        others={
            name: pl.scan_parquet(workspace.normalised(dataset.name, name)) for name in referred(resource)
        },
        as_of=max(age_key(snapshot.provenance)[0] for snapshot in snapshots).date(),
        previous=read_published(dataset, resource, workspace),
    )
    path = workspace.normalised(dataset.name, resource.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    frame.write_parquet(partial, metadata={"innoregio.snapshots": json.dumps(hashes(snapshots))})
    digest = hashlib.sha256(partial.read_bytes()).hexdigest()
    partial.replace(path)
    return NormalisedTable(path, digest, frame, report)


def package_dataset(dataset: Dataset, workspace: Workspace) -> Release:
    """Publishes the normalised tables of `dataset` as a release, and keeps the snapshots that it used.

    Raises `StoreError` when a table was made from other snapshots than those found now: a second run changed
    the store in between.
    """
    snapshots = fetch_dataset(dataset, workspace)
    tables: dict[str, pl.LazyFrame] = {}
    for resource in dataset.resources:
        path = workspace.normalised(dataset.name, resource.name)
        made_from = json.loads(pl.read_parquet_metadata(path).get("innoregio.snapshots", "[]"))
        if made_from != hashes(snapshots):
            raise StoreError(
                f"{dataset.name}/{resource.name}: the snapshots changed during the run; run it again"
            )
        tables[resource.name] = pl.scan_parquet(path)
    areas = read_areas(workspace) if any(resource.classification for resource in dataset.resources) else None
    release = publish_dataset(dataset, tables, snapshots, areas, workspace.out, workspace.base_url)
    for snapshot in snapshots:
        add_snapshot(workspace.store, snapshot.path, snapshot.provenance)
    return release


def publish_catalogue(names: Collection[str], workspace: Workspace) -> bool:
    """Brings the tree's catalogue up to its packages; True when a byte changed.

    `names`: every dataset that has a descriptor, also a wrong one. A package in the tree without one is shown
    as withdrawn.
    """
    packages = {path.parent.name for path in workspace.out.glob("*/datapackage.json")}
    with publication_lock(workspace.out, wait=True):
        return write_catalogue(workspace.out, load_catalogue(), workspace.base_url, packages - set(names))


def referred(resource: Resource) -> list[str]:
    """The other tables of the dataset that the foreign keys of `resource` point at; they are made first."""
    keys = resource.raw.get("schema", {}).get("foreignKeys", [])
    return sorted({key["reference"]["resource"] for key in keys} - {resource.name, ""})


def read_published(dataset: Dataset, resource: Resource, workspace: Workspace) -> pl.LazyFrame | None:
    """The table as the last release has it; None before the first release and for a new table."""
    descriptor = workspace.out / dataset.name / "datapackage.json"
    if not descriptor.is_file():
        return None
    resources = json.loads(descriptor.read_bytes())["resources"]
    paths = [one["path"] for one in resources if one["name"] == f"{resource.name}-parquet"]
    return pl.scan_parquet(descriptor.parent / paths[0]) if paths else None


def read_areas(workspace: Workspace) -> pl.LazyFrame:
    """The normalised `areas` table of the `regions` dataset."""
    return pl.scan_parquet(workspace.normalised(*AREAS))


def hashes(snapshots: Sequence[Snapshot]) -> list[str]:
    """The content addresses of `snapshots`, in order."""
    return [snapshot.provenance.sha256 for snapshot in snapshots]
