"""What descriptors share: fields, notes, providers, and code lists, read when first asked for.

Which folder's file counts is decided in `overlay`; what they mean for one field in `profile` and `build`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.descriptor.codes import read_codelist
from assets.descriptor.merged import read_merged
from assets.descriptor.model import Code, Texts
from assets.descriptor.providers import Provider, read_providers
from assets.overlay import find_schema, list_schemas


@dataclass(frozen=True)
class Shared:
    """Shared things by name; what an earlier folder has goes before what a later one has."""

    folders: tuple[Path, ...]
    fields: Mapping[str, Mapping[str, Any]]
    notes: Mapping[str, Texts] = field(default_factory=dict)
    providers: Mapping[str, Provider] = field(default_factory=dict)
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
    """What is shared, of an earlier folder before that of a later. Raises `DescriptorMistake`."""
    return Shared(
        folders,
        fields=read_merged("fields.yaml", folders, "sharedFields"),
        notes=read_merged("notes.yaml", folders, "notes"),
        providers=read_providers(folders),
    )
