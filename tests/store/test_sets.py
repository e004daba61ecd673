"""Sets of snapshots: a live answer counts whole or not at all, and takes the place of recorded parts."""

from dataclasses import replace
from pathlib import Path

import pytest

from assets.descriptor import Dataset, load_datasets
from assets.errors import StoreError
from assets.fetch.snapshots import fetch_snapshots, request_digest, table_sources
from assets.store.sets import add_set, newest_set
from assets.store.snapshots import Provenance, add_snapshot, find_snapshots
from tests.made_schemas import DESCRIPTOR, make_schemas

RECORDED = Provenance(
    "made", "projects", "a", "https://example.org/1", "CC-BY-4.0", "text/csv",
    recorded_before="2026-01-31", updated="2026-01-01",
)  # fmt: skip
LIVE = replace(RECORDED, recorded_before=None, retrieved="2026-02-01T00:00:00+00:00")
TABLE = ("made", "projects")


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    (tmp_path / "schemas").mkdir()
    make_schemas(tmp_path / "schemas", DESCRIPTOR)
    found = load_datasets(tmp_path / "schemas")[0][0]
    add_snapshot(tmp_path / "bundle", b"1a", replace(RECORDED, table="1", part="a"))
    add_snapshot(tmp_path / "bundle", b"1b", replace(RECORDED, table="1", part="b"))
    add_snapshot(tmp_path / "bundle", b"old a", RECORDED)
    add_snapshot(tmp_path / "bundle", b"old b", replace(RECORDED, part="b"))
    return found


def used(dataset: Dataset, tmp_path: Path) -> list[bytes]:
    found = fetch_snapshots(dataset, (tmp_path / "store", tmp_path / "bundle"))
    return [s.path.read_bytes() for s in found if s.provenance.table == "projects"]


def add(dataset: Dataset, tmp_path: Path, parts: dict[str, bytes], **about: str) -> bool:
    contents = [(content, replace(LIVE, part=part, **about)) for part, content in parts.items()]
    request = request_digest(table_sources(dataset)[TABLE])
    return add_set(tmp_path / "store", contents, dataset.name, request)[1]


def test_a_live_answer_takes_the_place_of_all_recorded_parts(tmp_path: Path, dataset: Dataset) -> None:
    assert used(dataset, tmp_path) == [b"old a", b"old b"]
    assert add(dataset, tmp_path, {"data": b"new"})
    assert used(dataset, tmp_path) == [b"new"]
    assert not add(dataset, tmp_path, {"data": b"new"}, retrieved="2026-03-01T00:00:00+00:00")
    assert add(dataset, tmp_path, {"x": b"1", "y": b"2"}, retrieved="2026-04-01T00:00:00+00:00")
    assert used(dataset, tmp_path) == [b"1", b"2"]
    assert add(dataset, tmp_path, {"data": b"new"}, retrieved="2026-05-01T00:00:00+00:00")
    assert used(dataset, tmp_path) == [b"new"], "an answer that comes back is the newest again"


def test_snapshots_without_their_set_are_an_interrupted_fetch(tmp_path: Path, dataset: Dataset) -> None:
    add_snapshot(tmp_path / "store", b"half", replace(LIVE, of_set=True))
    assert used(dataset, tmp_path) == [b"old a", b"old b"]
    assert find_snapshots([tmp_path / "store"], *TABLE) == ()


def test_a_set_with_a_file_gone_is_not_passed_over(tmp_path: Path, dataset: Dataset) -> None:
    """Neither an earlier set nor the bundle takes its place; the same answer heals it."""
    add(dataset, tmp_path, {"data": b"newer"})
    add(dataset, tmp_path, {"data": b"new"})
    (gone,) = [path for path in (tmp_path / "store").rglob("data/*.csv") if path.read_bytes() == b"new"]
    gone.unlink()
    with pytest.raises(StoreError, match=f"{gone.name}: is missing"):
        used(dataset, tmp_path)
    assert not add(dataset, tmp_path, {"data": b"new"}), "it is the same set"
    assert used(dataset, tmp_path) == [b"new"]


def test_damage_is_said(tmp_path: Path, dataset: Dataset) -> None:
    add(dataset, tmp_path, {"data": b"new"})
    next((tmp_path / "store").rglob("data/*.csv")).write_bytes(b"nEw")
    with pytest.raises(StoreError, match="damaged"):
        used(dataset, tmp_path)
    next((tmp_path / "store").rglob("*.set.json")).write_bytes(b"{")
    with pytest.raises(StoreError, match="damaged"):
        used(dataset, tmp_path)


@pytest.mark.parametrize(
    ("live", "wins"),
    [
        ({"updated": "2026-01-02"}, True),
        ({"updated": "2025-12-31"}, False),
        ({"updated": "2026-01-01"}, True),
        ({"updated": "2026-01-01T05:00:00Z"}, True),
        ({"updated": None}, True),
        ({"updated": None, "retrieved": "2006-01-30T00:00:00Z"}, True),
        ({"updated": "2026-01-01", "retrieved": "2006-01-30T00:00:00Z"}, True),
        ({"updated": "2025-12-31", "retrieved": "2046-01-30T00:00:00Z"}, False),
    ],
)
def test_the_newer_of_set_and_recorded(
    tmp_path: Path, dataset: Dataset, live: dict[str, str], wins: bool
) -> None:
    """By update, not our clock; a day and a moment of that day are equal, and then the set counts."""
    add(dataset, tmp_path, {"data": b"new"}, **live)
    assert (used(dataset, tmp_path) == [b"new"]) is wins


def test_another_question_has_another_set(tmp_path: Path, dataset: Dataset) -> None:
    request = "0123456789abcdef"
    add_set(tmp_path / "store", [(b"other", LIVE)], "another-dataset", request)
    assert used(dataset, tmp_path) == [b"old a", b"old b"]
    add_set(tmp_path / "store", [(b"held", LIVE)], dataset.name, request, "unit changed")
    assert used(dataset, tmp_path) == [b"old a", b"old b"], "in quarantine it is kept, not used"
    assert newest_set([tmp_path / "store"], *TABLE, dataset.name, request)


def test_a_copy_that_was_recorded_later_is_not_known_to_be_newer(tmp_path: Path, dataset: Dataset) -> None:
    """It may be of the same update, or an earlier one; nor is a part that no source names compared with."""
    recorded = replace(RECORDED, updated=None, recorded_before="2026-04-09", part="c")
    add_snapshot(tmp_path / "bundle", b"old c", recorded)
    add(dataset, tmp_path, {"data": b"new"}, updated="2025-01-01")
    assert used(dataset, tmp_path) == [b"new"]
