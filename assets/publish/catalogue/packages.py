"""The releases of a published tree as the catalogue reads them: newest descriptor, older ones, what they
cover.

Reading only, by name and in order; what is said of a release belongs to `graph`.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.descriptor.model import STATUS, WITHDRAWN
from assets.errors import PublishError
from assets.publish.catalogue.coverage import Areas, read_package_areas, temporal_coverage
from assets.publish.catalogue.terms import clean_json, escape_address
from assets.publish.release.layout import DESCRIPTOR, is_version, parse_version


@dataclass(frozen=True)
class Package:
    """A dataset's newest release, its history, and what the catalogue needs to know of its files."""

    name: str
    content: Mapping[str, Any]  # the newest descriptor, paths beginning with the version
    history: tuple[Mapping[str, Any], ...]  # descriptors of all releases, oldest first
    temporal: tuple[str, str] | None  # first and last day
    areas: Areas
    sizes: Mapping[str, int]  # resource -> bytes of its file
    withdrawn: bool
    pages: Mapping[str, str] = field(default_factory=dict)  # language -> path of its page in the tree
    workbooks: Sequence[Mapping[str, Any]] = ()  # each as a resource of the descriptor is

    @property
    def version(self) -> str:
        """The newest version."""
        return str(self.content["version"])

    @property
    def issued(self) -> str | None:
        """When the first release was made, RFC 3339."""
        return self.history[0].get("created")

    @property
    def modified(self) -> str | None:
        """When the newest release's content changed, RFC 3339."""
        return self.content.get("modified") or self.content.get("created")


def read_packages(out: Path, country: str, withdrawn: Collection[str] = ()) -> list[Package]:
    """Every dataset of the tree, by name.

    `country`: the country in focus, in NUTS's two letters.
    `withdrawn`: datasets that the tree keeps and no descriptor keeps up; those whose published descriptor
    says `innoregio:status` withdrawn are so without it. Raises `PublishError` where a descriptor is not one.
    """
    names = sorted(path.parent.name for path in out.glob(f"*/{DESCRIPTOR}"))
    return [read_package(out / name, country, name in withdrawn) for name in names]


def read_package(folder: Path, country: str, withdrawn: bool = False) -> Package:
    """One dataset of the tree."""
    content = read_json(folder / DESCRIPTOR)
    if content.get("name") != folder.name:
        raise PublishError(f"{folder / DESCRIPTOR}: is of {content.get('name')!r}; run verify and restore it")
    with os.scandir(folder) as entries:
        versions = sorted(filter(is_version, (entry.name for entry in entries)), key=parse_version)
    newest = parse_version(str(content["version"]))  # a later one is whole, but not published yet
    history = [
        content if version == content["version"] else read_json(folder / version / DESCRIPTOR)
        for version in versions
        if version == content["version"]
        or (parse_version(version) < newest and (folder / version / DESCRIPTOR).is_file())
    ]
    return Package(
        name=folder.name,
        content=content,
        history=tuple(history) or (content,),
        temporal=temporal_coverage(folder, content),
        areas=read_package_areas(folder, content, country),
        sizes={entry["name"]: file_size(folder, entry) for entry in content["resources"]},
        withdrawn=withdrawn or content.get(STATUS) == WITHDRAWN,
    )


def read_json(path: Path) -> dict[str, Any]:
    """A published descriptor, fast. Raises `PublishError`."""
    try:
        content = clean_json(path.read_bytes())
        (
            content["version"],
            [(entry["name"], entry["path"], entry["format"]) for entry in content["resources"]],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"{path}: not a published descriptor ({error}); run verify and restore it"
        ) from error
    return dict(content)


def file_size(folder: Path, entry: Mapping[str, Any]) -> int:
    """Bytes of a resource's file. The descriptor gives none for Parquet, for the sake of its readers."""
    if (known := entry.get("bytes")) is not None:
        return int(known)
    try:
        return (folder / str(entry["path"])).stat().st_size
    except OSError as error:
        raise PublishError(f"{folder / entry['path']}: missing; run verify and restore it") from error


def file_address(base: str, dataset: str, path: str) -> str:
    """The address of a file of a dataset's folder."""
    return f"{base}{escape_address(dataset)}/{escape_address(path)}"
