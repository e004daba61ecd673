"""One run of the main job in this process, and what became of each dataset. Printing belongs to `cli`."""

import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import dagster as dg

from assets.descriptor import Dataset
from assets.pipeline import AREAS
from assets.workspace import Workspace
from orchestration.checks import TABLE_SCHEMA
from orchestration.definitions import build
from orchestration.factory import CATALOGUE_KEY, MISSING, normalised_key, package_key, raw_key
from orchestration.outcomes import Outcome, waiting_message


def run_refresh(
    datasets: Sequence[Dataset],
    chosen: Sequence[str],
    workspace: Workspace,
    quiet: bool,
    broken: Collection[str] = (),
) -> list[Outcome]:
    """Runs the job `refresh` for the `chosen` of `datasets` and what they need, and reports what became of
    each. `broken`: datasets whose descriptor is wrong, which the catalogue keeps.

    The instance is Dagster's own where `DAGSTER_HOME` is set, else one that leaves nothing behind. Nothing is
    raised for a dataset that fails: the others go on.
    """
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    wanted = [dataset for dataset in datasets if dataset.name in chosen]
    definitions = build(datasets, workspace, broken)
    packages = dg.AssetSelection.assets(*(key for dataset in wanted for key in dataset_keys(dataset)))
    keys = packages.upstream() | dg.AssetSelection.assets(CATALOGUE_KEY)
    loggers: dict[str, Any] = (
        {"console": {"config": {"log_level": "CRITICAL"}}} if quiet else {"progress": {}}
    )
    instance = dg.DagsterInstance.get() if os.environ.get("DAGSTER_HOME") else dg.DagsterInstance.ephemeral()
    with instance:
        result = definitions.resolve_job_def("refresh").execute_in_process(
            instance=instance,
            asset_selection=sorted(keys.resolve(definitions.resolve_asset_graph())),
            run_config={"loggers": loggers},
            raise_on_error=False,
        )
        if any(was_interrupted(event) for event in result.all_events):
            raise KeyboardInterrupt
        cause = find_cause(datasets, result)
        return [read_outcome(dataset, result, cause) for dataset in wanted]


def was_interrupted(event: dg.DagsterEvent) -> bool:
    """True for the failure that Dagster makes of Ctrl-C and of SIGTERM while a step runs."""
    error = event.step_failure_data.error if event.is_step_failure else None
    return error is not None and error.cls_name == "DagsterExecutionInterruptedError"


def dataset_keys(dataset: Dataset) -> list[dg.AssetKey]:
    """Every asset of a dataset."""
    normalised = [normalised_key(dataset, resource) for resource in dataset.resources]
    return [raw_key(dataset), *normalised, package_key(dataset)]


def find_cause(datasets: Sequence[Dataset], result: dg.ExecuteInProcessResult) -> str:
    """Why the areas, which statistics need, could not be made; empty where they could."""
    areas = next((dataset for dataset in datasets if dataset.name == AREAS[0]), None)
    outcome = read_outcome(areas, result, "") if areas else None
    return outcome.message or "" if outcome and outcome.state == "failed" else ""


def read_outcome(dataset: Dataset, result: dg.ExecuteInProcessResult, cause: str) -> Outcome:
    """Reads a dataset's outcome from the run's events; `cause`: why the areas failed."""
    keys = {key.to_python_identifier(): key for key in dataset_keys(dataset)}
    tables = {normalised_key(dataset, resource): resource.name for resource in dataset.resources}
    events = [event for event in result.all_events if event.step_key in keys]
    if message := describe_failed_checks(tables, result.get_asset_check_evaluations()):
        return Outcome(dataset.name, "failed", message=message)
    for event in events:
        if event.is_step_failure:
            return failure(dataset, keys[str(event.step_key)], event)
    for event in events:
        if event.is_step_materialization and event.asset_key == package_key(dataset):
            metadata = event.step_materialization_data.materialization.metadata
            changed, change = metadata["changed"].value, metadata["change"].value
            return Outcome(
                dataset.name,
                "published" if changed else "unchanged",
                version=str(metadata["version"].value),
                change=str(change) if change != "none" else None,
                rows=int(str(metadata["dagster/row_count"].value)),
            )
    raw = raw_key(dataset).to_python_identifier()
    if any(event.is_step_success and event.step_key == raw for event in events) and not any(
        event.is_step_materialization and event.step_key == raw for event in events
    ):
        return Outcome(dataset.name, "waiting", message=waiting_message([dataset.name]))
    detail = f"it needs the areas of {AREAS[0]}, which failed"
    return Outcome(dataset.name, "held back", message=f"{detail}: {cause}" if cause else detail)


def describe_failed_checks(
    tables: Mapping[dg.AssetKey, str], evaluations: Sequence[dg.AssetCheckEvaluation]
) -> str:
    """How many errors the checks of the first invalid one of the `tables` found, and the first; empty where
    all are valid. Expectations come first, as in a report.
    """
    failed = [
        check for check in evaluations if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    ]
    for key, name in tables.items():
        own = [check for check in failed if check.asset_key == key]
        if own:
            errors = sum(int(str(check.metadata["errors"].value)) for check in own)
            first = min(own, key=lambda check: check.check_name == TABLE_SCHEMA)
            return f"{name}: {errors} errors; the first: {first.description}"
    return ""


def failure(dataset: Dataset, key: dg.AssetKey, event: dg.DagsterEvent) -> Outcome:
    """The outcome of a failed step: our own message where the input is at fault, else a defect with its
    trace.
    """
    data = event.step_failure_data
    if data.user_failure_data and MISSING in data.user_failure_data.metadata:
        return Outcome(dataset.name, "skipped", message=data.user_failure_data.description)
    description = data.user_failure_data.description if data.user_failure_data else None
    error = data.error
    trace = error.to_string() if error else None
    if description:
        return Outcome(dataset.name, "failed", message=description, trace=trace)
    cause = (error.cause or error) if error else None
    what = cause.message.strip().splitlines()[-1] if cause else "unknown error"
    message = (
        f"{'/'.join(key.path)}: a defect of innoregio, please report it (--debug shows the trace): {what}"
    )
    return Outcome(dataset.name, "failed", message=message, trace=trace)
