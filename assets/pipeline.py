"""What each kind of asset does, as plain functions over a workspace: fetch, normalise and validate, package.

The hand-over between steps (files, so that steps may run in different processes) belongs here. How Dagster
shows and orders the steps belongs to `factory`, the work itself to the stages.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from assets.build_information import build_information
from assets.derive.resource import derive_resource
from assets.descriptor import Dataset, Resource, load_catalogue
from assets.descriptor.coverage import COVERAGE
from assets.errors import MappingError, SourceError, StoreError
from assets.fetch.quarantine import Name, clear_quarantine, mark_quarantined, try_again
from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.states import SourceState, read_states
from assets.files import replace_file
from assets.fingerprints import digest_code, fingerprint_release, fingerprint_table
from assets.gathered_coverage import publish_coverage
from assets.inputs import take_releases
from assets.manifest import read_manifest, write_manifest
from assets.normalise.resource import normalise_resource
from assets.publish.catalogue.write import write_catalogue
from assets.publish.release.last_release import (
    check_rows,
    find_undated,
    older_input,
    read_last_release,
    released_snapshots,
)
from assets.publish.release.lock import publication_lock
from assets.publish.release.release import Release
from assets.publish.release.released import read_note, write_note
from assets.publish.release.sources import write_sources
from assets.publish.release.tree import publish_dataset
from assets.publish.site.write import write_site
from assets.published import published_hash, read_others, read_published
from assets.store.snapshots import Provenance, Snapshot, age_key, keep_snapshot
from assets.validate.engine import validate
from assets.validate.report import Report
from assets.validate.report_file import judge_release, read_report, report_text
from assets.workspace import Workspace

AREAS = ("regions", "areas")  # the dataset and resource that give every statistic its geography
FINGERPRINT = "innoregio.fingerprint"  # in a normalised table's Parquet metadata: what it was made from
VERDICT = "innoregio.verdict"  # there too: the report on it, where it is valid
JUDGED_AGAINST = "innoregio.judgedAgainst"  # and the hash of the table in the last release that it looks at


@dataclass(frozen=True)
class NormalisedTable:
    """What the normalise step leaves: the table's file, what it was made from, and the verdict on it."""

    path: Path
    fingerprint: str
    frame: pl.LazyFrame
    report: Report
    is_new: bool = True  # False: made from the same things before


def choose_snapshots(dataset: Dataset, workspace: Workspace) -> tuple[Snapshot, ...]:
    """Decides which snapshots `dataset` is made from, the newer of store and bundle, and writes it down.

    Where this run has decided already, its choice stands. Raises `SnapshotMissing` when neither holds one
    yet, `StoreError` when one is damaged, or when the newest release is of a later update of one, or of one
    that is in no store any more.
    """
    if dataset.name in workspace.chosen:
        return chosen_snapshots(dataset, workspace)
    if dataset.is_derived and not workspace.is_pinned:
        snapshots = take_releases(dataset, workspace.out, workspace.base_url, workspace.store)
    else:
        try_again(workspace.store, dataset, digest_code())
        snapshots = fetch_snapshots(dataset, workspace.roots)
        release = read_measure(dataset.name, workspace)
        find_undated(dataset.name, dataset.resources, snapshots, release)
    write_manifest(workspace.manifest(dataset.name), snapshots, workspace.roots)
    return snapshots


def chosen_snapshots(dataset: Dataset, workspace: Workspace) -> tuple[Snapshot, ...]:
    """The snapshots that the last choice for `dataset` names. Raises `StoreError` where there is none."""
    return read_manifest(workspace.manifest(dataset.name), dataset.name, workspace.roots)


def read_measure(dataset: str, workspace: Workspace) -> dict[str, Any] | None:
    """The newest release, which a run may not fall behind; None where there is none, or where going back is
    what was asked for.
    """
    if workspace.is_pinned or workspace.go_back.get(dataset):
        return None
    return read_last_release(workspace.out, dataset)


