"""What each connector asks, and when: queries, pieces, pages, archives, drop folders, a kill in between."""

import io
import json
import multiprocessing
import os
import signal
import time
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assets.descriptor import Source
from assets.fetch.acquire import acquire, acquire_all
from assets.fetch.connectors.archive import unpack_members
from assets.fetch.errors import BadArchive, CutOff
from assets.fetch.quarantine import mark_quarantined
from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.states import (
    FAILED,
    QUARANTINED,
    STALE,
    UNCHANGED,
    UPDATED,
    exit_code,
    read_states,
)
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from assets.store.snapshots import bundle_root
from tests.fetch.live_runs import NOW, made, made_upstream, quick_session, run, shipped, taken
from tests.upstream.faults import RESEARCH, new_unit
from tests.upstream.figures import cordis_members, make_zip
from tests.upstream.server import Upstream, environment, serve


def test_a_query_of_eurostat_is_a_key_and_comes_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"geo": ["FI1C*"], "unit": ["MIO_EUR", "EUR_HAB"], "TIME_PERIOD": ["2015.."]}
    source = Source("eurostat", "nama_10r_3gdp", "eurostat", "sdmx-csv", options={"query": query})
    dataset, upstream = made("regional-accounts", source), made_upstream()
    with serve(upstream):
        assert run(dataset, tmp_path / "one", environment(upstream))[0].state == UPDATED
        asked = [r for r in upstream.log if "/data/" in r.path]
        assert len(asked) == 1
        assert asked[0].path.endswith(
            "/data/nama_10r_3gdp/.EUR_HAB+MIO_EUR.FI1C+FI1C1+FI1C2+FI1C3+FI1C4+FI1C5"
        ) or (set(asked[0].path.rpartition("/")[2].split(".")[1].split("+")) == {"EUR_HAB", "MIO_EUR"})
        assert ("startPeriod", "2015") in asked[0].query
        monkeypatch.setattr("assets.fetch.connectors.eurostat.AT_ONCE", 20)
        assert run(dataset, tmp_path / "many", environment(upstream))[0].state == UPDATED
    frames = [
        read_sdmx_csv(taken(dataset, tmp_path / name)[0]).frame.collect().sort("geo", "unit", "TIME_PERIOD")
        for name in ("one", "many")
    ]
    assert frames[0].drop("LAST UPDATE").equals(frames[1].drop("LAST UPDATE"))
    assert set(frames[0]["unit"].cast(str).unique()) == {"MIO_EUR", "EUR_HAB"}
    assert min(frames[0]["TIME_PERIOD"].cast(str)) == "2015"


def test_pxweb_2_by_the_same_interface(tmp_path: Path) -> None:
    source = Source("scb", "12bs", "pxweb2", "json-stat")
    dataset, upstream = made("rd-expenditure", source), made_upstream()
    upstream.max_cells = 4
    with serve(upstream):
        settings = environment(upstream)
        (state,) = run(dataset, tmp_path, settings)
        assert state.state == UPDATED, state
        assert json.loads(taken(dataset, tmp_path)[0]) == upstream.statfin["12bs"][1].jsonstat({})
        assert sum(r.method == "POST" for r in upstream.log) == 3
        upstream.log.clear()
        assert run(dataset, tmp_path, settings)[0].state == UNCHANGED
        assert [r.path for r in upstream.log] == ["/pxweb2/tables/12bs"]


