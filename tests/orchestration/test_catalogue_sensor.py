"""After a run of Dagster's own in which a dataset fails or is skipped, a sensor asks for the catalogue: the
feed and the site are written for all others, byte by byte as the command line writes them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.descriptor import Dataset, load_datasets
from assets.store.snapshots import Provenance, add_snapshot
from assets.workspace import Workspace
from orchestration.definitions import build
from orchestration.factory import CATALOGUE_KEY
from orchestration.publishing import publish_datasets, required_datasets
from orchestration.sensors import catalogue_sensor
from tests.commands import run_innoregio, tree_bytes
from tests.orchestration.made_workspace import ABSENT, BASE, BROKEN, GOOD, described, make_workspace
from tests.shipped import shipped_names, with_gathered

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
EVENTS = {
    dg.DagsterRunStatus.SUCCESS: dg.DagsterEventType.RUN_SUCCESS,
    dg.DagsterRunStatus.FAILURE: dg.DagsterEventType.RUN_FAILURE,
}
PACKAGE = f"{GOOD.replace('-', '_')}/package"


def places(workspace: Workspace) -> dict[str, Any]:
    """The run config by which Dagster's own resource gives the workspace."""
    config = {"home": str(workspace.home), "out": str(workspace.out), "base_url": workspace.base_url}
    return QUIET | {"resources": {"workspace": {"config": config}}}


def run_job(
    instance: dg.DagsterInstance, datasets: list[Dataset], job: str, config: dict[str, Any], *keys: str
) -> dg.ExecuteInProcessResult:
    """A run as Dagster makes it; `keys` choose assets."""
    definitions = build(datasets)
    found = definitions.resolve_job_def(job) if job else definitions.resolve_implicit_global_asset_job_def()
    chosen = [dg.AssetKey(key.split("/")) for key in keys] or None
    return found.execute_in_process(
        instance=instance, run_config=config, asset_selection=chosen, raise_on_error=False
    )


def ask_sensor(
    instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult
) -> dg.RunRequest | dg.SkipReason:
    """What the sensor for a run of this end says."""
    run = result.dagster_run
    end = next(one for one in result.all_events if one.event_type == EVENTS[run.status])
    context = dg.build_run_status_sensor_context("catalogue", end, instance, run)
    answer = catalogue_sensor(run.status)(context)
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


@pytest.mark.parametrize(
    ("job", "names"),
    [
        ("refresh", [GOOD, BROKEN]),
        ("refresh", [GOOD, ABSENT]),
        ("refresh", [ABSENT, BROKEN]),  # two reasons why a step is left out
        ("", [BROKEN, GOOD]),  # the job of `Materialize all`
    ],
)
def test_the_others_are_in_the_catalogue(tmp_path: Path, job: str, names: list[str]) -> None:
    datasets = [described(tmp_path, name) for name in names]
    workspace = make_workspace(tmp_path / "job")
    with dg.DagsterInstance.ephemeral() as instance:
        run = run_job(instance, datasets, job, places(workspace))
        assert not run.success and not instance.get_latest_materialization_event(CATALOGUE_KEY)
        request = ask_sensor(instance, run)
        assert isinstance(request, dg.RunRequest) and request.run_key == run.run_id
        assert run_job(instance, datasets, "write_catalogue", QUIET | request.run_config).success
        assert instance.get_latest_materialization_event(CATALOGUE_KEY)
    command = make_workspace(tmp_path / "command")
    outcomes, _ = publish_datasets(datasets, {}, names, command, {}, quiet=True)
    assert {one.dataset: one.state for one in outcomes} == {
        name: {GOOD: "published", BROKEN: "failed", ABSENT: "waiting"}[name] for name in names
    }
    written = tree_bytes(workspace.out)
    assert written == tree_bytes(command.out)
    assert {"catalog.ttl", "feed.atom", "index.html"} <= written.keys()
    assert (f"fi/dataset/{GOOD}.html" in written) == (GOOD in names)


