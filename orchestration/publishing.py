"""The main job as the command line runs it: fetch if asked to, leave alone what is up to date, run the rest.

Dagster, whose import alone takes longer than a run without news, is imported only where an asset has to run.
Where `DAGSTER_HOME` is set, somebody keeps the records of runs: then what they do not have yet is recorded
too, and a source that is not good is seen there. What they have is left alone.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from assets.descriptor import Dataset
from assets.errors import DescriptorError, PublishError, StoreError
from assets.fetch.snapshots import table_sources
from assets.fetch.states import QUARANTINED, SourceState, exit_code, read_states
from assets.fetch.waiting import find_waiting
from assets.pipeline import (
    AREAS,
    acquire_dataset,
    choose_snapshots,
    find_release,
    has_areas,
    is_made,
    publish_catalogue,
)
from assets.workspace import Workspace
from orchestration.first_fetch import choose_asked
from orchestration.outcomes import BAD, Outcome, waiting_message
from orchestration.settings import require_home

NOTES = "innoregio"  # below DAGSTER_HOME: dataset -> the version that Dagster has a record of


def publish_datasets(
    found: Sequence[Dataset],
    broken: Mapping[str, DescriptorError],
    chosen: Sequence[str],
    workspace: Workspace,
    environment: Mapping[str, str],
    fetch: bool = False,
    quiet: bool = False,
) -> tuple[list[Outcome], list[SourceState]]:
    """Publishes the `chosen` of the datasets `found`: what became of each, and of each source that was asked.

    `broken`: datasets whose descriptor is wrong, with why. The tree's lock is the caller's matter.
    """
    wanted = [dataset for dataset in found if dataset.name in chosen]
    to_fetch: list[Dataset] = []
    if fetch:
        named = chosen if len(wanted) < len(found) else ()
        needed = [dataset.name for dataset in required_datasets(wanted, found) if dataset.is_fetched]
        to_fetch = choose_asked(found, needed, workspace, named, first=False)
    outcomes: dict[str, Outcome] = {}
    states: dict[str, Sequence[SourceState]] = {}
    if to_fetch:
        from orchestration.fetching import fetch_in_batches

        require_home(workspace.home)
        workspace = replace(workspace, upstream=lambda dataset: states.get(dataset.name, ()))
        with closing(fetch_in_batches(to_fetch, workspace, environment, quiet)) as batches:
            for batch in batches:
                states |= batch
                waiting = {dataset.name for dataset in to_fetch} - set(states)
                ready = [d for d in wanted if d.name not in outcomes and not waits(d, found, waiting)]
                unfetched = find_waiting(ready, workspace.roots, workspace.out)
                ready = [dataset for dataset in ready if dataset not in unfetched]
                workspace = choose_all(required_datasets(ready, found), workspace)
                outcomes |= run_datasets(ready, found, broken, workspace, environment, quiet)
    rest = [dataset for dataset in wanted if dataset.name not in outcomes]
    for dataset in find_waiting(rest, workspace.roots, workspace.out):
        message = waiting_message([dataset.name])
        outcomes[dataset.name] = Outcome(dataset.name, "waiting", message=message)
    rest = [dataset for dataset in rest if dataset.name not in outcomes]
    workspace = choose_all(required_datasets(rest, found), workspace)
    outcomes |= run_datasets(rest, found, broken, workspace, environment, quiet)
    kept_up = [dataset.name for dataset in found if not dataset.is_withdrawn]
    written = try_catalogue([*kept_up, *broken], workspace, found)  # whatever failed
    outcomes |= {
        name: Outcome(name, "failed", message=str(error)) for name, error in broken.items() if name in chosen
    }
    reached: list[SourceState] = []
    if fetch:
        names = {dataset.name for dataset in to_fetch}
        reached = [state for state in read_states(workspace.store) if state.dataset in names]
        outcomes = {name: report_quarantine(outcome, reached) for name, outcome in outcomes.items()}
    return [*(outcomes[name] for name in chosen), *written], reached


def try_catalogue(names: Sequence[str], workspace: Workspace, found: Sequence[Dataset]) -> list[Outcome]:
    """Brings catalogue and site up to the packages; the outcome where that failed, so that what became of the
    datasets is reported all the same.
    """
    try:
        publish_catalogue(names, workspace, find_waiting(found, workspace.roots, workspace.out))
    except PublishError as error:
        return [Outcome("catalogue", "failed", message=str(error))]
    return []


def run_datasets(
    datasets: Sequence[Dataset],
    found: Sequence[Dataset],
    broken: Mapping[str, DescriptorError],
    workspace: Workspace,
    environment: Mapping[str, str],
    quiet: bool,
) -> dict[str, Outcome]:
    """Publishes some of the datasets `found`, by name: those that are up to date are left alone."""
    outcomes = current(datasets, found, workspace)
    pending = [dataset.name for dataset in datasets if dataset.name not in outcomes]
    kept = environment.get("DAGSTER_HOME")  # somebody keeps records of runs: also of what is unchanged
    unchanged = {
        name: outcome.version
        for name, outcome in outcomes.items()
        if kept and not (is_noted(Path(kept), outcome) and sources_are_good(name, found, workspace))
    }
    if pending or unchanged:
        from orchestration.run import run_refresh

        require_home(workspace.home)
        names = [*pending, *unchanged]
        made = run_refresh(found, names, workspace, quiet, broken, unchanged=unchanged)
        outcomes |= {outcome.dataset: outcome for outcome in made}
        if refused := refused_now(pending, outcomes, workspace):
            # their answers are not used any more: what was served before, or the bundle, is published instead
            left = replace(workspace, chosen=workspace.chosen - set(refused))
            held = [name for name in pending if outcomes[name].state == "held back"]
            for again in run_refresh(found, [*refused, *held], left, quiet, broken):
                if again.state not in BAD:
                    message = outcomes[again.dataset].message if again.dataset in refused else again.message
                    outcomes[again.dataset] = replace(again, message=message)
        old: set[str] = set()
        while held := held_with_releases(datasets, outcomes, workspace):
            old |= {name for dataset in held for name in outcomes[dataset].old_inputs}
            old -= set(held)
            for again in run_refresh(found, held, workspace, quiet, broken, old):
                outcomes[again.dataset] = again  # held back once more: one of these came to nothing
    return outcomes


def is_noted(home: Path, outcome: Outcome) -> bool:
    """Whether a run has left the note in Dagster's folder that its records have this release."""
    note = home / NOTES / outcome.dataset
    return note.is_file() and note.read_text("utf-8") == outcome.version


