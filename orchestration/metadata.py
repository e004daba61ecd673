"""Facts about assets as Dagster shows and plots them: rows, bytes, ages, sample rows, links, columns.

Verdicts belong to `checks`, texts to `describe`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg
import polars as pl

from assets.descriptor import Dataset, Field, Resource
from assets.fetch.states import SourceState, worst_state
from assets.publish.release.release import Release
from assets.store.snapshots import Snapshot, age_key
from assets.workspace import Workspace
from orchestration.describe import describe_states, format_snapshots

SAMPLE_ROWS = 10
Metadata = dict[str, dg.MetadataValue]


def snapshot_metadata(snapshots: Sequence[Snapshot], states: Sequence[SourceState]) -> Metadata:
    """What a dataset is made from, how old that is, and what became of its sources when they were asked."""
    days = [day for snapshot in snapshots if (day := age_key(snapshot.provenance)[0]).year > 1]
    metadata: Metadata = {
        "snapshots": dg.MetadataValue.int(len(snapshots)),
        "bytes": dg.MetadataValue.int(sum(snapshot.provenance.bytes for snapshot in snapshots)),
        "provenance": dg.MetadataValue.md(format_snapshots(tuple(snapshots))),
    }
    if days:
        age = (datetime.now(UTC) - max(days)).days
        metadata["data age in days"] = dg.MetadataValue.int(age)
    return metadata | state_metadata(states)


def state_metadata(states: Sequence[SourceState]) -> Metadata:
    """What became of a dataset's sources when they were asked: the worst state, the oldest data, the cost."""
    if not states:
        return {}
    ages = [age for state in states if (age := state.age()) is not None]
    metadata: Metadata = {
        "state": dg.MetadataValue.text(worst_state(states)),
        "sources": dg.MetadataValue.md(describe_states(states)),
        "requests": dg.MetadataValue.int(sum(state.requests for state in states)),
        "retries": dg.MetadataValue.int(sum(state.retries for state in states)),
    }
    return metadata | ({"age in days": dg.MetadataValue.int(max(ages))} if ages else {})


def table_metadata(table: pl.LazyFrame) -> Metadata:
    """What a person wants to know of a table at a glance: rows, periods, flags, first rows."""
    columns = table.collect_schema().names()
    counts = [pl.len().alias("rows")]
    if "time_period" in columns:
        counts += [pl.col("time_period").min().alias("first"), pl.col("time_period").max().alias("newest")]
    if "obs_flag" in columns:
        counts.append(pl.col("obs_flag").count().alias("flagged"))
    found = table.select(counts).collect().row(0, named=True)
    frame = table.head(SAMPLE_ROWS).collect()
    metadata: Metadata = {"dagster/row_count": dg.MetadataValue.int(found["rows"])}
    if found.get("first") is not None:
        metadata["first period"] = dg.MetadataValue.text(str(found["first"]))
        metadata["newest period"] = dg.MetadataValue.text(str(found["newest"]))
    if "flagged" in found:
        metadata["flagged rows"] = dg.MetadataValue.int(found["flagged"])
    with pl.Config(
        tbl_formatting="MARKDOWN",
        tbl_hide_column_data_types=True,
        tbl_hide_dataframe_shape=True,
        tbl_cols=-1,
        tbl_rows=SAMPLE_ROWS,
    ):
        metadata["sample rows"] = dg.MetadataValue.md(str(frame))
    return metadata


def release_metadata(dataset: Dataset, release: Release, workspace: Workspace) -> Metadata:
    """A release: version, size, and where its page and its files are."""
    sizes = {path.name: path.stat().st_size for path in sorted(release.folder.iterdir()) if path.is_file()}
    return {
        "version": dg.MetadataValue.text(release.version),
        "changed": dg.MetadataValue.bool(release.changed),
        "change": dg.MetadataValue.text(release.change or "none"),
        "dagster/row_count": dg.MetadataValue.int(sum(release.rows.values())),
        "rows": dg.MetadataValue.json(dict(release.rows)),
        "bytes": dg.MetadataValue.int(sum(sizes.values())),
        "page": dg.MetadataValue.url(f"{workspace.base_url}en/dataset/{dataset.name}.html"),
        "files": dg.MetadataValue.md(list_files(dataset, release, sizes, workspace.base_url)),
        "dagster/uri": dg.MetadataValue.text(str(release.folder)),
    }


def list_files(dataset: Dataset, release: Release, sizes: Mapping[str, int], base_url: str) -> str:
    """The tables of a release with their addresses, as a Markdown list."""
    folder = f"{base_url}{dataset.name}/{release.version}/"
    tables = [f"{resource.name}.{form}" for resource in dataset.resources for form in ("csv", "parquet")]
    return "\n".join(f"- [{name}]({folder}{name}) {sizes[name]:,} bytes" for name in tables if name in sizes)


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
