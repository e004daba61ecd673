"""Bodies while they come in: files on disk with limits, and what an earlier try left of a large one.

Writing, continuing and forgetting belongs here; what is asked and what it means belongs to `http`.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from assets.errors import StoreError
from assets.files import hash_chunks, move_file, new_file, read_chunks, try_lock

OLD = 86_400.0  # seconds after which what a killed run left is removed


@dataclass
class Partial:
    """One body on its way. `size` and `validator` say what is there from before, 0 and "" for nothing."""

    file: BinaryIO
    path: Path
    size: int = 0
    validator: str = ""

    def begin(self, validator: str) -> None:
        """Empties the file; with a validator it may be continued later."""
        self.file.seek(0)
        self.file.truncate()
        self.size, self.validator = 0, validator
        if validator:
            _description(self.path).write_text(json.dumps({"validator": validator}), "utf-8")
        else:
            _description(self.path).unlink(missing_ok=True)

    def forget(self) -> None:
        """What has come is of no use."""
        self.begin("")

    def keep(self, folder: Path) -> tuple[Path, int, str]:
        """The whole body under a name of its own in `folder`, with its size and hash."""
        self.file.flush()
        self.file.seek(0)
        sha256, size = hash_chunks(read_chunks(self.file))
        empty, path = new_file(folder, ".body")
        empty.close()
        move_file(self.path, path)
        _description(self.path).unlink(missing_ok=True)
        return path, size, sha256


@contextmanager
def open_partial(folder: Path, run: Path, name: str | None) -> Iterator[Partial]:
    """A file to write into: with a `name` one that may have been begun before, else a new one in `run`.

    Two processes never write into one: who comes second gets a file of its own.
    """
    kept = None if name is None else _begun_before(folder, name)
    file, path = kept or new_file(run, ".partial")
    size = file.seek(0, os.SEEK_END)
    partial = Partial(file, path, size, _validator(path) if size else "")
    try:
        yield partial
    finally:
        empty = file.closed or file.seek(0, os.SEEK_END) == 0
        file.close()
        if kept is None or empty:
            path.unlink(missing_ok=True)


def _begun_before(folder: Path, name: str) -> tuple[BinaryIO, Path] | None:
    """The file for what is called `name`, locked; None where another process writes into it."""
    path = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.partial"
    file = path.open("a+b")
    if try_lock(file, path):
        return file, path
    file.close()
    return None


def open_run(folder: Path) -> Path:
    """A folder for the bodies of one run; what runs that were killed long ago left behind is removed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            try:
                is_old = path.stat().st_mtime < time.time() - OLD
            except FileNotFoundError:
                continue  # another run has just ended
            if is_old:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        return Path(tempfile.mkdtemp(dir=folder, prefix="run-"))
    except OSError as error:
        raise disk_error(folder, error) from error


def disk_error(folder: Path, error: OSError) -> StoreError:
    """A full disk or a folder that takes nothing, in one line."""
    reason = error.strerror or str(error)
    return StoreError(f"{folder}: cannot be written ({reason}); make room or give another folder")


def validator_of(headers: Mapping[str, str]) -> str:
    """By what a server knows the same file again when the rest is asked for; "" where it cannot."""
    if "content-encoding" in headers:
        return ""
    etag = headers.get("etag", "")
    return headers.get("last-modified", "") if not etag or etag.startswith("W/") else etag


def _description(path: Path) -> Path:
    return path.with_suffix(".about")


def _validator(path: Path) -> str:
    try:
        about: Any = json.loads(_description(path).read_text("utf-8"))
        return str(about["validator"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
