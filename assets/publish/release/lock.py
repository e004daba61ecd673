"""One publication at a time: the lock of a published tree, and whether a folder is one.

A killed holder frees the lock (`files`); its file stays and marks the folder as ours from the first moment
on.
"""

import json
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from assets.errors import PublishError
from assets.files import Locked, hold_lock

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
    with ExitStack() as stack:
        with _guard:
            if key not in _held:
                try:
                    stack.enter_context(_hold(key, wait))
                except Locked as locked:
                    detail = f"another run{_process(str(locked))} is publishing here"
                    raise PublishError(f"{out}: {detail}; wait for it or use --wait") from None
            _held[key] = _held.get(key, 0) + 1
        try:
            yield
        finally:
            with _guard:
                _held[key] -= 1
                if not _held[key]:
                    del _held[key]


def _hold(out: Path, wait: bool) -> AbstractContextManager[None]:
    def waits(holder: str) -> None:
        log.info("waiting for another run%s, which is publishing to %s", _process(holder), out)

    return hold_lock(out / LOCK_FILE, waits if wait else None)


def _process(number: str) -> str:
    return f" (process {number})" if number else ""


def check_out_folder(out: Path) -> None:
    """Raise `PublishError` unless `out` is absent, empty, or a tree of ours."""
    if out.exists() and not out.is_dir():
        raise PublishError(f"{out}: not a folder; name another one with --out")
    if not out.exists() or not any(out.iterdir()) or (out / LOCK_FILE).exists():
        return
    if not any(is_own_package(path) for path in sorted(out.glob("*/datapackage.json"))):
        raise PublishError(
            f"{out}: not empty, and no package of innoregio is in it; name another folder with --out"
        )


def is_own_package(path: Path) -> bool:
    """Whether a `datapackage.json` is one of ours: it bears `innoregio:` properties."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and any(re.match("innoregio:", key) for key in content)
