"""Damaged files of a store: found, and set aside where nothing finds them any more.

What is damaged is known by its hash: a snapshot by that in its provenance, a provenance by its own, a set by
its name. Files are moved, not deleted: a person may want to look at them. Getting them again belongs to
`fetch`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from assets.errors import StoreError
from assets.files import move_file
from assets.store.sets import MARK, SET, read_mark, read_set
from assets.store.snapshots import is_file_whole, read_provenance, records_of

ASIDE = ".damaged"  # below the store, with the same folders inside


def set_aside_damaged(root: Path, provider: str, table: str) -> list[Path]:
    """Moves the damaged files of a table out of the way; where they are now.

    Every file of the table is read. Raises `StoreError` where the disk refuses.
    """
    folder = root / provider / table
    moved = []
    for path in list(_damaged_files(folder)):
        place = root / ASIDE / path.relative_to(root)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            move_file(path, place)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(f"{path}: damaged, and cannot be set aside ({reason}); delete it") from error
        moved.append(place)
    return moved


def _damaged_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob(f"*{MARK}")):
        if not _is_good(read_mark, path):
            yield path
    for path in sorted(folder.glob(f"*{SET}")):
        if not _is_good(read_set, path):
            yield path
    for part in sorted(folder.glob("*/")):
        for record in records_of(part):
            content = record.with_suffix("")
            try:
                known = read_provenance(record)
            except StoreError:
                yield record
                continue
            if not is_file_whole(content, known.sha256, known.bytes):
                yield record
                if content.is_file():
                    yield content


def _is_good(read: Callable[[Path], object], path: Path) -> bool:
    try:
        read(path)
    except StoreError:
        return False
    return True
