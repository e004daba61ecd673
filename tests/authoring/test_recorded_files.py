"""`innoregio snapshot add`: a recorded file becomes a snapshot that a run uses, or a line says why not."""

import json
import os
import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assets.overlay import packaged_schemas
from assets.store.snapshots import bundle_root
from orchestration.cli.main import main
from tests.commands import run_innoregio, tree_bytes

RESEARCH = "rd-expenditure"
ANSWER = "statfin/13tn/2022-2024"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, where the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def bundled(part: str) -> Path:
    """The bytes of a bundled snapshot."""
    (path,) = (path for path in (bundle_root() / part).iterdir() if Path(f"{path}.json").is_file())
    return path


def invoke(*arguments: str) -> Result:
    done = CliRunner().invoke(main, ["snapshot", "add", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def newer_answer(folder: Path) -> Path:
    """The bundled answer of 13tn as if the office had updated it, with one figure more than it had."""
    answer = json.loads(bundled(ANSWER).read_bytes())
    answer["updated"] = "2026-10-22T05:00:00Z"
    answer["value"][0] += 1
    path = folder / "13tn.json"
    path.write_text(json.dumps(answer))
    return path


def test_a_recorded_file_is_what_the_dataset_is_made_from(here: Path) -> None:
    file = newer_answer(here)
    done = invoke(
        RESEARCH,
        str(file),
        "--retrieved",
        "2026-11-01",
        "--source",
        "https://example.org/13tn",
        "--format",
        "json",
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["is_new"], told["is_used"], told["rows"]) == (True, True, {"data": 72})
    shown = json.loads(CliRunner().invoke(main, ["show", RESEARCH, "--format", "json"]).stdout)
    (snapshot,) = shown["snapshots"]
    assert snapshot["obtained_from"] == "https://example.org/13tn" and snapshot["retrieved"] == "2026-11-01"
    assert snapshot["updated"] == "2026-10-22T05:00:00Z" and snapshot["licence"] == "CC-BY-4.0"
    again = invoke(RESEARCH, str(file), "--retrieved", "2026-11-01")
    assert "the store has it already" in again.stdout and f"innoregio publish {RESEARCH}" in again.stdout


def test_an_older_file_is_kept_and_said_not_to_be_used(here: Path) -> None:
    answer = json.loads(bundled(ANSWER).read_bytes())
    (here / "old.json").write_text(json.dumps(answer | {"updated": "2024-01-01T05:00:00Z"}))
    done = invoke(RESEARCH, "old.json")
    assert (
        done.exit_code == 0 and "kept, but not used: a newer answer to statfin/13tn is there" in done.stdout
    )


def test_without_a_date_the_files_own_time_counts(here: Path) -> None:
    os.utime(newer_answer(here), (1_793_000_000, 1_793_000_000))
    assert "retrieved 2026-10-26T07:33:20+00:00" in invoke(RESEARCH, "13tn.json").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["rd-expenditur", "13tn.json"], 2, "did you mean rd-expenditure?"),
        ([RESEARCH, "none.json"], 2, "none.json: no such file"),
        ([RESEARCH, "13tn.json", "--retrieved", "soon"], 2, "'soon' is no date"),
        ([RESEARCH, "13tn.json", "--retrieved", "2999-01-01"], 2, "still to come"),
        ([RESEARCH, "13tn.json", "--table", "statfin/11re"], 2, "--table is one of statfin/13tn"),
        ([RESEARCH, "13tn.json", "13tn.json"], 2, "statfin/13tn has the parts data; give them together"),
        ([RESEARCH, "cut.json"], 1, "cut.json: "),
        ([RESEARCH, "page.html"], 1, "statfin/13tn is read as json-stat"),
        (["population", "13tn.json"], 2, "say which with --table"),
        (["population", "13tn.json", "--table", "statfin/11re"], 1, "is not mapped, fixed or ignored"),
        (["framework-projects", "13tn.json", "--table", "cordis/horizon"], 2, "organization=FILE"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_leaves_the_store_alone(
    arguments: list[str], code: int, told: str, here: Path
) -> None:
    content = newer_answer(here).read_text()
    (here / "cut.json").write_text(content[:-20])
    (here / "page.html").write_text("<!doctype html><title>Sign in</title>")
    done = invoke(*arguments)
    assert done.exit_code == code and told in done.stderr, done.output
    assert "Traceback" not in done.stderr and not list(here.glob("data/snapshots/*"))


def test_the_parts_of_a_register_are_given_together_or_as_an_archive(here: Path) -> None:
    parts = {name: bundled(f"cordis/horizon/{name}") for name in ("project", "organization")}
    given = [f"{name}={path}" for name, path in parts.items()]
    table = ["--table", "cordis/horizon", "--format", "json", "--retrieved", "2026-11-01"]
    one = invoke("framework-projects", *given, *table)
    assert one.exit_code == 0, one.output
    first = tree_bytes(here / "data")
    shutil.rmtree(here / "data")
    with zipfile.ZipFile(here / "cordis.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in parts.items():
            archive.write(path, f"{name}.csv")
    other = invoke("framework-projects", "cordis.zip", *table)
    assert other.exit_code == 0, other.output
    assert json.loads(one.stdout)["rows"] == json.loads(other.stdout)["rows"]
    packed = {name for name in tree_bytes(here / "data") if name.endswith((".csv", ".csv.gz"))}
    assert packed == {name for name in first if name.endswith((".csv", ".csv.gz"))}


@pytest.mark.slow
def test_a_dataset_without_a_snapshot_says_how_to_get_one(here: Path, published: Path) -> None:
    """A descriptor of the operator's own: skipped first, published once its file is there."""
    own = here / "own"
    (own / "datasets").mkdir(parents=True)
    text = (packaged_schemas() / "datasets" / f"{RESEARCH}.yaml").read_text("utf-8")
    text = text.partition("    innoregio:expectations:")[0]  # of all years; the file has one
    for old, new in ((f"name: {RESEARCH}", "name: our-research"), ('"13tn"', '"13to"'), ("/13tn]", "/13to]")):
        text = text.replace(old, new)
    (own / "datasets" / "our-research.yaml").write_text(text, "utf-8")
    (own / "catalogue.yaml").write_text("datasets: [our-research]\n")
    shutil.copytree(published.parent / "data", here / "data")

    def run(*arguments: str) -> str:
        done = run_innoregio(*arguments, "--config", str(own), cwd=here)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    assert "innoregio snapshot add our-research FILE" in run("publish", "our-research", "--quiet")
    run("snapshot", "add", "our-research", str(newer_answer(here)))
    assert "published" in run("publish", "our-research", "--quiet")


def test_the_command_of_the_page_on_fetching_works(here: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "fetching.md").read_text("utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith("innoregio snapshot add"))
    newer_answer(here)
    os.utime(here / "13tn.json", (1_763_000_000, 1_763_000_000))
    moment = re.search(r"--retrieved (\S+)", line)
    assert moment is not None
    done = invoke(*shlex.split(line.replace(moment[1], "2026-10-30"))[3:])
    assert done.exit_code == 0 and "retrieved 2026-10-30" in done.stdout, done.output
