"""The snapshots that a dataset is made from, as found in stores.

Nothing is asked of a provider here (that is live acquisition) or read into rows (that is `normalise`).
"""

from collections.abc import Sequence
from pathlib import Path

from assets.descriptor import Dataset, Source
from assets.errors import StoreError
from assets.store import Snapshot, find_snapshots


class SnapshotMissing(StoreError):
    """No store holds a snapshot of a source yet: the dataset waits, the others go on."""


def fetch_snapshots(dataset: Dataset, roots: Sequence[Path]) -> tuple[Snapshot, ...]:
    """The newest snapshots of all sources of all resources of `dataset` over the stores `roots`, each once.

    Sorted by provider, table and part. Raises `SnapshotMissing` when a source, or a part that it names, is in
    no store; `StoreError` when a snapshot is damaged.
    """
    found: dict[tuple[str, str, str], Snapshot] = {}
    for resource in dataset.resources:
        for source in resource.sources:
            for snapshot in source_snapshots(dataset.name, source, roots):
                provenance = snapshot.provenance
                found[provenance.provider, provenance.table, provenance.part] = snapshot
    return tuple(found[key] for key in sorted(found))


def source_snapshots(dataset: str, source: Source, roots: Sequence[Path]) -> tuple[Snapshot, ...]:
    """The newest snapshots of one source, of the parts it names or of all; raises as `fetch_snapshots`."""
    snapshots = find_snapshots(roots, source.provider, source.table)
    places = " or ".join(map(str, roots))
    if not snapshots:
        raise SnapshotMissing(
            f"{dataset}: no snapshot of {source.provider}/{source.table} in {places}; fetch it first"
        )
    if not source.parts:
        return snapshots
    chosen = tuple(snapshot for snapshot in snapshots if snapshot.provenance.part in source.parts)
    missing = sorted(set(source.parts) - {snapshot.provenance.part for snapshot in chosen})
    if missing:
        what = f"{source.provider}/{source.table}, part {', '.join(missing)}"
        raise SnapshotMissing(f"{dataset}: no snapshot of {what}, in {places}; fetch it first")
    return chosen
