"""The snapshots that a dataset is made from, as found in stores.

Which of them count (a live answer's set, or the newest of each part) is decided here. Nothing is asked of a
provider here (that is `acquire`) or read into rows (that is `normalise`).
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from assets.descriptor import Dataset, Source
from assets.errors import StoreError
from assets.fetch.states import descriptor_digest
from assets.store.sets import newest_set, set_snapshots, supersedes
from assets.store.snapshots import Snapshot, find_snapshots


class SnapshotMissing(StoreError):
    """No store holds a snapshot of a source yet: the dataset waits, the others go on."""


def fetch_snapshots(dataset: Dataset, roots: Sequence[Path]) -> tuple[Snapshot, ...]:
    """The newest snapshots of all sources of all resources of `dataset` over the stores `roots`, each once.

    Of each table either the newest live answer whole, or the newest of each part, whichever is newer. Sorted
    by provider, table and part. Raises `SnapshotMissing` when a source, or a part that it names, is in no
    store, but for an optional source (the release knows a lost one from one never fetched: `pipeline`);
    `StoreError` when a snapshot is damaged.
    """
    found: dict[tuple[str, str, str], Snapshot] = {}
    for sources in table_sources(dataset).values():
        there = table_snapshots(dataset, sources, roots)
        for source in sources:
            for snapshot in _choose(dataset.name, source, there, roots):
                provenance = snapshot.provenance
                found[provenance.provider, provenance.table, provenance.part] = snapshot
    return tuple(found[key] for key in sorted(found))


def table_sources(dataset: Dataset) -> dict[tuple[str, str], list[Source]]:
    """The sources of a dataset by (provider, table), each once: asked together, they count together."""
    tables: dict[tuple[str, str], list[Source]] = {}
    for resource in dataset.resources:
        for source in resource.sources:
            sources = tables.setdefault((source.provider, source.table), [])
            if source not in sources:
                sources.append(source)
    return tables


def table_snapshots(
    dataset: Dataset, sources: Sequence[Source], roots: Sequence[Path]
) -> tuple[Snapshot, ...]:
    """The snapshots that count for the sources of one table: of the newest set that is not in quarantine,
    or of each part. Raises `StoreError` where they are damaged or not whole.
    """
    name = sources[0].provider, sources[0].table
    loose = find_snapshots(roots, *name)
    live = newest_set(roots, *name, dataset.name, request_digest(sources), descriptor_digest(dataset))
    parts = {part for source in sources for part in source.parts}
    named = [s for s in loose if s.provenance.part in parts] if all(s.parts for s in sources) else loose
    return set_snapshots(roots, live) if live and supersedes(live, named) else loose


def request_digest(sources: Sequence[Source]) -> str:
    """What sets one request for a table apart: connector, format, parts, query of its sources."""
    described = sorted(
        json.dumps(
            [
                *(source.connector, source.format, sorted(source.parts)),
                *(source.options.get("query"), source.options.get("path")),
                *(["eliminate"] if source.options.get("eliminate") else []),
            ],
            sort_keys=True,
            ensure_ascii=False,
        )
        for source in sources
    )
    return hashlib.sha256("\n".join(described).encode()).hexdigest()[:16]


def _choose(
    dataset: str, source: Source, snapshots: tuple[Snapshot, ...], roots: Sequence[Path]
) -> tuple[Snapshot, ...]:
    places = " or ".join(map(str, roots))
    if source.optional and not snapshots:
        return ()
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