def test_pages_end_by_the_total(tmp_path: Path) -> None:
    source = Source("prh", "companies", "paged", "csv", options={"query": {"location": ["Lahti"]}})
    dataset = made("rd-expenditure", source)
    with serve(Upstream()) as upstream:
        settings = environment(upstream)
        assert run(dataset, tmp_path, settings)[0].state == UPDATED
        assert len(upstream.log) == 3
        assert ("location", "Lahti") in upstream.log[0].query
        lines = [json.loads(line) for line in taken(dataset, tmp_path)[0].splitlines()]
        assert [one["businessId"]["value"] for one in lines] == [f"{n:07d}-0" for n in range(250)]
        assert run(dataset, tmp_path, settings)[0].state == UNCHANGED
        upstream.companies = 300
        assert run(dataset, tmp_path, settings)[0].state == UPDATED, "a full last page ends as well"
        upstream.break_it("page=2", lambda q, r: upstream.route(replace(q, query=[("page", "9")])))
        (state,) = run(dataset, tmp_path, settings)
        assert state.state == STALE
        assert "repeats entries" in state.message


def test_a_day_is_not_enough_to_call_a_table_unchanged_on_that_day(tmp_path: Path) -> None:
    """Eurostat's listing says days, and data change at 11 and at 23."""
    (dataset,) = shipped("regional-accounts")
    upstream = made_upstream()
    day = NOW.replace(year=2026, month=3, day=1)
    with serve(upstream):
        settings = environment(upstream)
        assert run(dataset, tmp_path, settings, day)[0].state == UPDATED
        upstream.log.clear()
        assert run(dataset, tmp_path, settings, day + timedelta(hours=6))[0].state == UNCHANGED
        assert any("/data/" in r.path for r in upstream.log), "asked again, the same bytes came"
        run(dataset, tmp_path, settings, day + timedelta(days=2))
        upstream.log.clear()
        assert run(dataset, tmp_path, settings, day + timedelta(days=3))[0].state == UNCHANGED
        assert not any("/data/" in r.path for r in upstream.log)


def test_a_changed_table_is_taken_and_only_that(tmp_path: Path) -> None:
    datasets = shipped("rd-expenditure", "education-and-training")
    upstream = made_upstream()
    with serve(upstream):
        settings = environment(upstream)
        with quick_session(tmp_path, settings) as session:
            acquire_all(datasets, tmp_path, settings, session)
        table = upstream.statfin["13tn"][1]
        first = next(iter(table.cells))
        table.cells[first] = "999.5", ""
        table.updated = "2026-04-01T06:00:00"
        with quick_session(tmp_path, settings) as session:
            states = acquire_all(datasets, tmp_path, settings, session)
    found = {(s.provider, s.table): s.state for many in states.values() for s in many}
    assert found == {
        ("statfin", "13tn"): UPDATED, ("statfin", "12bs"): UNCHANGED, ("eurostat", "edat_lfse_22"): UNCHANGED,
    }  # fmt: skip


def test_quarantine_holds_until_the_descriptor_is_edited(tmp_path: Path) -> None:
    (dataset,) = shipped(RESEARCH)
    upstream = made_upstream()
    with serve(upstream):
        settings = environment(upstream)
        assert run(dataset, tmp_path, settings)[0].state == UPDATED
        good = taken(dataset, tmp_path)
        new_unit(upstream)
        upstream.statfin["13tn"][1].updated = "2026-05-01T06:00:00"
        (state,) = run(dataset, tmp_path, settings)
        assert state.state == QUARANTINED
        assert "the unit of tk_menot was 'Miljoonaa euroa' and is 'Tuhatta euroa'" in state.message
        assert taken(dataset, tmp_path) == good, "the last good answer is served"
        upstream.log.clear()
        assert run(dataset, tmp_path, settings)[0].state == QUARANTINED
        assert [r.method for r in upstream.log] == ["GET"], "nothing is downloaded again"
        edited = replace(dataset, raw={**dataset.raw, "innoregio:revised": "2026-05-02"})
        assert run(edited, tmp_path, settings)[0].state == UPDATED
        assert taken(edited, tmp_path) != good


