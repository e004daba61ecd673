"""What a release changed: two releases of a dataset compared table by table, and the numbers of it.

The differences themselves are found by `revisions`; how they are written for people belongs to `changelog`
and to the command line.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from assets.descriptor.coverage import COVERAGE
from assets.descriptor.model import STATUS, WITHDRAWN
from assets.errors import PublishError
from assets.publish.release.layout import DESCRIPTOR, read_descriptor, version_folders
from assets.publish.release.version import comparable_descriptor, csv_resources, is_data, is_ledger, row_key
from assets.publish.revisions.compare import changed_rows
from assets.publish.revisions.walk import TableChange, data_tables, find_change, is_statistic

Package = Mapping[str, Any]
Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class TableDiff:
    """One table in two releases; `change` is None where it is in one of them only, or its key is another."""

    name: str
    is_statistic: bool
    rows: tuple[int | None, int | None]  # None: the release does not have the table
    newest: tuple[str | None, str | None]  # newest time_period
    columns: tuple[str, ...]  # what happened to columns and key, in words
    change: TableChange | None

    @property
    def is_empty(self) -> bool:
        """Whether the table is the same in both releases."""
        return not self.columns and None not in self.rows and bool(self.change and self.change.is_empty)


@dataclass(frozen=True)
class ReleaseDiff:
    """Everything in which two releases of a dataset differ."""

    dataset: str
    old: str
    new: str
    tables: tuple[TableDiff, ...]
    code_lists: tuple[str, ...]  # lists that are others now
    texts: tuple[str, ...]  # properties of the descriptor that are others now; `coverage` where no table is
    snapshots: tuple[Mapping[str, Any], ...]  # upstream snapshots that are new, as in innoregio:provenance
    is_withdrawn: bool = False  # whether the new release says that the dataset is no longer updated

    @property
    def is_empty(self) -> bool:
        """Whether the content is the same."""
        return not self.code_lists and not self.texts and all(table.is_empty for table in self.tables)


def diff_releases(folder: Path, old: str | None = None, new: str | None = None) -> ReleaseDiff | None:
    """Compare two releases of the dataset in `folder`: by default the newest and the one before it.

    `old` alone is compared with the newest. None where there is only one release and none was named. Raises
    `PublishError` for a release that is not there or cannot be read.
    """
    versions = [path.name for path in version_folders(folder) if (path / DESCRIPTOR).is_file()]
    if not versions:
        raise PublishError(f"{folder}: no release here; publish the dataset, or give the tree with --out")
    for version in (old, new):
        if version is not None and version not in versions:
            raise PublishError(f"{folder.name}: no release {version}; there are {', '.join(versions)}")
    if old is None and len(versions) == 1:
        return None
    newer = new or versions[-1]
    older = old or versions[max(versions.index(newer) - 1, 0)]
    packages = [read_descriptor(folder / version / DESCRIPTOR) for version in (older, newer)]
    frames = [read_frames(folder / package["version"], package, coded=True) for package in packages]
    return diff_packages((packages[0], packages[1]), (frames[0], frames[1]))


def read_frames(
    folder: Path, package: Package, only: Collection[str] | None = None, coded: bool = False
) -> dict[str, pl.DataFrame]:
    """The tables (from Parquet) and code lists (CSV, all text) of a release by resource name, no ledger.

    Those named in `only`, or all. `coded`: the text of statistics as Categorical, which takes a fraction of
    the memory and of the time to compare. Raises `PublishError` where a file cannot be read.
    """
    frames = {}
    tables = data_tables(package)
    for name, entry in csv_resources(package).items():
        path = (folder / entry["path"]).with_suffix(".parquet" if name in tables else ".csv")
        if only is not None and name not in only:
            continue
        try:
            if name not in tables:
                frames[name] = pl.read_csv(path, infer_schema=False)
            elif coded and is_statistic(entry):
                frames[name] = read_coded(path, entry)
            else:
                frames[name] = pl.read_parquet(path, memory_map=False)
        except (OSError, pl.exceptions.PolarsError, pa.ArrowException) as error:
            raise PublishError(
                f"{path}: a published file cannot be read; run verify and restore it"
            ) from error
    return frames


def read_coded(path: Path, entry: Package) -> pl.DataFrame:
    """A table whose text columns keep the numbers that Parquet has for their values, as Categorical."""
    text = [field["name"] for field in entry["schema"]["fields"] if field["type"] == "string"]
    file = pq.ParquetFile(path, read_dictionary=text)
    tables = [file.read_row_group(place) for place in range(file.num_row_groups)] or [file.read()]
    groups = [pl.from_arrow(table) for table in tables]  # one by one: twice as fast as the whole at once
    return pl.concat([group for group in groups if isinstance(group, pl.DataFrame)])


def diff_packages(packages: tuple[Package, Package], frames: tuple[Frames, Frames]) -> ReleaseDiff:
    """Compare two releases by their descriptors and tables. `frames`: of each, all tables and code lists."""
    old, new = (csv_resources(package) for package in packages)
    tables = [data_tables(package) for package in packages]
    names = list(dict.fromkeys([*tables[1], *tables[0]]))
    lists = [name for name in dict.fromkeys([*new, *old]) if name.startswith("codes-")]
    known = {snapshot["sha256"] for snapshot in packages[0].get("innoregio:provenance", [])}
    before, after = (comparable_descriptor(package) for package in packages)
    diffs = tuple(diff_table(name, tables[0].get(name), tables[1].get(name), frames) for name in names)
    hashes = [{name: entry["hash"] for name, entry in side.items()} for side in (old, new)]
    counted = all(diff.is_empty for diff in diffs) and hashes[0].get(COVERAGE) != hashes[1].get(COVERAGE)
    return ReleaseDiff(
        dataset=str(packages[1]["name"]),
        old=str(packages[0]["version"]),
        new=str(packages[1]["version"]),
        tables=diffs,
        code_lists=tuple(name for name in lists if hashes[0].get(name) != hashes[1].get(name)),
        texts=tuple(
            name
            for name in dict.fromkeys([*after, *before])
            if name not in FOLLOWING and before.get(name) != after.get(name)
        )
        + tuple(changed_resources(before, after))
        + ((COVERAGE,) if counted else ()),
        snapshots=tuple(
            snapshot
            for snapshot in packages[1].get("innoregio:provenance", [])
            if snapshot["sha256"] not in known
        ),
        is_withdrawn=packages[1].get(STATUS) == WITHDRAWN,
    )


def changed_resources(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Tables whose description is another one, apart from their number of rows."""
    olds, news = (
        {
            entry["name"]: {name: value for name, value in entry.items() if name not in COUNTED}
            for entry in package["resources"]
            if entry["format"] == "csv" and is_data(entry) and not is_ledger(entry)
        }
        for package in (before, after)
    )
    yield from (f"resources/{name}" for name, entry in news.items() if name in olds and entry != olds[name])