def test_no_run_for_a_catalogue_that_is_written_or_not_concerned(tmp_path: Path) -> None:
    datasets = [described(tmp_path, GOOD)]
    config = places(make_workspace(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        whole = run_job(instance, datasets, "refresh", config)
        raw = run_job(instance, datasets, "", config, PACKAGE.replace("package", "raw"))
        own = run_job(instance, datasets, "write_catalogue", config)
        assert whole.success and raw.success and own.success
        reasons = [ask_sensor(instance, one) for one in (whole, raw, own)]
    assert [one.skip_message for one in reasons if isinstance(one, dg.SkipReason)] == [
        "that run wrote the catalogue itself",
        "that run was to publish nothing",
        "that run was for the catalogue",
    ]


@pytest.mark.parametrize("by", ["command", "sensor"])
def test_a_catalogue_that_is_older_than_a_package_is_repaired(tmp_path: Path, by: str) -> None:
    """A run of one package, killed before anything was asked; then the next run of either has no news."""
    datasets = [described(tmp_path, GOOD)]
    workspace = make_workspace(tmp_path)
    keys = [PACKAGE.replace("package", end) for end in ("raw", "normalised", "package")]
    with dg.DagsterInstance.ephemeral() as instance:
        assert run_job(instance, datasets, "", places(workspace), *keys).success
        assert not (workspace.out / "catalog.ttl").exists()
        if by == "command":
            (outcome,), _ = publish_datasets(datasets, {}, [GOOD], workspace, {}, quiet=True)
            assert outcome.state == "unchanged"
        else:
            request = ask_sensor(instance, run_job(instance, datasets, "", places(workspace), PACKAGE))
            assert isinstance(request, dg.RunRequest)
            assert run_job(instance, datasets, "write_catalogue", QUIET | request.run_config).success
    assert f"{GOOD}/1.0.0" in (workspace.out / "catalog.ttl").read_text("utf-8")


def test_a_wrong_descriptor_does_not_withdraw_its_dataset(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    dataset = described(tmp_path, GOOD)
    publish_datasets([dataset], {}, [GOOD], workspace, {}, quiet=True)
    before = tree_bytes(workspace.out)
    definitions = build([], workspace, broken=[GOOD])
    with dg.DagsterInstance.ephemeral() as instance:
        job = definitions.resolve_job_def("refresh")
        assert job.execute_in_process(instance=instance, run_config=QUIET).success
    assert tree_bytes(workspace.out) == before


def break_research(folder: Path) -> None:
    """A store in which the newest snapshot of `rd-expenditure` cannot be read."""
    provenance = Provenance(
        provider="statfin",
        table="13tn",
        part="data",
        obtained_from="https://example.org/",
        licence="CC-BY-4.0",
        media_type="application/json",
        updated="2026-06-01T00:00:00Z",
    )
    store = Workspace(folder / "data", folder / "public", BASE).store
    add_snapshot(store, b"no table of that provider\n", provenance)


@pytest.mark.slow
def test_the_daemon_and_the_command_write_the_same_when_one_fails(tmp_path: Path) -> None:
    for folder in ("command", "dagster"):
        break_research(tmp_path / folder)
    command = run_innoregio("publish", "--quiet", cwd=tmp_path / "command", INNOREGIO_HOME="data")
    assert command.returncode == 1 and "rd-expenditure" in command.stdout
    here = tmp_path / "dagster"
    (here / "home").mkdir()
    (here / "home" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "DAGSTER_HOME": str(here / "home"),
        "INNOREGIO_HOME": str(here / "data"),
    }
    dagster = [sys.executable, "-m", "dagster"]
    location = ["-m", "orchestration.definitions"]
    daemon = subprocess.Popen(
        [sys.executable, "-m", "dagster._daemon", "run", *location],
        cwd=here,
        env=environment,
        stdout=(here / "log").open("w"),
        stderr=subprocess.STDOUT,
    )
    try:
        time.sleep(20)  # a sensor looks at runs that end after its first tick
        launched = subprocess.run(
            [*dagster, "job", "launch", *location, "-j", "refresh"],
            cwd=here,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert launched.returncode == 0, launched.stderr
        expected = tree_bytes(tmp_path / "command" / "public")
        until = time.monotonic() + 240
        while tree_bytes(here / "public") != expected and time.monotonic() < until:
            time.sleep(2)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)
    written = tree_bytes(here / "public")
    assert written.keys() == expected.keys() and written == expected, (here / "log").read_text()
    folders = {name.split("/")[0] for name in written if name.endswith("/datapackage.json")}
    found = load_datasets()[0]
    without = {
        one.name for one in found if "rd-expenditure" in {d.name for d in required_datasets([one], found)}
    }
    assert "indicators" in without and "tourism-nights" not in without
    assert folders == set(with_gathered(shipped_names())) - without
