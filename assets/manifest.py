"""Which snapshots a run uses: chosen and verified once, by the raw step, and written down for the later ones.

A manifest holds for each snapshot the store it was found in, its address there and its provenance, with the
hash of its bytes. Who reads it looks nothing up and hashes nothing. How snapshots are chosen belongs to
`fetch`, when that is done to `pipeline`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from assets.errors import StoreError
from assets.files import replace_if_new
from assets.store.snapshots import Provenance, Snapshot

STORES = ("store", "bundle")  # what a workspace's roots are called


def write_manifest(path: Path, snapshots: Sequence[Snapshot], roots: Sequence[Path]) -> None:
    """Writes down a choice; a file that says the same is left alone. `StoreError` where the disk refuses."""
    entries = []
    for snapshot in snapshots:
        places = zip(STORES, roots, strict=True)
        store, root = next((name, root) for name, root in places if snapshot.path.is_relative_to(root))
        address = snapshot.path.relative_to(root).as_posix()
        entries.append({"store": store, "address": address} | asdict(snapshot.provenance))
    text = json.dumps({"snapshots": entries}, ensure_ascii=False, indent=2) + "\n"
    try:
        replace_if_new(path, text.encode())
    except OSError as error:
        remedy = "make room, or name another folder with INNOREGIO_HOME"
        raise StoreError(f"{path}: cannot be written ({error.strerror}); {remedy}") from error


def read_manifest(path: Path, dataset: str, roots: Sequence[Path]) -> tuple[Snapshot, ...]:
    """The snapshots that were chosen for `dataset`, in their order.

    Raises `StoreError` where nothing was chosen yet, or where a file of the choice is gone.
    """
    again = "run its raw step first"
    try:
        entries = json.loads(path.read_bytes())["snapshots"]
        places = dict(zip(STORES, roots, strict=True))
        found = [
            Snapshot(places[entry.pop("store")] / entry.pop("address"), Provenance(**entry))
            for entry in entries
        ]
    except FileNotFoundError:
        raise StoreError(f"{dataset}: no snapshots are chosen yet; {again}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"{path}: damaged, it is no choice of snapshots; {again}") from error
    for snapshot in found:
        if not snapshot.path.is_file():
            raise StoreError(f"{dataset}: snapshot {snapshot.path} is gone since it was chosen; {again}")
    return tuple(found)
