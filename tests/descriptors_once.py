"""The shipped descriptors, read and checked once for each test process and not at every command: that is most
of the time of a command on a small dataset. Descriptors of an operator's or a test's folder are never kept.
"""

from pathlib import Path

from assets import descriptor
from assets.descriptor import Dataset
from assets.descriptor.shared import Shared
from assets.overlay import packaged_schemas, schema_folders

State = tuple[tuple[str, object], ...]


def keep_descriptors() -> None:
    """From now on a shipped descriptor is only read again where a file of the folders in force is another."""
    read, shipped = descriptor._load, packaged_schemas()
    kept: dict[tuple[Path, tuple[Path, ...], State], Dataset] = {}
    seen: list[tuple[Shared, tuple[Path, ...], State]] = []  # all descriptors of a command share theirs

    def load(path: Path, shared: Shared) -> Dataset:
        if path.parent != shipped / "datasets":
            return read(path, shared)
        folders = (*shared.folders, *schema_folders())
        if not seen or seen[0][0] is not shared or seen[0][1] != folders:
            states = (state_of(folder, exactly=folder != shipped) for folder in dict.fromkeys(folders))
            seen[:] = [(shared, folders, tuple(entry for state in states for entry in state))]
        key = path, folders, seen[0][2]
        if key not in kept:
            kept[key] = read(path, shared)
        return kept[key]

    descriptor._load = load


def state_of(folder: Path, exactly: bool) -> State:
    """Every file of a folder with its content, or with its size and time of change."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    if exactly:  # what a test writes twice may have the same time
        return tuple((str(path), path.read_bytes()) for path in files)
    return tuple((str(path), (path.stat().st_size, path.stat().st_mtime_ns)) for path in files)