def find_measure(workspace: Workspace, dataset: str) -> tuple[Provenance, ...] | None:
    """What the newest release of a dataset was made from, for answers to be compared with; None where
    going back is what was asked for.
    """
    return None if workspace.go_back.get(dataset) else released_snapshots(read_measure(dataset, workspace))


def check_age(
    dataset: Dataset,
    resource: Resource,
    frame: pl.LazyFrame,
    snapshots: Sequence[Snapshot],
    workspace: Workspace,
) -> None:
    """Raises `StoreError` where no date says that a table's input is newer than that of the last release, and
    rows of the release are gone.
    """
    release = None if resource.derivation else read_measure(dataset.name, workspace)
    for name in sorted(find_undated(dataset.name, [resource], snapshots, release)):
        problem = older_input(dataset.name, name, snapshots, str((release or {})["version"]), None)
        check_rows(frame, read_published(dataset, resource, workspace), resource.row_key, problem)


def acquire_dataset(dataset: Dataset, workspace: Workspace) -> tuple[SourceState, ...]:
    """Asks the providers of `dataset`, where the workspace says so, and reports what became of each source.

    Those of a derived or withdrawn dataset are not asked.
    """
    return tuple(workspace.upstream(dataset)) if workspace.upstream and dataset.is_fetched else ()


def normalise_table(dataset: Dataset, resource: Resource, workspace: Workspace) -> NormalisedTable:
    """Reads, maps and validates one resource and leaves it as Parquet for the package's step.

    The file carries the fingerprint of what it was made from and the verdict on it: a table that would come
    out the same, and was found valid, is left as it is with its verdict; it is only judged again where the
    verdict looked at another release. Raises `MappingError` or `SourceError` where a snapshot is not what the
    descriptor says; that, as an invalid table, puts the sources in quarantine.
    """
    chosen = chosen_snapshots(dataset, workspace)
    origin = table_origin(dataset, resource, chosen, workspace)
    path = workspace.normalised(dataset.name, resource.name)
    known = read_metadata(path)
    is_new = known.get(FINGERPRINT) != origin[FINGERPRINT] or VERDICT not in known
    if not is_new and known.get(JUDGED_AGAINST) == origin[JUDGED_AGAINST]:
        kept = read_report(known[VERDICT])
        return NormalisedTable(path, origin[FINGERPRINT], pl.scan_parquet(path), kept, is_new=False)
    areas = read_areas(workspace) if resource.classification else None
    snapshots = own_snapshots(resource, chosen)
    tables = {(source.provider, source.table) for source in resource.sources}
    goes_back = dataset.name in workspace.go_back
    try:
        table = make_table(resource, snapshots, areas) if is_new else pl.scan_parquet(path)
        frame = table.collect()
    except (MappingError, SourceError) as error:
        quarantine(dataset, tables, str(error), workspace)
        raise
    check_age(dataset, resource, frame.lazy(), snapshots, workspace)
    report = validate(
        frame.lazy(),
        resource,
        others={
            name: pl.scan_parquet(workspace.normalised(dataset.name, name)) for name in referred(resource)
        },
        as_of=newest_day(resource, snapshots),
        previous=None if goes_back else read_published(dataset, resource, workspace),
        published=read_others(dataset, resource, workspace),
    )
    if not report.valid:
        detail = report.errors[0].note if report.errors else "not valid"
        problem = f"{resource.name}: {sum(report.totals.values())} errors; the first: {detail}"
        quarantine(dataset, tables, problem, workspace)
    write_table(frame, path, origin, report)
    return NormalisedTable(path, origin[FINGERPRINT], frame.lazy(), report, is_new)


def make_table(resource: Resource, snapshots: Sequence[Snapshot], areas: pl.LazyFrame | None) -> pl.LazyFrame:
    """The table from what its provider says, or from published tables where it is derived."""
    if resource.derivation:
        return derive_resource(resource, snapshots)
    return normalise_resource(resource, snapshots, areas)


