"""What a person meets first: a disk that takes nothing, a mistyped name, a narrow terminal."""

import errno
import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import polars as pl
import pytest
from click.testing import CliRunner, Result

from assets import pipeline
from assets.errors import StoreError
from assets.fetch.states import SourceState
from assets.validate.report import Report
from assets.workspace import Workspace
from orchestration import publishing
from orchestration.cli.main import main
from orchestration.cli.printing import print_sources
from orchestration.outcomes import Outcome
from orchestration.progress import BarHandler
from tests.shipped import shipped_names


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, where the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments: str) -> Result:
    done = CliRunner().invoke(main, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.mark.parametrize("command", [["publish", "rd-expenditure"], ["fetch", "rd-expenditure"]])
@pytest.mark.parametrize("place", ["file", "file/below", "/proc/none"])
def test_a_home_that_cannot_be_written_is_named(
    command: list[str], place: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "file").write_text("")
    monkeypatch.setenv("INNOREGIO_HOME", place)
    done = invoke(*command, "--quiet")
    assert done.exit_code == 1 and "defect" not in done.stderr
    (line,) = done.stderr.splitlines()
    assert f"{here / place}: cannot be written (" in line and "INNOREGIO_HOME" in line


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EROFS, "Read-only file system"),
        pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)"),
    ],
)
def test_a_disk_that_fills_up_while_normalising_is_not_our_defect(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(self: pl.DataFrame, file: IO[bytes], **_options: object) -> None:
        file.write(b"half")
        raise error

    monkeypatch.setattr(pl.DataFrame, "write_parquet", write)
    path = tmp_path / "normalised" / "made" / "figures.parquet"
    report = Report("figures", 1, {}, (), (), ())
    with pytest.raises(
        StoreError, match=r"cannot be written \((Read-only|No space).*INNOREGIO_HOME"
    ) as caught:
        pipeline.write_table(pl.DataFrame({"a": [1]}), path, "", report)
    assert str(path) in str(caught.value) and list(path.parent.iterdir()) == []


def test_what_became_of_datasets_is_told_when_the_site_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_arguments: object) -> bool:
        raise publishing.PublishError("public: No space left on device; the site is not written")

    monkeypatch.setattr(publishing, "publish_catalogue", refuse)
    workspace = Workspace(tmp_path / "data", tmp_path / "public", "http://127.0.0.1:8000/")
    outcomes = publishing.try_catalogue(["regions"], workspace, [])
    assert outcomes == [Outcome("catalogue", "failed", message=str(outcomes[0].message))]
    assert publishing.publish_exit_code(outcomes, []) == 1


@pytest.mark.parametrize("command", [["list"], ["show", "population"]])
def test_a_tree_that_is_not_there_is_a_usage_error(command: list[str], here: Path) -> None:
    assert invoke(*command).exit_code == 0  # nothing is published yet
    done = invoke(*command, "--out", "nowhere")
    assert done.exit_code == 2 and done.stdout == "" and "nowhere: no such folder" in done.stderr


@pytest.mark.parametrize(
    "command", [["publish"], ["fetch"], ["show"], ["diff", "--out", "public"], ["rebuild", "--out", "public"]]
)
def test_a_mistyped_dataset_gets_a_suggestion(
    command: list[str], published: Path, published_names: list[str], here: Path
) -> None:
    (here / "public").symlink_to(published)
    done = invoke(command[0], "rd-expenditur", *command[1:])
    assert done.exit_code == 2 and "did you mean rd-expenditure?" in done.stderr
    first = shipped_names()[0] if command[0] in ("publish", "fetch", "show") else published_names[0]
    assert f": {first}" in done.stderr


def test_sources_stay_whole_at_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The longest names that are shipped fit; longer ones are not broken."""
    monkeypatch.setenv("COLUMNS", "80")
    names = [("regions", "municipality-population"), ("education-and-training", "edat_lfse_22")]
    states = [
        SourceState(
            dataset, "statfin", table, "stale-but-served", updated="2020-01-01", requests=100, retries=4
        )
        for dataset, table in names
    ]
    print_sources(states, "text")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("  statfin/municipality-population  stale-but-served") for line in lines)
    assert [line.strip() for line in lines if line[0] != " "][1:] == ["regions", "education-and-training"]
    long = "t" * 90
    print_sources([SourceState("made", "office", long, "unchanged")], "text")
    assert f"office/{long}" in capsys.readouterr().out
    print_sources(states, "json")
    assert [one["table"] for one in json.loads(capsys.readouterr().out)] == [table for _, table in names]


def test_the_bar_is_there_while_steps_run_and_gone_with_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Dagster makes loggers that hear of no step; a bar of theirs would be left below the results."""
    handler = BarHandler(steps=1)
    assert not handler.progress.live.is_started

    def tell(**what: bool) -> None:
        kinds = ("is_step_start", "is_step_success", "is_step_failure", "is_step_skipped", "is_job_event")
        event = SimpleNamespace(step_key="areas", **(dict.fromkeys(kinds, False) | what))
        record = logging.LogRecord("", logging.DEBUG, "", 0, "", (), None)
        record.dagster_event = event
        handler.emit(record)

    tell(is_step_start=True)
    assert handler.progress.live.is_started
    tell(is_step_success=True)
    assert not handler.progress.live.is_started
