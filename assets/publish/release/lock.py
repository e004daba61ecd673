"""One publication at a time: the lock of a published tree, and whether a folder is one.

The kernel holds the lock (`flock`), so a killed holder frees it; the file itself stays and marks the folder
as ours from the first moment on.
"""

import fcntl
import json
import logging
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets.errors import PublishError

LOCK_FILE = ".innoregio.lock"

log = logging.getLogger(__name__)
_held: dict[
    Path, int
] = {}  # locks of this process and how many callers share each: a job locks, its steps too
_guard = threading.RLock()


@contextmanager
def publication_lock(out: Path, wait: bool) -> Iterator[None]:
    """Hold the tree's lock; the folder is made where there is none.

    Inside one process the lock may be taken again. When another process holds it: wait for it (`wait`), else
    raise `PublishError`. A foreign folder is refused before anything is written (`check_out_folder`).
    """
    check_out_folder(out)
    out.mkdir(parents=True, exist_ok=True)
    key = out.resolve()
    with _guard:
        descriptor = None if key in _held else _lock(key, wait)
        _held[key] = _held.get(key, 0) + 1
    try:
        yield
    finally:
        with _guard:
            _held[key] -= 1
            if not _held[key]:
                del _held[key]
        if descriptor is not None:
            os.close(descriptor)


def _lock(out: Path, wait: bool) -> int:
    """The descriptor of the locked file. Nothing is written to it: a run without news touches no file."""
    path = out / LOCK_FILE
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = _holder(descriptor)
                if not wait:
                    raise PublishError(
                        f"{out}: another run{holder} is publishing here; wait for it or use --wait"
                    ) from None
                log.info("waiting for another run%s, which is publishing to %s", holder, out)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the file was removed while we waited: lock the one that is there now


def _holder(descriptor: int) -> str:
    """` (process 1234)` for the process that holds the lock, as far as the kernel tells; else empty."""
    inode = str(os.fstat(descriptor).st_ino)
    try:
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return ""
    found = [words for words in map(str.split, lines) if len(words) > 5 and words[5].split(":")[-1] == inode]
    return f" (process {found[0][4]})" if found else ""


def check_out_folder(out: Path) -> None:
    """Raise `PublishError` unless `out` is absent, empty, or a tree of ours."""
    if out.exists() and not out.is_dir():
        raise PublishError(f"{out}: not a folder; name another one with --out")
    if not out.exists() or not any(out.iterdir()) or (out / LOCK_FILE).exists():
        return
    if not any(is_package(path) for path in sorted(out.glob("*/datapackage.json"))):
        raise PublishError(
            f"{out}: not empty, and no package of innoregio is in it; name another folder with --out"
        )


def is_package(path: Path) -> bool:
    """Whether a `datapackage.json` is one of ours: it bears `innoregio:` properties."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and any(re.match("innoregio:", key) for key in content)
