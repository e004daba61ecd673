"""`innoregio status` says from tree and store how every dataset stands, with an exit code for a monitor."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.descriptor import Dataset
from assets.fetch.cache import CacheEntry
from assets.fetch.states import QUARANTINED, STALE, UNCHANGED, SourceState, write_state
from assets.workspace import Workspace
from orchestration.cli.main import main
from orchestration.monitoring.last_outcomes import remember_outcomes
from orchestration.monitoring.status import DatasetStatus, older_inputs, read_statuses, status_exit_code
from orchestration.outcomes import Outcome
from orchestration.publishing import publish_datasets
from tests.commands import run_innoregio
from tests.orchestration.made_workspace import GOOD, described, make_workspace

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return described(tmp_path, GOOD)


@pytest.fixture
def workspace(tmp_path: Path, dataset: Dataset) -> Workspace:
    workspace = make_workspace(tmp_path)
    publish_datasets([dataset], {}, [GOOD], workspace, {}, quiet=True)
    return workspace


def stand(dataset: Dataset, workspace: Workspace) -> DatasetStatus:
    (status,) = read_statuses([dataset], {}, workspace, NOW)
    return status


def ask(workspace: Workspace, state: str, days_ago: int = 0) -> None:
    checked = (NOW - timedelta(days=days_ago)).isoformat()
    said = SourceState(GOOD, "made", GOOD, state, "connection refused", checked)
    write_state(workspace.store, said, CacheEntry(), "made")


def test_published_and_never_asked(dataset: Dataset, workspace: Workspace) -> None:
    status = stand(dataset, workspace)
    assert (status.state, status.version, status.asked) == ("ok", "1.0.0", None)
    assert status.data_age_days == (NOW - datetime(2026, 1, 1, tzinfo=UTC)).days


@pytest.mark.parametrize(
    ("state", "days_ago", "found", "code"),
    [
        (UNCHANGED, 6, "ok", 0),
        (UNCHANGED, 22, "overdue", 3),  # annual: asked weekly
        (STALE, 1, "stale-but-served", 3),
        (QUARANTINED, 1, "quarantined", 1),
    ],
)
def test_what_became_of_its_sources(
    dataset: Dataset, workspace: Workspace, state: str, days_ago: int, found: str, code: int
) -> None:
    ask(workspace, state, days_ago)
    status = stand(dataset, workspace)
    assert status.state == found and status_exit_code([status]) == code


def test_what_the_last_run_made_of_it(dataset: Dataset, workspace: Workspace) -> None:
    remember_outcomes(workspace.home, [Outcome(GOOD, "failed", message="2 errors\nthe first: rows")])
    status = stand(dataset, workspace)
    assert (status.state, status.version) == ("failed", "1.0.0"), "the last good release is there"
    assert status.message == "2 errors the first: rows"
    remember_outcomes(workspace.home, [Outcome(GOOD, "unchanged")])
    assert stand(dataset, workspace).state == "ok"


def test_a_derived_one_is_behind_what_it_is_made_from(dataset: Dataset, published: Path) -> None:
    from assets.descriptor import load_datasets

    derived = next(one for one in load_datasets()[0] if one.name == "regional-participations")
    package = json.loads((published / "regional-participations" / "datapackage.json").read_bytes())
    assert older_inputs(derived, package, published) == []
    for entry in package["innoregio:provenance"]:
        entry["obtained_from"] = entry["obtained_from"].replace("/1.0.0/", "/0.9.0/")
        entry["sha256"] = "0" * 64
    made_from = {one["obtained_from"].split("/")[-3] for one in package["innoregio:provenance"]}
    assert older_inputs(derived, package, published) == sorted(made_from)
    assert "framework-projects" in made_from


def test_the_command_for_people_and_programs(published: Path, tmp_path: Path) -> None:
    environment = {"INNOREGIO_HOME": str(tmp_path)}
    arguments = ["status", "--out", str(published), "population", "regions"]
    run = CliRunner().invoke(main, [*arguments, "--format", "json"], env=environment)
    told = json.loads(run.stdout)
    assert (run.exit_code, told["exit_code"]) == (0, 0)
    assert [one["dataset"] for one in told["datasets"]] == ["population", "regions"]
    run = CliRunner().invoke(main, arguments, env=environment)
    assert run.stdout.splitlines()[1].split()[:3] == ["population", "ok", "1.0.0"]
    assert max(map(len, run.stdout.splitlines())) <= 80


@pytest.mark.slow
def test_it_needs_no_dagster(published: Path, tmp_path: Path) -> None:
    """A monitor asks every minute: half a second or so."""
    run = run_innoregio("status", "--out", str(published), cwd=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    assert run.returncode == 0 and "dagster" not in run.stderr
