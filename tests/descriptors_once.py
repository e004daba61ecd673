"""The shipped descriptors, read and checked once for each test process and not at every command: that is most
of the time of a command on a small dataset. What is read of an operator's or a test's folder is never kept.
"""

from pathlib import Path

from assets import descriptor
from assets.descriptor import Dataset
from assets.descriptor.shared import Shared
from assets.overlay import packaged_schemas

State = tuple[tuple[str, int, int], ...]


def keep_descriptors() -> None:
    """From now on a shipped descriptor is only read again after a file of `schemas/` changed."""
    read, folder = descriptor._load, packaged_schemas()
    kept: dict[tuple[Path, State], Dataset] = {}
    seen: list[tuple[Shared, State]] = []  # the last one: all descriptors of a command share theirs

    def load(path: Path, shared: Shared) -> Dataset:
        if path.parent != folder / "datasets" or shared.folders != (folder,):
            return read(path, shared)
        if not seen or seen[0][0] is not shared:
            seen[:] = [(shared, state_of(folder))]
        key = path, seen[0][1]
        if key not in kept:
            kept[key] = read(path, shared)
        return kept[key]

    descriptor._load = load


def state_of(folder: Path) -> State:
    """Name, size and time of change of every file of a folder."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*")) if path.suffix != ".pyc")
    return tuple((str(path), status.st_size, status.st_mtime_ns) for path, status in found)
