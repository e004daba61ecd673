"""The bundle's framework: deterministic bytes, whole tables replaced, what goes wrong said in one line."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assets.bundle import write
from assets.errors import SourceError, StoreError
from assets.store.snapshots import Provenance, bundle_root, find_snapshots
from tests.commands import tree_bytes

ONE = Provenance(
    "made", "one", "data", "https://example.org/1", "CC-BY-4.0", "text/csv", recorded_before="2025-01-01"
)
TWO = replace(ONE, table="two")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, Provenance]]:
    """What the bundle modules give, in place of what they make of recorded files."""
    given = [(b"1", ONE), (b"2a", replace(TWO, part="a")), (b"2b", replace(TWO, part="b"))]
    monkeypatch.setattr(write, "bundled", lambda recorded: iter(given))
    return given


def test_the_bundle_is_a_store(tmp_path: Path, made: list[tuple[bytes, Provenance]]) -> None:
    root = tmp_path / "bundle"
    paths = write.write_bundle(tmp_path, root)
    assert sorted(paths) == sorted(path for path in root.rglob("*") if path.is_file())
    assert [s.path.read_bytes() for s in find_snapshots([root], "made", "two")] == [b"2a", b"2b"]


def test_a_part_that_is_gone_does_not_stay(tmp_path: Path, made: list[tuple[bytes, Provenance]]) -> None:
    root = tmp_path / "bundle"
    write.write_bundle(tmp_path, root)
    made[:] = [(b"1 new", ONE), (b"2b new", replace(TWO, part="b"))]
    write.write_bundle(tmp_path, root, ["two"])
    assert [s.path.read_bytes() for s in find_snapshots([root], "made", "two")] == [b"2b new"]
    assert [s.path.read_bytes() for s in find_snapshots([root], "made", "one")] == [b"1"], "not asked for"
    write.write_bundle(tmp_path, root)
    assert len(list(root.glob("made/one/data/*.csv"))) == 1
    assert [s.path.read_bytes() for s in find_snapshots([root], "made", "one")] == [b"1 new"]


def test_a_failure_leaves_the_bundle_as_it_was(
    tmp_path: Path, made: list[tuple[bytes, Provenance]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "bundle"
    write.write_bundle(tmp_path, root)
    before = tree_bytes(root)

    def failing(recorded: Path) -> Iterator[tuple[bytes, Provenance]]:
        yield b"1 new", ONE
        raise SourceError("a.csv", "line 3", "cut off")

    monkeypatch.setattr(write, "bundled", failing)
    with pytest.raises(SourceError):
        write.write_bundle(tmp_path, root)
    assert tree_bytes(root) == before


def test_an_unknown_table_is_named(tmp_path: Path, made: list[tuple[bytes, Provenance]]) -> None:
    with pytest.raises(StoreError, match="three: no such table; there are one, two"):
        write.write_bundle(tmp_path, tmp_path / "bundle", ["one", "three"])


def test_the_bundle_has_a_limit(
    tmp_path: Path, made: list[tuple[bytes, Provenance]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "LIMIT", 100)
    with pytest.raises(StoreError, match="more than 100"):
        write.write_bundle(tmp_path, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists(), "nothing was written"


def test_the_command(
    tmp_path: Path,
    made: list[tuple[bytes, Provenance]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(write, "bundle_root", lambda: tmp_path / "bundle")
    assert write.main([]) == 2
    assert "usage:" in capsys.readouterr().err
    assert write.main([str(tmp_path), "three"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert write.main([str(tmp_path)]) == 0
    assert "made/one/data/" in capsys.readouterr().out


def test_a_folder_without_recorded_files_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write.main([str(tmp_path)]) == 1
    assert "INDEX.tsv: not found" in capsys.readouterr().err


def test_the_shipped_bundle_is_small() -> None:
    assert sum(path.stat().st_size for path in bundle_root().rglob("*") if path.is_file()) < write.LIMIT


@pytest.mark.slow
def test_the_shipped_bundle_is_what_the_recorded_files_give(shared: Path, tmp_path: Path) -> None:
    """The same bytes as those in the repository: made again, from the same files."""
    write.write_bundle(shared / "upstream", tmp_path / "bundle")
    assert tree_bytes(tmp_path / "bundle") == tree_bytes(bundle_root())
