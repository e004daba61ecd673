"""Runs of Dagster's graph with datasets that wait for their first fetch. As a program: one in which others
fail, which its caller ends where it does not end itself.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dagster as dg

from assets.descriptor import Dataset, load_datasets
from assets.overlay import packaged_schemas
from assets.workspace import Workspace
from orchestration.definitions import build
from tests.orchestration.made_workspace import ABSENT, BROKEN, described, make_workspace


def shipped_absent(folder: Path) -> Dataset:
    """A dataset without snapshots, as if innoregio shipped its descriptor."""
    return replace(described(folder, ABSENT), path=packaged_schemas() / "datasets" / f"{ABSENT}.yaml")


def run_graph(datasets: Sequence[Dataset], workspace: Workspace) -> dg.ExecuteInProcessResult:
    """The job `refresh` as Dagster runs it."""
    with dg.DagsterInstance.ephemeral() as instance:
        loggers = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        job = build(datasets, workspace).resolve_job_def("refresh")
        return job.execute_in_process(instance=instance, run_config=loggers, raise_on_error=False)


def run_with_failures(folder: Path) -> None:
    """One dataset and the areas fail, and one waits that needs the areas."""
    found = load_datasets()[0]
    regions = next(dataset for dataset in found if dataset.name == "regions")
    tables = [replace(one, sources=tuple(replace(s, provider="nobody") for s in one.sources))
              for one in regions.resources]  # fmt: skip
    absent = shipped_absent(folder)
    placed = next(dataset for dataset in found if dataset.name == "rd-expenditure").resources[0]
    absent = replace(absent, resources=(replace(absent.resources[0], classification=placed.classification),))
    broken = described(folder, BROKEN)
    result = run_graph([absent, broken, replace(regions, resources=tuple(tables))], make_workspace(folder))
    print("failed" if not result.success else "good")


if __name__ == "__main__":
    run_with_failures(Path(sys.argv[1]))
