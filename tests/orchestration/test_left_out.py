"""What is worked out of a dataset that fails is made from the last good release, and says so."""

from pathlib import Path

import dagster as dg
import pytest

from assets.descriptor import Dataset, load_datasets
from assets.workspace import Workspace
from orchestration.definitions import build
from orchestration.factory import OLD_INPUTS
from orchestration.publishing import publish_datasets, publish_exit_code
from orchestration.sensors import left_out_sensor
from tests.commands import tree_bytes
from tests.orchestration.made_workspace import BASE, break_projects

PROJECTS, PLACES, CAMPUSES = "framework-projects", "register-places", "campus-participations"
NAMES = ["regions", PROJECTS, PLACES, CAMPUSES]
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def datasets() -> list[Dataset]:
    return [dataset for dataset in load_datasets()[0] if dataset.name in NAMES]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "data", tmp_path / "public", BASE)


@pytest.mark.slow
def test_the_command_makes_it_from_the_last_release(datasets: list[Dataset], workspace: Workspace) -> None:
    publish_datasets(datasets, {}, NAMES, workspace, {}, quiet=True)
    before = tree_bytes(workspace.out / PLACES)
    break_projects(workspace)
    outcomes, _ = publish_datasets(datasets, {}, NAMES, workspace, {}, quiet=True)
    found = {outcome.dataset: outcome for outcome in outcomes}
    assert found[PROJECTS].state == "failed" and publish_exit_code(outcomes, []) == 1
    for name in (PLACES, CAMPUSES):
        assert (found[name].state, found[name].old_inputs) == ("unchanged", (PROJECTS,))
        assert found[name].message == (
            f"made from the last good release of {PROJECTS}, which came to nothing in this run"
        )
    assert tree_bytes(workspace.out / PLACES) == before
    alone, _ = publish_datasets(datasets, {}, [PLACES], workspace, {}, quiet=True)
    assert publish_exit_code(alone, []) == 3, "published, but of something old"


@pytest.mark.slow
def test_without_a_release_it_waits_and_says_for_what(datasets: list[Dataset], workspace: Workspace) -> None:
    break_projects(workspace)
    outcomes, _ = publish_datasets(datasets, {}, NAMES, workspace, {}, quiet=True)
    found = {outcome.dataset: outcome for outcome in outcomes}
    assert found[PLACES].state == "held back"
    assert found[PLACES].message == f"it is worked out of {PROJECTS}, which came to nothing in this run"


@pytest.mark.slow
def test_a_sensor_asks_for_it_under_dagster(datasets: list[Dataset], workspace: Workspace) -> None:
    publish_datasets(datasets, {}, NAMES, workspace, {}, quiet=True)
    break_projects(workspace)
    config = {"home": str(workspace.home), "out": str(workspace.out), "base_url": BASE}
    places = QUIET | {"resources": {"workspace": {"config": config}}}
    job = build(datasets).resolve_job_def("refresh")
    with dg.DagsterInstance.ephemeral() as instance:
        failed = job.execute_in_process(instance=instance, run_config=places, raise_on_error=False)
        end = next(e for e in failed.all_events if e.event_type == dg.DagsterEventType.RUN_FAILURE)
        context = dg.build_run_status_sensor_context("left_out", end, instance, failed.dagster_run)
        request = left_out_sensor(datasets)(context)
        assert isinstance(request, dg.RunRequest) and request.tags[OLD_INPUTS] == PROJECTS
        again = job.execute_in_process(
            instance=instance,
            run_config=QUIET | dict(request.run_config),
            asset_selection=request.asset_selection,
            tags=dict(request.tags),
        )
    assert again.success
    checks = {check.asset_key.to_user_string(): check for check in again.get_asset_check_evaluations()}
    check = checks["register_places/raw"]
    assert not check.passed and check.severity == dg.AssetCheckSeverity.WARN
    reason = f"made from the last good release of {PROJECTS}, which came to nothing"
    assert check.description == f"served stale: {reason}"
