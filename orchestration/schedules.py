"""Schedules and the sensor of automation: which runs are asked for without a person. All stay stopped until
someone starts them, since a run publishes. When a dataset is asked belongs to `cadence`.
"""

from collections.abc import Sequence

import dagster as dg

from assets.descriptor import Dataset
from orchestration.cadence import ZONE, cron_schedule
from orchestration.factory import AREAS_KEY, CATALOGUE_KEY, dataset_keys, group_name, normalised_key, raw_key
from orchestration.jobs import refresh


def dataset_schedules(datasets: Sequence[Dataset]) -> list[dg.ScheduleDefinition]:
    """A schedule for each dataset whose providers are asked; it does that and publishes the dataset."""
    lines = ((dataset, cron_schedule(dataset)) for dataset in datasets)
    return [dataset_schedule(dataset, line, with_areas(datasets)) for dataset, line in lines if line]


def dataset_schedule(dataset: Dataset, line: str, areas: Sequence[dg.AssetKey]) -> dg.ScheduleDefinition:
    """Runs the assets of `dataset` of the job `refresh` by a line of cron, with the areas that they need and
    the catalogue.
    """
    needed = areas if any(resource.classification for resource in dataset.resources) else []
    keys = [*dict.fromkeys([*needed, *dataset_keys(dataset)]), CATALOGUE_KEY]

    @dg.schedule(
        name=f"fetch_{group_name(dataset)}",
        job=refresh,
        cron_schedule=line,
        execution_timezone=ZONE,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Ask for {dataset.name} ({dataset.update_frequency.lower()}), and publish it.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(
            asset_selection=keys,
            run_config={"resources": {"workspace": {"config": {"fetch": True}}}},
            tags={"innoregio/dataset": dataset.name},
        )

    return schedule


def with_areas(datasets: Sequence[Dataset]) -> list[dg.AssetKey]:
    """The assets that place the areas of statistics: the table, and the snapshots that it is made from."""
    return [
        key
        for dataset in datasets
        for resource in dataset.resources
        if normalised_key(dataset, resource) == AREAS_KEY
        for key in (raw_key(dataset), AREAS_KEY)
    ]


def on_changed_inputs() -> dg.AutomationConditionSensorDefinition:
    """Asks for runs of what is made from something whose content changed (its data version), and of nothing
    else."""
    return dg.AutomationConditionSensorDefinition(
        "on_changed_inputs",
        target=dg.AssetSelection.all(),
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Runs what is made from something whose content changed, and nothing else.",
    )