def quarantine(dataset: Dataset, tables: Collection[Name], problem: str, workspace: Workspace) -> None:
    """Puts those of the `tables` in quarantine that are not what the newest release was made from; of our own
    releases none."""
    if dataset.is_derived:
        return
    released = {s.sha256 for s in released_snapshots(read_last_release(workspace.out, dataset.name))}
    mark_quarantined(workspace.store, dataset, tables, problem, released, digest_code())


def read_metadata(path: Path) -> dict[str, str]:
    """What a normalised table says of itself; nothing where there is none, or what a full disk left."""
    try:
        return pl.read_parquet_metadata(path)
    except (OSError, pl.exceptions.PolarsError):
        return {}


def write_table(frame: pl.DataFrame, path: Path, origin: Mapping[str, str], report: Report) -> None:
    """Leaves a table for the steps that follow. Only a valid one carries a verdict to be kept.

    Raises `StoreError` where the disk is full or takes nothing.
    """
    metadata = dict(origin) | ({VERDICT: report_text(report)} if report.valid else {})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, lambda file: frame.write_parquet(file, metadata=metadata), durable=False)
    except (OSError, pl.exceptions.ComputeError) as error:  # Polars has its own for a disk that fills up
        message = str(error)
        reason = getattr(error, "strerror", None) or message.partition("IO error: ")[2] or message
        remedy = "make room, or name another folder with INNOREGIO_HOME"
        raise StoreError(f"{path}: cannot be written ({reason}); {remedy}") from error


def package_dataset(dataset: Dataset, workspace: Workspace) -> Release:
    """Publishes the normalised tables of `dataset` as a release, and keeps the snapshots that it used.

    Raises `StoreError` when a table was made from other things than those found now: a second run changed
    the store in between.
    """
    if release := find_release(dataset, workspace):
        clear_quarantine(workspace.store, dataset)
        return release
    snapshots = chosen_snapshots(dataset, workspace)
    fingerprint = release_fingerprint(dataset, snapshots, workspace)
    tables: dict[str, pl.LazyFrame] = {}
    reports: dict[str, Report] = {}
    for resource in dataset.resources:
        path = workspace.normalised(dataset.name, resource.name)
        metadata = pl.read_parquet_metadata(path)
        if not table_origin(dataset, resource, snapshots, workspace).items() <= metadata.items():
            raise StoreError(
                f"{dataset.name}/{resource.name}: its sources changed during the run; run it again"
            )
        if VERDICT not in metadata:  # Dagster stops before; a package step that is run alone stops here
            raise StoreError(f"{dataset.name}/{resource.name}: the table is not valid; run its own step")
        tables[resource.name] = pl.scan_parquet(path)
        reports[resource.name] = read_report(metadata[VERDICT])
    areas = read_areas(workspace) if has_areas(dataset) else None
    judge = partial(judge_release, tables=reports)
    release = publish_dataset(
        dataset,
        tables,
        snapshots,
        areas,
        workspace.out,
        workspace.base_url,
        judge,
        build_information(dataset),
        workspace.go_back.get(dataset.name, ""),
    )
    for snapshot in snapshots:
        keep_snapshot(workspace.store, snapshot)
    clear_quarantine(workspace.store, dataset)
    write_note(workspace.released(dataset.name), fingerprint, release)
    return release


def find_release(dataset: Dataset, workspace: Workspace) -> Release | None:
    """The release of `dataset` that a run would only find again, where nothing that it depends on changed.

    None where there is work to do, also where only doing it would show that.
    """
    try:
        fingerprint = release_fingerprint(dataset, chosen_snapshots(dataset, workspace), workspace)
    except (StoreError, OSError, pl.exceptions.PolarsError):
        return None
    return read_note(workspace.released(dataset.name), fingerprint)


def release_fingerprint(dataset: Dataset, snapshots: Sequence[Snapshot], workspace: Workspace) -> str:
    """What a release of `dataset` in this workspace is made from."""
    areas = areas_fingerprint(workspace) if has_areas(dataset) else ""
    return fingerprint_release(dataset, snapshots, areas, workspace.out, workspace.base_url)


