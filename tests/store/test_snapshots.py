"""The store: what is found is whole, newest and verified, whatever happened while it was added."""

import gzip
import hashlib
import itertools
import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assets.errors import StoreError
from assets.store.snapshots import Provenance, add_snapshot, age_key, bundle_root, find_snapshots

MADE = Provenance(
    provider="made",
    table="t_1",
    part="data",
    obtained_from="https://example.org/t_1",
    licence="CC-BY-4.0",
    media_type="text/csv",
    recorded_before="2025-01-31",
    selection={"fi": "Osa ääkkösin", "sv": "En del", "en": "A part"},
)


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_what_is_added_is_found_with_its_provenance(tmp_path: Path) -> None:
    added = add_snapshot(tmp_path, b"a,b\n1,2\n", MADE)
    (found,) = find_snapshots([tmp_path], "made", "t_1")
    assert found == added
    assert found.path.read_bytes() == b"a,b\n1,2\n"
    sha256 = hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert found.provenance == replace(MADE, sha256=sha256, bytes=8)
    assert found.path == tmp_path / "made" / "t_1" / "data" / f"{sha256[:16]}.csv"
    record = found.path.with_name(f"{found.path.name}.json")
    assert json.loads(record.read_text(encoding="utf-8"))["selection"]["fi"] == "Osa ääkkösin"
    assert len(list(tmp_path.rglob("*.*"))) == 2, "no file is left over"


@pytest.mark.parametrize(
    ("media_type", "content", "name"),
    [
        ("text/csv", b"a", "csv"),
        ("text/csv; charset=utf-8", b"a", "csv"),
        ("text/tab-separated-values", b"a", "tsv"),
        ("text/tab-separated-values", gzip.compress(b"a", mtime=0), "tsv.gz"),
        ("application/vnd.sdmx.data+csv", gzip.compress(b"a", mtime=0), "csv.gz"),
        ("application/json", b"{}", "json"),
        ("text/x-px", b"a", "px"),
        ("application/octet-stream", b"", "bin"),
    ],
)
def test_the_extension_tells_the_wire(tmp_path: Path, media_type: str, content: bytes, name: str) -> None:
    added = add_snapshot(tmp_path, content, replace(MADE, media_type=media_type))
    assert added.path.name.partition(".")[2] == name
    (found,) = find_snapshots([tmp_path], "made", "t_1")
    assert found == added, "a snapshot in JSON and a provenance are told apart"


def test_a_file_is_added_like_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 3_000_000)
    one = add_snapshot(tmp_path / "a", file, MADE)
    other = add_snapshot(tmp_path / "b", file.read_bytes(), MADE)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert one.provenance == other.provenance