def sources_are_good(name: str, found: Sequence[Dataset], workspace: Workspace) -> bool:
    """Whether the sources of a dataset, where this run asked them, answered with what is published."""
    dataset = next(dataset for dataset in found if dataset.name == name)
    return all(state.is_good for state in acquire_dataset(dataset, workspace))


def held_with_releases(
    datasets: Sequence[Dataset], outcomes: Mapping[str, Outcome], workspace: Workspace
) -> list[str]:
    """Those of the datasets that are worked out of others and were left out because of them, although each
    has a release. They can be made from these.
    """
    return [
        dataset.name
        for dataset in datasets
        if outcomes[dataset.name].state == "held back"
        and outcomes[dataset.name].old_inputs
        and all(has_release(name, workspace) for name in input_names(dataset))
    ]


def has_release(dataset: str, workspace: Workspace) -> bool:
    """Whether a dataset is published in the tree."""
    return (workspace.out / dataset / "datapackage.json").is_file()


def refused_now(names: Sequence[str], outcomes: Mapping[str, Outcome], workspace: Workspace) -> list[str]:
    """Those of the datasets that failed because of an answer that is in quarantine since."""
    if workspace.upstream is None:
        return []
    held = {state.dataset for state in read_states(workspace.store) if state.state == QUARANTINED}
    return [name for name in names if name in held and outcomes[name].state == "failed"]


