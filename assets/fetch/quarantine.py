"""Answers that are kept and not used: what a later stage did not take is marked on the set that it came as.

A mark is of the set, so that the answer before it is what is served, and what the next one is compared with.
Which states there are belongs to `states`, why an answer is refused to the stage that refuses it.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from assets.descriptor import Dataset, Source
from assets.errors import StoreError
from assets.fetch.http.partials import disk_error
from assets.fetch.snapshots import request_digest, table_snapshots, table_sources
from assets.fetch.states import (
    FAILED,
    QUARANTINED,
    UNCHANGED,
    SourceState,
    descriptor_digest,
    remembered_states,
    write_state,
)
from assets.store.sets import SnapshotSet, mark_set, newest_set, set_snapshots, unmark_sets
from assets.store.snapshots import bundle_root, read_moment

Name = tuple[str, str]  # provider, table


def mark_quarantined(
    store: Path,
    dataset: Dataset,
    tables: Collection[Name],
    message: str,
    released: Collection[str] = (),
    code: str = "",
) -> list[SourceState]:
    """Says of the `tables` of a dataset that a later stage did not find in them what the descriptor says.
    Returns the new states.

    Of the tables those are meant whose set is not what the last release was made from (`released`: the
    SHA-256 of its snapshots); where there is none, all. Their sets are marked and no longer used, until the
    descriptor is edited, the `code` that found them wrong is another, or something else comes.
    """
    detail = " ".join(message.split())
    judge = descriptor_digest(dataset)
    sources = {name: sources for name, sources in table_sources(dataset).items() if name in tables}
    suspects: dict[Name, SnapshotSet] = {}
    for name, own in sources.items():
        newest = newest_set([store], *name, dataset.name, request_digest(own), judge)
        if newest and not {s.provenance.sha256 for s in set_snapshots([store], newest)} <= set(released):
            suspects[name] = newest
    try:
        for name, chosen in suspects.items():
            mark_set(store.joinpath(*name), chosen, f"{detail} #{judge}", code)
    except OSError as error:
        raise disk_error(store, error) from error
    changed = []
    for read in remembered_states(store, dataset.name):
        state = read.state
        if (state.provider, state.table) in (suspects or sources) and state.state != FAILED:
            state = replace(_served_now(dataset, state, store), state=QUARANTINED, message=detail)
            write_state(store, state, read.cached, read.request, judge)
            changed.append(state)
    return changed


def _served_now(dataset: Dataset, state: SourceState, store: Path) -> SourceState:
    """The state with the dates of what is served now, in the place of an answer that was refused."""
    try:
        sources = table_sources(dataset)[state.provider, state.table]
        served = [s.provenance for s in table_snapshots(dataset, sources, (store, bundle_root()))]
    except (StoreError, KeyError):
        return state
    return replace(
        state,
        retrieved=max((provenance.retrieved for provenance in served if provenance.retrieved), default=None),
        updated=max(
            (provenance.updated for provenance in served if provenance.updated), default=None, key=read_moment
        ),
    )


def clear_quarantine(store: Path, dataset: Dataset) -> None:
    """Takes back what `mark_quarantined` said of tables whose newest answers are used after all: the dataset
    is released now.
    """
    tables = table_sources(dataset)
    for read in remembered_states(store, dataset.name):
        name = read.state.provider, read.state.table
        if read.held and not (name in tables and held_reason(dataset, tables[name], store)):
            write_state(store, replace(read.state, state=UNCHANGED, message=""), read.cached, read.request)


def held_reason(dataset: Dataset, sources: Sequence[Source], store: Path) -> str:
    """Why the newest answer for the sources of one table is in quarantine; empty where it is not."""
    name = sources[0].provider, sources[0].table
    try:
        newest = newest_set([store], *name, dataset.name, request_digest(sources))
    except StoreError:
        return ""
    reason, _, judge = (newest.quarantined or "" if newest else "").rpartition(" #")
    return reason if judge == descriptor_digest(dataset) else ""


def try_again(store: Path, dataset: Dataset, code: str) -> None:
    """Takes away the marks that other code gave: it may read now what it did not read then."""
    for name in table_sources(dataset):
        if any(store.joinpath(*name).glob("*.quarantine.json")):
            unmark_sets(store.joinpath(*name), dataset.name, code=code)


def try_with(store: Path, dataset: Dataset, name: Name, reason: str) -> None:
    """Takes away the marks of the other tables that were marked together with the table `name`, for which
    something else came: which of them was wrong is not known.
    """
    for other in table_sources(dataset):
        if other != name:
            unmark_sets(store.joinpath(*other), dataset.name, reason=reason)
