"""What descriptors share: the fields of `fields.yaml`, and code lists, read when first asked for.

Which folder's file counts is decided in `overlay`; what they mean for one field in `profile` and `build`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assets.descriptor.codes import read_codelist
from assets.descriptor.model import Code
from assets.descriptor.profile import check_profile
from assets.descriptor.yaml import raise_mistakes, read_yaml
from assets.overlay import find_schema, list_schemas, packaged_schemas


@dataclass(frozen=True)
class Shared:
    """Shared fields and code lists by name; a file of an earlier folder goes before one of a later."""

    folders: tuple[Path, ...]
    fields: Mapping[str, Mapping[str, Any]]
    _lists: dict[str, dict[str, Code]] = field(default_factory=dict)

    def codelist_names(self) -> list[str]:
        """The names of all code lists, sorted."""
        return [path.stem for path in list_schemas("codelists/*.csv", self.folders)]

    def codelist(self, name: str) -> dict[str, Code] | None:
        """The code list called `name` by code, None where there is none. Raises `DescriptorMistake`."""
        if name not in self._lists:
            path = find_schema(f"codelists/{name}.csv", self.folders)
            if path is None:
                return None
            self._lists[name] = read_codelist(path)
        return self._lists[name]


def read_shared(folders: tuple[Path, ...]) -> Shared:
    """The shared fields, one of an earlier folder before one of a later. Raises `DescriptorMistake`."""
    return Shared(folders, read_merged("fields.yaml", folders, "sharedFields"))


def read_merged(name: str, folders: tuple[Path, ...], definition: str) -> dict[str, Any]:
    """A YAML file with the properties of all folders: one that the first lacks is that of the next.

    Each file is checked by the profile's `definition`; the first needs only what the others lack. Raises
    `DescriptorMistake`.
    """
    merged: dict[str, Any] = {}
    for path in (folder / name for folder in reversed(folders)):
        if not path.is_file():
            continue
        document = read_yaml(path)
        if isinstance(document.data, dict):
            document = replace(document, data={**merged, **document.data})
        profile = packaged_schemas() / "profile.json"
        raise_mistakes(document.mistakes or check_profile(document, profile, definition))
        merged = document.data
    return merged