def waits(dataset: Dataset, found: Sequence[Dataset], waiting: Collection[str]) -> bool:
    """Whether what a run for `dataset` reads is still asked for: its own sources and the areas', and those of
    a dataset that reads one of the same tables.
    """
    tables = set(table_sources(dataset))
    reads = {read.name for read in required_datasets([dataset], found)}
    reads |= {other.name for other in found if tables & set(table_sources(other))}
    return bool(reads & set(waiting))


def required_datasets(wanted: Sequence[Dataset], found: Sequence[Dataset]) -> list[Dataset]:
    """The datasets that a run for `wanted` reads: they, what they are worked out of, and the areas."""
    names = {dataset.name for dataset in wanted}
    while (
        more := {name for dataset in found if dataset.name in names for name in input_names(dataset)} - names
    ):
        names |= more
    if any(has_areas(dataset) for dataset in found if dataset.name in names):
        names.add(AREAS[0])
    return [dataset for dataset in found if dataset.name in names]


def input_names(dataset: Dataset) -> set[str]:
    """The datasets whose releases a derived one is worked out of; none for others."""
    return {name for _, name in table_sources(dataset)} if dataset.is_derived else set()


def choose_all(datasets: Sequence[Dataset], workspace: Workspace) -> Workspace:
    """The workspace of a run for which the snapshots of `datasets` are chosen; their own steps do not choose
    again, but where it failed: they say why.
    """
    chosen = set(workspace.chosen)
    sourced = [
        dataset for dataset in datasets if not dataset.is_derived
    ]  # others wait for this run's releases
    for dataset in sourced:
        with suppress(StoreError):
            choose_snapshots(dataset, workspace)
            chosen.add(dataset.name)
    return replace(workspace, chosen=frozenset(chosen))


def current(
    datasets: Sequence[Dataset], found: Sequence[Dataset], workspace: Workspace
) -> dict[str, Outcome]:
    """Those of `datasets` whose release is what a run would find again, by name; none that takes its areas
    from a table that would be made again, or is worked out of a dataset that would be released again.
    """
    new_areas = any(
        dataset.name == AREAS[0] and not is_made(dataset, AREAS[1], workspace) for dataset in found
    )
    outcomes: dict[str, Outcome] = {}
    left = [
        dataset for dataset in required_datasets(datasets, found) if not (new_areas and has_areas(dataset))
    ]
    while ready := [dataset for dataset in left if not input_names(dataset) & {other.name for other in left}]:
        left = [dataset for dataset in left if dataset not in ready]
        for dataset in ready:
            if dataset.is_derived and input_names(dataset) <= outcomes.keys():
                with suppress(StoreError):
                    choose_snapshots(dataset, workspace)
            elif dataset.is_derived:
                continue
            if release := find_release(dataset, workspace):
                rows = sum(release.rows.values())
                outcomes[dataset.name] = Outcome(
                    dataset.name, "unchanged", version=release.version, rows=rows
                )
    names = {dataset.name for dataset in datasets}
    return {name: outcome for name, outcome in outcomes.items() if name in names}


def report_quarantine(outcome: Outcome, states: Sequence[SourceState]) -> Outcome:
    """A failure that is in what came from upstream is called what it is, and so is a release that stays as it
    was because of that, or that is of the figures from before.
    """
    held = [state for state in states if state.dataset == outcome.dataset and state.state == QUARANTINED]
    if not held or outcome.state not in ("failed", "unchanged", "published", "waiting"):
        return outcome
    message = held[0].message if outcome.state == "waiting" else outcome.message or held[0].message
    if outcome.version and any(state.retrieved is None for state in held):
        message += "; the bundled figures are served, and may be stale"
    return replace(outcome, state="quarantined", message=message)


def publish_exit_code(outcomes: Sequence[Outcome], states: Sequence[SourceState]) -> int:
    """0 good, 1 something failed or is in quarantine, 3 published but a source is stale or an earlier
    release of an input was used (1 wins).
    """
    if any(outcome.state in BAD for outcome in outcomes):
        return 1
    return exit_code(states) or (3 if any(outcome.old_inputs for outcome in outcomes) else 0)
