"""The revision ledger: the resource `revisions` of a package, and the walk back through it.

A row of it is one difference between a release and the one before. The rows of all releases stay, oldest
first, so that the newest package alone gives every earlier state of its tables. Finding the differences
belongs to `compare` and `recode`, the ledger's columns and texts to `schema`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.publish.release.layout import parse_version
from assets.publish.release.version import is_data, is_ledger, row_key
from assets.publish.revisions.compare import Comparison, compare_tables
from assets.publish.revisions.recode import Frames, Rename, find_recoding

SINCE = "innoregio:since"  # of the ledger: table -> the oldest release that it leads back to
HEAD = ("release", "resource", "kind")
ESCAPES = (("%", "%25"), ("&", "%26"), ("=", "%3D"))


@dataclass(frozen=True)
class TableChange:
    """What happened to one table between two releases; frames have the table's columns."""

    name: str
    is_statistic: bool
    key: tuple[str, ...]
    rows: tuple[int, int]
    added: pl.DataFrame
    gone: pl.DataFrame
    before: pl.DataFrame  # the same key, other values: as they were
    after: pl.DataFrame  # and as they are
    recoded_before: pl.DataFrame  # the same row under another code
    recoded_after: pl.DataFrame
    renames: tuple[Rename, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether every row is as it was."""
        return not (self.added.height or self.gone.height or self.before.height or self.recoded_after.height)


def data_tables(package: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The package's tables of data by name, as their CSV resources: no code lists, coverage or ledger."""
    return {
        entry["name"]: entry
        for entry in package["resources"]
        if entry["format"] == "csv" and is_data(entry) and not is_ledger(entry)
    }


def is_statistic(entry: Mapping[str, Any]) -> bool:
    """Whether a table holds observations: a key, a period and a value."""
    names = {field["name"] for field in entry["schema"]["fields"]}
    return {"time_period", "obs_value"} <= names and "obs_value" not in row_key(entry)


def find_change(
    entry: Mapping[str, Any], old: pl.DataFrame, new: pl.DataFrame, lists: tuple[Frames, Frames]
) -> TableChange:
    """The differences of a table between two releases in the columns that both have.

    `entry`: the table's resource in the newer one, whose key both have. `lists`: the code lists of each. A
    column whose type changed is compared in the new type.
    """
    key, statistic = row_key(entry), is_statistic(entry)
    rows = (old.height, new.height)
    common = [name for name in new.columns if name in old.columns]
    new = new.select(common)
    old = old.select(pl.col(name).cast(new.schema[name], strict=False) for name in common)
    found = compare_tables(old, new, key)
    found = Comparison(*(as_text(frame) for frame in (found.added, found.gone, found.before, found.after)))
    if not statistic:
        none = found.added.clear()
        return TableChange(
            entry["name"],
            False,
            tuple(key),
            rows,
            found.added,
            found.gone,
            found.before,
            found.after,
            none,
            none,
        )
    recoded = find_recoding(found, (old, new), key, lists)
    return TableChange(
        name=entry["name"],
        is_statistic=True,
        key=tuple(key),
        rows=rows,
        added=recoded.added,
        gone=recoded.gone,
        before=found.before,
        after=found.after,
        recoded_before=recoded.before,
        recoded_after=recoded.after,
        renames=recoded.renames,
    )


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with categories as plain text."""
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))


def ledger_rows(change: TableChange, release: str, snapshot: str, columns: pl.Schema) -> pl.DataFrame:
    """A table's differences as rows of the ledger with the given columns, sorted by key."""
    parts = (
        statistic_rows(change, columns.names())
        if change.is_statistic
        else register_rows(change, columns.names())
    )
    rows = pl.concat(list(parts), how="diagonal")
    rows = rows.sort(change.key if change.is_statistic else "row_key", maintain_order=True)
    rows = rows.with_columns(
        release=pl.lit(release), resource=pl.lit(change.name), snapshot=pl.lit(snapshot or None, pl.String)
    )
    missing = [pl.lit(None, kind).alias(name) for name, kind in columns.items() if name not in rows.columns]
    return rows.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in columns.items())