def test_states_are_remembered_for_all_to_see(tmp_path: Path) -> None:
    (dataset,) = shipped("framework-projects")
    upstream = made_upstream()
    with serve(upstream):
        (state,) = run(dataset, tmp_path, environment(upstream))
    assert read_states(tmp_path) == [state]
    assert state.age(NOW + timedelta(days=3)) == 3
    assert mark_quarantined(tmp_path, dataset, [("cordis", "fp7")], "of another table") == []
    (held,) = mark_quarantined(tmp_path, dataset, [("cordis", "horizon")], "column 'x' is new")
    assert read_states(tmp_path) == [held]
    assert exit_code([held]) == 1
    assert exit_code([state, replace(state, state=STALE)]) == 3
    assert exit_code([state]) == 0
    for path in (tmp_path / ".sources").rglob("*.json"):
        path.write_text("{")
    assert read_states(tmp_path) == [], "a damaged memory is none: the source is asked as if new"


def test_without_an_address_what_is_there_is_served(tmp_path: Path) -> None:
    (dataset,) = shipped("regions")
    states = run(dataset, tmp_path, {})
    assert {s.state for s in states} == {UNCHANGED}
    assert all("no live address" in s.message for s in states)
    other = made("rd-expenditure", Source("nobody", "x", "download", "csv"))
    (state,) = run(other, tmp_path, {})
    assert (state.state, state.requests) == (FAILED, 0)
    assert "INNOREGIO_NOBODY_URL" in state.message


def test_a_drop_folder(tmp_path: Path) -> None:
    folder = tmp_path / "drop folder"
    folder.mkdir()
    dataset = made("rd-expenditure", Source("survey", "answers", "download", "csv"))
    settings = {"INNOREGIO_SURVEY_URL": folder.as_uri()}
    assert run(dataset, tmp_path / "store", settings)[0].state == FAILED
    (folder / "answers.2025.csv").write_bytes(b"a\n1\n")
    assert run(dataset, tmp_path / "store", settings)[0].state == UPDATED
    assert run(dataset, tmp_path / "store", settings)[0].state == UNCHANGED
    (folder / "answers.2026.csv").write_bytes(b"a\n2\n")
    assert run(dataset, tmp_path / "store", settings)[0].state == UPDATED
    assert taken(dataset, tmp_path / "store") == [b"a\n2\n"]


def pack(members: dict[str, bytes]) -> bytes:
    return make_zip(members)


