"""Releases made again: the same bytes file by file, or one line that says what is missing.

The revised figures are made.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assets import build_information as build_information
from assets import rebuild
from assets.publish.release import tree
from assets.publish.release.layout import DESCRIPTOR, complete_versions
from assets.rebuild import rebuild_release
from assets.workspace import Workspace
from orchestration.cli.main import main
from tests.commands import tree_bytes
from tests.publish.revisions.made_revisions import BASE, PART, RESEARCH, research


@pytest.fixture
def made(revised: Path) -> Workspace:
    """Three releases, to be looked at only."""
    return Workspace(revised / "data", revised / "public", BASE)


@pytest.fixture
def copy(made: Workspace, tmp_path: Path) -> Workspace:
    """The same to be damaged."""
    shutil.copytree(made.out.parent, tmp_path / "copy")
    return Workspace(tmp_path / "copy" / "data", tmp_path / "copy" / "public", made.base_url)


def run(workspace: Workspace, *arguments: str) -> Result:
    """The command, which must not end in an error of ours."""
    settings = {"INNOREGIO_OUT": str(workspace.out), "INNOREGIO_HOME": str(workspace.home)}
    done = CliRunner().invoke(main, ["rebuild", *arguments], env=settings)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def same(version: str, files: int) -> str:
    return f"{RESEARCH}@{version}: all {files} files come out the same, byte by byte"


@pytest.mark.parametrize("version", ["1.0.0", "1.0.1", "1.1.0"])
def test_every_release_comes_out_byte_by_byte(made: Workspace, tmp_path: Path, version: str) -> None:
    before = tree_bytes(made.out.parent)
    done = run(made, f"{RESEARCH}@{version}", "--into", str(tmp_path / "again"))
    again, there = tree_bytes(tmp_path / "again"), tree_bytes(made.out / RESEARCH / version)
    assert (done.exit_code, done.output.splitlines()[0]) == (0, same(version, len(there)))
    assert {"datapackage.json", "report.json", "CHANGELOG.md", "README.md"} <= set(again)
    assert {f"{RESEARCH}.csv", f"{RESEARCH}.parquet", "codes-geo.csv"} <= set(again)
    assert ("revisions.csv" in again) == (version != "1.0.0")
    assert sorted(again) == sorted(there)
    assert [name for name in there if again[name] != there[name]] == []
    assert tree_bytes(made.out.parent) == before, "nothing is touched"


def test_the_newest_without_version_and_the_whole_chain(made: Workspace) -> None:
    done = run(made, RESEARCH, "--chain", "--format", "json")
    told = json.loads(done.output)
    assert (told["version"], told["same"], told["different"], told["needs"]) == ("1.1.0", True, [], None)


def test_other_code_that_makes_other_bytes_is_named_in_one_line(
    made: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = json.loads((made.out / RESEARCH / "1.0.1" / DESCRIPTOR).read_bytes())[
        "innoregio:buildInformation"
    ]["code"]
    write = tree.write_readme
    monkeypatch.setattr(tree, "write_readme", lambda *given: write(*given) + "More.\n")
    monkeypatch.setattr(build_information, "digest_files", lambda: "0" * 64)
    done = run(made, f"{RESEARCH}@1.0.1")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        f"{RESEARCH}@1.0.1: README.md differs",
        f"{RESEARCH}@1.0.1: datapackage.json differs",
        f"to make it again, use what it was made with: innoregio 0.1.0, code {code} (here {'0' * 16}); "
        f"`innoregio show {RESEARCH}` shows the same for the code that runs",
    ]


def test_other_code_of_the_same_bytes_is_good(made: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_information, "digest_files", lambda: "0" * 64)
    done = run(made, f"{RESEARCH}@1.0.0")
    assert done.exit_code == 0 and "no byte of its files depends on that" in done.output


def test_a_descriptor_that_no_longer_fits_is_named_in_one_line(made: Workspace) -> None:
    """A code that the descriptor of then knew and that of now does not."""
    dataset = research()
    resource = dataset.resources[0]
    fields = tuple(
        replace(field, code_map={"SSS": "TOTAL"}) if field.name == "sector" else field
        for field in resource.fields
    )
    dataset = replace(dataset, resources=(replace(resource, fields=fields),))
    with pytest.raises(rebuild.RebuildError) as caught:
        rebuild_release(dataset, "1.0.0", made)
    told = str(caught.value)
    assert told.startswith(f"{RESEARCH}@1.0.0: ") and "\n" not in told
    assert "; it was made with innoregio 0.1.0, descriptor " in told


def test_a_snapshot_that_is_gone_or_damaged_is_named(copy: Workspace) -> None:
    """The one of 1.0.1 is in no bundle."""
    published = json.loads((copy.out / RESEARCH / "1.0.1" / DESCRIPTOR).read_bytes())
    (sha256,) = (one["sha256"] for one in published["innoregio:provenance"] if one["part"] == PART)
    place = copy.store / "statfin" / "13tn" / PART / f"{sha256[:16]}.json"
    told = f"innoregio: {RESEARCH}: snapshot {sha256[:16]} of statfin/13tn/{PART} is not in the store; "
    place.write_bytes(place.read_bytes()[:-1])
    done = run(copy, f"{RESEARCH}@1.0.1")
    assert done.exit_code == 1 and done.stderr.startswith(told) and done.stderr.count("\n") == 1
    place.unlink()
    assert run(copy, f"{RESEARCH}@1.0.1").stderr == done.stderr
    assert run(copy, f"{RESEARCH}@1.0.0").exit_code == 0


def test_areas_that_are_gone_are_named(copy: Workspace) -> None:
    shutil.rmtree(copy.out / "regions")
    done = run(copy, RESEARCH)
    assert done.exit_code == 1 and "has the areas that 1.1.0 was made with; restore it" in done.stderr


def test_a_descriptor_without_its_snapshots_is_named(copy: Workspace) -> None:
    path = copy.out / RESEARCH / "1.0.0" / DESCRIPTOR
    published = json.loads(path.read_bytes())
    published["innoregio:provenance"][0] = {"provider": "statfin"}
    path.write_text(json.dumps(published))
    done = run(copy, f"{RESEARCH}@1.0.0")
    told = "its descriptor does not say which snapshots it was made from; restore it"
    assert (done.exit_code, done.stderr) == (1, f"innoregio: {RESEARCH}@1.0.0: {told}\n")


def test_a_dataset_whose_descriptor_is_gone_names_the_code(copy: Workspace) -> None:
    (copy.out / RESEARCH).rename(copy.out / "withdrawn")
    done = run(copy, "withdrawn@1.0.1")
    told = "innoregio: withdrawn: its descriptor is not here; 1.0.1 was made with innoregio 0.1.0, code "
    assert done.exit_code == 1 and done.stderr.startswith(told)


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("nope", "there is no dataset 'nope'; there are: rd-expenditure, regions"),
        ("nope@1.0.0", "there is no dataset 'nope'"),
        ("../public/regions@1.0.0", "there is no dataset '../public/regions'"),
        (f"{RESEARCH}@9.9.9", f"{RESEARCH} has no release '9.9.9'; there are: 1.0.0, 1.0.1, 1.1.0"),
        (f"{RESEARCH}@1.0", f"{RESEARCH} has no release '1.0'"),
        (f"{RESEARCH}@1.0.0@2", f"{RESEARCH} has no release '1.0.0@2'"),
        (f"{RESEARCH}@../regions", f"{RESEARCH} has no release '../regions'"),
        (f"{RESEARCH}@", f"'{RESEARCH}@' is no release; write DATASET or DATASET@VERSION"),
        ("@1.0.0", "'@1.0.0' is no release"),
        ("", "'' is no release"),
    ],
)
def test_what_is_asked_wrongly_is_usage(made: Workspace, release: str, told: str) -> None:
    done = run(made, release)
    assert done.exit_code == 2 and f"Error: {told}" in done.stderr


def test_an_empty_tree_and_a_folder_that_is_there(made: Workspace, tmp_path: Path) -> None:
    empty = Workspace(made.home, tmp_path / "none", made.base_url)
    done = run(empty, RESEARCH)
    told = "no package is published here; publish first, or give the tree with --out"
    assert (done.exit_code, done.stderr) == (1, f"innoregio: {empty.out}: {told}\n")
    done = run(made, RESEARCH, "--into", str(tmp_path))
    assert done.exit_code == 2 and "is there already; give a new folder" in done.stderr


def test_an_unfinished_release_is_none(copy: Workspace) -> None:
    (copy.out / RESEARCH / "1.1.0" / DESCRIPTOR).unlink()
    assert run(copy, f"{RESEARCH}@1.1.0").exit_code == 2
    assert run(copy, RESEARCH).output.startswith(f"{RESEARCH}@1.0.1: all")
    assert [path.name for path in complete_versions(copy.out / RESEARCH)] == ["1.0.0", "1.0.1"]


def test_the_version_tells_the_code_that_runs(made: Workspace) -> None:
    done = CliRunner().invoke(main, ["--version"])
    published = json.loads((made.out / RESEARCH / "1.0.0" / DESCRIPTOR).read_bytes())
    known = published["innoregio:buildInformation"]
    expected = ", ".join(f"{name} {known[name]}" for name in ("innoregio", "code", "polars", "pyarrow"))
    assert (done.exit_code, done.output) == (0, f"{expected}\n")


def test_a_chain_of_any_length_goes_no_deeper(copy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each release before it is made once, oldest first, and none inside the making of another."""
    made: list[str] = []
    build_next = rebuild.build_next

    def watched(*given: Any) -> Path:
        made.append(f"{given[1].name} from")
        folder = build_next(*given)
        made.append(f"{given[1].name} to")
        return folder

    monkeypatch.setattr(rebuild, "build_next", watched)
    assert run(copy, f"{RESEARCH}@1.1.0", "--chain").exit_code == 0
    assert made == [f"{version} {end}" for version in ("1.0.0", "1.0.1", "1.1.0") for end in ("from", "to")]
    made.clear()
    (copy.out / RESEARCH / "1.0.1" / "README.md").unlink()
    assert run(copy, f"{RESEARCH}@1.1.0").exit_code == 0
    assert made == [f"{version} {end}" for version in ("1.0.1", "1.1.0") for end in ("from", "to")]
