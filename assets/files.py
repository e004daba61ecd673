"""How files are touched: written, replaced, moved, hashed, locked; no other module does it by its own means.

Every file appears under its name whole or not at all, except inside a version folder that has no
`datapackage.json` yet. What a power cut may take is said at each call: durable bytes are on disk on return,
others would be made again by the next run. What is written and when belongs to the callers.

Hashes are counted over chunks of bytes and locks are held by name, so that neither a caller's code nor what
is recorded says that the bytes lie in a folder.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".tmp"  # temporary files are called .<name>.<writer>.tmp, beside the file that they become
CHUNK = 1 << 20

Content = bytes | Iterable[bytes] | Callable[[BinaryIO], object]  # whole, in chunks, or who writes it


class Locked(Exception):
    """Another process holds the lock; the message is its number where the kernel gives it, else empty."""


def write_file(path: Path, content: Content) -> None:
    """Create `path`; its bytes (not yet its name) are durable on return.

    For folders that count only once their last file is there: a reader may see half of it.
    """
    with path.open("wb") as file:
        _fill(file, content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: Content, durable: bool = True) -> None:
    """Put `content` under `path` in one step: readers see the old bytes or the new ones.

    Several may write it at once, the last one wins. Durable: bytes and name survive a power cut.
    """
    with _replacing(path, durable) as temporary, temporary.open("wb") as file:
        _fill(file, content)
        if durable:
            file.flush()
            os.fsync(file.fileno())


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
    replace_file(path, content, durable=False)
    return True


def replace_by_copy(source: Path, path: Path) -> None:
    """Put a copy of `source` under `path` in one step; its bytes (not yet its name) are durable.

    A copy, not a hard link: a program that saves over the newest copy must not reach the version's file.
    """
    with _replacing(path, durable=False) as temporary:
        shutil.copyfile(source, temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())


def move_file(source: Path, path: Path) -> None:
    """Give a whole file of the same disk another name, in one step; not durable."""
    source.replace(path)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a rename survives a power cut only when its folder was synced."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_temporary(folder: Path) -> None:
    """Remove what a killed run left half-written in `folder` (not in folders below)."""
    for path in temporary_files(folder):
        path.unlink()


def temporary_files(folder: Path) -> list[Path]:
    """What a killed run left half-written in `folder`, or a run that is going on is writing; sorted."""
    return sorted(folder.glob(f".*{TEMPORARY}"))


def new_file(folder: Path, suffix: str) -> tuple[BinaryIO, Path]:
    """An empty file in `folder` under a name that nothing had, open for writing and reading."""
    handle, name = tempfile.mkstemp(dir=folder, suffix=suffix)
    return os.fdopen(handle, "w+b"), Path(name)


def read_chunks(content: bytes | Path | BinaryIO) -> Iterator[bytes]:
    """Bytes, those of a file, or those of an open file from where it stands, a chunk at a time."""
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, Path):
        with content.open("rb") as file:
            yield from read_chunks(file)
    else:
        while chunk := content.read(CHUNK):
            yield chunk


def hash_chunks(chunks: Iterable[bytes]) -> tuple[str, int]:
    """The SHA-256 of bytes in hexadecimal digits, and how many they are."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def hash_file(path: Path) -> str:
    """`sha256:` and the hexadecimal hash of a file's bytes."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


@contextmanager
def hold_lock(path: Path, waits: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock named `path`; the file stays empty, and stays. A killed holder frees it.

    When another process holds it: `waits` hears who and it is waited for; without `waits`, `Locked`.
    """
    descriptor = _lock(path, waits)
    try:
        yield
    finally:
        os.close(descriptor)


def try_lock(file: BinaryIO, path: Path) -> bool:
    """Lock an open file until it is closed; False where somebody else has it, or where it is no longer the
    file named `path`: who had the lock before may have moved it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


@contextmanager
def _replacing(path: Path, durable: bool) -> Iterator[Path]:
    """The name to write under, which becomes `path`; nothing stays under it when the writing fails."""
    writer = f"{os.getpid()}-{threading.get_ident()}"
    temporary = path.with_name(f".{path.name}.{writer}{TEMPORARY}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def _fill(file: BinaryIO, content: Content) -> None:
    if isinstance(content, bytes):
        file.write(content)
    elif callable(content):
        content(file)
    else:
        file.writelines(content)


def _lock(path: Path, waits: Callable[[str], None] | None) -> int:
    """The descriptor of the locked file. Nothing is written to it: a run without news touches no file."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = _holder(descriptor)
                if waits is None:
                    raise Locked(holder) from None
                waits(holder)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the file was removed while we waited: lock the one that is there now


def _holder(descriptor: int) -> str:
    """The number of the process that holds the lock, as far as the kernel gives it; else empty."""
    inode = str(os.fstat(descriptor).st_ino)
    try:
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return ""
    found = [words for words in map(str.split, lines) if len(words) > 5 and words[5].split(":")[-1] == inode]
    return found[0][4] if found else ""
