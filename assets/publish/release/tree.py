"""The published tree: version folders, the one replacement that publishes, and the newest copies beside it.

Steps and their order belong here, so that a kill at any moment leaves the last release whole and the next run
repairs the rest. Bytes belong to `tables`, `datapackage` and `readme`, the version to `version`.
"""

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from assets.descriptor import Dataset, Resource
from assets.errors import PublishError
from assets.files import (
    hash_chunks,
    hash_file,
    remove_temporary,
    replace_by_copy,
    replace_file,
    sync_folder,
    write_file,
)
from assets.publish.catalogue.coverage import covered_days
from assets.publish.release.codelists import code_lists
from assets.publish.release.coverage import count_coverage
from assets.publish.release.datapackage import (
    TableFacts,
    add_ledger,
    describe_package,
    package_bytes,
    prefix_paths,
)
from assets.publish.release.layout import (
    DESCRIPTOR,
    README,
    REPORT,
    newest_files,
    read_descriptor,
    version_folders,
)
from assets.publish.release.lock import publication_lock
from assets.publish.release.readme import write_readme
from assets.publish.release.release import Release
from assets.publish.release.tables import count_formula_cells, csv_chunks, prepare_table, write_parquet
from assets.publish.release.version import FIRST, GONE_BACK, decide_change, raise_version
from assets.publish.revisions.changelog import (
    CHANGELOG,
    NOTES,
    diff_notes,
    first_notes,
    untold_release,
    write_changelog,
)
from assets.publish.revisions.diff import diff_packages, read_frames
from assets.publish.revisions.ledger import extend_ledger
from assets.store.snapshots import Snapshot

Judge = Callable[[Mapping[str, Any], Path], bytes]  # a release's descriptor and folder to its report.json
_one_at_a_time = threading.Lock()  # the tree's lock is shared inside a process


def publish_dataset(
    dataset: Dataset,
    tables: Mapping[str, pl.LazyFrame],
    snapshots: Sequence[Snapshot],
    areas: pl.LazyFrame | None,
    out: Path,
    base_url: str,
    judge: Judge | None = None,
    build_information: Mapping[str, str] | None = None,
    gone_back: str = "",
) -> Release:
    """Publish a dataset's tables as its next release, or find that nothing is new and touch no file.

    `tables`: rows by resource name, sorted by key, valid. `areas`: names for the areas that occur
    (`regions/areas`). `judge` reads the written files again and gives the release's `report.json`, or raises.
    `build_information`: versions and digests of the code, published in the descriptor. `gone_back`: why the
    input may be an earlier one than that of the release before, published in the descriptor. Takes the tree's
    lock, waiting for it. Raises `PublishError`; the last release then stands as it was.
    """
    frames = {resource.name: prepare_table(tables[resource.name], resource) for resource in dataset.resources}
    temporal = covered_days([frame.lazy() for frame in frames.values()])
    lists = [*count_coverage(dataset, frames, areas), *code_lists(dataset, frames, areas)]
    frames |= {entry.resource.name: entry.frame for entry in lists}
    facts = {name: measure(frame) for name, frame in frames.items()}
    package = describe_package(
        dataset, [entry.resource for entry in lists], facts, snapshots, base_url, temporal
    )
    package["innoregio:buildInformation"] = dict(build_information or {})
    if areas is not None:
        package["innoregio:buildInformation"]["areas"] = measure(areas.collect()).hash
    rows = {resource.name: frames[resource.name].height for resource in dataset.resources}
    folder = out / dataset.name
    try:
        with _one_at_a_time, publication_lock(out, wait=True):
            published = repair(folder)
            change = None
            if published:
                last = folder / published["version"]
                change = decide_change(published, last, package, frames)
                if change is None:
                    return Release(dataset.name, published["version"], last, False, None, rows)
            version = raise_version(published["version"], change) if published and change else FIRST
            package["version"] = version
            if published and gone_back:
                package[GONE_BACK] = gone_back
            notes = describe_release(dataset, package, frames, folder, published)
            package = write_version(notes, package, frames, folder / version, base_url, judge)
            publish_version(folder, package)
            return Release(dataset.name, version, folder / version, True, change, rows)
    except OSError as error:
        raise PublishError(
            f"{dataset.name}: cannot write {error.filename or out}: {error.strerror}; the last release stands"
        ) from error


class ReleaseNotes(NamedTuple):
    """What a release says of its changes: its tables with the ledger, and its CHANGELOG.md."""

    resources: tuple[Resource, ...]
    changelog: str


