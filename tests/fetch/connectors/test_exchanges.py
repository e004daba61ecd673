"""Each provider at its real address, met by exchanges: what is asked to the letter, and what comes of it.

The exchanges are made (`tests/upstream/exchanges/`). Faults and runs over whole datasets are tested with the
made upstream, which calculates its answers.
"""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.descriptor import Source
from assets.fetch.acquire import acquire
from assets.fetch.states import FAILED, RETRIED, UNCHANGED, UPDATED, SourceState
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from tests.fetch.live_runs import made, taken
from tests.upstream.exchanges import FOLDER, exchanged


def fetch(
    name: str, store: Path, *sources: Source, complete: bool = True, **environment: str
) -> tuple[list[SourceState], list[bytes]]:
    """The states of one fetch against the exchanges of a file, and the bytes that are there then."""
    dataset = made("rd-expenditure", *sources)
    with exchanged(name, store, complete, **environment) as session:
        found = acquire(dataset, store, environment, session, store / "no bundle")
    good = all(state.state in (UPDATED, RETRIED, UNCHANGED) for state in found)
    return found, taken(dataset, store) if good else []


def cells(content: bytes) -> list[tuple[Any, ...]]:
    """The rows of a JSON-stat answer, by our reader."""
    frame = read_jsonstat(content).frame.collect()
    return frame.cast({n: pl.String for n in frame.columns if n != "OBS_VALUE"}).rows()


def test_eurostat_a_whole_table(tmp_path: Path) -> None:
    source = Source("eurostat", "nama_10r_3gdp", "eurostat", "tsv")
    ((state,), (content,)) = fetch("eurostat-table", tmp_path, source)
    assert (state.state, state.requests, state.updated) == (UPDATED, 2, "2026-02-20")
    frame = read_eurostat_tsv(content).frame.collect()
    assert frame["OBS_VALUE"].to_list() == [7000.5, 7100.1, 34000.0, None]
    assert frame["OBS_FLAG"].to_list() == [None, "p", None, "c"]
    ((state,), _) = fetch("eurostat-table", tmp_path, source, complete=False)
    assert (state.state, state.requests) == (UNCHANGED, 1), "the listing is the same: no other question"


def test_eurostat_a_part_of_a_table_by_both_of_its_services(tmp_path: Path) -> None:
    rows = {"geo": ["FI*"], "unit": ["MIO_EUR"], "TIME_PERIOD": ["2022.."]}
    cube = {"geo": ["FI1C"], "unit": ["PC_GDP"], "sectperf": ["TOTAL"]}
    table = ("eurostat", "rd_e_gerdreg", "eurostat")
    ((state,), (by_json, by_key)) = fetch(
        "eurostat-query",
        tmp_path,
        Source(*table, "sdmx-csv", parts=("rows",), options={"query": rows}),
        Source(*table, "json-stat", parts=("cube",), options={"query": cube}),
    )
    assert state.state == UPDATED, state
    assert read_sdmx_csv(by_key).frame.collect()["OBS_VALUE"].to_list() == [1200.5, 1250.25]
    assert [row[4:] for row in cells(by_json)] == [
        ("2021", 2.9, None),
        ("2022", None, "c"),
        ("2023", 3.1, "p"),
    ]


def test_eurostat_a_table_from_the_queue(tmp_path: Path) -> None:
    ((state,), (content,)) = fetch(
        "eurostat-queue", tmp_path, Source("eurostat", "demo_r_pjangrp3", "eurostat", "tsv")
    )
    assert (state.state, state.requests) == (UPDATED, 6), state
    assert read_eurostat_tsv(content).frame.collect()["OBS_VALUE"].to_list() == [204635.0]


def test_statistics_finland(tmp_path: Path) -> None:
    query = {"Alue": ["SSS", "MK*"], "Tiedot": ["tk_menot"]}
    source = Source("statfin", "13tn", "pxweb", "json-stat", options={"query": query})
    ((state,), (content,)) = fetch("statfin", tmp_path, source)
    assert (state.state, state.retries) == (RETRIED, 1), state
    assert [row[:2] + row[3:] for row in cells(content)] == [
        ("2023", "SSS", 8000.5, None),
        ("2023", "MK07", 96.9, None),
        ("2024", "SSS", 8300.0, None),
        ("2024", "MK07", None, "..."),
    ]


