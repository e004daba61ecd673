"""Snapshots: where the bytes that providers published live, with their provenance.

Finding, adding and verifying snapshots in a store folder (the user's store and the bundle have one layout)
belongs here; asking a provider for new bytes belongs to `fetch`, reading them into rows to `normalise`.

Layout of a store: `<root>/<provider>/<table>/<part>/<first 16 of the sha256>.<extension>`, and that name
followed by `.json` for the provenance. The provenance is written last: bytes without it are an interrupted
addition, and not found.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.errors import StoreError
from assets.files import hash_chunks, read_chunks, replace_file

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # of provider, table and part: they are folder names
_RECORD = re.compile(
    r"[0-9a-f]{16}(\.[a-z]+)+\.json"
)  # a provenance; `<16 digits>.json` is a snapshot in JSON
DIGEST = "digest"  # of a record: the SHA-256 of the rest of it
_EXTENSIONS = {
    "text/tab-separated-values": "tsv",
    "text/csv": "csv",
    "application/vnd.sdmx.data+csv": "csv",
    "application/json": "json",
    "application/json-stat+json": "json",
    "application/x-ndjson": "jsonl",
    "text/x-px": "px",
    "application/vnd.apache.parquet": "parquet",
    "application/zip": "zip",
    "application/xml": "xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


@dataclass(frozen=True)
class Provenance:
    """What is known of a snapshot (contracts: source, address, times, licence, hash, media type)."""

    provider: str
    table: str
    part: str  # one part of a table's snapshot set: a query slice, a member of an archive
    obtained_from: str  # address; for a copy "https://github.com/<repository>/blob/<commit>/<path>"
    licence: str
    media_type: str
    retrieved: str | None = None  # RFC 3339, when we asked the provider; None for a recorded copy
    recorded_before: str | None = None  # ISO date, for a recorded copy
    updated: str | None = None  # the provider's own update time, RFC 3339 or ISO date
    selection: Mapping[str, str] | None = (
        None  # language -> what it was restricted to; None: the whole answer
    )
    sha256: str = ""
    bytes: int = 0
    of_set: bool = False  # found only as a member of a set (`sets`), never by its part alone


@dataclass(frozen=True)
class Snapshot:
    """Bytes as published (or a stated selection of them), found in a store, and their provenance."""

    path: Path
    provenance: Provenance


def bundle_root() -> Path:
    """The store of snapshots that ships with the package."""
    return Path(__file__).parents[1] / "snapshots"


def add_snapshot(root: Path, content: bytes | Path, provenance: Provenance) -> Snapshot:
    """Adds the bytes of `content` (a file's, when it is a path) to the store at `root`.

    Hash and size of the provenance are set from the bytes. Bytes that the store has are left alone with their
    provenance, whoever added them; only where a provider went back to earlier bytes does their provenance
    become the newer one, so that they are the newest again. Killed at any moment, or run twice at once, it
    leaves a store in which everything that is found is whole. Raises `StoreError` for a name that cannot be a
    folder, or when the disk refuses.
    """
    for name in (provenance.provider, provenance.table, provenance.part):
        if not NAME.fullmatch(name):
            problem = "cannot name a folder; use letters, digits, '.', '_' and '-'"
            raise StoreError(
                f"{provenance.provider}/{provenance.table}/{provenance.part}: {name!r} {problem}"
            )
    try:
        sha256, size = hash_chunks(read_chunks(content))
        provenance = replace(provenance, sha256=sha256, bytes=size)
        folder = root / provenance.provider / provenance.table / provenance.part
        path = folder / f"{sha256[:16]}.{_extension(content, provenance.media_type)}"
        return _add(path, content, provenance, is_there=is_file_whole(path, sha256, size))
    except OSError as error:
        raise _refused(root, error) from error


def keep_snapshot(root: Path, snapshot: Snapshot) -> Snapshot:
    """Keeps a snapshot of another store in the store at `root`, as `add_snapshot` does; one that is in `root`
    is left alone. Its bytes were verified when it was found, and are not hashed again.
    """
    if snapshot.path.is_relative_to(root):
        return snapshot
    known = snapshot.provenance
    path = root / known.provider / known.table / known.part / snapshot.path.name
    try:
        is_there = path.is_file() and path.stat().st_size == known.bytes
        return _add(path, snapshot.path, known, is_there)
    except OSError as error:
        raise _refused(root, error) from error


def _add(path: Path, content: bytes | Path, provenance: Provenance, is_there: bool) -> Snapshot:
    record, folder = _record_path(path), path.parent
    kept = _read_whole(record) if is_there else None
    if kept and not _came_back(kept, provenance, folder):
        return Snapshot(path, kept)
    folder.mkdir(parents=True, exist_ok=True)
    if not kept:
        replace_file(path, read_chunks(content))
    replace_file(record, _record_bytes(provenance))
    return Snapshot(path, provenance)


def _refused(root: Path, error: OSError) -> StoreError:
    reason = error.strerror or str(error)
    return StoreError(f"{root}: cannot take a snapshot ({reason}); make room or give another folder")


def find_snapshots(roots: Sequence[Path], provider: str, table: str) -> tuple[Snapshot, ...]:
    """The newest snapshot of each part of a table over all stores, sorted by part; empty where there is none.

    Newest by the provider's update time, else by the time of retrieval, else by the date of the recorded
    copy; the latter two also decide between equals, and an earlier root goes before a later one. The bytes
    are verified. Snapshots that were taken as members of a set are left out: those are found by the set.
    Raises `StoreError` when the chosen bytes, or any provenance on the way, are damaged.
    """
    newest: dict[str, Snapshot] = {}
    for root in roots:
        for folder in sorted((root / provider / table).glob("*/")):
            for record in records_of(folder):
                part, provenance = folder.name, read_provenance(record)
                if provenance.of_set:
                    continue
                if part not in newest or age_key(provenance) > age_key(newest[part].provenance):
                    newest[part] = Snapshot(record.with_suffix(""), provenance)
    for snapshot in newest.values():
        if not is_file_whole(snapshot.path, snapshot.provenance.sha256, snapshot.provenance.bytes):
            raise _damaged(snapshot.path, "its bytes are not those of its provenance")
    return tuple(newest[part] for part in sorted(newest))


def list_parts(roots: Sequence[Path], provider: str, table: str) -> set[str]:
    """The parts of a table that a store has a snapshot of, sets aside; the bytes are not looked at.

    Raises `StoreError` when a provenance on the way is damaged.
    """
    return {
        folder.name
        for root in roots
        for folder in (root / provider / table).glob("*/")
        if any(not read_provenance(record).of_set for record in records_of(folder))
    }


def find_bytes(roots: Sequence[Path], provenance: Provenance) -> Snapshot | None:
    """The snapshot with this very provenance, where a store has its bytes whole; else None."""
    place = Path(provenance.provider, provenance.table, provenance.part)
    for root in roots:
        for path in sorted((root / place).glob(f"{provenance.sha256[:16]}.*")):
            if is_file_whole(path, provenance.sha256, provenance.bytes):
                return Snapshot(path, provenance)
    return None


def age_key(provenance: Provenance) -> tuple[datetime, datetime, datetime]:
    """What snapshots of one part are ordered by, newest last; a date counts as its first moment (UTC)."""
    updated, retrieved, recorded = (
        read_moment(text) if text else None
        for text in (provenance.updated, provenance.retrieved, provenance.recorded_before)
    )
    never = datetime.min.replace(tzinfo=UTC)
    return updated or retrieved or recorded or never, retrieved or recorded or never, recorded or never


def read_moment(text: str) -> datetime:
    """The time that RFC 3339 or an ISO date says; UTC where no zone does."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_whole(record: Path) -> Provenance | None:
    """The provenance in a record, if there is one and it is not damaged: then it is written anew."""
    try:
        return read_provenance(record) if record.is_file() else None
    except StoreError:
        return None


def _came_back(kept: Provenance, new: Provenance, folder: Path) -> bool:
    """Whether bytes that the store had are the provider's newest again, after others in between."""
    if age_key(new) <= age_key(kept):
        return False
    others = (read_provenance(record) for record in records_of(folder))
    return any(age_key(other) > age_key(kept) for other in others)


def records_of(folder: Path) -> list[Path]:
    """The provenances of one part of a table."""
    return sorted(path for path in folder.glob("*.json") if _RECORD.fullmatch(path.name))


def _record_path(content: Path) -> Path:
    return content.with_name(f"{content.name}.json")


def read_provenance(record: Path) -> Provenance:
    """The provenance in a snapshot's record; `StoreError` where the file is not one, or not as written."""
    try:
        provenance = Provenance(**read_signed(record.read_bytes()))
        age_key(provenance)
    except (ValueError, TypeError) as error:
        raise _damaged(record, "it is no provenance of a snapshot, or not as it was written") from error
    if not record.name.startswith(f"{provenance.sha256[:16]}."):
        raise _damaged(record, "it names the hash of other bytes")
    return provenance


def _record_bytes(provenance: Provenance) -> bytes:
    known = asdict(provenance)
    if not provenance.of_set:
        del known["of_set"]
    return sign_record(known)


def sign_record(known: Mapping[str, Any]) -> bytes:
    """A small JSON file that holds the hash of what it says, so that a flipped bit is seen."""
    signed = {**known, DIGEST: _digest_of(known)}
    return (json.dumps(signed, ensure_ascii=False, indent=2) + "\n").encode()


def read_signed(content: bytes) -> dict[str, Any]:
    """What such a file says. Raises `ValueError` where it is none; one without a hash is of older code."""
    known = json.loads(content)
    if not isinstance(known, dict):
        raise ValueError("no object")
    digest = known.pop(DIGEST, None)
    if digest is not None and digest != _digest_of(known):
        raise ValueError("of other content")
    return known


def _digest_of(known: Mapping[str, Any]) -> str:
    text = json.dumps(known, sort_keys=True, ensure_ascii=False, default=dict)
    return hash_chunks([text.encode("utf-8", "surrogatepass")])[0]


def _damaged(path: Path, problem: str) -> StoreError:
    remedy = "fetch again, or reinstall innoregio where it is a bundled one"
    return StoreError(f"{path}: damaged, {problem}; {remedy}")


def _extension(content: bytes | Path, media_type: str) -> str:
    """What the bytes are on the wire: the media type's extension, and `.gz` where gzip's magic stands."""
    head = content[:2] if isinstance(content, bytes) else next(read_chunks(content), b"")[:2]
    return _EXTENSIONS.get(media_type.partition(";")[0].strip(), "bin") + (
        ".gz" if head == b"\x1f\x8b" else ""
    )


def is_file_whole(path: Path, sha256: str, size: int) -> bool:
    """Whether the file is there with this hash and size."""
    return path.is_file() and path.stat().st_size == size and hash_chunks(read_chunks(path))[0] == sha256
