"""Every fault of the table in the docs: a named state, in bounded time, and no wrong figure."""

import re
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.descriptor import Dataset
from assets.fetch.acquire import acquire
from assets.fetch.http import Patience
from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.states import QUARANTINED, RETRIED, STALE, UPDATED, SourceState
from assets.normalise.resource import normalise_resource
from assets.store import bundle_root
from tests.fetch.live_runs import QUICK, all_shipped, figures, made_upstream, quick_session, shipped
from tests.upstream.faults import CASES
from tests.upstream.server import Upstream, environment, serve

DOCS = Path(__file__).parents[2] / "docs" / "fetching.md"
IMPATIENT = replace(QUICK, read=0.5, transfer=1.0)
PUBLIC = {"localhost": ["93.184.216.34"]}  # the made upstream under a name that counts as public


def rows() -> list[tuple[str, str]]:
    """Fault and state of each row of the table."""
    section = DOCS.read_text("utf-8").split("## Faults")[1].split("\n## ")[0]
    cells = [[c.strip() for c in line.split("|")[1:-1]] for line in section.splitlines() if "|" in line]
    return [(row[0], row[1]) for row in cells[2:]]


@pytest.fixture(scope="module")
def areas() -> pl.LazyFrame:
    (regions,) = shipped("regions")
    resource = next(one for one in regions.resources if one.name == "areas")
    return normalise_resource(resource, fetch_snapshots(regions, (bundle_root(),)), None)


@pytest.fixture(scope="module")
def truth(
    areas: pl.LazyFrame, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, pl.DataFrame]]:
    """The figures that the unbroken upstream gives."""
    found = {}
    with serve(made_upstream()) as upstream:
        for dataset in shipped(*{case.dataset for case in CASES.values()}):
            store = tmp_path_factory.mktemp(dataset.name)
            (state,) = fetch(dataset, store, upstream)
            assert state.state == UPDATED, state
            tables = figures(dataset, store, areas)
            assert isinstance(tables, dict), tables
            found[dataset.name] = tables
    return found


def fetch(dataset: Dataset, store: Path, upstream: Upstream, patience: Patience = QUICK) -> list[SourceState]:
    settings = environment(upstream)
    settings["INNOREGIO_EUROSTAT_URL"] = settings["INNOREGIO_EUROSTAT_URL"].replace("127.0.0.1", "localhost")
    with quick_session(store, settings, patience=patience) as session:
        session.client.resolve = lambda host: PUBLIC.get(host, ["127.0.0.1"])
        return acquire(dataset, store, settings, session)


@pytest.mark.parametrize(("name", "expected"), rows(), ids=[name for name, _ in rows()])
def test_a_fault_ends_in_its_state_and_never_in_a_wrong_figure(
    name: str,
    expected: str,
    tmp_path: Path,
    areas: pl.LazyFrame,
    truth: dict[str, dict[str, pl.DataFrame]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assets.fetch.bodies.MOST_UNPACKED", 5_000_000)  # a bomb need not be large
    case = CASES[name]
    (dataset,) = shipped(case.dataset)
    if "bound" in name:
        dataset = next(one for one in all_shipped() if one.name == case.dataset)
    upstream = made_upstream()
    case.arrange(upstream)
    begun = time.monotonic()
    slow = name in ("slow drip", "wrong Content-Length")
    with serve(upstream):
        (state,) = fetch(dataset, tmp_path, upstream, IMPATIENT if slow else QUICK)
    assert time.monotonic() - begun < 20, "bounded, also on a busy machine"
    found = {} if state.state == STALE else figures(dataset, tmp_path, areas)
    told = QUARANTINED if isinstance(found, str) else state.state
    assert told == expected, (state, found if isinstance(found, str) else "")
    assert "\n" not in state.message
    if told in (UPDATED, RETRIED):
        assert isinstance(found, dict)
        for table, frame in truth[case.dataset].items():
            assert_frame_equal(found[table], frame)
    else:
        assert state.message or isinstance(found, str)
    if told == STALE:
        used = fetch_snapshots(dataset, (tmp_path, bundle_root()))
        assert all(bundle_root() in snapshot.path.parents for snapshot in used)


def test_the_table_has_every_fault_that_there_is() -> None:
    assert [name for name, _ in rows()] == list(CASES)


def test_finished_pieces_are_not_asked_for_again(tmp_path: Path) -> None:
    upstream = made_upstream()
    CASES["429 at 67 % of a table"].arrange(upstream)
    (dataset,) = shipped("rd-expenditure")
    with serve(upstream):
        fetch(dataset, tmp_path, upstream)
    asked = [re.sub(r"\s", "", str(r.body)) for r in upstream.log if r.method == "POST"]
    assert len(asked) == len(set(asked)) + 1, "only the refused one is asked twice"
    assert len(asked) > 4
