"""Sets of snapshots: the parts of one answer, which count together or not at all.

A live answer takes the place of everything that was known of its table before, so its parts may not be
mixed with those of a copy or of an earlier answer. A set is a small file beside the folders of a table's
parts, `<root>/<provider>/<table>/<first 16 of its sha256>.set.json`, written after its snapshots: without it
they are an interrupted fetch, and not found. Where a later stage did not take a set, a mark lies beside it,
`<first 16>.quarantine.json`: it is kept and not used. What is asked, and when, belongs to `fetch`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assets.errors import StoreError
from assets.files import hash_chunks, replace_file
from assets.store.snapshots import (
    NAME,
    Provenance,
    Snapshot,
    add_snapshot,
    is_file_whole,
    read_moment,
    read_provenance,
    read_signed,
    sign_record,
)

SET, MARK = ".set.json", ".quarantine.json"


@dataclass(frozen=True)
class SnapshotSet:
    """One whole answer: which snapshots, for which request and which dataset."""

    provider: str
    table: str
    dataset: str
    request: str  # digest of the request; another query of the same table is another request
    retrieved: str  # RFC 3339
    updated: str | None  # the provider's own update time, RFC 3339 or ISO date
    parts: tuple[tuple[str, str], ...]  # part, file name; sorted
    quarantined: str | None = None  # why it is kept but not used
    order: int = 0  # of sets of one table: what was added later has the higher one, whatever clocks say
    is_marked: bool = False  # a later stage put it in quarantine; not in the set's own file


def add_set(
    root: Path,
    contents: Sequence[tuple[bytes | Path, Provenance]],
    dataset: str,
    request: str,
    quarantined: str | None = None,
) -> tuple[SnapshotSet, bool]:
    """Adds the snapshots of one answer and then the set that they are; returns whether it is a new one.

    Where the newest set of the same request has the same bytes, nothing is written. Killed at any moment it
    leaves the sets from before. Raises as `add_snapshot`.
    """
    first = contents[0][1]
    snapshots = [add_snapshot(root, content, replace(known, of_set=True)) for content, known in contents]
    made = SnapshotSet(
        first.provider,
        first.table,
        dataset,
        request,
        first.retrieved or "",
        max((known.updated for _, known in contents if known.updated), default=None, key=read_moment),
        tuple(sorted((s.provenance.part, s.path.name) for s in snapshots)),
        quarantined,
    )
    folder = root / made.provider / made.table
    known = [snapshot_set for _, snapshot_set in read_sets(folder)]
    same = [
        snapshot_set
        for snapshot_set in known
        if snapshot_set.dataset == dataset or snapshot_set.request == request
    ]
    newest = max(
        same, key=lambda snapshot_set: (snapshot_set.request == request, *_age(snapshot_set)), default=None
    )
    is_same = newest is not None and (newest.parts, newest.request) == (made.parts, request)
    if newest and is_same and (newest.is_marked or newest.quarantined == quarantined):
        return newest, False
    made = replace(made, order=1 + max((snapshot_set.order for snapshot_set in known), default=0))
    try:
        fields = {name: value for name, value in made.__dict__.items() if name != "is_marked"}
        content = (json.dumps(fields, ensure_ascii=False, indent=2) + "\n").encode()
        replace_file(folder / f"{_name_of(content)}{SET}", content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(
            f"{root}: cannot take a snapshot ({reason}); make room or give another folder"
        ) from error
    return made, True


def newest_set(
    roots: Sequence[Path],
    provider: str,
    table: str,
    dataset: str,
    request: str,
    judge: str | None = None,
) -> SnapshotSet | None:
    """The set that was added last for the request; where there is none, the dataset's last for another.

    `judge`: what is in quarantine by it is passed over; None: nothing is. Raises `StoreError` for a damaged
    set, and where the one that is found lacks a file: an earlier one is no substitute for it.
    """
    found = [
        ((snapshot_set.request == request, *_age(snapshot_set), path.name), path, snapshot_set)
        for root in roots
        for path, snapshot_set in read_sets(root / provider / table)
        if snapshot_set.request == request or snapshot_set.dataset == dataset
        if judge is None or not is_held(snapshot_set, judge)
    ]
    if not found:
        return None
    _, path, newest = max(found, key=lambda entry: entry[0])
    for part, name in newest.parts:
        for file in (path.parent / part / name, path.parent / part / f"{name}.json"):
            if not file.is_file():
                detail = "is missing, and the answer that it is of is not whole without it"
                raise StoreError(f"{file}: {detail}; fetch again, or restore the store")
    return newest


def read_sets(folder: Path) -> Iterator[tuple[Path, SnapshotSet]]:
    """The sets of a table with their files. Raises `StoreError` for a damaged one."""
    for path in sorted(folder.glob(f"*{SET}")):
        yield path, read_set(path)


def is_held(chosen: SnapshotSet, judge: str) -> bool:
    """Whether a set is in quarantine. What another judge marked is looked at again."""
    if chosen.quarantined is None:
        return False
    return not chosen.is_marked or chosen.quarantined.endswith(f" #{judge}")


def mark_set(folder: Path, chosen: SnapshotSet, quarantined: str, code: str) -> None:
    """Puts a set of the table in `folder` in quarantine: why and by which judge, and by which code it was
    found. Raises `OSError` where the disk refuses.
    """
    for path, snapshot_set in read_sets(folder):
        if snapshot_set == chosen:
            replace_file(_mark_path(path), sign_record({"quarantined": quarantined, "code": code}))


def unmark_sets(folder: Path, dataset: str, reason: str | None = None, code: str | None = None) -> bool:
    """Takes marks of a dataset's sets away: those with this reason, or those of other code; whether any was.

    What a mark was for is looked at again by the stage that gave it.
    """
    found = False
    for path, snapshot_set in read_sets(folder):
        mark = _mark_path(path)
        if snapshot_set.dataset == dataset and mark.is_file():
            known = read_mark(mark)
            if known["quarantined"] == reason or (code is not None and known["code"] != code):
                mark.unlink()
                found = True
    return found


def set_snapshots(roots: Sequence[Path], chosen: SnapshotSet) -> tuple[Snapshot, ...]:
    """The snapshots of a set, sorted by part, their bytes verified. Raises `StoreError` for damaged ones."""
    snapshots = []
    for part, name in chosen.parts:
        places = [root / chosen.provider / chosen.table / part / name for root in roots]
        path = next((path for path in places if path.is_file()), places[0])
        provenance = read_provenance(path.with_name(f"{name}.json"))
        if not is_file_whole(path, provenance.sha256, provenance.bytes):
            raise StoreError(f"{path}: damaged, its bytes are not those of its provenance; fetch again")
        snapshots.append(Snapshot(path, provenance))
    return tuple(snapshots)


def supersedes(chosen: SnapshotSet, loose: Sequence[Snapshot]) -> bool:
    """Whether a set is used in the place of the single snapshots that stores and bundle have of its table:
    unless the provider updated one of these later.

    Where an update time is not known, that says nothing, and the set is used: it is a whole answer. When we
    asked counts for nothing, for that is our clock's word.
    """
    updates = [s.provenance.updated for s in loose]
    if not chosen.updated or not updates or not all(updates):
        return True
    return not is_before(chosen.updated, max((text for text in updates if text), key=read_moment))


def is_before(one: str, other: str) -> bool:
    """Whether a time is before another; where only the day is known of one, whether the day is."""
    ours, theirs = read_moment(one), read_moment(other)
    return ours.date() < theirs.date() if 10 in (len(one), len(other)) else ours < theirs


def read_set(path: Path) -> SnapshotSet:
    """The set in a file, whose name is the hash of its bytes; `StoreError` where it is another one's."""
    try:
        content = path.read_bytes()
        written: dict[str, Any] = json.loads(content)
        written["parts"] = tuple((str(part), str(name)) for part, name in written["parts"])
        found = SnapshotSet(**written)
        read_moment(found.retrieved)
        names = [name for pair in found.parts for name in pair]
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{path}: damaged, it is no set of snapshots; fetch again") from error
    if path.name != f"{_name_of(content)}{SET}":
        raise StoreError(f"{path}: damaged, its bytes are not those of its name; fetch again")
    if not all(NAME.fullmatch(name) for name in names):
        raise StoreError(f"{path}: damaged, it names other files; fetch again")
    mark = _mark_path(path)
    if not mark.is_file():
        return found
    return replace(found, quarantined=read_mark(mark)["quarantined"], is_marked=True)


def read_mark(path: Path) -> dict[str, str]:
    """Why a set is in quarantine, and by which code; `StoreError` where the file is damaged."""
    try:
        known = read_signed(path.read_bytes())
        return {name: str(known[name]) for name in ("quarantined", "code")}
    except (ValueError, KeyError) as error:
        raise StoreError(f"{path}: damaged, it is no mark of a quarantine; fetch again") from error


def _age(snapshot_set: SnapshotSet) -> tuple[int, bool, Any]:
    return snapshot_set.order, snapshot_set.quarantined is not None, read_moment(snapshot_set.retrieved)


def _mark_path(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(SET) + MARK)


def _name_of(content: bytes) -> str:
    return hash_chunks([content])[0][:16]
