"""A run of Dagster's own in which a dataset fails or is skipped: the catalogue, the feed and the site are
written for all others, byte by byte as the command line writes them, and the run is marked as failed."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from assets.descriptor import Dataset, load_datasets
from assets.store.snapshots import Provenance, add_snapshot
from assets.workspace import Workspace
from orchestration.definitions import build
from orchestration.factory import CATALOGUE_KEY
from orchestration.publishing import publish_datasets
from tests.commands import run_innoregio, tree_bytes
from tests.orchestration.made_workspace import ABSENT, BASE, BROKEN, GOOD, described, make_workspace

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_job(datasets: list[Dataset], workspace: Workspace, job: str) -> tuple[bool, int]:
    """Whether a run in Dagster succeeded, and how often it says that the catalogue was written."""
    definitions = build(datasets, workspace)
    with dg.DagsterInstance.ephemeral() as instance:
        found = (
            definitions.resolve_job_def(job) if job else definitions.resolve_implicit_global_asset_job_def()
        )
        result = found.execute_in_process(instance=instance, run_config=QUIET, raise_on_error=False)
        records = instance.fetch_materializations(CATALOGUE_KEY, limit=9).records
        return result.success, len(records)


@pytest.mark.parametrize(
    ("job", "names", "success"),
    [
        ("refresh", [GOOD, BROKEN], False),
        ("refresh", [GOOD, ABSENT], True),
        ("refresh", [ABSENT, BROKEN], False),  # Dagster alone waits for ever where both stop the last step
        ("", [BROKEN, GOOD], False),  # the job of `Materialize all`
    ],
)
def test_the_others_are_in_the_catalogue(tmp_path: Path, job: str, names: list[str], success: bool) -> None:
    datasets = [described(tmp_path, name) for name in names]
    workspace = make_workspace(tmp_path / "job")
    assert run_job(datasets, workspace, job) == (success, 1)
    command = make_workspace(tmp_path / "command")
    outcomes, _ = publish_datasets(datasets, {}, names, command, {}, quiet=True)
    assert {one.dataset: one.state for one in outcomes} == {
        name: {GOOD: "published", BROKEN: "failed", ABSENT: "skipped"}[name] for name in names
    }
    written = tree_bytes(workspace.out)
    assert written == tree_bytes(command.out)
    assert {"catalog.ttl", "feed.atom", "index.html"} <= written.keys()
    assert (f"fi/dataset/{GOOD}.html" in written) == (GOOD in names)


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


@pytest.mark.slow
def test_command_job_and_dagsters_own_command_write_the_same_when_one_fails(tmp_path: Path) -> None:
    for folder in ("command", "dagster"):
        store = Workspace(tmp_path / folder / "data", tmp_path / folder / "public", BASE).store
        provenance = Provenance(
            provider="statfin",
            table="13tn",
            part="data",
            obtained_from="https://example.org/",
            licence="CC-BY-4.0",
            media_type="application/json",
            updated="2026-06-01T00:00:00Z",
        )
        add_snapshot(store, b"no table of that provider\n", provenance)
        (tmp_path / folder / "home").mkdir()
    command = run_innoregio("publish", "--quiet", cwd=tmp_path / "command", INNOREGIO_HOME="data")
    assert command.returncode == 1 and "rd-expenditure" in command.stdout
    job = ("-m", "orchestration.definitions", "-j", "refresh")
    dagster = subprocess.run(
        [sys.executable, "-m", "dagster", "job", "execute", *job],
        cwd=tmp_path / "dagster",
        env={
            "PATH": os.environ["PATH"],
            "DAGSTER_HOME": str(tmp_path / "dagster" / "home"),
            "INNOREGIO_HOME": str(tmp_path / "dagster" / "data"),
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert dagster.returncode != 0
    written = tree_bytes(tmp_path / "dagster" / "public")
    assert written == tree_bytes(tmp_path / "command" / "public")
    folders = {name.split("/")[0] for name in written if name.endswith("/datapackage.json")}
    assert folders == {one.name for one in load_datasets()[0]} - {"rd-expenditure"}
