"""The main job as a person runs it: what comes out, always the same, and how it fails."""

import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from click.testing import CliRunner

from assets import pipeline as steps
from assets.descriptor import load_datasets
from assets.workspace import Workspace
from orchestration.cli.main import main
from orchestration.definitions import build
from orchestration.run import run_refresh
from tests.commands import run_innoregio, tree_bytes
from tests.orchestration.made_workspace import GOOD, described, make_workspace
from tests.shipped import SAMPLE, shipped_names, with_gathered


@pytest.mark.usefixtures("extent")
def test_a_package_with_real_figures_of_every_dataset(published: Path, whole: bool) -> None:
    packages = {
        path.parent.name: json.loads(path.read_text()) for path in published.glob("*/datapackage.json")
    }
    assert sorted(packages) == with_gathered(shipped_names() if whole else SAMPLE)
    for name, package in packages.items():
        assert package["version"] == "1.0.0"
        tables = [resource for resource in package["resources"] if resource["name"].endswith("-parquet")]
        assert tables
        for resource in tables:
            parquet = pl.read_parquet(published / name / resource["path"])
            csv = published / name / resource["path"].replace(".parquet", ".csv")
            with csv.open(newline="") as lines:
                assert parquet.height > 0
                assert parquet.columns == lines.readline().rstrip("\r\n").split(",")


@pytest.mark.usefixtures("extent")
def test_verify_says_the_tree_is_good(published: Path) -> None:
    run = CliRunner().invoke(main, ["verify", "--out", str(published)])
    assert (run.exit_code, run.stderr) == (0, "")


@pytest.mark.slow
def test_the_job_writes_the_same_bytes_as_the_command(published: Path, tmp_path: Path) -> None:
    """What the UI runs: the job `refresh`, its resource given by configuration."""
    config = {
        "workspace": {
            "config": {"home": str(tmp_path / "data"), "out": str(tmp_path / "public"), "base_url": ""}
        }
    }
    with dg.DagsterInstance.ephemeral() as instance:
        job = build().resolve_job_def("refresh")
        loggers = {"console": {"config": {"log_level": "CRITICAL"}}}
        result = job.execute_in_process(
            instance=instance, run_config={"resources": config, "loggers": loggers}
        )
    assert result.success
    assert all(check.passed for check in result.get_asset_check_evaluations())
    assert tree_bytes(tmp_path / "public") == tree_bytes(published)


@pytest.mark.slow
def test_dagsters_own_command_writes_the_same_bytes(published: Path, tmp_path: Path) -> None:
    (tmp_path / "dagster").mkdir()
    environment = {"INNOREGIO_OUT": str(tmp_path / "public"), "INNOREGIO_HOME": str(tmp_path / "data")}
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "dagster",
            "job",
            "execute",
            "-m",
            "orchestration.definitions",
            "-j",
            "refresh",
        ],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "DAGSTER_HOME": str(tmp_path / "dagster"), **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert tree_bytes(tmp_path / "public") == tree_bytes(published)


@pytest.mark.slow
def test_same_bytes_on_more_threads_elsewhere_in_time_and_language(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "somewhere else"
    folder.mkdir()
    run = run_innoregio(
        "publish",
        cwd=folder,
        POLARS_MAX_THREADS="3",
        TZ="Pacific/Chatham",
        LC_ALL="tr_TR.UTF-8",
        PYTHONHASHSEED="7",
    )
    assert run.returncode == 0, run.stderr
    assert tree_bytes(folder / "public") == tree_bytes(published)


def test_a_second_run_touches_nothing_and_says_unchanged(tmp_path: Path) -> None:
    dataset, workspace = described(tmp_path, GOOD), make_workspace(tmp_path)
    (first,) = run_refresh([dataset], [GOOD], workspace, quiet=True)
    assert (first.state, first.version) == ("published", "1.0.0")
    times = {path: path.stat().st_mtime_ns for path in workspace.out.rglob("*")}
    (second,) = run_refresh([dataset], [GOOD], workspace, quiet=True)
    assert (second.state, second.version) == ("unchanged", "1.0.0")
    assert {path: path.stat().st_mtime_ns for path in workspace.out.rglob("*")} == times


def test_a_defect_is_told_as_one_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def defect(frame, resource, **_):  # type: ignore[no-untyped-def]
        raise ZeroDivisionError("made for this test")

    monkeypatch.setattr(steps, "validate", defect)
    datasets, _ = load_datasets()
    workspace = Workspace(tmp_path / "data", tmp_path / "public", "http://127.0.0.1:8000/")
    (outcome,) = run_refresh(datasets, ["regions"], workspace, quiet=True)
    assert outcome.state == "failed" and "a defect of innoregio" in (outcome.message or "")
    assert "made for this test" in (outcome.trace or "")
