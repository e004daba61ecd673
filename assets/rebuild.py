"""A release made again from the stored snapshots, in a folder of its own, and compared byte by byte.

Which snapshots, areas and earlier release belong to it stands in its published descriptor. The steps are
those of every run (`pipeline`); nothing in the tree or in the store is touched.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assets.build_information import build_information, describe_difference
from assets.descriptor import Dataset, Resource
from assets.errors import DescriptorError, InnoregioError, PublishError, SettingError, StoreError
from assets.files import hash_file
from assets.pipeline import (
    AREAS,
    choose_snapshots,
    has_areas,
    normalise_table,
    package_dataset,
    referred,
)
from assets.publish.release.layout import (
    DESCRIPTOR,
    complete_versions,
    newest_files,
    read_descriptor,
    version_folders,
)
from assets.publish.release.tree import repair
from assets.publish.release.verify import verify_version
from assets.publish.release.version import GONE_BACK, csv_resources
from assets.store.snapshots import Provenance, Snapshot, add_snapshot, find_bytes
from assets.workspace import Workspace

MADE_WITH = "innoregio:buildInformation"
FINGERPRINTS = ("areas",)  # of innoregio:buildInformation: what is no program


class RebuildError(PublishError):
    """A release cannot be made again here; the message says what it needs."""


@dataclass(frozen=True)
class Rebuilt:
    """What came of making a release again."""

    dataset: str
    version: str
    files: int
    different: tuple[str, ...]  # files with other bytes, or that one of the two does not have
    needs: str | None  # what it was made with that is another thing here
    folder: Path | None = None  # where it was left

    @property
    def is_same(self) -> bool:
        """Whether every file has the same bytes; the descriptor may name another code that gives them."""
        return not self.different


class PinnedWorkspace(Workspace):
    """A workspace that knows no snapshots but those put into its store."""

    @property
    def roots(self) -> tuple[Path, Path]:
        """Its own store, without the bundle."""
        return self.store, self.store

    @property
    def is_pinned(self) -> bool:
        """A release without an optional source may follow one that has it."""
        return True


def rebuild_release(
    dataset: Dataset, version: str, workspace: Workspace, into: Path | None = None, chain: bool = False
) -> Rebuilt:
    """Make the release `version` of `dataset` again and compare it with what is published.

    The release before it, which its ledger and its version follow from, is taken from the tree where its
    files are whole, else made again too; with `chain` always. `into`: a new folder for the result. Raises
    `RebuildError` when a snapshot, the areas or the descriptor it was made from are not here.
    """
    published = read_descriptor(release_folder(workspace, dataset.name, version) / DESCRIPTOR)
    if into is not None and into.exists():
        raise SettingError(f"{into}: is there already; give a new folder with --into")
    needs = describe_difference(programs(published), build_information(dataset))
    with TemporaryDirectory(prefix="innoregio-rebuild-") as scratch:
        folder = make_release(dataset, version, workspace, Path(scratch), chain, needs)
        different = tuple(compare_release(folder, release_folder(workspace, dataset.name, version)))
        if into is not None and folder.is_dir():
            shutil.copytree(folder, into)
    return Rebuilt(dataset.name, version, len(newest_files(published)) + 1, different, needs, into)


def find_dataset(
    name: str,
    version: str,
    found: tuple[Sequence[Dataset], Sequence[DescriptorError]],
    workspace: Workspace,
) -> Dataset:
    """The descriptor of a dataset, of those `found` and the mistakes of the others.

    Raises `RebuildError` where it is not here any more, its mistake where it is wrong.
    """
    for dataset in found[0]:
        if dataset.name == name:
            return dataset
    for error in found[1]:
        if error.dataset == name:
            raise error
    made = programs(read_descriptor(release_folder(workspace, name, version) / DESCRIPTOR))
    with_what = f"innoregio {made.get('innoregio', 'of then')}, code {made.get('code', 'not recorded')}"
    raise RebuildError(f"{name}: its descriptor is not here; {version} was made with {with_what}")


def programs(published: Mapping[str, Any]) -> dict[str, str]:
    """What a release was made with, apart from data."""
    return {name: text for name, text in published.get(MADE_WITH, {}).items() if name not in FINGERPRINTS}


def release_folder(workspace: Workspace, dataset: str, version: str) -> Path:
    """The folder of a published release. Raises `RebuildError` where there is none."""
    folder = workspace.out / dataset
    known = [path.name for path in complete_versions(folder)] if folder.is_dir() else []
    if version not in known:
        raise RebuildError(f"{dataset}: no release {version}; there are {', '.join(known) or 'none'}")
    return folder / version


def make_release(
    dataset: Dataset, version: str, workspace: Workspace, scratch: Path, chain: bool, needs: str | None
) -> Path:
    """The release made again below `scratch`; the folder where it should be, which may not be there.

    It goes on from the nearest release before it whose files are whole; those in between, and with `chain`
    all, are made again too, oldest first.
    """
    wanted = release_folder(workspace, dataset.name, version)
    complete = complete_versions(wanted.parent)
    earlier = complete[: complete.index(wanted)]
    missing: list[Path] = []
    while earlier and (chain or not is_good(earlier[-1])):
        missing.append(earlier.pop())
    if earlier:
        place = scratch / "public" / dataset.name / earlier[-1].name
        shutil.copytree(earlier[-1], place)
        repair(place.parent)
    for folder in reversed(missing):
        made = build_next(dataset, folder, workspace, scratch, needs)
        if different := list(compare_release(made, folder)):
            raise RebuildError(
                f"{dataset.name}: the release before, {folder.name}, does not come out the same "
                f"({', '.join(different)}){describe_missing_code(needs)}"
            )
    return build_next(dataset, wanted, workspace, scratch, needs)


def is_good(folder: Path) -> bool:
    """Whether every file of a release is what its descriptor says."""
    return not any(verify_version(folder, read_descriptor(folder / DESCRIPTOR)))


def build_next(
    dataset: Dataset, folder: Path, workspace: Workspace, scratch: Path, needs: str | None
) -> Path:
    """The release in `folder` made again as the next one of the tree below `scratch`."""
    published = read_descriptor(folder / DESCRIPTOR)
    base_url = str(published["id"]).removesuffix(dataset.name)
    out = scratch / "public"
    gone_back = {dataset.name: str(published[GONE_BACK])} if GONE_BACK in published else {}
    pinned = PinnedWorkspace(scratch / f"work-{folder.name}", out, base_url, go_back=gone_back)
    for snapshot in find_pinned(published, workspace):
        add_snapshot(pinned.store, snapshot.path, snapshot.provenance)
    if has_areas(dataset):
        place = pinned.normalised(*AREAS)
        place.parent.mkdir(parents=True)
        shutil.copyfile(find_areas(published, workspace), place)
    try:
        choose_snapshots(dataset, pinned)
        for resource in order_resources(dataset):
            normalise_table(dataset, resource, pinned)
        package_dataset(dataset, pinned)
    except InnoregioError as error:
        raise RebuildError(f"{dataset.name}@{folder.name}: {error}{describe_missing_code(needs)}") from error
    return out / dataset.name / folder.name


def describe_missing_code(needs: str | None) -> str:
    """What the code here lacks, as the end of a message."""
    return f"; it was made with {needs}" if needs else ""


def order_resources(dataset: Dataset) -> Iterator[Resource]:
    """The dataset's tables, those that others refer to first."""
    left = list(dataset.resources)
    while left:
        names = {resource.name for resource in left}
        ready = next((resource for resource in left if not names & set(referred(resource))), left[0])
        left.remove(ready)
        yield ready


