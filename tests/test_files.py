"""Files appear whole or not at all, last as long as was asked for, and are locked and hashed in one way."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest

from assets.files import (
    Content,
    Locked,
    hash_chunks,
    hash_file,
    hold_lock,
    move_file,
    new_file,
    read_chunks,
    replace_by_copy,
    replace_file,
    replace_if_new,
    try_lock,
    write_file,
)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is synced to disk."""
    names: list[str] = []
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        sync(descriptor)

    monkeypatch.setattr("assets.files.os.fsync", fsync)
    return names


def half(file: BinaryIO) -> None:
    file.write(b"ha")
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("content", "written"),
    [(b"new", b"new"), ([b"n", b"ew"], b"new"), (lambda file: file.write(b"new"), b"new")],
)
def test_content_comes_whole_in_chunks_or_from_a_writer(
    tmp_path: Path, content: Content, written: bytes
) -> None:
    replace_file(tmp_path / "a", content)
    assert (tmp_path / "a").read_bytes() == written


def test_a_failed_write_leaves_the_old_bytes_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(OSError, match="No space"):
        replace_file(tmp_path / "a", half)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old"}


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda path: replace_file(path, b"x"), ["file", "folder"]),
        (lambda path: replace_file(path, b"x", durable=False), []),
        (lambda path: replace_if_new(path, b"x"), []),
        (lambda path: write_file(path, b"x"), ["file"]),
    ],
)
def test_what_lasts_a_power_cut(
    tmp_path: Path, synced: list[str], write: Callable[[Path], object], expected: list[str]
) -> None:
    write(tmp_path / "a")
    assert ["folder" if name == tmp_path.name else "file" for name in synced] == expected


def test_a_copy_is_durable_and_no_link(tmp_path: Path, synced: list[str]) -> None:
    (tmp_path / "a").write_bytes(b"x")
    replace_by_copy(tmp_path / "a", tmp_path / "b")
    (tmp_path / "a").write_bytes(b"y")
    assert (tmp_path / "b").read_bytes() == b"x" and len(synced) == 1


def test_writers_at_once_do_not_mix(tmp_path: Path) -> None:
    contents = [bytes([n]) * 100_000 for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: replace_file(tmp_path / "a", content, durable=False), contents))
    assert (tmp_path / "a").read_bytes() in contents
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_hashes_do_not_depend_on_where_the_bytes_are(tmp_path: Path) -> None:
    content = b"figures" * 400_000
    expected = hashlib.sha256(content).hexdigest()
    file, path = new_file(tmp_path, ".body")
    file.write(content)
    file.seek(0)
    assert hash_chunks(read_chunks(file)) == (expected, len(content))
    file.close()
    move_file(path, tmp_path / "b")
    assert hash_chunks(read_chunks(content)) == hash_chunks(read_chunks(tmp_path / "b"))
    assert hash_file(tmp_path / "b") == f"sha256:{expected}"


def test_one_holds_a_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with hold_lock(lock), pytest.raises(Locked, match=str(os.getpid())), hold_lock(lock):
        pass
    with hold_lock(lock):
        assert lock.read_bytes() == b""


def test_a_file_that_was_moved_while_it_was_locked_is_no_longer_ours(tmp_path: Path) -> None:
    path = tmp_path / "a.partial"
    with path.open("a+b") as first, path.open("a+b") as second:
        assert try_lock(first, path) and not try_lock(second, path)
        move_file(path, tmp_path / "kept")
        first.close()
        assert not try_lock(second, path)
