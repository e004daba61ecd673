"""Which snapshots a dataset is made from: of its sources, of the parts named, newest over all stores."""

from dataclasses import replace
from pathlib import Path

import pytest

from assets.descriptor import Dataset, load_datasets
from assets.errors import StoreError
from assets.fetch.snapshots import SnapshotMissing, fetch_snapshots
from assets.store.snapshots import Provenance, add_snapshot
from tests.made_schemas import DESCRIPTOR, make_schemas
from tests.shipped import with_figures

FIGURES = Provenance(
    "made", "1", "a", "https://example.org/1", "CC-BY-4.0", "application/json", updated="2026-01-01"
)
PROJECTS = Provenance(
    "made", "projects", "all", "https://example.org/p", "CC-BY-4.0", "text/csv", updated="2026-01-01"
)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """Reads parts a and b of table 1, and all parts of the table projects."""
    (tmp_path / "schemas").mkdir()
    make_schemas(tmp_path / "schemas", DESCRIPTOR)
    return load_datasets(tmp_path / "schemas")[0][0]


def test_the_parts_named_and_the_newest_of_each(tmp_path: Path, dataset: Dataset) -> None:
    store, bundle = tmp_path / "store", tmp_path / "bundle"
    add_snapshot(bundle, b"a old", FIGURES)
    add_snapshot(store, b"a new", replace(FIGURES, updated="2026-02-01"))
    add_snapshot(bundle, b"b", replace(FIGURES, part="b"))
    add_snapshot(bundle, b"not asked for", replace(FIGURES, part="c"))
    add_snapshot(bundle, b"p2", replace(PROJECTS, part="p2"))
    add_snapshot(store, b"p1", replace(PROJECTS, part="p1"))
    for roots in ([store, bundle], [bundle, store]):
        found = fetch_snapshots(dataset, roots)
        assert [snapshot.path.read_bytes() for snapshot in found] == [b"a new", b"b", b"p1", b"p2"]


def test_a_source_without_snapshot_is_missing(tmp_path: Path, dataset: Dataset) -> None:
    with pytest.raises(SnapshotMissing) as caught:
        fetch_snapshots(dataset, [tmp_path / "store"])
    assert str(caught.value) == (
        f"made-statistics: no snapshot of made/1 in {tmp_path / 'store'}; fetch it first"
    )
    assert isinstance(caught.value, StoreError)


def test_a_part_that_is_named_and_not_there_is_missing(tmp_path: Path, dataset: Dataset) -> None:
    add_snapshot(tmp_path / "store", b"a", FIGURES)
    add_snapshot(tmp_path / "store", b"c", replace(FIGURES, part="c"))
    with pytest.raises(SnapshotMissing, match="made/1, part b"):
        fetch_snapshots(dataset, [tmp_path / "store"])


def test_damage_is_no_absence(tmp_path: Path, dataset: Dataset) -> None:
    """A damaged snapshot stops the dataset; it must not be skipped as one that is still to come."""
    add_snapshot(tmp_path, b"a", FIGURES).path.write_bytes(b"x")
    with pytest.raises(StoreError) as caught:
        fetch_snapshots(dataset, [tmp_path])
    assert not isinstance(caught.value, SnapshotMissing)


def test_every_shipped_dataset_has_its_snapshots() -> None:
    from assets.store.snapshots import bundle_root

    for one in (dataset for dataset in with_figures() if not dataset.is_derived):
        tables = {
            (source.provider, source.table)
            for resource in one.resources
            for source in resource.sources
            if not source.optional
        }
        found = fetch_snapshots(one, [bundle_root()])
        assert {(s.provenance.provider, s.provenance.table) for s in found} == tables, one.name
