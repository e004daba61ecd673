"""The code location: descriptors to one lazy `defs`.

No environment is read and no network used here; what a step does is in `assets`.
"""

import warnings
from collections.abc import Collection, Sequence

import dagster as dg

from assets.descriptor import Dataset, load_datasets
from assets.workspace import Workspace
from orchestration.factory import catalogue_asset, dataset_assets
from orchestration.jobs import refresh, write_catalogue
from orchestration.monitoring.reports import report_sensors
from orchestration.progress import progress_logger
from orchestration.resources import WorkspaceResource
from orchestration.schedules import dataset_schedules, on_changed_inputs
from orchestration.sensors import catalogue_sensors, left_out_sensor


def build(
    datasets: Sequence[Dataset] | None = None,
    workspace: Workspace | None = None,
    broken: Collection[str] = (),
    only: Collection[str] | None = None,
) -> dg.Definitions:
    """Definitions of `datasets`, or of every valid descriptor of the installed `schemas`. `broken`: further
    datasets, whose descriptor is wrong; the catalogue keeps them as they are.

    `workspace` replaces the places that settings would give. A descriptor that is wrong is reported as a
    warning and left out, so that the other datasets still load and run. `only`: the datasets that one run in
    this process needs; the others have no assets, and nothing is scheduled.
    """
    if datasets is None:
        datasets, errors = load_datasets()
        for error in errors:
            warnings.warn(str(error), stacklevel=2)
        broken = [error.dataset for error in errors]
    kept_up = {dataset.name for dataset in datasets if not dataset.is_withdrawn} | set(broken)
    needed = [dataset for dataset in datasets if only is None or dataset.name in only]
    sensors = [
        *catalogue_sensors(),
        left_out_sensor(datasets),
        *report_sensors(datasets),
        on_changed_inputs(),
    ]
    return dg.Definitions(
        assets=[
            *(asset for dataset in needed for asset in dataset_assets(dataset)),
            catalogue_asset(datasets, kept_up, needed),
        ],
        jobs=[refresh, write_catalogue],
        schedules=dataset_schedules(datasets) if only is None else [],
        sensors=sensors if only is None else [],
        resources={"workspace": workspace or WorkspaceResource()},
        executor=dg.in_process_executor,
        loggers={"console": dg.colored_console_logger, "progress": progress_logger},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads."""
    return build()
