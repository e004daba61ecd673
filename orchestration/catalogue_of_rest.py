"""The catalogue of a run in which a dataset failed or was skipped: all others are in it, as after
`innoregio publish`.

Dagster leaves out what depends on a step that failed or gave nothing, so one dataset would keep catalogue,
feed and site of all others back. The asset here depends on nothing and runs last; it writes them where their
own step was left out. The run stays failed. What ended is read from the run's events, so that any executor
will do: one that starts it too early is asked to try again later.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import dagster as dg
from dagster import DagsterEventType

from assets.pipeline import publish_catalogue
from assets.workspace import Workspace
from orchestration.factory import CATALOGUE_KEY, CODE_VERSION, OWNERS, user_errors

REST_KEY = dg.AssetKey(["catalogue", "catalogue_of_rest"])
LAST = "-1000"  # of all steps that can run, an executor takes those of higher priority first
WAIT, ATTEMPTS = 2, 100_000  # seconds, times: as long as a run takes


@dataclass(frozen=True)
class RunState:
    """Which steps of a run can no longer run, and which are still to come; the asset's own left out."""

    stopped: frozenset[str]  # failed, skipped, or downstream of such a step
    failed: frozenset[str]
    to_come: frozenset[str]


def catalogue_of_rest(kept_up: Collection[str]) -> dg.AssetsDefinition:
    """The asset. `kept_up`: the datasets that are updated, one whose descriptor is wrong too."""

    @dg.asset(
        key=REST_KEY,
        group_name="catalogue",
        kinds={"dcat"},
        owners=OWNERS,
        description=(
            "**Catalogue of what could be published**\n\nWrites catalogue, feed and site for the other "
            "datasets when one failed or was skipped in this run; does nothing otherwise."
        ),
        tags={"stage": "publish"},
        op_tags={"dagster/priority": LAST},
        code_version=CODE_VERSION,
        output_required=False,
    )
    def rest(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[None]]:
        catalogue = CATALOGUE_KEY.to_python_identifier()
        state = read_state(context.instance, context.run.run_id, REST_KEY.to_python_identifier())
        if state.to_come:
            raise dg.RetryRequested(max_retries=ATTEMPTS, seconds_to_wait=WAIT)
        if catalogue not in state.stopped - state.failed:
            return
        with user_errors():
            changed = publish_catalogue(kept_up, workspace)
        context.log.warning("catalogue and site are written without what failed or was skipped in this run")
        metadata = {
            "changed": dg.MetadataValue.bool(changed),
            "dagster/uri": dg.MetadataValue.text(str(workspace.out / "catalog.ttl")),
        }
        context.log_event(dg.AssetMaterialization(CATALOGUE_KEY, metadata=metadata))
        yield dg.MaterializeResult(metadata=metadata)

    return rest


def read_state(instance: dg.DagsterInstance, run_id: str, own: str) -> RunState:
    """How far the steps of a run are, but for the step `own`."""
    seen: dict[DagsterEventType, set[str]] = {
        DagsterEventType.STEP_FAILURE: set(),
        DagsterEventType.STEP_OUTPUT: set(),
        DagsterEventType.STEP_SKIPPED: set(),
        DagsterEventType.STEP_SUCCESS: set(),
    }
    for record in instance.get_records_for_run(run_id, of_type=set(seen)).records:
        event = record.event_log_entry.dagster_event
        if event is not None and event.step_key is not None:
            seen[event.event_type].add(event.step_key)
    failed, succeeded = seen[DagsterEventType.STEP_FAILURE], seen[DagsterEventType.STEP_SUCCESS]
    needs = upstream_steps(instance, run_id)
    empty = succeeded - seen[DagsterEventType.STEP_OUTPUT]
    stopped = failed | seen[DagsterEventType.STEP_SKIPPED] | empty
    while more := {step for step, needed in needs.items() if needed & stopped} - stopped:
        stopped |= more
    to_come = needs.keys() - stopped - succeeded - {own}
    return RunState(frozenset(stopped), frozenset(failed), frozenset(to_come))


def upstream_steps(instance: dg.DagsterInstance, run_id: str) -> Mapping[str, frozenset[str]]:
    """The steps of a run, each with those that it waits for."""
    run = instance.get_run_by_id(run_id)
    if run is None or run.execution_plan_snapshot_id is None:
        return {}
    plan = instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id)
    return {
        step.key: frozenset(handle.step_key for one in step.inputs for handle in one.upstream_output_handles)
        for step in plan.steps
        if step.key in plan.step_keys_to_execute
    }