def test_statistics_estonia(tmp_path: Path) -> None:
    source = Source("stat-ee", "TD01", "pxweb", "json-stat", options={"path": "majandus"})
    ((state,), (content,)) = fetch("stat-ee", tmp_path, source)
    assert state.state == UPDATED, state
    assert cells(content) == [("2024", "37", 500.5, None), ("2024", "79", 120.0, None)]


@pytest.mark.parametrize("provider", ["scb", "ssb"])
def test_statistics_sweden_and_norway(provider: str, tmp_path: Path) -> None:
    source = Source(provider, "TAB004", "pxweb2", "json-stat", options={"query": {"Region": ["01*"]}})
    ((state,), (content,)) = fetch(provider, tmp_path, source)
    assert (state.state, state.updated) == (UPDATED, "2026-02-20T07:00:00Z"), state
    assert [row[2:] for row in cells(content)] == [(1.0, None), (2.0, None), (None, ".."), (4.0, None)]


def test_cordis(tmp_path: Path) -> None:
    sources = [
        Source("cordis", table, "download", "cordis-csv", parts=("project", "organization"))
        for table in ("horizon", "fp7")
    ]
    (states, contents) = fetch("cordis", tmp_path, *sources)
    assert {s.table: (s.state, s.updated) for s in states} == {
        "fp7": (UPDATED, None), "horizon": (UPDATED, "2025-11-29T08:00:00Z"),
    }  # fmt: skip
    assert [content.count(b"\n") for content in contents] == [2, 2, 2, 2]
    (states, again) = fetch("cordis", tmp_path, *sources, complete=False)
    assert {s.table: s.state for s in states} == {"fp7": UNCHANGED, "horizon": UNCHANGED}
    assert again == contents


def test_kohesio(tmp_path: Path) -> None:
    there, away = (
        Source("kohesio", f"projects-{years}", "download", "csv") for years in ("2021-2027", "2014-2020")
    )
    ((missing, state), _) = fetch("kohesio", tmp_path, there, away)
    assert (missing.table, missing.state) == ("projects-2014-2020", FAILED)
    assert "a web page in place of data" in missing.message
    assert state.state == UPDATED
    assert taken(made("rd-expenditure", there), tmp_path)[0].count(b"\n") == 2


def test_prh(tmp_path: Path) -> None:
    source = Source("prh", "companies", "paged", "csv", options={"query": {"location": ["Lahti"]}})
    ((state,), (content,)) = fetch("prh", tmp_path, source)
    assert (state.state, state.requests) == (RETRIED, 3), state
    numbers = [json.loads(line)["businessId"]["value"] for line in content.splitlines()]
    assert numbers == ["0000001-9", "0000002-7", "0000003-5"]


def test_ror(tmp_path: Path) -> None:
    query = {"filter": ["country.country_code:FI"]}
    source = Source("ror", "organizations", "paged", "csv", options={"query": query})
    ((state,), (content,)) = fetch("ror", tmp_path, source)
    assert (state.state, len(content.splitlines())) == (UPDATED, 2), state


def test_a_provider_that_the_environment_alone_knows(tmp_path: Path) -> None:
    source = Source("gisco", "nuts-at-2021", "download", "csv", options={"path": "csv/NUTS_AT_2021.csv"})
    base = "https://gisco-services.ec.europa.eu/distribution/v2/nuts"
    ((state,), (content,)) = fetch("gisco", tmp_path, source, INNOREGIO_GISCO_URL=base)
    assert (state.state, state.updated) == (UPDATED, "2025-06-02T10:00:00Z"), state
    assert content.splitlines()[1].startswith(b"XX111")


def test_an_address_without_an_exchange_fails(tmp_path: Path) -> None:
    source = Source("ror", "organizations", "paged", "csv", options={"query": {"filter": ["other"]}})
    asked = r"https://api\.ror\.org/v2/organizations\?filter=other&page=1"
    with pytest.raises(AssertionError, match=rf"no exchange for GET {asked}: add it to ror\.yaml"):
        fetch("ror", tmp_path, source)
    with pytest.raises(AssertionError, match="organizations"):
        fetch("ror", tmp_path / "other", Source("nobody", "x", "download", "csv"))


def test_every_file_says_that_it_is_made() -> None:
    files = sorted(FOLDER.glob("*.yaml"))
    assert files
    for file in files:
        head = "\n".join(file.read_text("utf-8").splitlines()[:4])
        assert "# Made after" in head and "Nothing here was recorded." in head, file.name