def test_the_same_bytes_twice_change_nothing(tmp_path: Path) -> None:
    first = add_snapshot(tmp_path, b"x", MADE)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    again = add_snapshot(
        tmp_path, b"x", replace(MADE, retrieved="2026-03-01T00:00:00Z", recorded_before=None)
    )
    assert again == first, "the provenance is that of the first time"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_bytes_that_come_back_are_the_newest_again(tmp_path: Path) -> None:
    """A provider withdraws a revision: the older bytes are its newest answer."""
    add_snapshot(tmp_path, b"old", replace(MADE, updated="2026-01-01"))
    add_snapshot(tmp_path, b"revised", replace(MADE, updated="2026-02-01"))
    assert find_snapshots([tmp_path], "made", "t_1")[0].path.read_bytes() == b"revised"
    add_snapshot(tmp_path, b"old", replace(MADE, updated="2026-03-01"))
    (found,) = find_snapshots([tmp_path], "made", "t_1")
    assert (found.path.read_bytes(), found.provenance.updated) == (b"old", "2026-03-01")
    add_snapshot(tmp_path, b"revised", replace(MADE, updated="2026-02-01"))
    assert find_snapshots([tmp_path], "made", "t_1")[0].path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"updated": "2025-10-22"}, {"updated": "2025-10-23T05:00:00Z"}),
        ({"updated": "2025-10-23"}, {"updated": "2025-10-23T05:00:00Z"}),
        ({"updated": "2025-10-23T06:00:00+03:00"}, {"updated": "2025-10-23T05:00:00Z"}),
        ({"updated": "2025-10-23", "retrieved": "2026-05-01T00:00:00Z"}, {"updated": "2025-10-24"}),
        ({"updated": "2025-10-23"}, {"updated": "2025-10-23", "retrieved": "2026-05-01T00:00:00Z"}),
        ({"updated": "2025-10-23"}, {"retrieved": "2026-05-01T00:00:00Z"}),
        ({"retrieved": "2026-05-01T00:00:00Z"}, {"retrieved": "2026-05-01T00:00:01Z"}),
        ({"recorded_before": "2024-05-24"}, {"recorded_before": "2024-05-25"}),
        ({"recorded_before": "2024-05-24"}, {"retrieved": "2024-05-25T00:00:00Z"}),
        ({"recorded_before": None}, {"recorded_before": "2000-01-01"}),
    ],
)
def test_the_newest_of_a_part_is_found(tmp_path: Path, older: dict[str, Any], newer: dict[str, Any]) -> None:
    """By the provider's update, else retrieval, else the copy's date; in one store or two, in any order."""
    base = replace(MADE, recorded_before=None)
    for number, (first, second) in enumerate([(older, newer), (newer, older)]):
        one = tmp_path / f"one-{number}"
        add_snapshot(one, repr(first).encode(), replace(base, **first))
        add_snapshot(one, repr(second).encode(), replace(base, **second))
        store, bundle = tmp_path / f"store-{number}", tmp_path / f"bundle-{number}"
        add_snapshot(store, repr(first).encode(), replace(base, **first))
        add_snapshot(bundle, repr(second).encode(), replace(base, **second))
        for roots in ([one], [store, bundle], [bundle, store]):
            (found,) = find_snapshots(roots, "made", "t_1")
            assert found.path.read_bytes() == repr(newer).encode()


def test_parts_are_found_each_and_sorted(tmp_path: Path) -> None:
    for root, part in (("a", "2024"), ("b", "2023"), ("a", "2022"), ("b", "2024")):
        add_snapshot(tmp_path / root, f"{root}{part}".encode(), replace(MADE, part=part))
    found = find_snapshots([tmp_path / "a", tmp_path / "b"], "made", "t_1")
    assert [snapshot.provenance.part for snapshot in found] == ["2022", "2023", "2024"]
    assert found[2].path.read_bytes() == b"a2024", "of equals the earlier store's"


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    assert find_snapshots([tmp_path, tmp_path / "absent"], "made", "t_1") == ()
    add_snapshot(tmp_path, b"x", MADE)
    assert find_snapshots([tmp_path], "made", "t_2") == ()


def damage_bytes(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        damage_bytes,
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
    ],
    ids=["changed", "cut", "empty", "gone"],
)
def test_damaged_bytes_are_named_with_the_remedy(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = add_snapshot(tmp_path, b"figures", MADE).path
    damage(path)
    with pytest.raises(StoreError) as caught:
        find_snapshots([tmp_path], "made", "t_1")
    assert str(path) in str(caught.value)
    assert "fetch again" in str(caught.value)
    assert "\n" not in str(caught.value)
    add_snapshot(tmp_path, b"figures", MADE)
    (found,) = find_snapshots([tmp_path], "made", "t_1")
    assert found.path.read_bytes() == b"figures", "adding the bytes again repairs the store"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"provider": "made"}', b'{"x": 1}', b"\xff"])
def test_a_damaged_provenance_is_named(tmp_path: Path, content: bytes) -> None:
    path = add_snapshot(tmp_path, b"figures", MADE).path
    record = path.with_name(f"{path.name}.json")
    record.write_bytes(content)
    with pytest.raises(StoreError, match=record.name):
        find_snapshots([tmp_path], "made", "t_1")


