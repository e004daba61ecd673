"""What descriptors share: the fields of `schemas/fields.yaml`, and code lists, read when first asked for.

Where they are found belongs here; what they mean for one field is decided in `profile` and
`build`.
"""

import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.descriptor.codes import read_codelist
from assets.descriptor.model import Code
from assets.descriptor.profile import check_profile
from assets.descriptor.yaml import raise_mistakes, read_yaml


def packaged_schemas() -> Path:
    """The folder `schemas/` that is installed with the program."""
    return Path(str(importlib.resources.files("schemas")))


@dataclass(frozen=True)
class Shared:
    """Shared fields and code lists by name; a file of `folder` goes before one of the packaged schemas."""

    folder: Path
    fields: Mapping[str, Mapping[str, Any]]
    _lists: dict[str, dict[str, Code]] = field(default_factory=dict)

    def codelist_names(self) -> list[str]:
        """The names of all code lists, sorted."""
        folders = {self.folder, packaged_schemas()}
        return sorted({path.stem for folder in folders for path in (folder / "codelists").glob("*.csv")})

    def codelist(self, name: str) -> dict[str, Code] | None:
        """The code list called `name` by code, None where there is none. Raises `DescriptorMistake`."""
        if name not in self._lists:
            path = shared_file(self.folder, f"codelists/{name}.csv")
            if path is None:
                return None
            self._lists[name] = read_codelist(path)
        return self._lists[name]


def shared_file(folder: Path, name: str) -> Path | None:
    """The file `name` in `folder`, else in the packaged schemas, else None."""
    candidates = (folder / name, packaged_schemas() / name)
    return next((path for path in candidates if path.is_file()), None)


def read_shared(folder: Path) -> Shared:
    """The shared fields of `folder`, else of the packaged schemas. Raises `DescriptorMistake`."""
    path = shared_file(folder, "fields.yaml")
    assert path is not None, "the packaged schemas have fields.yaml"
    document = read_yaml(path)
    raise_mistakes(document.mistakes or check_profile(document, profile_path(folder), "sharedFields"))
    return Shared(folder, document.data)


def profile_path(folder: Path) -> Path:
    """`profile.json` of `folder`, or of the packaged schemas where it has none."""
    return shared_file(folder, "profile.json") or packaged_schemas() / "profile.json"