FOLLOWING = (
    "innoregio:provenance",
    "innoregio:temporal",
    "resources",
)  # reported elsewhere, or follows from rows
COUNTED = ("innoregio:rows", "innoregio:formulaCells", "path")


def diff_table(
    name: str, old: Package | None, new: Package | None, frames: tuple[Frames, Frames]
) -> TableDiff:
    """One table in both releases, in one of them, or under another key."""
    entry = new or old or {}
    rows = tuple(frames[side][name].height if table else None for side, table in enumerate((old, new)))
    newest = tuple(
        newest_period(frames[side][name]) if table else None for side, table in enumerate((old, new))
    )
    columns: tuple[str, ...] = ()
    change = None
    if old and new:
        columns = tuple(describe_columns(old, new))
        if row_key(old) == row_key(new):
            sides = [{n: f for n, f in side.items() if n.startswith("codes-")} for side in frames]
            change = find_change(new, frames[0][name], frames[1][name], (sides[0], sides[1]))
    return TableDiff(name, is_statistic(entry), (rows[0], rows[1]), (newest[0], newest[1]), columns, change)


def describe_columns(old: Package, new: Package) -> Iterator[str]:
    """What happened to the columns and the key of a table."""
    types = [{field["name"]: field["type"] for field in entry["schema"]["fields"]} for entry in (old, new)]
    yield from (f"column {name} is gone" for name in types[0] if name not in types[1])
    yield from (f"column {name} is new" for name in types[1] if name not in types[0])
    yield from (
        f"column {name} is {kind} now, was {types[0][name]}"
        for name, kind in types[1].items()
        if name in types[0] and types[0][name] != kind
    )
    both = [[name for name in one if name in other] for one, other in (types, types[::-1])]
    if both[0] != both[1]:
        yield "the columns stand in another order"
    keys = [row_key(entry) for entry in (old, new)]
    if keys[0] != keys[1]:
        yield f"the key is {', '.join(keys[1])} now, was {', '.join(keys[0])}"


def newest_period(frame: pl.DataFrame) -> str | None:
    """The newest `time_period` of a table, None where it has none."""
    if "time_period" not in frame.columns or not frame.height:
        return None
    newest = frame["time_period"].max()
    return str(newest) if newest is not None else None


def count_changes(table: TableDiff) -> dict[str, int]:
    """Rows by what happened to them, under the names of the ledger's kinds.

    Of revised observations those with another value are `revised`, those with only another status or flag
    `reflagged`. `recoded_revised` are those of the recoded ones that have another value, status or flag too.
    """
    change = table.change
    if change is None:
        return {}
    if not change.is_statistic:
        return {"added": change.added.height, "changed": change.after.height, "gone": change.gone.height}
    values = int(change.after["obs_value"].ne_missing(change.before["obs_value"]).sum())
    return {
        "added": change.added.height,
        "revised": values,
        "reflagged": change.after.height - values,
        "withdrawn": change.gone.height,
        "recoded": change.recoded_after.height,
        "recoded_revised": int(revised_recoded(change).sum()),
    }


