"""One run of the main job in this process, and what became of each dataset.

How that is read from the events of a run belongs to `read_events`, printing to `cli`.
"""

import os
from collections.abc import Collection, Sequence
from typing import Any

import dagster as dg

from assets.descriptor import Dataset
from assets.workspace import Workspace
from orchestration.definitions import build
from orchestration.factory import CATALOGUE_KEY, OLD_INPUTS, dataset_keys
from orchestration.monitoring.reports import say_in_run
from orchestration.monitoring.run_summary import summarise_run
from orchestration.outcomes import Outcome
from orchestration.read_events import BY_COMMAND, RunEvents, read_outcomes


def run_refresh(
    datasets: Sequence[Dataset],
    chosen: Sequence[str],
    workspace: Workspace,
    quiet: bool,
    broken: Collection[str] = (),
    old_inputs: Collection[str] = (),
) -> list[Outcome]:
    """Runs the job `refresh` for the `chosen` of `datasets` and what they need, and reports what became of
    each. `broken`: datasets whose descriptor is wrong, which the catalogue keeps. `old_inputs`: datasets that
    came to nothing before; their last releases are used, and only the chosen are run.

    The instance is Dagster's own where `DAGSTER_HOME` is set, else one that leaves nothing behind. Nothing is
    raised for a dataset that fails: the others go on.
    """
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    wanted = [dataset for dataset in datasets if dataset.name in chosen]
    definitions = build(datasets, workspace, broken)
    packages = dg.AssetSelection.assets(*(key for dataset in wanted for key in dataset_keys(dataset)))
    keys = (packages if old_inputs else packages.upstream()) | dg.AssetSelection.assets(CATALOGUE_KEY)
    loggers: dict[str, Any] = (
        {"console": {"config": {"log_level": "CRITICAL"}}} if quiet else {"progress": {}}
    )
    instance = dg.DagsterInstance.get() if os.environ.get("DAGSTER_HOME") else dg.DagsterInstance.ephemeral()
    with instance:
        result = definitions.resolve_job_def("refresh").execute_in_process(
            instance=instance,
            asset_selection=sorted(keys.resolve(definitions.resolve_asset_graph())),
            run_config={"loggers": loggers},
            tags={BY_COMMAND: "publish"} | ({OLD_INPUTS: ",".join(sorted(old_inputs))} if old_inputs else {}),
            raise_on_error=False,
        )
        if any(was_interrupted(event) for event in result.all_events):
            raise KeyboardInterrupt
        events = RunEvents(result.all_events, result.dagster_run.asset_selection)
        outcomes = read_outcomes(wanted, datasets, events, old_inputs)
        say_in_run(instance, result.dagster_run, summarise_run(outcomes, []))
        return outcomes


def was_interrupted(event: dg.DagsterEvent) -> bool:
    """True for the failure that Dagster makes of Ctrl-C and of SIGTERM while a step runs."""
    error = event.step_failure_data.error if event.is_step_failure else None
    return error is not None and error.cls_name == "DagsterExecutionInterruptedError"
