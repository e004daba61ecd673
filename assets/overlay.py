"""Where the files of `schemas/` are: in the operator's own folder, which `INNOREGIO_CONFIG` names, laid over
those that are installed with the program.

Which file counts belongs here; what is in it belongs to who reads it. Nothing of the operator's is written
here or by an upgrade (`innoregio init` writes a first folder).
"""

import difflib
import hashlib
import importlib.resources
import os
from functools import cache
from pathlib import Path

from assets.errors import SettingError

SETTING = "INNOREGIO_CONFIG"
KNOWN = (
    "catalogue.yaml", "codelists", "datasets", "fields.yaml", "gathered", "notes.yaml", "providers.yaml",
    "regions", "site", "strategy.yaml",
)  # fmt: skip
_FOR_EDITORS = ("profile.json", "datapackage-v2.json")  # copies; the program checks by its own
_IN_TABLES = ("regions/*.csv", "codelists/*.csv")  # what code reads, beside what descriptors hold


@cache
def packaged_schemas() -> Path:
    """The folder `schemas/` that is installed with the program."""
    return Path(str(importlib.resources.files("schemas")))


def config_folder() -> Path | None:
    """The operator's own folder, or None. Raises `SettingError` for one that is not there."""
    named = os.environ.get(SETTING)
    if not named:
        return None
    folder = Path(named).absolute()
    if not folder.is_dir():
        raise SettingError(f"{SETTING}: {named} is no folder; make one with innoregio init {named}")
    return folder


def schema_folders() -> tuple[Path, ...]:
    """The folders that count, the operator's own before the packaged one."""
    own = config_folder()
    return (own, packaged_schemas()) if own else (packaged_schemas(),)


def find_schema(name: str, folders: tuple[Path, ...] | None = None) -> Path | None:
    """The file `name` (`codelists/sex.csv`) of the first of the folders that has it, else None."""
    candidates = (folder / name for folder in folders or schema_folders())
    return next((path for path in candidates if path.is_file()), None)


def list_schemas(pattern: str, folders: tuple[Path, ...] | None = None) -> list[Path]:
    """The files like `datasets/*.yaml`, sorted by name; of two with one name the first folder's."""
    found = {
        path.name: path
        for folder in reversed(folders or schema_folders())
        for path in folder.glob(pattern)
        if path.is_file()
    }
    return [found[name] for name in sorted(found, key=lambda name: Path(name).stem)]


def check_config() -> None:
    """Raises `SettingError` where the operator's folder has something that nothing would read: a misspelt
    name must not leave the packaged file in force without a word.
    """
    own = config_folder()
    for path in sorted(own.iterdir()) if own else ():
        if path.name in (*KNOWN, *_FOR_EDITORS) or path.name.startswith((".", "README", "LICENSE")):
            continue
        meant = difflib.get_close_matches(path.name, KNOWN, 1, 0.6)
        hint = f" (did you mean {meant[0]}?)" if meant else ""
        raise SettingError(f"{path}: nothing reads this; there may be {', '.join(KNOWN)}{hint}")


def digest_config() -> str:
    """A digest of the operator's lists that tables are made with; empty where there are none."""
    own = config_folder()
    paths = sorted(path for pattern in _IN_TABLES for path in own.glob(pattern)) if own else []
    found = hashlib.sha256()
    for path in paths:
        name = f"{path.parent.name}/{path.name}"
        found.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest() if paths else ""
