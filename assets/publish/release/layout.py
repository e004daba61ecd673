"""Where things are in a published tree: `<dataset>/<version>/`, the newest descriptor and the newest copies.

Names and reading only; what is written when belongs to `tree`, what is wrong to `verify`.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.errors import PublishError

DESCRIPTOR = "datapackage.json"
README = "README.md"
REPORT = "report.json"
CROISSANT_FILE = "croissant.json"


def newest_files(package: Mapping[str, Any]) -> dict[str, str]:
    """Name -> hash of the files that are copied beside the newest descriptor."""
    return {
        entry["path"]: entry["hash"] for entry in [*package["resources"], *package.get("innoregio:files", [])]
    }


def version_folders(folder: Path) -> list[Path]:
    """The version folders of a dataset, oldest first."""
    return sorted(
        (path for path in folder.iterdir() if path.is_dir() and is_version(path.name)),
        key=lambda path: parse_version(path.name),
    )


def complete_versions(folder: Path) -> list[Path]:
    """The version folders of a dataset that have their descriptor, which is written last; oldest first."""
    return [path for path in version_folders(folder) if (path / DESCRIPTOR).is_file()]


def published_datasets(out: Path) -> list[str]:
    """The datasets of a tree by name: every folder with a release, withdrawn ones too."""
    if not out.is_dir():
        return []
    return sorted(path.name for path in out.iterdir() if path.is_dir() and any(path.glob(f"*/{DESCRIPTOR}")))


def is_version(name: str) -> bool:
    """Whether a folder's name is a version (`1.0.0`)."""
    return re.fullmatch(r"\d+\.\d+\.\d+", name, re.ASCII) is not None


def parse_version(version: str) -> tuple[int, int, int]:
    """The three numbers of a version, to sort by."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def read_descriptor(path: Path) -> dict[str, Any]:
    """A published descriptor. Raises `PublishError` when it is not one."""
    try:
        content = json.loads(path.read_bytes())
        content["version"], content["resources"]
    except (ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"{path}: not a published descriptor ({error}); run verify and restore it"
        ) from error
    return dict(content)
