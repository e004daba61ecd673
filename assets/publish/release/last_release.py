"""The newest release in the tree as the measure of a run: nothing older takes its place unasked.

What is compared here are snapshots, by the provider's own dates, and rows where those say nothing; what a
clock of ours says counts for nothing. Figures are compared with figures by `validate`, bytes by `version`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import polars as pl

from assets.descriptor import Resource
from assets.errors import StoreError
from assets.publish.release.layout import DESCRIPTOR, complete_versions, read_descriptor
from assets.store.sets import is_before
from assets.store.snapshots import Provenance, Snapshot, read_moment

MOST_GONE = 0.01  # share of a release's rows that an input of unknown age may lack: revisions take some away
Name = tuple[str, str]  # provider, table


def read_last_release(out: Path, dataset: str) -> dict[str, Any] | None:
    """The descriptor of the newest release; None before the first one."""
    folder = out / dataset
    versions = complete_versions(folder) if folder.is_dir() else []
    return read_descriptor(versions[-1] / DESCRIPTOR) if versions else None


def released_snapshots(release: Mapping[str, Any] | None) -> tuple[Provenance, ...]:
    """The snapshots that a release was made from, as its descriptor lists them."""
    known = {field.name for field in fields(Provenance)}
    entries = (release or {}).get("innoregio:provenance", [])
    return tuple(Provenance(**{name: entry[name] for name in known & set(entry)}) for entry in entries)


def find_undated(
    dataset: str,
    resources: Sequence[Resource],
    snapshots: Sequence[Snapshot],
    release: Mapping[str, Any] | None,
) -> set[Name]:
    """The tables (provider, table) of the `resources` that are not what the release was made from, of which
    no date says whether they are newer: their rows must show it. `snapshots`: those of the resources.

    Raises `StoreError` where the release was made from a table that no store has any more, or from a later
    update of one, with the file.
    """
    before, now = (
        _by_table(released_snapshots(release)),
        _by_table([snapshot.provenance for snapshot in snapshots]),
    )
    wanted = {(s.provider, s.table) for resource in resources for s in resource.sources}
    undated = set()
    for name in sorted(before.keys() & wanted):
        version, table = (release or {})["version"], "/".join(name)
        if name not in now:
            detail = f"{table} is in release {version} and in no store"
            raise StoreError(f"{dataset}: {detail}; fetch it, or restore the store")
        if {provenance.sha256 for provenance in now[name]} == {
            provenance.sha256 for provenance in before[name]
        }:
            continue
        age = compare_dates(before[name], now[name])
        if age == "older":
            raise older_input(dataset, name, snapshots, str(version), _date_of(before[name]))
        if age is None:
            undated.add(name)
    return undated


def compare_dates(before: Sequence[Provenance], now: Sequence[Provenance]) -> str | None:
    """`older` or `newer`: what the second snapshots are by the provider's update times; None where those
    are equal or not given. A copy whose update is not known was updated before it was recorded; of two such
    copies the one that was recorded later is newer.
    """
    was, come = _date_of(before), _date_of(now)
    if was is None or come is None:
        return None
    known_before, known_now = (all(provenance.updated for provenance in many) for many in (before, now))
    if known_before and is_before(come, was):
        return "older"
    is_later = known_now or not (
        known_before or any(provenance.updated for provenance in now)
    )  # copy and copy
    return "newer" if is_later and is_before(was, come) else None


def check_rows(
    frame: pl.LazyFrame, previous: pl.LazyFrame | None, key: Sequence[str], problem: StoreError
) -> None:
    """Raises `problem` where the newest period of the release is gone, or a hundredth of its rows."""
    if previous is None or not set(key) <= set(previous.collect_schema().names()):
        return
    had, has = previous.select(key).collect(), frame.select(key).collect()
    gone = had.join(has, on=list(key), how="anti", nulls_equal=True).height
    if gone > MOST_GONE * had.height or ("time_period" in key and _newest(has) < _newest(had)):
        raise problem


def older_input(
    dataset: str, name: Name, snapshots: Sequence[Snapshot], version: str, released: str | None
) -> StoreError:
    """What is reported where an input is older than that of the last release, by its date or by its rows."""
    own = [s for s in snapshots if (s.provenance.provider, s.provenance.table) == name]
    table, file = "/".join(name), own[0].path
    if released:
        date = _date_of([s.provenance for s in own])
        detail = (
            f"{table} is older than what is published: {file} is of {date}, release {version} of {released}"
        )
    else:
        detail = (
            f"{table}: no date says that {file} is newer than release {version}, and rows of that are gone"
        )
    remedy = f"fetch it, restore the store, or go back with `innoregio publish {dataset} --go-back REASON`"
    return StoreError(f"{dataset}: {detail}; {remedy}")


def _newest(rows: pl.DataFrame) -> str:
    return str(rows["time_period"].max() or "")


def _by_table(provenances: Sequence[Provenance]) -> dict[Name, list[Provenance]]:
    found: dict[Name, list[Provenance]] = {}
    for provenance in provenances:
        found.setdefault((provenance.provider, provenance.table), []).append(provenance)
    return found


def _date_of(provenances: Sequence[Provenance]) -> str | None:
    """The newest update; where one is not known, the day before which it was recorded counts."""
    dates = [provenance.updated or provenance.recorded_before for provenance in provenances]
    return max((date for date in dates if date), key=read_moment) if dates and all(dates) else None
