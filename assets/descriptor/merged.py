"""A YAML file of `schemas/` that several folders may have: the properties of all, the first folder's first.

Which folders count is decided in `overlay`; what the file says in the modules that read it by this one.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from assets.descriptor.profile import check_profile
from assets.descriptor.yaml import raise_mistakes, read_yaml
from assets.overlay import packaged_schemas


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
