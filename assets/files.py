"""How the published tree is touched: write, replace, copy, remove, each safe against a kill.

A reader never sees half a file under its final name, except inside a version folder that has no
`datapackage.json` yet. What is written and when belongs to `tree`.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".tmp"  # temporary files are called .<name>.tmp, beside the file that they become


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a rename survives a power cut only when its folder was synced."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Create `path` and let `write` fill it; its bytes (not yet its name) are durable on return."""
    with path.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


def write_chunks(path: Path, chunks: Iterable[bytes]) -> None:
    """Create `path` from pieces of bytes, as `write_file` does."""
    write_file(path, lambda file: file.writelines(chunks))


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` under `path` in one step: readers see the old bytes or the new ones."""
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    write_chunks(temporary, [content])
    temporary.replace(path)
    sync_folder(path.parent)


def replace_if_new(path: Path, content: bytes) -> bool:
    """Put `content` under `path` in one step unless it is there; whether it was not.

    For what the next run would make again: nothing is synced to disk.
    """
    try:
        with path.open("rb", buffering=0) as file:
            if file.read(len(content) + 1) == content:
                return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    with temporary.open("wb") as file:
        file.write(content)
    temporary.replace(path)
    return True


def replace_by_copy(source: Path, path: Path) -> None:
    """Put a copy of `source` under `path` in one step.

    A copy, not a hard link: a program that saves over the newest copy must not reach the version's file.
    """
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    shutil.copyfile(source, temporary)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def remove_temporary(folder: Path) -> None:
    """Remove what a killed run left half-written in `folder` (not in folders below)."""
    for path in sorted(folder.glob(f".*{TEMPORARY}")):
        path.unlink()


def hash_file(path: Path) -> str:
    """`sha256:` and the hexadecimal hash of a file's bytes."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
