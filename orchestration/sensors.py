"""Sensors: what is done after a run, whoever started it.

Dagster leaves a step out when one before it failed or was skipped, so one dataset would keep catalogue, feed
and site of all others back; and a run of chosen packages has no step for them. After each run that was to
publish, the sensors here ask for a run of the job `write_catalogue`, unless the run wrote it itself. That job
compares and writes only what differs, so it also repairs what an earlier run was killed over.
"""

from collections.abc import Iterable

import dagster as dg
from dagster import DagsterEventType

from orchestration.factory import CATALOGUE_KEY
from orchestration.jobs import write_catalogue

ENDS = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def catalogue_sensors() -> list[dg.SensorDefinition]:
    """A sensor for each way in which a run ends. They run as soon as Dagster's daemon does: a catalogue shows
    what somebody has published already.
    """
    return [catalogue_sensor(status) for status in ENDS]


def catalogue_sensor(status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    """Asks for the catalogue after a run that ended with `status`."""

    @dg.run_status_sensor(
        run_status=status,
        name=f"catalogue_after_{status.value.lower()}",
        description=f"Catalogue, feed and site after a run that ended with {status.value}.",
        request_job=write_catalogue,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        if run.job_name == write_catalogue.name:
            return dg.SkipReason("that run was for the catalogue")
        if not any(
            is_package_key(key) for key in assets_of(context, DagsterEventType.ASSET_MATERIALIZATION_PLANNED)
        ):
            return dg.SkipReason("that run was to publish nothing")
        made = list(assets_of(context, DagsterEventType.ASSET_MATERIALIZATION))  # in the order of the run
        if CATALOGUE_KEY in made and not any(map(is_package_key, made[made.index(CATALOGUE_KEY) :])):
            return dg.SkipReason("that run wrote the catalogue itself")
        places = {"resources": run.run_config["resources"]} if "resources" in run.run_config else {}
        return dg.RunRequest(run_key=run.run_id, run_config=places, tags={"after_run": run.run_id})

    return sensor


def assets_of(context: dg.RunStatusSensorContext, kind: DagsterEventType) -> Iterable[dg.AssetKey]:
    """The assets that the run has events of a kind for."""
    records = context.instance.get_records_for_run(context.dagster_run.run_id, of_type=kind).records
    events = (record.event_log_entry.dagster_event for record in records)
    return [event.asset_key for event in events if event is not None and event.asset_key is not None]


def is_package_key(key: dg.AssetKey) -> bool:
    """Whether an asset is a published package."""
    return key.path[-1] == "package"
