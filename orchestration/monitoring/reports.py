"""What a run of Dagster's came to, said where an engineer looks: a tag on the run, a line at its end, and one
message to people where a setting asks for it. What is said belongs to `run_summary`.
"""

import os
from collections.abc import Sequence

import dagster as dg

from assets.descriptor import Dataset
from assets.fetch.states import read_states
from orchestration.factory import OLD_INPUTS, raw_key
from orchestration.jobs import write_catalogue
from orchestration.monitoring.notices import send_notices
from orchestration.monitoring.run_summary import RunSummary, summarise_run
from orchestration.read_events import BY_COMMAND, RunEvents, read_outcomes
from orchestration.sensors import ENDS, places_of, workspace_of

RESULT = "innoregio/result"  # run tag: good, served stale, failed
SUMMARY = "innoregio/summary"


def report_sensors(datasets: Sequence[Dataset]) -> list[dg.SensorDefinition]:
    """A sensor for each way in which a run ends. They change nothing but the run's tags and log."""
    return [report_sensor(status, datasets) for status in ENDS]


def report_sensor(status: dg.DagsterRunStatus, datasets: Sequence[Dataset]) -> dg.SensorDefinition:
    """Says what a run that ended with `status` came to. Runs of the command line say it themselves."""

    @dg.run_status_sensor(
        run_status=status,
        name=f"report_after_{status.value.lower()}",
        description="Tags the run with what it came to, and sends a message where that is asked for.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        run = context.dagster_run
        if run.job_name == write_catalogue.name or BY_COMMAND in run.tags or RESULT in run.tags:
            return dg.SkipReason("nothing to report, or that is done")
        entries = context.instance.all_logs(run.run_id)
        events = [entry.dagster_event for entry in entries if entry.dagster_event]
        chosen = run.asset_selection
        wanted = [dataset for dataset in datasets if not chosen or raw_key(dataset) in chosen]
        workspace = workspace_of(run)
        names = {dataset.name for dataset in wanted} if places_of(run).get("fetch") else set()
        outcomes = read_outcomes(
            wanted, datasets, RunEvents(events, chosen), run.tags.get(OLD_INPUTS, "").split(",")
        )
        states = [state for state in read_states(workspace.store) if state.dataset in names]
        summary = summarise_run(outcomes, states)
        say_in_run(context.instance, run, summary)
        problems = send_notices(summary, workspace.base_url, os.environ)
        return dg.SkipReason("; ".join([summary.line, *problems]))

    return sensor


def say_in_run(instance: dg.DagsterInstance, run: dg.DagsterRun, summary: RunSummary) -> None:
    """Tags a run with what it came to, and puts the line at the end of its log."""
    instance.add_run_tags(run.run_id, {RESULT: summary.result, SUMMARY: summary.line})
    instance.report_engine_event(summary.line, run)
