"""Where nothing changed a run leaves early, also where Dagster keeps records and has that one."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef

from orchestration.publishing import publish_datasets
from tests.orchestration.made_workspace import GOOD, add_made, described, make_workspace

GROUP = GOOD.replace("-", "_")
EIGHT = ["population", "rd-expenditure", "regional-accounts", "regions", "patent-applications"]
EIGHT += ["education-and-training", "business-demography", "framework-projects"]


def newest_steps(home: Path) -> tuple[set[str], int]:
    """The assets that the newest run of the instance made, and how many runs there are."""
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home))) as instance:
        run, *others = instance.get_runs()
        events = [entry.dagster_event for entry in instance.all_logs(run.run_id) if entry.dagster_event]
        assert run.tags["innoregio/result"] == "good"
        made = {e.asset_key.to_user_string() for e in events if e.is_step_materialization and e.asset_key}
        return made, 1 + len(others)


def test_a_run_without_news_leaves_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {f"{GROUP}/{step}" for step in ("raw", "normalised", "package")} | {"catalogue"}
    dataset, workspace = described(tmp_path, GOOD), make_workspace(tmp_path)
    for home, expected, state, runs in (
        ("first", whole, "published", 1),
        ("first", whole, "unchanged", 1),  # left early
        ("other", whole, "unchanged", 1),  # it has no record of the release yet
        ("other", whole, "unchanged", 1),
    ):
        (tmp_path / home).mkdir(exist_ok=True)
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / home))
        (outcome,), _ = publish_datasets([dataset], {}, [GOOD], workspace, os.environ, quiet=True)
        assert (outcome.state, outcome.version) == (state, "1.0.0")
        assert newest_steps(tmp_path / home) == (expected, runs)
    (tmp_path / "other" / "innoregio" / GOOD).unlink()  # as after a run of the daemon's
    publish_datasets([dataset], {}, [GOOD], workspace, os.environ, quiet=True)
    assert newest_steps(tmp_path / "other") == ({f"{GROUP}/raw", "catalogue"}, 2)
    add_made(workspace, GOOD, b"id\nP1\nP2\nP3\n", "2026-02-01")
    (outcome,), _ = publish_datasets([dataset], {}, [GOOD], workspace, os.environ, quiet=True)
    assert (outcome.state, outcome.version) == ("published", "1.1.0")
    assert newest_steps(tmp_path / "other") == (whole, 3)


@pytest.mark.slow
def test_what_a_run_of_eight_without_news_costs(tmp_path: Path) -> None:
    """At most 3 s of CPU and 200 MiB under `DAGSTER_HOME`."""
    (tmp_path / "dagster").mkdir()
    environment = dict(os.environ) | {"DAGSTER_HOME": str(tmp_path / "dagster"), "POLARS_MAX_THREADS": "1"}
    environment |= {"INNOREGIO_HOME": str(tmp_path / "data"), "INNOREGIO_OUT": str(tmp_path / "public")}
    command = [sys.executable, "-m", "orchestration.cli.main", "publish", "--quiet", *EIGHT]
    assert subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True).returncode == 0
    watcher = (
        "import resource, subprocess, sys; "
        "code = subprocess.run(sys.argv[1:], capture_output=True).returncode; "
        "u = resource.getrusage(resource.RUSAGE_CHILDREN); print(code, u.ru_utime + u.ru_stime, u.ru_maxrss)"
    )
    run = subprocess.run(
        [sys.executable, "-c", watcher, *command],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    code, seconds, kibibytes = run.stdout.split()
    assert code == "0" and float(seconds) <= 3.0 and int(kibibytes) <= 200 * 1024, run.stdout