def describe_release(
    dataset: Dataset,
    package: dict[str, Any],
    frames: dict[str, pl.DataFrame],
    folder: Path,
    published: Mapping[str, Any] | None,
) -> ReleaseNotes:
    """Give a release its notes and, where there is a difference to record, its ledger.

    `package` and `frames` are those of the release and get both; `published` is the release before.
    """
    title = str(package["title"])
    if published is None:
        package[NOTES] = first_notes(package, frames)
        return ReleaseNotes(dataset.resources, write_changelog(package, None, None, title))
    last = folder / published["version"]
    before = read_frames(last, published)
    diff = diff_packages((published, package), (before, frames))
    package[NOTES] = diff_notes(diff, str(package.get(GONE_BACK, "")))
    resources = dataset.resources
    if ledger := extend_ledger(dataset, diff, (published, package), (before, frames), last):
        frames[ledger.resource.name] = ledger.frame
        add_ledger(package, ledger.resource, measure(ledger.frame), ledger.since)
        resources = (*resources, ledger.resource)
    known = last / CHANGELOG
    earlier = known.read_text("utf-8") if known.is_file() else untold_release(published)
    return ReleaseNotes(resources, write_changelog(package, diff, earlier, title))


def measure(frame: pl.DataFrame) -> TableFacts:
    """Rows, bytes and hash of the CSV file that the frame makes, without writing it."""
    digest, length = hash_chunks(csv_chunks(frame))
    return TableFacts(frame.height, length, f"sha256:{digest}", count_formula_cells(frame))


def write_version(
    notes: ReleaseNotes,
    package: dict[str, Any],
    frames: Mapping[str, pl.DataFrame],
    folder: Path,
    base_url: str,
    judge: Judge | None = None,
) -> dict[str, Any]:
    """Fill a version folder and return its descriptor, written last: with it the folder is complete."""
    folder.mkdir(parents=True)
    resources = {resource.name: resource for resource in notes.resources}
    for entry in package["resources"]:
        path = folder / entry["path"]
        if entry["format"] == "csv":
            write_file(path, csv_chunks(frames[entry["name"]]))
        else:
            write_file(path, partial(write_parquet, frames[path.stem], resources[path.stem], entry["schema"]))
            entry["hash"] = hash_file(path)
    readme = write_readme(package, base_url, judge is not None)
    package["innoregio:files"] = []
    for name, text in ((README, readme), (CHANGELOG, notes.changelog)):
        write_file(folder / name, text.encode())
        package["innoregio:files"].append(
            {"path": name, "mediatype": "text/markdown", "hash": hash_file(folder / name)}
        )
    if judge:
        write_file(folder / REPORT, judge(package, folder))
        package["innoregio:files"].append(
            {"path": REPORT, "mediatype": "application/json", "hash": hash_file(folder / REPORT)}
        )
    sync_folder(folder)
    replace_file(folder / DESCRIPTOR, package_bytes(package))
    sync_folder(folder.parent)
    return package


def publish_version(folder: Path, package: Mapping[str, Any]) -> None:
    """Make a complete version the newest: one replacement is the publication, the copies beside it follow."""
    replace_file(folder / DESCRIPTOR, package_bytes(prefix_paths(package)))
    refresh_copies(folder, package)


def refresh_copies(folder: Path, package: Mapping[str, Any]) -> None:
    """Bring the newest copies up to the release; those that are right are not touched."""
    files = newest_files(package)
    for name, expected in files.items():
        copy = folder / name
        if not copy.is_file() or hash_file(copy) != expected:
            replace_by_copy(folder / package["version"] / name, copy)
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".parquet") and path.name not in files and path.is_file():
            path.unlink()  # a table that the newest release no longer has; its versions keep it
    sync_folder(folder)


def repair(folder: Path) -> dict[str, Any] | None:
    """Repair what a killed run left and return the newest release's descriptor, None when there is none.

    A version folder without descriptor is removed; a complete one that was not published yet is published;
    copies that lag are replaced.
    """
    if not folder.is_dir():
        return None
    remove_temporary(folder)
    complete = []
    for version in version_folders(folder):
        if (version / DESCRIPTOR).is_file():
            complete.append(version)
        else:
            shutil.rmtree(version)
    if not complete:
        return None
    newest = complete[-1]
    remove_temporary(newest)
    package = read_descriptor(newest / DESCRIPTOR)
    expected = package_bytes(prefix_paths(package))
    current = folder / DESCRIPTOR
    if not current.is_file() or current.read_bytes() != expected:
        replace_file(current, expected)
    refresh_copies(folder, package)
    return package
