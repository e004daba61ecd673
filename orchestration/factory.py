"""One descriptor to its Dagster assets and checks.

Names, groups, kinds, versions and metadata of the graph belong here; what a step does is in `pipeline`,
texts are in `describe`.
"""

import errno
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import dagster as dg
import polars as pl

from assets import pipeline as steps
from assets.descriptor import Dataset, Field, Resource
from assets.errors import InnoregioError
from assets.fetch.snapshots import SnapshotMissing
from assets.fetch.states import SourceState, worst_state
from assets.fingerprints import (
    digest_snapshots,
    version_catalogue,
    version_choice,
    version_release,
    version_table,
)
from assets.validate.report import Report, RowError
from assets.workspace import Workspace
from orchestration.describe import (
    describe_dataset,
    describe_resource,
    describe_source_tables,
    describe_states,
    format_snapshots,
)

OWNERS = ["team:innoregio"]
FULL_OR_CLOSED = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG)
MISSING = "no snapshot yet"  # in the metadata of a raw step's failure: nothing is wrong, nothing is there
CATALOGUE_KEY = dg.AssetKey(["catalogue"])
AREAS_KEY = dg.AssetKey(["regions", "normalised", "areas"])


def dataset_assets(dataset: Dataset) -> list[dg.AssetsDefinition]:
    """The assets of one dataset: `raw`, one `normalised` per resource, `package`.

    Every asset takes the resource `workspace` (`assets.workspace.Workspace`). A dataset without snapshots is
    skipped: its raw step fails, and Dagster leaves out what depends on it.
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


def raw_asset(dataset: Dataset) -> dg.AssetsDefinition:
    """The fetch step: asks upstream where the workspace says so; which snapshots the dataset is made from."""

    inputs = {source.table for resource in dataset.resources for source in resource.sources}

    @dg.asset(
        key=raw_key(dataset),
        deps=[dg.AssetKey([underscored(name), "package"]) for name in sorted(inputs)]
        if dataset.is_derived
        else [],
        group_name=group_name(dataset),
        kinds={"snapshot"},
        owners=OWNERS,
        description=describe_source_tables(dataset),
        tags={"stage": "fetch"},
        code_version=version_choice(dataset),
    )
    def raw(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads the bare class
        with user_errors():
            states = steps.acquire_dataset(dataset, workspace)
            for state in states:
                if state.message and not state.is_good:
                    context.log.warning(f"{state.provider}/{state.table} {state.state}: {state.message}")
            try:
                snapshots = steps.choose_snapshots(dataset, workspace)
            except SnapshotMissing as missing:
                # A failure, not an output left out: Dagster 1.13 waits for ever for a step of which one input
                # was left out and another failed.
                detail = f"{dataset.name} is skipped: {missing}"
                raise dg.Failure(detail, metadata={MISSING: True}, allow_retries=False) from missing
        return dg.MaterializeResult(
            data_version=dg.DataVersion(digest_snapshots(snapshots)),
            metadata={
                "snapshots": len(snapshots),
                "bytes": sum(snapshot.provenance.bytes for snapshot in snapshots),
                "provenance": dg.MetadataValue.md(format_snapshots(snapshots)),
                **state_metadata(states),
            },
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
        check_specs=[
            dg.AssetCheckSpec(
                "table_schema",
                asset=key,
                blocking=True,
                description="Every row against the Table Schema, every expectation of the descriptor.",
            )
        ],
    )
    def normalised(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads the bare class
        with user_errors():
            table = steps.normalise_table(dataset, resource, workspace)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(table.fingerprint),
            metadata=table_metadata(table.frame) | {"made now": dg.MetadataValue.bool(table.is_new)},
            check_results=[check_result(table.report)],
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
    )
    def package(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads the bare class
        with user_errors():
            release = steps.package_dataset(dataset, workspace)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(release.version),
            metadata={
                "version": release.version,
                "changed": release.changed,
                "change": release.change or "none",
                "dagster/row_count": sum(release.rows.values()),
                "rows": dg.MetadataValue.json(dict(release.rows)),
                "dagster/uri": str(release.folder),
            },
        )

    return package


def catalogue_asset(datasets: Sequence[Dataset], kept_up: Collection[str]) -> dg.AssetsDefinition:
    """The catalogue step: one DCAT-AP catalogue of every package of the tree.

    `kept_up`: the datasets that are updated, one whose descriptor is wrong too.
    """

    @dg.asset(
        key=CATALOGUE_KEY,
        deps=[package_key(dataset) for dataset in datasets],
        group_name="catalogue",
        kinds={"dcat"},
        owners=OWNERS,
        description=(
            "**Catalogue of all packages**\n\nDCAT-AP in Turtle, RDF/XML and JSON-LD, a feed, a sitemap and "
            "a Croissant file per package. Publisher, contact and licence come from `catalogue.yaml`."
        ),
        tags={"stage": "publish"},
        code_version=version_catalogue(kept_up),
    )
    def catalogue(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:  # type: ignore[type-arg]
        with user_errors():
            changed = steps.publish_catalogue(kept_up, workspace)
        return dg.MaterializeResult(
            metadata={"changed": changed, "dagster/uri": str(workspace.out / "catalog.ttl")}
        )

    return catalogue


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


def check_result(report: Report) -> dg.AssetCheckResult:
    """The verdict on a table as Dagster shows it: exact totals by error type, the first errors in words."""
    messages = [report_error(error) for error in report.errors[:20]]
    return dg.AssetCheckResult(
        check_name="table_schema",
        passed=report.valid,
        description=messages[0] if messages else None,
        metadata={
            "rows": report.rows,
            "errors": sum(report.totals.values()),
            "errors by type": dg.MetadataValue.json(dict(report.totals)),
            "expectations": dg.MetadataValue.json(
                dict(sorted(Counter(expectation.result for expectation in report.expectations).items()))
            ),
            "compared": dg.MetadataValue.md(
                "\n".join(
                    f"- {expectation.rule}: {expectation.result}, {expectation.compared} compared"
                    for expectation in report.expectations
                )
                or "none"
            ),
            "first errors": dg.MetadataValue.md("\n".join(f"- {message}" for message in messages) or "none"),
            "warnings": dg.MetadataValue.md(
                "\n".join(f"- {warning}" for warning in report.warnings) or "none"
            ),
        },
    )


def report_error(error: RowError) -> str:
    """One error in a line: which row, which field, what was found, what is wrong."""
    row = f"row {error.row_number}" if error.row_number else ""
    field = f"field {error.field_name}" if error.field_name else ""
    cell = f"found {error.cell!r}" if error.cell is not None else ""
    where = ", ".join(part for part in (row, field, cell) if part)
    return f"{where}: {error.note}" if where else error.note


def state_metadata(states: Sequence[SourceState]) -> dict[str, dg.MetadataValue]:
    """What became of a dataset's sources when they were asked: the worst state, the oldest data, the cost."""
    if not states:
        return {}
    ages = [age for state in states if (age := state.age()) is not None]
    metadata: dict[str, dg.MetadataValue] = {
        "state": dg.MetadataValue.text(worst_state(states)),
        "sources": dg.MetadataValue.md(describe_states(states)),
        "requests": dg.MetadataValue.int(sum(state.requests for state in states)),
        "retries": dg.MetadataValue.int(sum(state.retries for state in states)),
    }
    return metadata | ({"age in days": dg.MetadataValue.int(max(ages))} if ages else {})


