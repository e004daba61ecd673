"""Every flipped bit of a store's small files is seen, and what is damaged can be set aside and had again."""

from pathlib import Path

import pytest

from assets.errors import StoreError
from assets.store.damage import ASIDE, set_aside_damaged
from assets.store.sets import (
    SnapshotSet,
    add_set,
    is_held,
    mark_set,
    newest_set,
    read_sets,
    set_snapshots,
    unmark_sets,
)
from assets.store.snapshots import Provenance

TABLE = ("made", "table")
LIVE = Provenance(
    *TABLE, "data", "https://example.org/é", "CC-BY-4.0", "text/csv",
    retrieved="2026-02-01T00:00:00+00:00", updated="2026-01-01", selection={"en": "all of it"},
)  # fmt: skip
REQUEST, JUDGE = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    add_set(tmp_path, [(b"a,b\n1,2\n", LIVE)], "made-data", REQUEST)
    mark_set(tmp_path / "made" / "table", newest(tmp_path), f"a code is unknown #{JUDGE}", "1")
    return tmp_path


def newest(store: Path) -> SnapshotSet:
    found = newest_set([store], *TABLE, "made-data", REQUEST)
    assert found
    return found


def told(store: Path) -> object:
    """All that the store says of the table."""
    found = newest_set([store], *TABLE, "made-data", REQUEST)
    assert found
    return found, [(one.path.read_bytes(), one.provenance) for one in set_snapshots([store], found)]


@pytest.mark.parametrize("pattern", ["*.set.json", "*.quarantine.json", "data/*.csv.json", "data/*.csv"])
def test_no_flipped_bit_is_believed(pattern: str, store: Path) -> None:
    (path,) = (store / "made" / "table").glob(pattern)
    content, right, seen = path.read_bytes(), told(store), 0
    for at in range(len(content)):
        for bit in range(8):
            flipped = bytearray(content)
            flipped[at] ^= 1 << bit
            path.write_bytes(flipped)
            try:
                assert told(store) == right, (at, bit)
            except StoreError:
                seen += 1
    assert seen > 7.5 * len(content), "blanks between words may be others"


@pytest.mark.parametrize("pattern", ["*.set.json", "*.quarantine.json", "data/*.csv.json", "data/*.csv"])
def test_what_is_damaged_is_set_aside_and_had_again(pattern: str, store: Path) -> None:
    (path,) = (store / "made" / "table").glob(pattern)
    assert set_aside_damaged(store, *TABLE) == []
    damaged = path.read_bytes().replace(b"1", b"7").replace(b"a", b"e")
    path.write_bytes(damaged)
    moved = set_aside_damaged(store, *TABLE)
    assert store / ASIDE / path.relative_to(store) in moved
    assert (store / ASIDE / path.relative_to(store)).read_bytes() == damaged
    assert not path.exists() and set_aside_damaged(store, *TABLE) == []
    add_set(store, [(b"a,b\n1,2\n", LIVE)], "made-data", REQUEST)
    (snapshot,) = set_snapshots([store], newest(store))
    assert (snapshot.path.read_bytes(), snapshot.provenance.updated) == (b"a,b\n1,2\n", "2026-01-01")


def test_a_mark_holds_a_set_for_its_judge(store: Path) -> None:
    folder = store / "made" / "table"
    ((_, held),) = read_sets(folder)
    assert is_held(held, JUDGE) and not is_held(held, "another")
    assert newest_set([store], *TABLE, "made-data", REQUEST, JUDGE) is None
    assert not add_set(store, [(b"a,b\n1,2\n", LIVE)], "made-data", REQUEST)[1], "it is the same answer"
    assert not unmark_sets(folder, "other-data", code="2")
    assert not unmark_sets(folder, "made-data", reason="another", code="1")
    assert unmark_sets(folder, "made-data", code="2"), "other code may read it"
    assert newest_set([store], *TABLE, "made-data", REQUEST, JUDGE) is not None
    add_set(store, [(b"a,b\n1,3\n", LIVE)], "made-data", REQUEST)
    mark_set(folder, newest(store), f"why #{JUDGE}", "1")
    before = newest_set([store], *TABLE, "made-data", REQUEST, JUDGE)
    assert before and before.parts == held.parts, "the answer before it is used"
