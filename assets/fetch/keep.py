"""What becomes of an answer: kept and served, or kept in quarantine, by comparison with the last release.

It is compared with what was last released, never with what was last result: an answer that a later stage
refused must not be what the repaired one is measured by. What is asked belongs to the connectors, what the
rows are worth to the later stages.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assets.descriptor import Dataset, Provider, Source
from assets.errors import StoreError
from assets.fetch.cache import CacheEntry
from assets.fetch.connectors.connector import FetchResult
from assets.fetch.errors import FetchError
from assets.fetch.outline import compare_layouts
from assets.fetch.quarantine import held_reason, try_with
from assets.fetch.snapshots import request_digest, table_snapshots
from assets.fetch.states import QUARANTINED, UNCHANGED, UPDATED, descriptor_digest, read_cache
from assets.store.damage import set_aside_damaged
from assets.store.sets import SnapshotSet, add_set, is_before, newest_set
from assets.store.snapshots import Provenance, Snapshot, find_bytes, read_moment

log = logging.getLogger(__name__)
# Of a dataset: the snapshots of its last release, none before the first; None: compare with nothing.
Released = Callable[[str], Sequence[Provenance] | None]


def repair_store(dataset: Dataset, sources: Sequence[Source], roots: tuple[Path, Path]) -> None:
    """Sets aside what is damaged of a table in the store, so that its sources are asked for it as if new."""
    try:
        table_snapshots(dataset, sources, roots)
    except StoreError as error:
        log.warning("%s", error)
        for path in set_aside_damaged(roots[0], sources[0].provider, sources[0].table):
            log.warning("set aside: %s", path)


def remember_answer(dataset: Dataset, sources: Sequence[Source], store: Path) -> tuple[CacheEntry, str]:
    """What is known of the last whole answer, if the store has it whole; and why it is in quarantine, if so.
    `repair_store` comes before: it looks at the bytes.

    Nothing is known where the store was emptied or damaged, where another request was asked, or where the
    descriptor was edited since a fetch put the answer in quarantine: then it is asked for as if new.
    """
    name, request = (sources[0].provider, sources[0].table), request_digest(sources)
    cached = read_cache(store, dataset.name, *name, request)
    as_new = replace(CacheEntry(), place=cached.place)
    newest = _newest(dataset, sources, store)
    if newest is None or newest.request != request:
        return as_new, ""
    held = held_reason(dataset, sources, store)
    return (as_new if newest.quarantined and not newest.is_marked and not held else cached), held


def keep_answer(
    dataset: Dataset,
    sources: Sequence[Source],
    result: FetchResult,
    provider: Provider,
    roots: tuple[Path, Path],
    retrieved: str,
    released: Sequence[Provenance] | None,
) -> tuple[str, str]:
    """Adds a whole answer to the store; its state, and what is to be said of it."""
    store, name = roots[0], (sources[0].provider, sources[0].table)
    contents = [
        (
            part.content,
            Provenance(
                *name,
                part=part.name,
                obtained_from=part.obtained_from,
                licence=provider.licence.get("name") or _stated_licence(dataset),
                media_type=part.media_type,
                retrieved=retrieved,
                updated=_stated_time(part.updated),
            ),
        )
        for part in result.parts
    ]
    before = _served(dataset, sources, roots)
    changes: list[str] = []
    if released is not None:
        last = [provenance for provenance in released if (provenance.provider, provenance.table) == name]
        own = [s.provenance for s in before if store in s.path.parents]
        if result.change_token:  # a file's own date may go back
            _refuse_older(name, [provenance for _, provenance in contents], [last, own])
        baseline = [find_bytes(roots, provenance) for provenance in last] if last else list(before)
        changes = compare_layouts(
            [path for path in baseline if path], [content for content, _ in contents], sources[0].format
        )
    request, judge = request_digest(sources), descriptor_digest(dataset)
    newest = _newest(dataset, sources, store)
    held = newest.quarantined if newest else None
    if held and not held.endswith(f" #{judge}"):
        changes = []  # a person has looked, and edited the descriptor
    reason = "; ".join(changes)
    problem = f"{name[0]}/{name[1]}: {reason}; edit the descriptor if that is right" if reason else ""
    _, is_new = add_set(store, contents, dataset.name, request, f"{problem} #{judge}" if problem else None)
    if problem:
        return QUARANTINED, problem
    if held and is_new:
        try_with(store, dataset, name, held)
    same = {s.provenance.sha256 for s in before} == {
        s.provenance.sha256 for s in _served(dataset, sources, roots)
    }
    return (UNCHANGED if same or not is_new else UPDATED), ""


def _stated_licence(dataset: Dataset) -> str:
    return str(next(iter(dataset.raw["licenses"]))["name"])


def _stated_time(stated: str | None) -> str | None:
    """The time that a provider says, where it is one."""
    try:
        return stated if stated and read_moment(stated) else None
    except ValueError:
        return None


def _refuse_older(
    name: tuple[str, str], come: Sequence[Provenance], before: Sequence[Sequence[Provenance]]
) -> None:
    """Raises `FetchError` where a provider that says when its data were updated gives an earlier update than
    those that came before: a copy of it that lags behind.
    """
    arrived = [provenance.updated for provenance in come]
    for had in before:
        dates = [provenance.updated for provenance in had]
        if not dates or not all(dates) or not all(arrived):
            continue
        ours, theirs = max(map(str, dates), key=read_moment), max(map(str, arrived), key=read_moment)
        if is_before(theirs, ours):
            what = f"the answer is the update of {theirs}, and that of {ours} came before; fetch again later"
            raise FetchError(f"{name[0]}/{name[1]}: {what}")


def _served(dataset: Dataset, sources: Sequence[Source], roots: tuple[Path, Path]) -> tuple[Snapshot, ...]:
    """What is served now; nothing where it is damaged, which the new answer may repair."""
    try:
        return table_snapshots(dataset, sources, roots)
    except StoreError:
        return ()


def _newest(dataset: Dataset, sources: Sequence[Source], store: Path) -> SnapshotSet | None:
    name = sources[0].provider, sources[0].table
    try:
        return newest_set([store], *name, dataset.name, request_digest(sources))
    except StoreError:
        return None
