"""What became of each dataset of a run, read from the run's events, whoever started it."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import dagster as dg

from assets.descriptor import Dataset
from assets.pipeline import AREAS
from orchestration.checks import TABLE_SCHEMA
from orchestration.factory import MISSING, dataset_keys, input_keys, normalised_key, package_key, raw_key
from orchestration.outcomes import Outcome, waiting_message

BY_COMMAND = "innoregio/command"  # run tag: the command line started the run, and reports on it


@dataclass(frozen=True)
class RunEvents:
    """What Dagster says of a run; `selection`: the assets that it was to make, None for all."""

    events: Sequence[dg.DagsterEvent]
    selection: AbstractSet[dg.AssetKey] | None

    @property
    def evaluations(self) -> list[dg.AssetCheckEvaluation]:
        """What the checks found."""
        kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION
        return [event.asset_check_evaluation_data for event in self.events if event.event_type == kind]


def read_outcomes(
    wanted: Sequence[Dataset],
    datasets: Sequence[Dataset],
    run: RunEvents,
    old_inputs: Collection[str] = (),
) -> list[Outcome]:
    """The outcome of each dataset that was `wanted`. `old_inputs`: those whose last releases were used."""
    cause = find_cause(datasets, run)
    outcomes = [read_outcome(dataset, run, cause) for dataset in wanted]
    return [name_old_inputs(outcome, old_inputs, datasets) for outcome in outcomes]


def find_cause(datasets: Sequence[Dataset], run: RunEvents) -> str:
    """Why the areas, which statistics need, could not be made; empty where they could."""
    areas = next((dataset for dataset in datasets if dataset.name == AREAS[0]), None)
    outcome = read_outcome(areas, run, "") if areas else None
    return outcome.message or "" if outcome and outcome.state == "failed" else ""


def read_outcome(dataset: Dataset, run: RunEvents, cause: str) -> Outcome:
    """Reads a dataset's outcome from the run's events; `cause`: why the areas failed."""
    keys = {key.to_python_identifier(): key for key in dataset_keys(dataset)}
    tables = {normalised_key(dataset, resource): resource.name for resource in dataset.resources}
    events = [event for event in run.events if event.step_key in keys]
    if message := describe_failed_checks(tables, run.evaluations):
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
    made = {event.asset_key for event in run.events if event.is_step_materialization}
    missing = (run.selection or set(input_keys(dataset).values())) - made
    if failed := tuple(name for name, key in input_keys(dataset).items() if key in missing):
        detail = f"it is worked out of {', '.join(failed)}, which came to nothing in this run"
        return Outcome(dataset.name, "held back", message=detail, old_inputs=failed)
    detail = f"it needs the areas of {AREAS[0]}, which failed"
    return Outcome(dataset.name, "held back", message=f"{detail}: {cause}" if cause else detail)


def name_old_inputs(outcome: Outcome, old_inputs: Collection[str], datasets: Sequence[Dataset]) -> Outcome:
    """The outcome with those of its inputs whose last good releases were used, where it was made of such."""
    dataset = next(dataset for dataset in datasets if dataset.name == outcome.dataset)
    used = tuple(name for name in input_keys(dataset) if name in old_inputs)
    if not used or outcome.version is None:
        return outcome
    message = f"made from the last good release of {', '.join(used)}, which came to nothing in this run"
    return replace(outcome, message=message, old_inputs=used)


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
    description = data.user_failure_data.description if data.user_failure_data else None
    if data.user_failure_data and MISSING in data.user_failure_data.metadata:
        return Outcome(dataset.name, "skipped", message=data.user_failure_data.description)
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
