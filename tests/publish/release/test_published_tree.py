"""What a release leaves in the tree, what a second run leaves alone, and what verify says of a tree."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from assets.descriptor import Dataset
from assets.errors import PublishError
from assets.publish.release.lock import LOCK_FILE
from assets.publish.release.release import Release
from assets.publish.release.tree import publish_dataset
from assets.publish.release.verify import verify_tree
from tests.publish.release.made_dataset import (
    AREAS,
    BASE,
    DATASET,
    FIGURE_ROWS,
    FIGURES,
    SNAPSHOT,
    changed_snapshot,
    tables,
    tree_files,
)

REVISED = [(*FIGURE_ROWS[0][:4], 7.5, "A", None), *FIGURE_ROWS[1:]]


def publish(out: Path, dataset: Dataset = DATASET, rows: list | None = None) -> Release:
    return publish_dataset(dataset, tables(rows), [SNAPSHOT], AREAS, out, BASE)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    publish(tmp_path / "public")
    return tmp_path / "public"


def test_the_release(tmp_path: Path) -> None:
    release = publish(tmp_path)
    rows = {"made-figures": 5, "made-register": 5}
    assert release == Release("made-data", "1.0.0", tmp_path / "made-data/1.0.0", True, None, rows)
    again = publish(tmp_path)
    assert again == replace(release, changed=False)
    revised = publish(tmp_path, rows=REVISED)
    assert revised == Release("made-data", "1.0.1", tmp_path / "made-data/1.0.1", True, "patch", rows)


def test_files(out: Path) -> None:
    files = set(tree_files(out))
    names = {
        "CHANGELOG.md",
        "README.md",
        "codes-geo.csv",
        "codes-obs_flag.csv",
        "codes-obs_status.csv",
        "codes-sex.csv",
        "coverage.csv",
        "datapackage.json",
        "made-figures.csv",
        "made-figures.parquet",
        "made-register.csv",
        "made-register.parquet",
    }
    expected = {f"made-data/{name}" for name in names} | {f"made-data/1.0.0/{name}" for name in names}
    assert files == expected | {LOCK_FILE}


def test_a_run_without_news_touches_nothing(out: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    newer = changed_snapshot(updated="2026-01-01")
    for snapshots in ([SNAPSHOT], [newer]):
        assert not publish_dataset(DATASET, tables(), snapshots, AREAS, out, BASE).changed
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before
    (out / "made-data/made-figures.csv").unlink()
    publish(out)
    changed = {path for path in out.rglob("*") if path.stat().st_mtime_ns != before[path]}
    assert changed == {out / "made-data", out / "made-data/made-figures.csv"}


def test_the_newest_copies_are_those_of_the_newest_version(out: Path) -> None:
    publish(out, rows=REVISED)
    newest = out / "made-data"
    for path in (newest / "1.0.1").iterdir():
        if path.name != "datapackage.json":
            assert (newest / path.name).read_bytes() == path.read_bytes()
            assert not (newest / path.name).samefile(path)
    assert (newest / "1.0.0/made-figures.csv").read_bytes() != (newest / "made-figures.csv").read_bytes()


def test_a_reader_keeps_the_copy_that_it_opened(out: Path) -> None:
    """Copies are replaced whole: who is in the middle of one reads it to its end."""
    with (
        (out / "made-data/made-figures.csv").open("rb") as copy,
        (out / "made-data/datapackage.json").open("rb") as descriptor,
    ):
        publish(out, rows=REVISED)
        assert copy.read() == (out / "made-data/1.0.0/made-figures.csv").read_bytes()
        assert json.loads(descriptor.read())["version"] == "1.0.0"


def test_what_a_dead_run_left_half_written_is_removed(out: Path) -> None:
    expected = tree_files(out)
    for path in ("made-data/.gone.csv.tmp", "made-data/1.0.0/.datapackage.json.tmp"):
        (out / path).write_text("half")
    publish(out)
    assert tree_files(out) == expected


def test_a_full_disk_is_one_line_and_the_release_stays(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree_files(out)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device", "x.csv")

    monkeypatch.setattr("assets.files.os.fsync", full)
    with pytest.raises(
        PublishError, match=r"made-data: cannot write x.csv: No space left on device; the last release"
    ):
        publish(out, rows=REVISED)
    monkeypatch.undo()
    assert {path: content for path, content in tree_files(out).items() if "1.0.1" not in path} == before
    assert publish(out, rows=REVISED).version == "1.0.1" and verify_tree(out) == []


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("")
    with pytest.raises(PublishError, match="no package of innoregio"):
        publish(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_two_datasets_live_side_by_side(out: Path) -> None:
    publish(out, replace(DATASET, name="other-data"))
    assert verify_tree(out) == []
    (out / "other-data/README.md").write_text("")
    assert [line.split(":")[0] for line in verify_tree(out)] == ["other-data/README.md"]


# verify


def test_a_good_tree_has_no_difference_also_elsewhere(out: Path, tmp_path: Path) -> None:
    publish(out, rows=REVISED)
    assert verify_tree(out) == []
    shutil.copytree(out, tmp_path / "copy")
    assert verify_tree(tmp_path / "copy") == []


def test_what_is_no_tree(tmp_path: Path) -> None:
    assert verify_tree(tmp_path / "absent") == [f"{tmp_path / 'absent'}: no such folder"]
    assert verify_tree(tmp_path) == [f"{tmp_path}: no package is published here"]


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("1.0.0/made-figures.csv", lambda b: b.replace(b"1.5", b"1.6"), ["hash sha256:"]),
        (
            "1.0.0/made-figures.csv",
            lambda b: b + b"a,b,c,d,1,A,\r\n",
            ["bytes instead of", "hash", "6 rows instead of 5"],
        ),
        (
            "1.0.0/made-figures.csv",
            lambda b: b + b"a,b\r\n",
            ["bytes", "hash", "row 7 has 2 cells instead of 7"],
        ),
        ("1.0.0/made-figures.csv", lambda b: b.replace(b"sex", b"SEX"), ["hash", "columns ['geo'"]),
        ("1.0.0/made-figures.csv", lambda b: b.replace(b"1.5", b'"1.'), ["hash", "not readable as CSV"]),
        ("1.0.0/made-figures.csv", lambda b: b.replace(b"1.5", b"1.\xff"), ["hash", "not readable as CSV"]),
        ("1.0.0/made-figures.parquet", lambda b: b[:-9], ["hash", "not readable as Parquet"]),
        ("1.0.0/README.md", lambda b: b + b"!", ["hash"]),
        ("1.0.0/codes-sex.csv", lambda b: b"", ["0 bytes", "hash", "columns [] instead", "0 rows"]),
        ("1.0.0/datapackage.json", lambda b: b[:-9], ["not a published descriptor"]),
        (
            "made-figures.csv",
            lambda b: b + b"x",
            ["lags or was changed, it is not the file of version 1.0.0"],
        ),
        ("datapackage.json", lambda b: b.replace(b"real", b"true"), ["differs from 1.0.0/datapackage.json"]),
        ("datapackage.json", lambda b: b[:-9], ["not a published descriptor"]),
    ],
)
def test_every_difference_is_named(out: Path, name: str, change, expected: list[str]) -> None:  # type: ignore[no-untyped-def]
    path = out / "made-data" / name
    path.write_bytes(change(path.read_bytes()))
    lines = [line for line in verify_tree(out) if line.startswith(f"made-data/{name}: ")]
    assert len(lines) == len(expected) and all("\n" not in line for line in lines)
    for line, part in zip(lines, expected, strict=True):
        assert part in line


def test_missing_and_unknown_files_are_named(out: Path) -> None:
    version = out / "made-data/1.0.0"
    (version / "codes-sex.csv").unlink()
    (version / "more.txt").write_text("")
    (out / "made-data/made-figures.parquet").unlink()
    (out / "made-data/.x.csv.tmp").write_text("")
    (out / "made-data/1.5.0").mkdir()
    assert verify_tree(out) == [
        "made-data/1.0.0/codes-sex.csv: missing",
        "made-data/1.0.0/more.txt: not in the descriptor",
        "made-data/1.5.0: unfinished version (no datapackage.json); the next run removes it",
        "made-data/made-figures.parquet: lags, the newest copy of version 1.0.0 is missing; "
        "the next run puts it there",
        "made-data/.x.csv.tmp: a half-written file; the next run removes it",
    ]


def test_a_schema_that_the_file_does_not_have_is_named(out: Path) -> None:
    path = out / "made-data/1.0.0/datapackage.json"
    package = json.loads(path.read_bytes())
    fields = {field["name"]: field for field in package["resources"][3]["schema"]["fields"]}
    fields["count"]["type"] = "string"
    fields["note"]["constraints"] = {"required": True}
    package["resources"][3]["innoregio:rows"] = 4
    path.write_text(json.dumps(package))
    found = [line.split(": ", 1)[1] for line in verify_tree(out) if "/1.0.0/made-register.parquet: " in line]
    assert found == [
        "column note is nullable, unlike the schema",
        "column count is int64, the schema says string",
        "the Table Schema inside differs from the descriptor's",
        "5 rows instead of 4",
    ]


def test_a_version_under_another_name_is_named(out: Path) -> None:
    (out / "made-data").rename(out / "renamed")
    (out / "renamed/1.0.0").rename(out / "renamed/1.2.0")
    lines = verify_tree(out)
    assert "renamed/1.2.0/datapackage.json: version is '1.0.0', the folder says '1.2.0'" in lines
    assert "renamed/1.2.0/datapackage.json: name is 'made-data', the folder says 'renamed'" in lines


def test_a_lagging_publication_is_named_and_repaired(out: Path) -> None:
    old = {path: (out / "made-data" / path).read_bytes() for path in ("datapackage.json", "made-figures.csv")}
    publish(out, rows=REVISED)
    expected = tree_files(out)
    for path, content in old.items():
        (out / "made-data" / path).write_bytes(content)
    assert (
        verify_tree(out)[0] == "made-data/datapackage.json: says 1.0.0; the next run publishes version 1.0.1"
    )
    publish(out, rows=REVISED)
    assert tree_files(out) == expected


def test_a_dataset_of_one_table_has_its_readme(tmp_path: Path) -> None:
    publish(tmp_path, replace(DATASET, resources=(FIGURES,)))
    assert "made-register" not in (tmp_path / "made-data/README.md").read_text()
