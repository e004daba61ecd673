"""The dataset `coverage`: the tables of that name of all packages of a tree, in one.

It is made when all else is published, whatever failed, as the catalogue is: so it is never held back by a
dataset that fails or waits for its first fetch. The rows are counted in `publish.release.coverage`, their
columns stand in `schemas/gathered/coverage.yaml`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from assets.build_information import build_information
from assets.descriptor.coverage import COVERAGE, coverage_dataset
from assets.descriptor.derivation import RELEASES
from assets.errors import PublishError
from assets.fingerprints import digest, version_release
from assets.publish.release.layout import DESCRIPTOR, read_descriptor
from assets.publish.release.released import read_note, write_note
from assets.publish.release.tables import polars_type
from assets.publish.release.tree import publish_dataset
from assets.store.snapshots import Provenance, Snapshot
from assets.validate.engine import validate
from assets.validate.report_file import judge_release
from assets.workspace import Workspace

TABLES = "innoregio:tables"


def publish_coverage(workspace: Workspace) -> bool:
    """Brings the dataset `coverage` up to the packages of the tree; True where that is a new release.

    A tree none of whose packages has a table of coverage gets none. Raises `PublishError`.
    """
    dataset = coverage_dataset()
    packages = sorted(workspace.out.glob(f"*/{DESCRIPTOR}"))
    signs = [
        f"{path.parent.name} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for path in packages
        if path.parent.name != COVERAGE
    ]
    made_from = digest(version_release(dataset), str(workspace.out), workspace.base_url, *signs)
    note = workspace.released(COVERAGE)
    if read_note(note, made_from):
        return False
    taken = list(take_tables(workspace.out, workspace.base_url))
    if not taken:
        return False
    snapshots = [snapshot for snapshot, _ in taken]
    resource = dataset.resources[0]
    frame = pl.concat(frame for _, frame in taken).select(
        pl.col(field.name).cast(polars_type(field)) for field in resource.fields
    )
    frame = frame.sort(resource.primary_key)
    report = validate(frame.lazy(), resource)
    if not report.valid:
        raise PublishError(f"{COVERAGE}: {report.errors[0].note}; the last release stands")
    named = [f"{RELEASES}/{snapshot.provenance.table}" for snapshot in snapshots]
    sources = [{**source, TABLES: named} for source in dataset.raw["sources"]]
    release = publish_dataset(
        replace(dataset, raw={**dataset.raw, "sources": sources}),
        {resource.name: frame.lazy()},
        snapshots,
        None,
        workspace.out,
        workspace.base_url,
        partial(judge_release, tables={resource.name: report}),
        build_information(dataset),
    )
    write_note(note, made_from, release)
    return release.changed


def take_tables(out: Path, base_url: str) -> Iterator[tuple[Snapshot, pl.DataFrame]]:
    """The table `coverage` of each package that has one, as a snapshot and as rows with `dataset`."""
    for path in sorted(out.glob(f"*/{DESCRIPTOR}")):
        package = read_descriptor(path)
        name = str(package["name"])
        entry = next((resource for resource in package["resources"] if resource["name"] == COVERAGE), None)
        if entry is None or name == COVERAGE:
            continue
        place = path.parent / entry["path"]
        try:
            frame = pl.read_csv(place, infer_schema=False).with_columns(dataset=pl.lit(name))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise PublishError(
                f"{place}: a published file cannot be read; run verify and restore it"
            ) from error
        yield Snapshot(place, describe_table(package, entry, base_url)), frame


def describe_table(package: Mapping[str, Any], entry: Mapping[str, Any], base_url: str) -> Provenance:
    """Where the rows of one package come from: the release, by its address."""
    return Provenance(
        provider=RELEASES,
        table=str(package["name"]),
        part=COVERAGE,
        obtained_from=f"{base_url}{package['name']}/{entry['path']}",
        licence=package["licenses"][0]["name"],
        media_type="text/csv",
        updated=package.get("modified") or package.get("created"),
        sha256=str(entry["hash"]).removeprefix("sha256:"),
        bytes=int(entry["bytes"]),
    )
