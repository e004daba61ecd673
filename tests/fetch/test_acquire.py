"""Runs against the made upstream: what comes, what an unchanged one costs, what supersedes the bundle."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assets.fetch.acquire import acquire_all
from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.states import FAILED, STALE, UNCHANGED, UPDATED, read_states
from assets.store.snapshots import bundle_root
from tests.fetch.live_runs import FROM_BUNDLE, NOW, made_upstream, quick_session, run, shipped
from tests.upstream.server import Upstream, environment, serve


@pytest.fixture
def upstream() -> Upstream:
    with serve(made_upstream()) as running:
        yield running


def test_first_live_run_and_then_nothing_changes(upstream: Upstream, tmp_path: Path) -> None:
    datasets = shipped(*FROM_BUNDLE)
    settings = environment(upstream)
    with quick_session(tmp_path, settings) as session:
        states = acquire_all(datasets, tmp_path, settings, session)
    flat = [state for found in states.values() for state in found]
    assert {(s.state, s.message) for s in flat} == {(UPDATED, "")}
    for dataset in datasets:
        found = fetch_snapshots(dataset, (tmp_path, bundle_root()))
        assert all(tmp_path in s.path.parents for s in found), dataset.name
    upstream.log.clear()
    before = {
        p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if ".sources" not in p.parts and p.is_file()
    }
    with quick_session(tmp_path, settings, NOW + timedelta(days=1)) as session:
        again = acquire_all(datasets, tmp_path, settings, session)
    assert {s.state for found in again.values() for s in found} == {UNCHANGED}
    asked = sorted(request.path for request in upstream.log)
    assert asked == [
        "/cordis/cordis-HORIZONprojects-csv.zip",
        "/eurostat/catalogue/toc/txt",
        "/statfin/fi/StatFin/tkke",
        "/statfin/fi/StatFin/vaerak",
        "/statfin/fi/StatFin/vkour",
    ]
    after = {
        p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if ".sources" not in p.parts and p.is_file()
    }
    assert after == before
    assert len(read_states(tmp_path)) == len(flat)


def test_an_upstream_that_is_away_leaves_what_is_served(tmp_path: Path) -> None:
    (dataset,) = shipped("rd-expenditure")
    settings = {"INNOREGIO_STATFIN_URL": "http://127.0.0.1:9"}
    (state,) = run(dataset, tmp_path, settings)
    assert state.state == STALE
    assert state.retries > 0
    assert fetch_snapshots(dataset, (tmp_path, bundle_root()))
    made = replace(dataset, name="made-elsewhere")
    assert run(made, tmp_path, settings)[0].state == STALE


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("nonsense", "holds no base address"),
        ("ftp://me:secret@data.example", "holds no base address"),
        ("file:///drop", "whole files can be dropped"),
    ],
)
def test_an_address_that_cannot_be_asked_is_a_fault_of_ours(base: str, told: str, tmp_path: Path) -> None:
    """It names the variable, shows no password, and is no news of the provider's."""
    (dataset,) = shipped("rd-expenditure")
    (state,) = run(dataset, tmp_path, {"INNOREGIO_STATFIN_URL": base})
    assert state.state == FAILED and told in state.message
    assert "INNOREGIO_STATFIN_URL" in state.message and "secret" not in state.message
