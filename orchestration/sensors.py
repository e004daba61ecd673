"""Sensors: what is done after a run, whoever started it.

Dagster leaves a step out when one before it failed or was skipped, so one dataset would keep catalogue, feed
and site of all others back; and a run of chosen packages has no step for them. After each run that was to
publish, the sensors here ask for a run of the job `write_catalogue`, unless the run wrote it itself. That job
compares and writes only what differs, so it also repairs what an earlier run was killed over.

What is worked out of a dataset that failed is left out too: `left_out_sensor` asks for a run that makes it
from the last good release.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster import DagsterEventType

from assets.descriptor import Dataset
from assets.workspace import Workspace
from orchestration.factory import (
    CATALOGUE_KEY,
    OLD_INPUTS,
    dataset_keys,
    input_keys,
    raw_key,
)
from orchestration.jobs import refresh, write_catalogue
from orchestration.settings import find_workspace

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
        return dg.RunRequest(
            run_key=run.run_id, run_config=place_config(places_of(run)), tags={"after_run": run.run_id}
        )

    return sensor


def left_out_sensor(datasets: Sequence[Dataset]) -> dg.SensorDefinition:
    """Asks for what is worked out of datasets that failed in a run, and was left out although each of them
    has a release.
    """

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.FAILURE,
        name="left_out_after_failure",
        description="What is worked out of a dataset that failed is made from its last good release.",
        request_job=refresh,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        planned = set(assets_of(context, DagsterEventType.ASSET_MATERIALIZATION_PLANNED))
        missing = planned - set(assets_of(context, DagsterEventType.ASSET_MATERIALIZATION))
        places = places_of(run)
        out = workspace_of(run).out
        old = set(filter(None, run.tags.get(OLD_INPUTS, "").split(",")))
        left = []
        for dataset in datasets:
            inputs = input_keys(dataset)
            failed = {name for name, key in inputs.items() if key in missing}
            published = all((out / name / "datapackage.json").is_file() for name in inputs)
            if raw_key(dataset) in missing and failed and published:
                left.append(dataset)
                old |= failed
        if not left:
            return dg.SkipReason("nothing was left out that could be made from earlier releases")
        return dg.RunRequest(
            run_key=run.run_id,
            run_config=place_config(places | {"fetch": False}),
            asset_selection=[*(key for dataset in left for key in dataset_keys(dataset)), CATALOGUE_KEY],
            tags={
                "after_run": run.run_id,
                OLD_INPUTS: ",".join(sorted(old - {dataset.name for dataset in left})),
            },
        )

    return sensor


def places_of(run: dg.DagsterRun) -> dict[str, Any]:
    """What the config of a run says of its places, and of asking upstream."""
    config: Mapping[str, Any] = run.run_config
    resources = config.get("resources", {})
    return dict(resources.get("workspace", {}).get("config", {}))


def workspace_of(run: dg.DagsterRun) -> Workspace:
    """The places of a run: those of its config, else those of the environment."""
    places = places_of(run)
    home, out = (Path(places[name]) if places.get(name) else None for name in ("home", "out"))
    return find_workspace(home, out, places.get("base_url") or None, os.environ)


def place_config(places: Mapping[str, Any]) -> dict[str, Any]:
    """The run config that gives a run these places; none where the environment gives them."""
    return {"resources": {"workspace": {"config": dict(places)}}} if places else {}


def assets_of(context: dg.RunStatusSensorContext, kind: DagsterEventType) -> Iterable[dg.AssetKey]:
    """The assets that the run has events of a kind for."""
    records = context.instance.get_records_for_run(context.dagster_run.run_id, of_type=kind).records
    events = (record.event_log_entry.dagster_event for record in records)
    return [event.asset_key for event in events if event is not None and event.asset_key is not None]


def is_package_key(key: dg.AssetKey) -> bool:
    """Whether an asset is a published package."""
    return key.path[-1] == "package"
