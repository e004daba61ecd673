"""One descriptor to its Dagster assets.

Names, groups, kinds, versions and edges of the graph belong here; what a step does is in `pipeline`, texts
are in `describe`, checks in `checks`, facts in `metadata`.
"""

import errno
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import dagster as dg

from assets import pipeline as steps
from assets.descriptor import Dataset, Resource
from assets.errors import InnoregioError
from assets.fetch.snapshots import SnapshotMissing
from assets.fetch.states import SourceState, read_states
from assets.fetch.waiting import find_waiting, is_shipped_without_figures, is_waiting
from assets.fingerprints import (
    digest_snapshots,
    version_catalogue,
    version_choice,
    version_release,
    version_table,
)
from assets.workspace import Workspace
from orchestration.automation import when_inputs_change, with_its_dataset
from orchestration.cadence import overdue_after
from orchestration.checks import source_check, source_result, table_checks, table_results
from orchestration.describe import describe_dataset, describe_resource, describe_source_tables
from orchestration.metadata import column_schema, release_metadata, snapshot_metadata, table_metadata

OWNERS = ["team:innoregio"]
FULL_OR_CLOSED = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG)
MISSING = "no snapshot yet"  # in the metadata of a raw step's failure: nothing is wrong, nothing is there
CATALOGUE_KEY = dg.AssetKey(["catalogue"])
AREAS_KEY = dg.AssetKey(["regions", "normalised", "areas"])
OLD_INPUTS = "innoregio/old_inputs"  # run tag: the datasets that failed, and whose last releases are used


def dataset_assets(dataset: Dataset) -> list[dg.AssetsDefinition]:
    """The assets of one dataset: `raw`, one `normalised` per resource, `package`.

    Every asset takes the resource `workspace` (`assets.workspace.Workspace`). Of a dataset that ships
    without figures, and waits for its first fetch, the raw step says so and makes nothing: Dagster skips what
    depends on it, and the run is good. Of others without snapshots it fails.
    """
    return [
        raw_asset(dataset),
        *(normalised_asset(dataset, resource) for resource in dataset.resources),
        package_asset(dataset),
    ]


def raw_key(dataset: Dataset) -> dg.AssetKey:
    """Key of the asset that holds the dataset's snapshots."""
    return dg.AssetKey([group_name(dataset), "raw"])


def normalised_key(dataset: Dataset, resource: Resource) -> dg.AssetKey:
    """Key of the asset that holds one normalised, validated table.

    A table that is called as its dataset is the dataset's `normalised`; others stand below that, without the
    dataset's name where they begin with it.
    """
    if resource.name == dataset.name:
        return dg.AssetKey([group_name(dataset), "normalised"])
    names = {other.name for other in dataset.resources}
    short = resource.name.removeprefix(f"{dataset.name}-")
    return dg.AssetKey(
        [group_name(dataset), "normalised", underscored(resource.name if short in names else short)]
    )


def package_key(dataset: Dataset) -> dg.AssetKey:
    """Key of the asset that is the published Data Package."""
    return dg.AssetKey([group_name(dataset), "package"])


def dataset_keys(dataset: Dataset) -> list[dg.AssetKey]:
    """Every asset of a dataset."""
    normalised = [normalised_key(dataset, resource) for resource in dataset.resources]
    return [raw_key(dataset), *normalised, package_key(dataset)]


