"""The main job as the command line runs it: fetch if asked to, leave alone what is up to date, run the rest.

Dagster, whose import alone takes longer than a run without news, is imported only where an asset has to run.
Where `DAGSTER_HOME` is set, somebody keeps the records of runs: then every asset runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assets.descriptor import Dataset
from assets.errors import DescriptorError, PublishError
from assets.fetch.states import QUARANTINED, SourceState, exit_code, read_states
from assets.pipeline import AREAS, find_release, has_areas, publish_catalogue
from assets.workspace import Workspace
from orchestration.outcomes import BAD, Outcome
from orchestration.settings import require_home


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
    if fetch:
        from orchestration.fetching import fetch_datasets

        require_home(workspace.home)
        asked = [dataset for dataset in needed(wanted, found) if not dataset.is_withdrawn]
        states = fetch_datasets(asked, workspace, environment, quiet)
        workspace = replace(workspace, upstream=lambda dataset: states.get(dataset.name, ()))
    kept = {} if environment.get("DAGSTER_HOME") else current(wanted, workspace)
    outcomes = {}
    if pending := [dataset.name for dataset in wanted if dataset.name not in kept]:
        from orchestration.run import run_refresh

        require_home(workspace.home)
        outcomes = {one.dataset: one for one in run_refresh(found, pending, workspace, quiet, broken)}
    kept_up = [dataset.name for dataset in found if not dataset.is_withdrawn]
    written = try_catalogue([*kept_up, *broken], workspace)  # whatever failed
    outcomes |= kept
    outcomes |= {
        name: Outcome(name, "failed", message=str(error)) for name, error in broken.items() if name in chosen
    }
    told: list[SourceState] = []
    if fetch:
        names = {dataset.name for dataset in asked}
        told = [state for state in read_states(workspace.store) if state.dataset in names]
        outcomes = {name: report_quarantine(one, told) for name, one in outcomes.items()}
    return [*(outcomes[name] for name in chosen), *written], told


def try_catalogue(names: Sequence[str], workspace: Workspace) -> list[Outcome]:
    """Brings catalogue and site up to the packages; the outcome where that failed, so that what became of the
    datasets is told all the same.
    """
    try:
        publish_catalogue(names, workspace)
    except PublishError as error:
        return [Outcome("catalogue", "failed", message=str(error))]
    return []


def needed(wanted: Sequence[Dataset], found: Sequence[Dataset]) -> list[Dataset]:
    """The datasets that a run for `wanted` reads: they, and the areas."""
    areas = AREAS[0] if any(has_areas(dataset) for dataset in wanted) else None
    return [dataset for dataset in found if dataset in wanted or dataset.name == areas]


def current(datasets: Sequence[Dataset], workspace: Workspace) -> dict[str, Outcome]:
    """Those of `datasets` whose release is what a run would find again, by name."""
    releases = ((dataset.name, find_release(dataset, workspace)) for dataset in datasets)
    return {
        name: Outcome(name, "unchanged", version=release.version, rows=sum(release.rows.values()))
        for name, release in releases
        if release
    }


def report_quarantine(outcome: Outcome, states: Sequence[SourceState]) -> Outcome:
    """A failure that is in what came from upstream is called what it is, and so is a release that stays as it
    was because of that.
    """
    held = [one.message for one in states if one.dataset == outcome.dataset and one.state == QUARANTINED]
    if not held or outcome.state not in ("failed", "unchanged"):
        return outcome
    return replace(outcome, state="quarantined", message=outcome.message or held[0])


def publish_exit_code(outcomes: Sequence[Outcome], states: Sequence[SourceState]) -> int:
    """0 good, 1 something failed or is in quarantine, 3 published but a source is stale (1 wins)."""
    return 1 if any(outcome.state in BAD for outcome in outcomes) else exit_code(states)
