"""Eurostat's own ways: slices by the statistics API, tables too large for one answer, the queue."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Dataset, Source
from assets.fetch.states import STALE, UPDATED
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from tests.fetch.live_runs import made, made_upstream, run, taken
from tests.upstream.eurostat_answers import KEY as TICKET
from tests.upstream.eurostat_answers import status_message
from tests.upstream.server import Upstream, environment, serve

TABLE = "nama_10r_3gdp"
KEY = ["freq", "unit", "geo", "TIME_PERIOD"]


def whole(**options: object) -> Dataset:
    """The accounts' table, asked for in one of Eurostat's formats."""
    form = str(options.pop("form", "tsv"))
    return made("regional-accounts", Source("eurostat", TABLE, "eurostat", form, options=options))


def cells(frame: pl.DataFrame, time: str = "TIME_PERIOD") -> dict[tuple[str, ...], float | None]:
    """Value by key, cells without one left out as the made upstream has them."""
    frame = frame.rename({time: "TIME_PERIOD"}).select(*KEY, frame.columns[4])
    return {tuple(map(str, row[:4])): row[4] for row in frame.rows() if row[4] is not None}


def truth(upstream: Upstream, wanted: Callable[[tuple[str, ...]], bool] = lambda key: True) -> object:
    """The made figures."""
    found = upstream.eurostat[TABLE].cells
    return {key: float(value) for key, (value, _) in found.items() if value and wanted(key)}


@pytest.mark.parametrize("at_once", [500_000, 40])
def test_a_slice_comes_by_the_statistics_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    query = {"geo": ["FI1C*"], "unit": ["MIO_EUR", "EUR_HAB"], "TIME_PERIOD": ["2015.."]}
    dataset, upstream = whole(form="json-stat", query=query), made_upstream()
    monkeypatch.setattr("assets.fetch.connectors.eurostat.AT_ONCE", at_once)
    with serve(upstream):
        (state,) = run(dataset, tmp_path, environment(upstream))
    assert state.state == UPDATED, state
    asked = [request for request in upstream.log if "/statistics/1.0/data/" in request.path]
    assert (len(asked) == 1) is (at_once == 500_000)
    assert ("unit", "MIO_EUR") in asked[0].query and ("format", "JSON") in asked[0].query
    frame = read_jsonstat(taken(dataset, tmp_path)[0]).frame.collect()
    time = "time" if "time" in frame.columns else "TIME_PERIOD"
    expected = truth(upstream, lambda k: k[1] in query["unit"] and k[2].startswith("FI1C") and k[3] >= "2015")
    assert cells(frame, time) == expected


@pytest.mark.parametrize("form", ["tsv", "sdmx-csv"])
def test_a_table_too_large_for_the_queue_comes_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Refused with a SOAP fault as a whole; a piece in TSV has the periods that it has figures for."""
    monkeypatch.setattr("assets.fetch.connectors.eurostat.AT_ONCE", 48)
    dataset, upstream = whole(form=form), made_upstream()
    upstream.at_once = 48
    table = upstream.eurostat[TABLE]
    table.cells = {
        k: v for k, v in table.cells.items() if k[2].startswith("FI1C") and (k[2] != "FI1C1" or k[3] > "2004")
    }
    with serve(upstream):
        (state,) = run(dataset, tmp_path, environment(upstream))
    assert state.state == UPDATED, state
    asked = [request for request in upstream.log if f"/data/{TABLE}" in request.path]
    assert len(asked) > 10 and len({(r.path, str(r.query)) for r in asked}) == len(asked)
    read = read_eurostat_tsv if form == "tsv" else read_sdmx_csv
    frame = read(taken(dataset, tmp_path)[0]).frame.collect()
    value = "OBS_VALUE" if form == "sdmx-csv" else frame.columns[4]
    assert cells(frame.select(*KEY, value)) == truth(upstream)


@pytest.mark.parametrize("form", ["bare", "timed", "packed", "warning", "keyless"])
@pytest.mark.parametrize("last", ["PROCESSING", "EXPIRED", "UNKNOWN_REQUEST"])
def test_what_is_made_later_is_waited_for(tmp_path: Path, form: str, last: str) -> None:
    dataset, upstream = whole(), made_upstream()
    upstream.at_once, upstream.queue.form = 2000, form
    upstream.queue.statuses = ("SUBMITTED", last)
    with serve(upstream):
        (state,) = run(dataset, tmp_path, environment(upstream))
    assert state.state == UPDATED, state
    assert cells(read_eurostat_tsv(taken(dataset, tmp_path)[0]).frame.collect()) == truth(upstream)
    polled = [request.path.rpartition("/")[0] for request in upstream.log if "/async/" in request.path]
    assert polled == [] if form == "keyless" else polled[-1].endswith("/1.0/async/data")
    asked = len([r for r in upstream.log if f"/data/{TABLE}" in r.path])
    assert asked == (2 if last != "PROCESSING" or form == "keyless" else 1)


def test_a_queue_that_never_ends_is_left(tmp_path: Path) -> None:
    dataset, upstream = whole(), made_upstream()
    upstream.at_once = 2000
    with serve(upstream):
        settings = environment(upstream) | {"INNOREGIO_SOURCE_SECONDS": "30"}
        upstream.break_it("async/status", lambda q, r: r.__class__(200, status_message(TICKET, "PROCESSING")))
        (state,) = run(dataset, tmp_path, settings)
    assert state.state in (STALE, "failed")
    assert "still in Eurostat's queue" in state.message
    assert 3 < len([r for r in upstream.log if "async/status" in r.path]) < 8, "30 seconds of them"