def raw_asset(dataset: Dataset) -> dg.AssetsDefinition:
    """The fetch step: asks upstream where the workspace says so; which snapshots the dataset is made from."""

    key = raw_key(dataset)
    inputs = input_keys(dataset)
    # Dagster 1.13 waits for ever for a step of which one input was left out and another did not come because
    # of a failure: so only this kind of dataset leaves out its output, and not where the areas failed.
    without_figures = is_shipped_without_figures(dataset)
    areas = [AREAS_KEY] if without_figures and steps.has_areas(dataset) else []

    @dg.asset(
        key=key,
        deps=[*inputs.values(), *areas],
        group_name=group_name(dataset),
        kinds={"snapshot"},
        owners=OWNERS,
        description=describe_source_tables(dataset),
        tags={"stage": "fetch"},
        code_version=version_choice(dataset),
        check_specs=[source_check(key)],
        freshness_policy=freshness(dataset),
        automation_condition=when_inputs_change(dg.AssetSelection.assets(*inputs.values()))
        if inputs
        else None,
        output_required=not without_figures,
    )
    def raw(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
        with user_errors():
            waits = without_figures and is_waiting(dataset, workspace.roots, workspace.out)
            # the first fetch is a person's: innoregio fetch --all
            states = () if waits else steps.acquire_dataset(dataset, workspace)
            for state in states:
                if state.message and not state.is_good:
                    context.log.warning(f"{state.provider}/{state.table} {state.state}: {state.message}")
            try:
                snapshots = steps.choose_snapshots(dataset, workspace)
            except SnapshotMissing as missing:
                if waits:
                    how = f"innoregio fetch {dataset.name}"
                    context.log.info(f"{dataset.name} waits for its first fetch: {how}")
                    yield source_result(states, [])
                    return
                detail = f"{dataset.name} is skipped: {missing}"
                raise dg.Failure(detail, metadata={MISSING: True}, allow_retries=False) from missing
        old = [name for name in context.run.tags.get(OLD_INPUTS, "").split(",") if name in inputs]
        yield dg.MaterializeResult(
            data_version=dg.DataVersion(digest_snapshots(snapshots)),
            metadata=snapshot_metadata(snapshots, states),
            check_results=[source_result(states, old)],
        )

    return raw


def normalised_asset(dataset: Dataset, resource: Resource) -> dg.AssetsDefinition:
    """The normalise step of one resource, with its Table Schema check in the same step."""
    key = normalised_key(dataset, resource)
    others = [other for other in dataset.resources if other.name in steps.referred(resource)]
    deps = [raw_key(dataset), *(normalised_key(dataset, other) for other in others)]
    deps += [AREAS_KEY] if resource.classification else []

    @dg.asset(
        key=key,
        deps=deps,
        group_name=group_name(dataset),
        kinds={"polars", "parquet"},
        owners=OWNERS,
        description=describe_resource(resource),
        tags={"stage": "normalise"},
        metadata={"dagster/column_schema": column_schema(resource)},
        code_version=version_table(resource),
        check_specs=table_checks(key, resource),
        automation_condition=remake_table(dataset, resource),
    )
    def normalised(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads the bare class
        with user_errors():
            table = steps.normalise_table(dataset, resource, workspace)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(table.fingerprint),
            metadata=table_metadata(table.frame) | {"made now": dg.MetadataValue.bool(table.is_new)},
            check_results=table_results(resource, table.report),
        )

    return normalised


def package_asset(dataset: Dataset) -> dg.AssetsDefinition:
    """The publish step: the dataset's release in the published tree."""

    @dg.asset(
        key=package_key(dataset),
        deps=[normalised_key(dataset, resource) for resource in dataset.resources],
        group_name=group_name(dataset),
        kinds={"datapackage", "csv", "parquet"},
        owners=OWNERS,
        description=describe_dataset(dataset),
        tags={"stage": "publish"},
        code_version=version_release(dataset),
        automation_condition=with_its_dataset(dataset, group_name(dataset)),
    )
    def package(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads the bare class
        with user_errors():
            release = steps.package_dataset(dataset, workspace)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(release.version),
            metadata=release_metadata(dataset, release, workspace),
        )

    return package


def catalogue_asset(
    datasets: Sequence[Dataset], kept_up: Collection[str], after: Sequence[Dataset]
) -> dg.AssetsDefinition:
    """The catalogue step: one DCAT-AP catalogue of every package of the tree.

    `kept_up`: the datasets that are updated, one whose descriptor is wrong too. `after`: those whose packages
    it waits for. A run would skip it with the
    dataset that it depends on and that waits for its first fetch; so it only comes after those that ship as
    descriptors alone, by its low priority. Where steps run side by side, the sensors see to it.
    """
    deps = [package_key(dataset) for dataset in after if not is_shipped_without_figures(dataset)]

    @dg.asset(
        key=CATALOGUE_KEY,
        deps=deps,
        group_name="catalogue",
        op_tags={"dagster/priority": "-1"},
        kinds={"dcat"},
        owners=OWNERS,
        description=(
            "**Catalogue of all packages**\n\nDCAT-AP in Turtle, RDF/XML and JSON-LD, a feed, a sitemap and "
            "a Croissant file per package. Publisher, contact and licence come from `catalogue.yaml`."
        ),
        tags={"stage": "publish"},
        code_version=version_catalogue(kept_up),
        check_specs=[source_check(CATALOGUE_KEY, blocking=True)],
    )
    def catalogue(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        with user_errors():
            waiting = find_waiting(datasets, workspace.roots, workspace.out)
            changed = steps.publish_catalogue(kept_up, workspace, waiting)
        return dg.MaterializeResult(
            metadata={"changed": changed, "dagster/uri": str(workspace.out / "catalog.ttl")},
            # all is published; what stands of the sources decides how the run ends
            check_results=[source_result(states_of_run(datasets, context.run, workspace))],
        )

    return catalogue


def states_of_run(datasets: Sequence[Dataset], run: dg.DagsterRun, workspace: Workspace) -> list[SourceState]:
    """What became of the sources of the datasets that a run asks for; none where it does not ask upstream."""
    if workspace.upstream is None:
        return []
    chosen = run.asset_selection
    names = {dataset.name for dataset in datasets if not chosen or raw_key(dataset) in chosen}
    return [state for state in read_states(workspace.store) if state.dataset in names]


def input_keys(dataset: Dataset) -> dict[str, dg.AssetKey]:
    """The packages that a derived dataset is worked out of, by dataset; none for others."""
    sources = (source for resource in dataset.resources for source in resource.sources)
    names = sorted({source.table for source in sources}) if dataset.is_derived else []
    return {name: dg.AssetKey([underscored(name), "package"]) for name in names}


def remake_table(dataset: Dataset, resource: Resource) -> "dg.AutomationCondition | None":  # type: ignore[type-arg]
    """When a table is made without a person asking: with its dataset, and when the areas changed."""
    own = with_its_dataset(dataset, group_name(dataset))
    if not resource.classification:
        return own
    return own | when_inputs_change(dg.AssetSelection.assets(AREAS_KEY))


def freshness(dataset: Dataset) -> dg.FreshnessPolicy | None:
    """How long ago the sources of `dataset` may have been asked; None where nobody is asked."""
    windows = overdue_after(dataset)
    if windows is None:
        return None
    return dg.FreshnessPolicy.time_window(warn_window=windows[0], fail_window=windows[1])


@contextmanager
def user_errors() -> Iterator[None]:
    """Turns an error of the input or of the disk into a Dagster failure with its one-line message; a defect
    of ours keeps its traceback.
    """
    try:
        yield
    except InnoregioError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except OSError as error:
        if error.errno not in FULL_OR_CLOSED:
            raise
        place = error.filename or "a file that is being written"
        detail = f"{place}: {error.strerror}; make room or give another folder"
        raise dg.Failure(description=detail, allow_retries=False) from error


def group_name(dataset: Dataset) -> str:
    """Dagster's group name of a dataset; a hyphen is refused there."""
    return underscored(dataset.name)


def underscored(name: str) -> str:
    """A name as Dagster spells names."""
    return name.replace("-", "_")