def table_metadata(table: pl.LazyFrame) -> dict[str, dg.MetadataValue]:
    """What a person wants to know of a table at a glance: rows, periods, flags, first rows."""
    columns = table.collect_schema().names()
    counts = [pl.len().alias("rows")]
    if "time_period" in columns:
        counts += [pl.col("time_period").min().alias("first"), pl.col("time_period").max().alias("newest")]
    if "obs_flag" in columns:
        counts.append(pl.col("obs_flag").count().alias("flagged"))
    found = table.select(counts).collect().row(0, named=True)
    frame = table.head(8).collect()
    metadata: dict[str, dg.MetadataValue] = {"dagster/row_count": dg.MetadataValue.int(found["rows"])}
    if found.get("first") is not None:
        metadata["first period"] = dg.MetadataValue.text(str(found["first"]))
        metadata["newest period"] = dg.MetadataValue.text(str(found["newest"]))
    if "flagged" in found:
        metadata["flagged rows"] = dg.MetadataValue.int(found["flagged"])
    with pl.Config(
        tbl_formatting="MARKDOWN", tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True, tbl_cols=-1
    ):
        metadata["preview"] = dg.MetadataValue.md(str(frame))
    return metadata


def column_schema(resource: Resource) -> dg.TableSchema:
    """A resource's fields as Dagster's column schema."""
    return dg.TableSchema(columns=[table_column(field) for field in resource.fields])


def table_column(field: Field) -> dg.TableColumn:
    """One field as a Dagster column, with its constraints in words."""
    words = [
        f"{name} {value}"
        for name, value in field.constraints.items()
        if name not in ("required", "unique", "enum")
    ]
    return dg.TableColumn(
        field.name,
        field.type,
        description=field.descriptions.get("en"),
        constraints=dg.TableColumnConstraints(
            nullable=not field.constraints.get("required", False),
            unique=bool(field.constraints.get("unique", False)),
            other=words,
        ),
    )


def group_name(dataset: Dataset) -> str:
    """Dagster's group name of a dataset; a hyphen is refused there."""
    return underscored(dataset.name)


def underscored(name: str) -> str:
    """A name as Dagster spells names."""
    return name.replace("-", "_")
