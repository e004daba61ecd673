"""Sets of snapshots: the parts of one answer, which count together or not at all.

A live answer takes the place of everything that was known of its table before, so its parts may not be
mixed with those of a copy or of an earlier answer. A set is a small file beside the folders of a table's
parts, `<root>/<provider>/<table>/<first 16 of its sha256>.set.json`, written after its snapshots: without it
they are an interrupted fetch, and not found. What is asked, and when, belongs to `fetch`.
"""

import json
from collections.abc import Sequence
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
    is_whole,
    read_moment,
    read_record,
)


@dataclass(frozen=True)
class SnapshotSet:
    """One whole answer: which snapshots, to which question, for which dataset."""

    provider: str
    table: str
    dataset: str
    request: str  # digest of the question; another query of the same table is another request
    retrieved: str  # RFC 3339
    updated: str | None  # the provider's own update time, RFC 3339 or ISO date
    parts: tuple[tuple[str, str], ...]  # part, file name; sorted
    quarantined: str | None = None  # why it is kept but not used
    order: int = 0  # of sets of one table: what was added later has the higher one, whatever clocks say


def add_set(
    root: Path,
    contents: Sequence[tuple[bytes | Path, Provenance]],
    dataset: str,
    request: str,
    quarantined: str | None = None,
) -> tuple[SnapshotSet, bool]:
    """Adds the snapshots of one answer and then the set that they are; tells whether it is a new one.

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
        max((known.updated for _, known in contents if known.updated), default=None),
        tuple(sorted((s.provenance.part, s.path.name) for s in snapshots)),
        quarantined,
    )
    newest = newest_set([root], made.provider, made.table, dataset, request, with_quarantined=True)
    if newest and (newest.parts, newest.quarantined, newest.request) == (made.parts, quarantined, request):
        return newest, False
    others = [_read_set(path).order for path in (root / made.provider / made.table).glob("*.set.json")]
    made = replace(made, order=1 + max(others, default=0))
    content = (json.dumps(made.__dict__, ensure_ascii=False, indent=2) + "\n").encode()
    folder = root / made.provider / made.table
    try:
        replace_file(folder / f"{hash_chunks([content])[0][:16]}.set.json", content)
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
    with_quarantined: bool = False,
) -> SnapshotSet | None:
    """The set that was added last for the request; where there is none, the dataset's last for another.

    Only whole sets count: all their files are there. Raises `StoreError` for a damaged one.
    """
    found = [
        ((one.request == request, one.order, read_moment(one.retrieved), path.name), one)
        for root in roots
        for path in sorted((root / provider / table).glob("*.set.json"))
        if (one := _read_set(path)).request == request or one.dataset == dataset
        if with_quarantined or one.quarantined is None
        if all((path.parent / part / name).is_file() for part, name in one.parts)
    ]
    return max(found, key=lambda entry: entry[0])[1] if found else None


def set_snapshots(roots: Sequence[Path], chosen: SnapshotSet) -> tuple[Snapshot, ...]:
    """The snapshots of a set, sorted by part, their bytes verified. Raises `StoreError` for damaged ones."""
    snapshots = []
    for part, name in chosen.parts:
        places = [root / chosen.provider / chosen.table / part / name for root in roots]
        path = next((path for path in places if path.is_file()), places[0])
        provenance = read_record(path.with_name(f"{name}.json"))
        if not is_whole(path, provenance.sha256, provenance.bytes):
            remedy = "delete it and fetch again"
            raise StoreError(f"{path}: damaged, its bytes are not those of its provenance; {remedy}")
        snapshots.append(Snapshot(path, provenance))
    return tuple(snapshots)


def supersedes(chosen: SnapshotSet, loose: Sequence[Snapshot]) -> bool:
    """Whether a set is used in the place of the single snapshots that stores and bundle have of its table.

    By the provider's update time where both say it; of equal ones, and where one is not known, what was
    seen at the provider later wins.
    """
    if not loose:
        return True
    updated = [snapshot.provenance.updated for snapshot in loose]
    ours, theirs = chosen.updated, max((u for u in updated if u), key=read_moment, default=None)
    if ours and theirs and all(updated):
        days = len(ours) == 10 or len(theirs) == 10  # only a day is known of one
        one, other = read_moment(ours), read_moment(theirs)
        if (days and one.date() != other.date()) or (not days and one != other):
            return one > other
    seen = (s.provenance.retrieved or s.provenance.recorded_before or s.provenance.updated for s in loose)
    return all(read_moment(chosen.retrieved) >= read_moment(text) for text in seen if text)


def _read_set(path: Path) -> SnapshotSet:
    try:
        written: dict[str, Any] = json.loads(path.read_bytes())
        written["parts"] = tuple((str(part), str(name)) for part, name in written["parts"])
        found = SnapshotSet(**written)
        read_moment(found.retrieved)
        names = [name for pair in found.parts for name in pair]
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{path}: damaged, it is no set of snapshots; delete it and fetch again") from error
    if not all(NAME.fullmatch(name) for name in names):
        raise StoreError(f"{path}: damaged, it names other files; delete it and fetch again")
    return found
