"""A fetch of all datasets while a tenth of all answers are broken: every source ends updated or served on."""

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from assets.fetch.acquire import acquire_all
from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.states import RETRIED, STALE, UNCHANGED, UPDATED
from assets.store.snapshots import bundle_root
from tests.fetch.live_runs import FROM_BUNDLE, made_upstream, quick_session, shipped
from tests.upstream import fault_answers as more
from tests.upstream.answers import Fault, Request
from tests.upstream.faults import ERROR, PAGE, over_wire, short, status
from tests.upstream.server import environment, serve

FAULTS: tuple[Fault, ...] = (
    status(429), status(429, retry_after="3"), status(500), status(502, PAGE), status(503), status(200, PAGE),
    status(200, ERROR), status(200), over_wire("reset"), over_wire("cut"), short, status(404), status(403),
    status(304), more.a_part, more.raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    more.framed("Transfer-Encoding: chunked", more.chunks_without_end),
    more.framed("Content-Length: 20", lambda body: body),
)  # fmt: skip


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=() if seed < 2 else pytest.mark.slow) for seed in range(52)]
)
def test_all_datasets_through_a_tenth_of_faults(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    upstream = made_upstream()
    upstream.max_cells = 400  # so that tables come in pieces

    def any_fault(request: Request) -> Fault | None:
        return chance.choice(FAULTS) if chance.random() < 0.1 else None

    upstream.any_fault = any_fault
    datasets = shipped(*FROM_BUNDLE, optional=True)
    optional = {s.table for one in datasets for r in one.resources for s in r.sources if s.optional}
    with serve(upstream):
        settings = environment(upstream)
        with quick_session(tmp_path, settings) as session:
            broken = acquire_all(datasets, tmp_path, settings, session)
        states = [state for found in broken.values() for state in found]
        assert {state.state for state in states} <= {UPDATED, RETRIED, STALE}, states
        assert all(state.message for state in states if state.state == STALE)
        for dataset in datasets:  # what is served is whole: all of the live answer, or all of the bundle
            for state in broken[dataset.name]:
                used = [
                    s
                    for s in fetch_snapshots(dataset, (tmp_path, bundle_root()))
                    if s.provenance.table == state.table
                ]
                if state.state == STALE and not used:  # it never came, and counts only once it has
                    assert state.table in optional
                    continue
                assert {tmp_path in s.path.parents for s in used} == {state.state != STALE}
        upstream.any_fault = lambda request: None
        with quick_session(tmp_path, settings) as session:
            repaired = acquire_all(datasets, tmp_path, settings, session)
    after = Counter(state.state for found in repaired.values() for state in found)
    assert set(after) <= {UPDATED, UNCHANGED}, repaired
    clean = tmp_path / "clean"
    with serve(replace(made_upstream(), max_cells=400)) as unbroken:
        settings = environment(unbroken)
        with quick_session(clean, settings) as session:
            acquire_all(datasets, clean, settings, session)
    for dataset in datasets:
        roots = (tmp_path, bundle_root()), (clean, bundle_root())
        got, right = ([content(s.path) for s in fetch_snapshots(dataset, pair)] for pair in roots)
        assert got == right


def content(path: Path) -> object:
    """What a file says: of JSON, which may have come in other pieces, the values."""
    return json.loads(path.read_bytes()) if path.suffix == ".json" else path.read_bytes()
