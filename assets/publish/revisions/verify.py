"""Whether the ledgers of a dataset are true: each is walked back through and compared with the release that
it leads to.

From each release one step back must give the statistics of the release before exactly, and the rows of
earlier releases must be those that were there before; so every earlier state follows from the newest.
Changes nothing; files, hashes and rows are checked by `verify`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from assets.errors import PublishError
from assets.publish.release.layout import parse_version
from assets.publish.release.version import LEDGER, row_key, shape
from assets.publish.revisions.diff import Frames, Package, diff_packages, read_frames
from assets.publish.revisions.ledger import Ledger, read_ledger
from assets.publish.revisions.walk import data_tables, is_statistic, ledger_rows, step_back

FILE = f"{LEDGER}.parquet"


class State(NamedTuple):
    """A release as its files have it."""

    package: Package
    ledger: Ledger | None
    frames: Frames


def verify_ledgers(folder: Path, packages: Mapping[str, Package]) -> Iterator[str]:
    """The faults of the ledgers in a dataset's folder. `packages`: its complete releases, oldest first.

    Two releases are in memory at a time. What cannot be read is left to `verify`, which names it.
    """
    before: State | None = None
    for version, package in packages.items():
        place = folder / version
        try:
            now = State(package, read_ledger(place, package), read_frames(place, package))
        except PublishError:
            before = None
            continue
        if before is not None:
            yield from (f"{version}/{FILE}: {problem}" for problem in verify_step(before, now))
        before = now


def verify_step(before: State, now: State) -> Iterator[str]:
    """The faults of one release's ledger, against the release before."""
    old_version, version = str(before.package["version"]), str(now.package["version"])
    ledger, known = now.ledger, before.ledger
    if ledger is None:
        if known is not None:
            yield f"missing, version {old_version} has one"
        return
    later = [
        release for release in set(ledger.frame["release"]) if parse_version(release) > parse_version(version)
    ]
    if later:
        yield f"tells of {', '.join(sorted(later))}, which came later"
    if known is not None and not keeps_rows(known, ledger, version):
        yield f"the rows of earlier releases are not those of version {old_version}"
    own = ledger.frame.filter(pl.col("release") == version)
    tables = data_tables(now.package)
    continued = [
        name
        for name, since in ledger.since.items()
        if name in tables and parse_version(since) <= parse_version(old_version)
    ]
    unknown = sorted(set(own["resource"]) - set(continued))
    if unknown:
        yield f"has rows of {', '.join(unknown)}, of which version {old_version} is no earlier state"
    for name in continued:
        entry, old = tables[name], data_tables(before.package).get(name)
        if old is None or shape(old) != shape(entry):
            yield f"leads back past another shape of {name}"
            continue
        rows = own.filter(pl.col("resource") == name)
        if is_statistic(entry):
            was = step_back(now.frames[name], rows, row_key(entry))
            same = was.equals(before.frames[name].sort(row_key(entry)))
            if not has_new_rows(now.frames[name], rows, row_key(entry)):
                yield f"the new values of {name} are not those of version {version}"
        else:
            same = has_register_rows(name, rows, before, now)
        if not same:
            yield f"walking back from {version} does not give {name} of version {old_version}"


def keeps_rows(known: Ledger, ledger: Ledger, after: str) -> bool:
    """Whether the rows of earlier releases are the same, for tables that go on."""
    names = [name for name, since in ledger.since.items() if since == known.since.get(name)]
    columns = [name for name in known.frame.columns if name in ledger.frame.columns]
    old = known.frame.filter(pl.col("resource").is_in(names)).select(columns)
    new = ledger.frame.filter(pl.col("resource").is_in(names), pl.col("release") != after).select(columns)
    return old.equals(new)


def has_new_rows(table: pl.DataFrame, rows: pl.DataFrame, key: Sequence[str]) -> bool:
    """Whether what the ledger says came with a release is what the table of the release has."""
    on = list(key)
    came = rows.filter(pl.col("kind") != "withdrawn").select(
        pl.col(name if name in on else f"new_{name}").cast(table.schema[name]).alias(name)
        for name in table.columns
    )
    there = table.join(came.select(on), on=on, how="semi", nulls_equal=True)
    return came.sort(on).equals(there.sort(on))


def has_register_rows(name: str, rows: pl.DataFrame, before: State, now: State) -> bool:
    """Whether a register's rows of the ledger are the differences of its two releases."""
    old, new = (
        {
            **release.package,
            "resources": [entry for entry in release.package["resources"] if entry["name"] == name],
        }
        for release in (before, now)
    )
    (table,) = diff_packages((old, new), (before.frames, now.frames)).tables
    if table.change is None:
        return False
    expected = ledger_rows(table.change, str(now.package["version"]), "", rows.schema)
    return expected.drop("snapshot").equals(rows.drop("snapshot"))