def table_origin(
    dataset: Dataset, resource: Resource, snapshots: Sequence[Snapshot], workspace: Workspace
) -> dict[str, str]:
    """What a normalised table is made from, and which table of the last release its verdict looks at."""
    looked_into = [
        pl.read_parquet_metadata(workspace.normalised(dataset.name, name)).get(FINGERPRINT, "")
        for name in referred(resource)
    ]
    if resource.classification:
        looked_into.append(areas_fingerprint(workspace))
    goes_back = dataset.name in workspace.go_back
    return {
        FINGERPRINT: fingerprint_table(resource, snapshots, looked_into),
        JUDGED_AGAINST: "" if goes_back else published_hash(dataset, resource, workspace),
    }


def is_made(dataset: Dataset, name: str, workspace: Workspace) -> bool:
    """Whether the normalised table `name` is what a run would make again from the chosen snapshots."""
    resource = next(table for table in dataset.resources if table.name == name)
    metadata = read_metadata(workspace.normalised(dataset.name, name))
    try:
        origin = table_origin(dataset, resource, chosen_snapshots(dataset, workspace), workspace)
    except (StoreError, OSError, pl.exceptions.PolarsError):
        return False
    return VERDICT in metadata and metadata.get(FINGERPRINT) == origin[FINGERPRINT]


def areas_fingerprint(workspace: Workspace) -> str:
    """What the table `regions/areas` here is made from; raises `OSError` where it is not there."""
    return pl.read_parquet_metadata(workspace.normalised(*AREAS)).get(FINGERPRINT, "")


def own_snapshots(resource: Resource, snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    """Those of a dataset's snapshots that are of the tables of `resource`."""
    tables = {(source.provider, source.table) for source in resource.sources}
    return [
        snapshot
        for snapshot in snapshots
        if (snapshot.provenance.provider, snapshot.provenance.table) in tables
    ]


def newest_day(resource: Resource, snapshots: Sequence[Snapshot]) -> date:
    """The day of the newest of the parts that `resource` reads: other tables may read newer ones."""
    parts = {part for source in resource.sources for part in source.parts}
    own = [snapshot for snapshot in snapshots if snapshot.provenance.part in parts] if parts else snapshots
    return max(age_key(snapshot.provenance)[0] for snapshot in own or snapshots).date()


def has_areas(dataset: Dataset) -> bool:
    """Whether tables of `dataset` have areas that `regions/areas` places or names."""
    return any(
        resource.classification or (resource.derivation and has_geo(resource))
        for resource in dataset.resources
    )


def has_geo(resource: Resource) -> bool:
    """Whether a table has a column of areas."""
    return any(field.name == "geo" for field in resource.fields)


def publish_catalogue(names: Collection[str], workspace: Workspace, waiting: Sequence[Dataset] = ()) -> bool:
    """Brings the tree's dataset `coverage`, catalogue and site up to its packages; True when a byte changed.

    `names`: every dataset that is kept up, also one whose descriptor is wrong. All other packages of the tree
    are shown as withdrawn; those `waiting` for a fetch are listed. `sources.json` says what a fetch met.
    """
    with publication_lock(workspace.out, wait=True):
        gathered = publish_coverage(workspace)
        packages = {path.parent.name for path in workspace.out.glob("*/datapackage.json")}
        if workspace.upstream:
            states = [vars(state) for state in read_states(workspace.store)]
            write_sources(workspace.out, states, names)
        tree = workspace.out, load_catalogue(), workspace.base_url, packages - {*names, COVERAGE}
        site = write_site(*tree, waiting)  # first: the catalogue's sitemap lists the pages that are there
        return write_catalogue(*tree) or site or gathered


def referred(resource: Resource) -> list[str]:
    """The other tables of the dataset that the foreign keys of `resource` point at; they are made first."""
    keys = resource.raw.get("schema", {}).get("foreignKeys", [])
    return sorted({key["reference"]["resource"] for key in keys} - {resource.name, ""})


def read_areas(workspace: Workspace) -> pl.LazyFrame:
    """The normalised `areas` table of the `regions` dataset."""
    return pl.scan_parquet(workspace.normalised(*AREAS))
