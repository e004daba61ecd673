"""What the last run left to know a released dataset again by, so that a run without news does no work.

A note per dataset in the work folder: the fingerprint of what the release was made from, and size and time of
its files. It only ever saves work: without it, or where a file is not as it was, everything is done again.
"""

import json
from pathlib import Path
from typing import Any

from assets.files import replace_file, temporary_files
from assets.publish.release.layout import DESCRIPTOR, newest_files, version_folders
from assets.publish.release.release import Release


def read_note(note: Path, fingerprint: str) -> Release | None:
    """The release that was made from the same things, if its files are as they were; else None."""
    try:
        known: dict[str, Any] = json.loads(note.read_bytes())
        folder = Path(known["folder"])
        if known["fingerprint"] != fingerprint or known["files"] != _sign(folder):
            return None
        rows = {str(name): int(count) for name, count in known["rows"].items()}
        return Release(str(known["dataset"]), folder.name, folder, False, None, rows)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # a note that cannot be read is none


def write_note(note: Path, fingerprint: str, release: Release) -> None:
    """Remembers a release that is whole."""
    known = {
        "dataset": release.dataset,
        "folder": str(release.folder),
        "fingerprint": fingerprint,
        "rows": release.rows,
        "files": _sign(release.folder),
    }
    note.parent.mkdir(parents=True, exist_ok=True)
    replace_file(note, json.dumps(known).encode(), durable=False)


def _sign(version: Path) -> dict[str, Any]:
    """Size and time of a release's files and of the newest copies, which must be those of this version.

    What a killed run left (a version folder after this one, a half-written file) makes another signature.
    """
    dataset = version.parent
    descriptor = version / DESCRIPTOR
    names = [*newest_files(json.loads(descriptor.read_bytes())), DESCRIPTOR]
    paths = [folder / name for folder in (dataset, version) for name in names]
    signed: dict[str, Any] = {
        str(path.relative_to(dataset)): [path.stat().st_size, path.stat().st_mtime_ns] for path in paths
    }
    signed["versions"] = [path.name for path in version_folders(dataset)]
    signed["half"] = [path.name for path in temporary_files(dataset)]
    return signed
