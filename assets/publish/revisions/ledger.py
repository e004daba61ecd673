"""A release's ledger, made from the ledger of the release before and what is new; and read again.

Which tables it leads back for, and from where it starts anew, is decided here. Rows belong to `revisions`,
columns to `schema`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from assets.descriptor import Dataset, Resource
from assets.errors import PublishError
from assets.publish.release.layout import DESCRIPTOR, parse_version, read_descriptor, version_folders
from assets.publish.release.tables import polars_type
from assets.publish.release.version import LEDGER, csv_resources, row_key, shape
from assets.publish.revisions.diff import Frames, Package, ReleaseDiff, read_frames
from assets.publish.revisions.schema import has_observations, ledger_resource
from assets.publish.revisions.walk import SINCE, data_tables, is_statistic, ledger_rows, walk_back


class Ledger(NamedTuple):
    """The resource `revisions` of a release, its rows, and how far back it leads for each table."""

    resource: Resource
    frame: pl.DataFrame
    since: Mapping[str, str]


def extend_ledger(
    dataset: Dataset,
    diff: ReleaseDiff,
    packages: tuple[Package, Package],
    frames: tuple[Frames, Frames],
    folder: Path,
) -> Ledger | None:
    """The ledger of a new release; None while there is no difference to record.

    `packages` and `frames` are those of the release before and of the new one, `folder` holds the former. A
    table whose columns or key changed starts anew: its earlier rows stand in the ledger before.
    """
    old, new = packages
    known = read_ledger(folder, old)
    resource = ledger_resource(dataset.resources)
    columns = pl.Schema({field.name: polars_type(field) for field in resource.fields})
    changes = {table.name: table.change for table in diff.tables}
    since: dict[str, str] = {}
    kept: list[str] = []
    rows: list[pl.DataFrame] = []
    for table in covered_tables(dataset.resources):
        name, version = table.name, str(new["version"])
        change = changes.get(name)
        if continues(name, packages, frames) and change is not None:
            since[name] = known.since.get(name, str(old["version"])) if known else str(old["version"])
            kept.append(name)
            rows.append(ledger_rows(change, version, snapshot_hashes(table, new, old), columns))
        else:
            since[name] = version
    earlier = known.frame.filter(pl.col("resource").is_in(kept)) if known else None
    frame = pl.concat([fit(earlier, columns), *rows] if earlier is not None else rows or [fit(None, columns)])
    return Ledger(resource, frame.rechunk(), since) if known or frame.height else None


def covered_tables(tables: Sequence[Resource]) -> list[Resource]:
    """The tables that a dataset's ledger describes: its statistics, or all where it has none."""
    return [table for table in tables if has_observations(table)] or list(tables)


def continues(name: str, packages: tuple[Package, Package], frames: tuple[Frames, Frames]) -> bool:
    """Whether a table has the columns and the key of the release before."""
    old, new = (data_tables(package).get(name) for package in packages)
    return (
        old is not None
        and new is not None
        and shape(old) == shape(new)
        and frames[0][name].schema == frames[1][name].schema
    )


def fit(rows: pl.DataFrame | None, columns: pl.Schema) -> pl.DataFrame:
    """Rows of an earlier ledger in the columns of the new one; none at all without rows."""
    if rows is None:
        return pl.DataFrame(schema=columns)
    missing = [pl.lit(None, kind).alias(name) for name, kind in columns.items() if name not in rows.columns]
    return rows.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in columns.items())


def snapshot_hashes(table: Resource, new: Package, old: Package) -> str:
    """The SHA-256 of the snapshots that a table's new state was made from: the new ones, else all."""
    known = {snapshot["sha256"] for snapshot in old.get("innoregio:provenance", [])}
    own = [
        snapshot["sha256"]
        for snapshot in new.get("innoregio:provenance", [])
        if not table.sources or any(is_source(snapshot, source) for source in table.sources)
    ]
    own = own or [snapshot["sha256"] for snapshot in new.get("innoregio:provenance", [])]
    return " ".join(dict.fromkeys([digest for digest in own if digest not in known] or own))


def is_source(entry: Mapping[str, Any], source: Any) -> bool:
    """Whether a snapshot is one of a source's."""
    if (entry["provider"], entry["table"]) != (source.provider, source.table):
        return False
    return not source.parts or entry.get("part", "") in source.parts


def read_ledger(folder: Path, package: Package) -> Ledger | None:
    """The ledger of a published release; its `resource` is left out. None where it has none."""
    entry = csv_resources(package, with_ledger=True).get(LEDGER)
    if entry is None:
        return None
    path = (folder / entry["path"]).with_suffix(".parquet")
    try:
        frame = pl.read_parquet(path, memory_map=False)
        resource = Resource(LEDGER, {}, {}, (), ())
        return Ledger(resource, frame, dict(entry.get(SINCE, {})))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise PublishError(f"{path}: a published file cannot be read; run verify and restore it") from error


def read_as_of(folder: Path, version: str) -> dict[str, pl.DataFrame]:
    """The tables of the dataset in `folder` as they were in a release, walked back to from the newest.

    Statistics come from the ledger of the newest release that leads so far back, whatever happened to the
    files of the release itself; other tables are read from its folder. Raises `PublishError` for a release
    that was never published or that nothing leads back to.
    """
    complete = [path for path in version_folders(folder) if (path / DESCRIPTOR).is_file()]
    packages = {path.name: read_descriptor(path / DESCRIPTOR) for path in complete}
    if version not in packages:
        detail = ", ".join(packages) or "none"
        raise PublishError(f"{folder.name}: no release {version}; there are {detail}")
    wanted = data_tables(packages[version])
    plain = [name for name, entry in wanted.items() if not is_statistic(entry)]
    tables = read_frames(folder / version, packages[version], plain) if plain else {}
    for name in wanted:
        if name not in tables:
            tables[name] = walk_to(folder, packages, name, version)
    return {name: tables[name] for name in wanted}


def walk_to(folder: Path, packages: Mapping[str, Package], name: str, version: str) -> pl.DataFrame:
    """One statistic as it was, from the newest release whose ledger leads back to it."""
    for start in reversed(list(packages)):
        package = packages[start]
        if parse_version(start) < parse_version(version):
            break
        ledger = read_ledger(folder / start, package) if start != version else None
        if start == version:
            return read_frames(folder / start, package, [name])[name]
        if ledger and name in ledger.since and parse_version(ledger.since[name]) <= parse_version(version):
            table = read_frames(folder / start, package, [name])[name]
            key = row_key(data_tables(package)[name])
            return walk_back(table, ledger.frame, name, key, start, version)
    raise PublishError(f"{folder.name}: nothing leads back to {name} of {version}; run verify")