def find_pinned(published: Mapping[str, Any], workspace: Workspace) -> Iterator[Snapshot]:
    """The snapshots that a release was made from, by their hash, with the provenance that it states."""
    for entry in published.get("innoregio:provenance", []):
        try:
            provenance = Provenance(**entry)
        except TypeError as error:
            detail = "its descriptor does not say which snapshots it was made from; restore it"
            raise RebuildError(f"{published['name']}@{published['version']}: {detail}") from error
        snapshot = find_bytes(workspace.roots, provenance)
        if snapshot is None:
            place = f"{provenance.provider}/{provenance.table}/{provenance.part}"
            raise StoreError(
                f"{published['name']}: snapshot {provenance.sha256[:16]} of {place} is not in the store; "
                "restore it from a copy of the store, or from another machine that published this release"
            )
        yield snapshot


def find_areas(published: Mapping[str, Any], workspace: Workspace) -> Path:
    """The table of areas that a release was made with: that of the release of `regions` with its hash."""
    wanted = published.get(MADE_WITH, {}).get("areas")
    folder = workspace.out / AREAS[0]
    for version in reversed(complete_versions(folder) if folder.is_dir() else []):
        entry = csv_resources(read_descriptor(version / DESCRIPTOR)).get(AREAS[1])
        if entry and (wanted is None or entry["hash"] == wanted):
            return version / f"{AREAS[1]}.parquet"
    raise RebuildError(
        f"{published['name']}: no release of {AREAS[0]} in {workspace.out} has the areas that "
        f"{published['version']} was made with; restore it"
    )


def compare_release(made: Path, published: Path) -> Iterator[str]:
    """The files of a release that do not come out as its descriptor says, the descriptor too.

    What a release was made with may be described otherwise: other code that gives the same bytes is good.
    """
    if not (made / DESCRIPTOR).is_file():
        versions = version_folders(made.parent) if made.parent.is_dir() else []
        yield f"another version comes out: {versions[-1].name if versions else 'none'}"
        return
    expected = newest_files(read_descriptor(published / DESCRIPTOR))
    for name, digest in expected.items():
        if not (made / name).is_file() or hash_file(made / name) != digest:
            yield name
    yield from sorted({path.name for path in made.iterdir()} - {*expected, DESCRIPTOR})
    texts = [json.loads((folder / DESCRIPTOR).read_bytes()) for folder in (made, published)]
    for text in texts:
        text.pop(MADE_WITH, None)
    if json.dumps(texts[0]) != json.dumps(texts[1]):
        yield DESCRIPTOR
