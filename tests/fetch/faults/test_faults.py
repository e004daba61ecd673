"""Every fault of the table in the docs: a named state, in bounded time, and no wrong figure."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.descriptor import Dataset, Source
from assets.fetch.acquire import acquire
from assets.fetch.http.client import RetryPolicy
from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.states import QUARANTINED, RETRIED, STALE, UNCHANGED, UPDATED, SourceState
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import bundle_root
from tests.fetch.faults.fault_runs import IMPATIENT, SLOW, rows
from tests.fetch.live_runs import (
    NOW,
    QUICK,
    all_shipped,
    figures,
    made,
    made_upstream,
    quick_session,
    shipped,
    taken,
)
from tests.upstream import fault_answers as more
from tests.upstream.fault_cases import CASES
from tests.upstream.faults import COMPANIES, Case
from tests.upstream.server import Upstream, environment, serve

LATER = NOW + timedelta(days=2)
PUBLIC = {"localhost": ["93.184.216.34"]}  # the made upstream under a name that counts as public
Figures = dict[str, pl.DataFrame] | list[bytes]


@pytest.fixture(scope="module")
def areas() -> pl.LazyFrame:
    (regions,) = shipped("regions")
    resource = next(one for one in regions.resources if one.name == "areas")
    return normalise_resource(resource, fetch_snapshots(regions, (bundle_root(),)), None)


def dataset_of(case: Case, name: str) -> Dataset:
    """The dataset that meets the fault; with the bounds that only whole tables reach where it is of them."""
    if case.dataset == COMPANIES:
        source = Source("prh", "companies", "paged", "csv", options={"query": {"location": ["Lahti"]}})
        return made("rd-expenditure", source)
    if "bound" in name:
        return next(one for one in all_shipped() if one.name == case.dataset)
    return shipped(case.dataset)[0]


def what_is_served(dataset: Dataset, store: Path, areas: pl.LazyFrame) -> Figures | str:
    """The figures that a run would publish now, or why it would not; of what no dataset maps, the bytes."""
    return taken(dataset, store) if dataset.name.startswith("made-") else figures(dataset, store, areas)


@pytest.fixture(scope="module")
def truth(areas: pl.LazyFrame, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Figures]:
    """The figures that the unbroken upstream gives, after the case's own change of them."""
    found: dict[object, Figures] = {}

    def tell(case: Case) -> Figures:
        if (case.dataset, case.renew) not in found:
            upstream, store = made_upstream(), tmp_path_factory.mktemp(case.dataset)
            if case.renew:
                case.renew(upstream)
            with serve(upstream):
                (state,) = fetch(dataset_of(case, ""), store, upstream)
            assert state.state == UPDATED, state
            told = what_is_served(dataset_of(case, ""), store, areas)
            assert not isinstance(told, str), told
            found[case.dataset, case.renew] = told
        return found[case.dataset, case.renew]

    return tell


def fetch(
    dataset: Dataset, store: Path, upstream: Upstream, policy: RetryPolicy = QUICK, now: datetime = NOW
) -> list[SourceState]:
    settings = environment(upstream)
    settings["INNOREGIO_EUROSTAT_URL"] = settings["INNOREGIO_EUROSTAT_URL"].replace("127.0.0.1", "localhost")
    with quick_session(store, settings, now, policy) as session:
        session.client.resolve = lambda host: PUBLIC.get(host, ["127.0.0.1"])
        return acquire(dataset, store, settings, session)


@pytest.mark.parametrize(("name", "expected"), rows(), ids=[name for name, _ in rows()])
def test_a_fault_ends_in_its_state_and_never_in_a_wrong_figure(
    name: str,
    expected: str,
    tmp_path: Path,
    areas: pl.LazyFrame,
    truth: Callable[[Case], Figures],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assets.fetch.http.bodies.MOST_UNPACKED", 5_000_000)  # a bomb need not be large
    case = CASES[name]
    dataset, upstream, before = dataset_of(case, name), made_upstream(), None
    with serve(upstream):
        if case.renew:
            assert fetch(dataset, tmp_path, upstream)[0].state == UPDATED
            before = what_is_served(dataset, tmp_path, areas)
            case.renew(upstream)
        case.arrange(upstream)
        begun = time.monotonic()
        (state,) = fetch(dataset, tmp_path, upstream, IMPATIENT if name in SLOW else QUICK, LATER)
    assert time.monotonic() - begun < 20, "bounded, also on a busy machine"
    as_before = state.state == STALE and before is None  # then the snapshots are looked at, not their figures
    found = [] if as_before else what_is_served(dataset, tmp_path, areas)
    told = QUARANTINED if isinstance(found, str) else state.state
    assert told == expected, (state, found if isinstance(found, str) else "")
    assert "\n" not in state.message
    if told in (UPDATED, RETRIED):
        assert_same_figures(found, truth(case))
    elif told == UNCHANGED:
        assert_same_figures(found, before)
    else:
        assert state.message or isinstance(found, str)
    if as_before:
        used = fetch_snapshots(dataset, (tmp_path, bundle_root()))
        assert all(bundle_root() in snapshot.path.parents for snapshot in used)
    elif told == STALE:
        assert_same_figures(found, before)


def assert_same_figures(found: Figures | str, right: Figures | str | None) -> None:
    """The same cells in the same rows."""
    if isinstance(found, dict) and isinstance(right, dict):
        assert found.keys() == right.keys()
        for table, frame in right.items():
            assert_frame_equal(found[table], frame)
    else:
        assert found == right


def test_not_changed_is_not_believed_for_ever(tmp_path: Path) -> None:
    (dataset,) = shipped(CASES["304 whatever changed"].dataset)
    upstream = made_upstream()
    with serve(upstream):
        assert fetch(dataset, tmp_path, upstream)[0].state == UPDATED
        more.always_304(upstream)
        states = [fetch(dataset, tmp_path, upstream, now=NOW + timedelta(days=31))[0].state]
        asked = len(upstream.log)
        more.another_title(upstream)
        states += [
            fetch(dataset, tmp_path, upstream, now=NOW + timedelta(days=days))[0].state for days in (60, 62)
        ]
    assert states == [UNCHANGED, UNCHANGED, UPDATED]
    assert asked == 2, "the same file, asked for whole: one question, and no new snapshot"


def test_the_table_has_every_fault_that_there_is() -> None:
    assert sorted(name for name, _ in rows()) == sorted(CASES)


def test_finished_pieces_are_not_asked_for_again(tmp_path: Path) -> None:
    upstream = made_upstream()
    CASES["429 at 67 % of a table"].arrange(upstream)
    (dataset,) = shipped("rd-expenditure")
    with serve(upstream):
        fetch(dataset, tmp_path, upstream)
    asked = [re.sub(r"\s", "", str(r.body)) for r in upstream.log if r.method == "POST"]
    assert len(asked) == len(set(asked)) + 1, "only the refused one is asked twice"
    assert len(asked) > 4
