"""Which datasets wait for their first fetch: described, not asked for yet, and so not published.

It follows from what is there, and no descriptor says it: once an answer or a file is in the store, a dataset
is one like any other. Fetching belongs to `acquire`, how waiting datasets are shown to those who show them.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from assets.descriptor import Dataset, Source
from assets.errors import StoreError
from assets.fetch.snapshots import request_digest, table_sources
from assets.fetch.states import descriptor_digest
from assets.overlay import packaged_schemas
from assets.store.sets import newest_set
from assets.store.snapshots import bundle_root, list_parts


def find_waiting(datasets: Iterable[Dataset], roots: Sequence[Path], out: Path) -> list[Dataset]:
    """Those of `datasets` that wait for their first fetch, in their order. `roots`: store and bundle; `out`:
    the published tree.
    """
    return [dataset for dataset in datasets if is_waiting(dataset, roots, out)]


def is_waiting(dataset: Dataset, roots: Sequence[Path], out: Path) -> bool:
    """Whether a source of `dataset` was never fetched, and no release of it is in the tree `out`.

    Not where providers are not asked for it: it is worked out of published tables, or no longer updated. One
    that was published and whose snapshots are lost does not wait; neither does one whose snapshots are
    damaged.
    """
    if not dataset.is_fetched or (out / dataset.name / "datapackage.json").is_file():
        return False
    try:
        tables = table_sources(dataset).values()
        return any(not _is_there(source, dataset, sources, roots) for sources in tables for source in sources)
    except StoreError:
        return False


def _is_there(source: Source, dataset: Dataset, sources: Sequence[Source], roots: Sequence[Path]) -> bool:
    """Whether a run would find snapshots of `source`, one of the `sources` of its table. No byte is hashed:
    the run does that, once, when it chooses them."""
    if source.optional:
        return True
    name = source.provider, source.table
    live = newest_set(roots, *name, dataset.name, request_digest(sources), descriptor_digest(dataset))
    parts = list_parts(roots, *name) | {part for part, _ in (live.parts if live else ())}
    return bool(parts) and parts >= set(source.parts)


def is_shipped_without_figures(dataset: Dataset) -> bool:
    """Whether innoregio ships the descriptor of `dataset` alone: its bundle lacks a source that it cannot be
    without, so that the dataset waits wherever nobody has fetched it.
    """
    packaged = dataset.path is not None and dataset.path.is_relative_to(packaged_schemas())
    return packaged and any(
        not is_in_bundle(source) and not source.optional
        for sources in table_sources(dataset).values()
        for source in sources
        if dataset.is_fetched
    )


def is_in_bundle(source: Source) -> bool:
    """Whether the bundle has the table of a source, and the parts of it that the source names."""
    folder = bundle_root() / source.provider / source.table
    return all((folder / part).is_dir() for part in source.parts) and folder.is_dir()