@pytest.mark.parametrize(
    ("members", "wanted", "expected"),
    [
        ({"project.csv": b"1"}, ["project"], {"project": b"1"}),
        ({"csv/project.csv": b"1", "x/information.zip": pack({"dictionary.pdf": b""})}, ["project"],
         {"project": b"1"}),
        ({"all.zip": pack({"project.csv": b"1"})}, ["project"], {"project": b"1"}),
        ({"a.csv": b"1", "b.csv": b"2", "c.txt": b""}, [], {"a": b"1", "b": b"2"}),
        ({"a/project.csv": b"1", "b/project.csv": b"2"}, ["project"], "more than once"),
        ({"a.txt": b"1"}, ["project"], "no project in the archive; it has a.txt"),
        ({"/project.csv": b"1"}, ["project"], "leads out"),
        ({"..\\project.csv": b"1"}, ["project"], "leads out"),
        ({"project.csv": b"0" * 3_000_000}, ["project"], "refused as a bomb"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("broken", [False, True])
def test_members_of_archives(
    tmp_path: Path,
    members: dict[str, bytes],
    wanted: list[str],
    expected: dict[str, bytes] | str,
    broken: bool,
) -> None:
    content = pack(members)
    if broken:
        content = content[: content.rfind(b"PK\x05\x06")]
    (tmp_path / "a.zip").write_bytes(content)
    if isinstance(expected, str):
        with pytest.raises(BadArchive, match=expected):
            unpack_members(tmp_path / "a.zip", wanted, tmp_path, "x")
        return
    found = unpack_members(tmp_path / "a.zip", wanted, tmp_path, "x")
    assert {name: path.read_bytes() for name, path in found.items()} == expected


@pytest.mark.parametrize("at", range(0, 400, 23))
def test_damage_of_an_archive_is_never_taken(tmp_path: Path, at: int) -> None:
    content = bytearray(pack({"project.csv": os.urandom(300)}))
    content[at % len(content)] ^= 0x55
    (tmp_path / "a.zip").write_bytes(content)
    try:
        found = unpack_members(tmp_path / "a.zip", ["project"], tmp_path, "x")
    except (BadArchive, CutOff):
        return
    with zipfile.ZipFile(io.BytesIO(pack({"project.csv": found["project"].read_bytes()}))) as whole:
        assert whole.testzip() is None
    assert len(found["project"].read_bytes()) == 300


def fetch_all(store: Path, settings: dict[str, str]) -> None:
    """A whole run, in a process of its own."""
    for dataset in shipped("rd-expenditure", "framework-projects", "regional-accounts"):
        with quick_session(store, settings) as session:
            acquire(dataset, store, settings, session)


@pytest.mark.parametrize(
    "after", [0.15, *(pytest.param(n / 20, marks=pytest.mark.slow) for n in range(1, 25))]
)
def test_a_kill_at_any_moment_leaves_a_whole_store(tmp_path: Path, after: float) -> None:
    upstream = made_upstream()
    upstream.max_cells, upstream.latency = 60, 0.01
    datasets = shipped("rd-expenditure", "framework-projects", "regional-accounts")
    with serve(upstream):
        settings = environment(upstream)
        process = multiprocessing.get_context("fork").Process(target=fetch_all, args=(tmp_path, settings))
        process.start()
        time.sleep(after)
        if process.pid and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        for dataset in datasets:
            found = fetch_snapshots(dataset, (tmp_path, bundle_root()))
            live = {tmp_path in s.path.parents for s in found}
            assert len(live) == 1, "all of the live answer, or all of the bundle"
        for dataset in datasets:
            assert run(dataset, tmp_path, settings)[0].state in (UPDATED, UNCHANGED)
            assert all(
                tmp_path in s.path.parents for s in fetch_snapshots(dataset, (tmp_path, bundle_root()))
            )


def test_two_processes_at_once(tmp_path: Path) -> None:
    upstream = made_upstream()
    upstream.max_cells = 60
    with serve(upstream):
        settings = environment(upstream)
        fork = multiprocessing.get_context("fork")
        processes = [fork.Process(target=fetch_all, args=(tmp_path, settings)) for _ in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
            assert process.exitcode == 0
        for dataset in shipped("rd-expenditure", "framework-projects", "regional-accounts"):
            assert all(
                tmp_path in s.path.parents for s in fetch_snapshots(dataset, (tmp_path, bundle_root()))
            )
            assert run(dataset, tmp_path, settings)[0].state == UNCHANGED


def test_what_was_fetched_of_cordis_is_what_was_packed(tmp_path: Path) -> None:
    (dataset,) = shipped("framework-projects")
    with serve(made_upstream()) as upstream:
        run(dataset, tmp_path, environment(upstream))
    members = cordis_members()
    assert taken(dataset, tmp_path) == [members["organization.csv"], members["project.csv"]]


def test_a_whole_table_of_eurostat_is_read_like_the_figures(tmp_path: Path) -> None:
    (dataset,) = shipped("regional-accounts")
    with serve(made_upstream()) as upstream:
        run(dataset, tmp_path, environment(upstream))
    (content,) = taken(dataset, tmp_path)
    frame = read_eurostat_tsv(content).frame.collect()
    cells = upstream.eurostat["nama_10r_3gdp"].cells
    rows = frame.cast(dict.fromkeys(frame.columns[:4], str)).rows()
    assert {tuple(row[:4]): (row[4], row[5] or "") for row in rows} == {
        key: (float(value) if value else None, flag) for key, (value, flag) in cells.items()
    }