def revised_recoded(change: TableChange) -> pl.Series:
    """Which of the recoded rows differ in more than their codes."""
    return changed_rows(change.recoded_before, change.recoded_after, change.key)


def largest_revision(change: TableChange | None, relative: bool = False) -> dict[str, Any] | None:
    """The revised figure that moved furthest, with its key: `old`, `new`, and the share of the old one."""
    if change is None or not change.is_statistic or "obs_value" not in change.after.columns:
        return None
    pairs = pl.concat(
        [
            pl.concat([change.after, change.recoded_after]).select(*change.key, new=pl.col("obs_value")),
            pl.concat([change.before, change.recoded_before]).select(old=pl.col("obs_value")),
        ],
        how="horizontal",
    ).with_columns(pl.col("old", "new").cast(pl.Float64))
    moved = (pl.col("new") - pl.col("old")).abs()
    size = moved / pl.col("old").abs() if relative else moved
    pairs = pairs.with_columns(size=size).filter(pl.col("size").is_finite(), pl.col("size") > 0)
    if not pairs.height:
        return None
    row = pairs.sort(["size", *change.key], descending=[True, *[False] * len(change.key)]).row(0, named=True)
    share = abs(row["new"] - row["old"]) / abs(row["old"]) if row["old"] else None
    return {
        "key": {name: row[name] for name in change.key},
        "old": row["old"],
        "new": row["new"],
        "relative": share,
    }


def list_rows(change: TableChange, limit: int | None) -> list[dict[str, Any]]:
    """Differences as objects, at most `limit` of each kind: kind, key, old and new values.

    In the order of the key; of recoded rows first those that have other values as well.
    """
    added, revised, gone = (
        ("added", "revised", "withdrawn") if change.is_statistic else ("added", "changed", "gone")
    )
    found: list[dict[str, Any]] = []
    order = revised_recoded(change).arg_sort(descending=True)
    for kind, before, after in (
        (revised, change.before, change.after),
        ("recoded", change.recoded_before[order], change.recoded_after[order]),
        (gone, change.gone, None),
        (added, None, change.added),
    ):
        frame = after if after is not None else before
        height = frame.height if frame is not None else 0
        for place in range(height if limit is None else min(limit, height)):
            old = before.row(place, named=True) if before is not None else None
            new = after.row(place, named=True) if after is not None else None
            found.append(describe_row(kind, old, new, change.key))
    return found


def describe_row(
    kind: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, key: Sequence[str]
) -> dict[str, Any]:
    """One difference: the key as it is, the key as it was where it is another, the values that differ."""
    row = new or old or {}
    entry: dict[str, Any] = {"kind": kind, "key": {name: row[name] for name in key}}
    if old and new and (was := {name: old[name] for name in key if old[name] != new[name]}):
        entry["old_key"] = was
    names = [name for name in row if name not in key]
    if old and new:
        names = [name for name in names if old[name] != new[name]]
    for side, values in (("old", old), ("new", new)):
        if values:
            entry[side] = {name: values[name] for name in names}
    return entry


def describe_diff(diff: ReleaseDiff, limit: int | None = 10) -> dict[str, Any]:
    """The whole comparison as JSON; at most `limit` rows of each kind of difference, None for all."""
    return {
        "dataset": diff.dataset,
        "old": diff.old,
        "new": diff.new,
        "equal": diff.is_empty,
        "tables": [table_diff_json(table, limit) for table in diff.tables],
        "code_lists": list(diff.code_lists),
        "texts": list(diff.texts),
        "snapshots": [dict(snapshot) for snapshot in diff.snapshots],
    }


def table_diff_json(table: TableDiff, limit: int | None) -> dict[str, Any]:
    """One table of the comparison as JSON."""
    change = table.change
    return {
        "table": table.name,
        "kind": "statistic" if table.is_statistic else "register",
        "rows": {"old": table.rows[0], "new": table.rows[1]},
        "newest_period": {"old": table.newest[0], "new": table.newest[1]},
        "columns": list(table.columns),
        "changes": count_changes(table) if change else None,
        "renames": [
            {
                "fields": list(rename.fields),
                "old": list(rename.old),
                "new": list(rename.new),
                "evidence": rename.evidence,
                "rows": rename.rows,
            }
            for rename in (change.renames if change else ())
        ],
        "largest_revision": largest_revision(change),
        "largest_relative_revision": largest_revision(change, relative=True),
        "differences": list_rows(change, limit) if change else [],
    }