def statistic_rows(change: TableChange, columns: Sequence[str]) -> list[pl.DataFrame]:
    """Differences of observations, each kind in a frame of its own."""
    key = list(change.key)
    values = [name for name in change.added.columns if name not in key]

    def named(frame: pl.DataFrame, prefix: str) -> pl.DataFrame:
        return frame.select(pl.col(name).alias(f"{prefix}{name}") for name in values)

    def kind(frame: pl.DataFrame, name: str) -> pl.DataFrame:
        return frame.with_columns(pl.lit(name).alias("kind"))

    both = [
        kind(
            pl.concat(
                [after.select(key), named(before, "old_"), named(after, "new_"), *more], how="horizontal"
            ),
            name,
        )
        for name, before, after, more in (
            ("revised", change.before, change.after, []),
            ("recoded", change.recoded_before, change.recoded_after, [old_keys(change)]),
        )
    ]
    added = kind(
        pl.concat([change.added.select(key), named(change.added, "new_")], how="horizontal"), "added"
    )
    gone = kind(
        pl.concat([change.gone.select(key), named(change.gone, "old_")], how="horizontal"), "withdrawn"
    )
    return [added, gone, *both]


def old_keys(change: TableChange) -> pl.DataFrame:
    """The codes that a recoded row had, as `field=code` joined by `&`; only those that are others now."""
    parts = []
    both = pl.concat(
        [
            change.recoded_before.select(pl.col(name).alias(f"old {name}") for name in change.key),
            change.recoded_after.select(change.key),
        ],
        how="horizontal",
    )
    for name in change.key:
        old_value = pl.lit(f"{name}=") + escape_separators(
            pl.col(f"old {name}").cast(pl.String).fill_null("")
        )
        parts.append(pl.when(pl.col(f"old {name}").ne_missing(pl.col(name))).then(old_value))
    return both.select(pl.concat_str(parts, separator="&", ignore_nulls=True).alias("old_key"))


def register_rows(change: TableChange, columns: Sequence[str]) -> list[pl.DataFrame]:
    """Differences of a register: keys, and the names of the fields that changed; no content."""
    key = pl.concat_str(
        [
            pl.lit(f"{name}=") + escape_separators(pl.col(name).cast(pl.String).fill_null(""))
            for name in change.key
        ],
        separator="&",
    ).alias("row_key")
    fields = [
        pl.when(change.before[name].ne_missing(change.after[name])).then(pl.lit(name))
        for name in change.after.columns
        if name not in change.key
    ]
    changed = pl.concat_str(fields, separator=" ", ignore_nulls=True) if fields else pl.lit(None, pl.String)
    return [
        change.added.select(key, kind=pl.lit("added")),
        change.gone.select(key, kind=pl.lit("gone")),
        change.after.select(key, changed.alias("fields"), kind=pl.lit("changed")),
    ]


def escape_separators(text: pl.Expr) -> pl.Expr:
    """Text in which the signs that separate are written in per cent, as in an address."""
    for plain, written in ESCAPES:
        text = text.str.replace_all(plain, written, literal=True)
    return text


def unescaped(text: pl.Expr) -> pl.Expr:
    """The text that `escaped` was given."""
    for plain, written in reversed(ESCAPES):
        text = text.str.replace_all(written, plain, literal=True)
    return text


def step_back(table: pl.DataFrame, rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """A statistic as it was before one release. `rows`: the ledger's rows of that release and table.

    The columns are those of `table`, the rows sorted by key (nulls first).
    """
    on = list(key)
    values = [name for name in table.columns if name not in on]
    came = rows.filter(pl.col("kind") != "withdrawn").select(
        pl.col(name).cast(table.schema[name]) for name in on
    )
    kept = table.join(came, on=on, how="anti", nulls_equal=True, maintain_order="left")
    was = rows.filter(pl.col("kind") != "added").select(
        *(
            pl.coalesce(
                pl.when(pl.col("kind") == "recoded").then(old_code(name)), pl.col(name).cast(pl.String)
            ).alias(name)
            for name in on
        ),
        *(pl.col(f"old_{name}").alias(name) for name in values),
    )
    was = was.select(
        (pl.when(pl.col(name) != "").then(pl.col(name)) if name in on else pl.col(name))
        .cast(table.schema[name])
        .alias(name)
        for name in table.columns
    )
    return pl.concat([kept, was]).sort(on, maintain_order=True)


def old_code(name: str) -> pl.Expr:
    """A field's code in `old_key`: null where it is not given, empty where there was none."""
    return unescaped(pl.col("old_key").str.extract(rf"(?:^|&){name}=([^&]*)"))


def walk_back(
    table: pl.DataFrame, ledger: pl.DataFrame, name: str, key: Sequence[str], newest: str, wanted: str
) -> pl.DataFrame:
    """The table `name` of the release `newest` as it was in the release `wanted`, by the ledger's rows."""
    own = ledger.filter(pl.col("resource") == name)
    releases = sorted(set(own["release"].to_list()), key=parse_version, reverse=True)
    for release in releases:
        if parse_version(wanted) < parse_version(release) <= parse_version(newest):
            table = step_back(table, own.filter(pl.col("release") == release), key)
    return table