def test_a_provenance_of_other_bytes_is_refused(tmp_path: Path) -> None:
    one = add_snapshot(tmp_path, b"one", MADE).path
    other = add_snapshot(tmp_path, b"other", replace(MADE, part="b")).path
    record = one.with_name(f"{one.name}.json")
    record.write_bytes(other.with_name(f"{other.name}.json").read_bytes())
    with pytest.raises(StoreError, match="hash of other bytes"):
        find_snapshots([tmp_path], "made", "t_1")


@pytest.mark.parametrize("name", ["", "..", "a/b", "/etc", "a b", ".hidden", "ä"])
@pytest.mark.parametrize("property", ["provider", "table", "part"])
def test_names_that_cannot_be_folders_are_refused(tmp_path: Path, name: str, property: str) -> None:
    with pytest.raises(StoreError, match="cannot name a folder"):
        add_snapshot(tmp_path, b"x", replace(MADE, **{property: name}))
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "made").write_text("a file in the way")
    with pytest.raises(StoreError) as caught:
        add_snapshot(tmp_path, b"x", MADE)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_same_snapshot_added_by_many_at_once(tmp_path: Path) -> None:
    """Every one of them gets the same snapshot, and at no time is one found that is not whole."""
    content = os.urandom(300_000)

    def add(number: int) -> bytes:
        path = add_snapshot(tmp_path, content, MADE).path
        (found,) = find_snapshots([tmp_path], "made", "t_1")
        assert found.path == path
        return found.path.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(32))) == {content}
    assert len(list(tmp_path.rglob("*.*"))) == 2, "no file is left over"


def add_and_die(root: Path, content: bytes, moment: int) -> bool:
    """Adds a snapshot in a process that is killed before its `moment`-th system call, if it comes to that."""
    child = os.fork()
    if not child:
        left = itertools.count(moment - 1, -1)

        def killing(call: Callable[..., Any]) -> Callable[..., Any]:
            def wrapped(*arguments: Any, **options: Any) -> Any:
                if next(left) == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*arguments, **options)

            return wrapped

        try:
            for owner, name in (
                (os, "fsync"),
                (os, "open"),
                (os, "close"),
                (Path, "replace"),
                (Path, "mkdir"),
            ):
                setattr(owner, name, killing(getattr(owner, name)))
            Path.open = killing(Path.open)  # type: ignore[method-assign]
            add_snapshot(root, content, MADE)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_killed_at_any_moment_nothing_wrong_is_found(tmp_path: Path) -> None:
    """Before each step of the writing: then either the old snapshot is found or the new one, both whole."""
    whole = b"new figures" * 100_000
    seen = []
    for moment in itertools.count(1):
        root = tmp_path / str(moment)
        add_snapshot(root, b"old figures", replace(MADE, recorded_before="2000-01-01"))
        killed = add_and_die(root, whole, moment)
        (found,) = find_snapshots([root], "made", "t_1")
        seen.append(found.path.read_bytes())
        add_snapshot(root, whole, MADE)
        (found,) = find_snapshots([root], "made", "t_1")
        assert found.path.read_bytes() == whole, "the next run repairs it"
        if not killed:
            break
    assert moment > 8, "it was killed at many moments"
    assert seen == sorted(seen, reverse=True), "old before, new after the one moment of the switch"
    assert set(seen) == {b"old figures", whole}


def test_every_bundled_snapshot_is_whole() -> None:
    tables = sorted(path for path in bundle_root().glob("*/*/") if path.is_dir())
    assert tables, "the bundle is there"
    for table in tables:
        found = find_snapshots([bundle_root()], table.parent.name, table.name)
        assert len(found) == len(list(table.glob("*/"))), "one snapshot for each part"
        for snapshot in found:
            provenance = snapshot.provenance
            assert (provenance.provider, provenance.table) == (table.parent.name, table.name)
            assert provenance.part == snapshot.path.parent.name
            assert provenance.licence
        dated = [one.provenance for one in found if age_key(one.provenance)[0].year > 1]
        # Of the matrices neither the files nor those who recorded them say when; nothing replaces them.
        assert bool(dated) != (table.name == "nuts-matrices"), "a release of it has a date"
