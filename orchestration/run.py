"""One run of the main job in this process, and what became of each dataset.

How that is read from the events of a run belongs to `read_events`, printing to `cli`.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import dagster as dg

from assets.descriptor import Dataset
from assets.files import replace_file
from assets.workspace import Workspace
from orchestration.definitions import build
from orchestration.factory import CATALOGUE_KEY, OLD_INPUTS, dataset_keys, package_key, raw_key
from orchestration.monitoring.reports import say_in_run
from orchestration.monitoring.run_summary import summarise_run
from orchestration.outcomes import Outcome
from orchestration.publishing import NOTES, required_datasets
from orchestration.read_events import BY_COMMAND, RunEvents, read_outcomes


def run_refresh(
    datasets: Sequence[Dataset],
    chosen: Sequence[str],
    workspace: Workspace,
    quiet: bool,
    broken: Collection[str] = (),
    old_inputs: Collection[str] = (),
    unchanged: Mapping[str, str | None] = MappingProxyType({}),
) -> list[Outcome]:
    """Runs the job `refresh` for the `chosen` of `datasets` and what they need, and reports what became of
    each. `broken`: datasets whose descriptor is wrong, which the catalogue keeps. `old_inputs`: datasets that
    came to nothing before; their last releases are used, and only the chosen are run. `unchanged`: chosen
    datasets of which a run would only find the release of this version again. Where the instance has a record
    of it, the run notes that their sources were asked, and no more; there is no outcome of these.

    The instance is Dagster's own where `DAGSTER_HOME` is set, else one that leaves nothing behind. Nothing is
    raised for a dataset that fails: the others go on.
    """
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    wanted = [dataset for dataset in datasets if dataset.name in chosen]
    needed = [dataset.name for dataset in required_datasets(wanted, datasets)]
    definitions = build(datasets, workspace, broken, needed)
    loggers: dict[str, Any] = (
        {"console": {"config": {"log_level": "CRITICAL"}}} if quiet else {"progress": {}}
    )
    instance = dg.DagsterInstance.get() if os.environ.get("DAGSTER_HOME") else dg.DagsterInstance.ephemeral()
    with instance:
        noted = [
            dataset
            for dataset in wanted
            if dataset.name in unchanged and is_recorded(dataset, unchanged[dataset.name], instance)
        ]
        wanted = [dataset for dataset in wanted if dataset not in noted]
        packages = dg.AssetSelection.assets(*(key for dataset in wanted for key in dataset_keys(dataset)))
        asked = dg.AssetSelection.assets(CATALOGUE_KEY, *(raw_key(dataset) for dataset in noted))
        keys = (packages if old_inputs else packages.upstream()) | asked
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
        note_releases({o.dataset: o.version for o in outcomes} | {d.name: unchanged[d.name] for d in noted})
        say_in_run(instance, result.dagster_run, summarise_run(outcomes, []))
        return outcomes


def note_releases(versions: Mapping[str, str | None]) -> None:
    """Leaves a note of what the instance has a record of, for runs without news to leave early."""
    if not os.environ.get("DAGSTER_HOME"):
        return
    folder = Path(os.environ["DAGSTER_HOME"]) / NOTES
    folder.mkdir(exist_ok=True)
    for name, version in versions.items():
        if version:
            replace_file(folder / name, version.encode(), durable=False)


def is_recorded(dataset: Dataset, version: str | None, instance: dg.DagsterInstance) -> bool:
    """Whether the newest record of a dataset's package in the instance is of a version."""
    event = instance.get_latest_materialization_event(package_key(dataset))
    made = event.asset_materialization if event else None
    return made is not None and "version" in made.metadata and made.metadata["version"].value == version


def was_interrupted(event: dg.DagsterEvent) -> bool:
    """True for the failure that Dagster makes of Ctrl-C and of SIGTERM while a step runs."""
    error = event.step_failure_data.error if event.is_step_failure else None
    return error is not None and error.cls_name == "DagsterExecutionInterruptedError"
