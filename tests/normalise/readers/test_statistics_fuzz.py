"""Fuzz: whatever bytes a statistics reader gets, it gives the cells that a plain reading gives, or a
SourceError.

Made cubes are written in every wire format and must come back whole, large ones too (the fast readings) and
small ones (the plain). Recorded files are cut, spliced and flipped: a reading that succeeds must equal the
plain one.
"""

import gzip
import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import assets.normalise.readers.eurostat_tsv as eurostat_tsv
import assets.normalise.readers.jsonstat.dataset as jsonstat
import assets.normalise.readers.jsonstat.spans as jsonstat_spans
import assets.normalise.readers.sdmx_csv.message as sdmx_csv
from assets.errors import SourceError
from assets.normalise.readers.area_shares import read_area_shares
from assets.normalise.readers.map_json import read_map_json
from assets.normalise.readers.px.file import read_px
from assets.normalise.readers.pxweb import read_pxweb_csv, read_pxweb_json
from tests.normalise.readers.hostile.made_mutations import mutated
from tests.normalise.readers.plain.plain_readings import (
    Cells,
    KeyTwice,
    cells_of,
    plain_jsonstat,
    plain_px,
    plain_sdmx_csv,
    plain_tsv,
)
from tests.normalise.readers.written_forms import Cube, to_jsonstat, to_px, to_sdmx_csv, to_tsv

QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)
NUMBER = st.one_of(
    st.none(),
    st.integers(-(10**6), 10**6),
    st.integers(-(10**25), 10**25),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e6, 1e6).map(lambda x: round(x, 2)),
    st.just(-0.0),
)
FLAG = st.one_of(st.none(), st.none(), st.sampled_from(["e", "p", "bu", "bdu", "c", "C", "pC", "N"]))
CODE = st.text(st.sampled_from("ABCDEFGHIJ0123456789_-"), min_size=1, max_size=6)


@st.composite
def cubes(draw: st.DrawFn) -> Cube:
    """Codes per dimension, and a value and a flag per position."""
    names = ["freq", "unit", "geo", "time"][: draw(st.integers(2, 4))]
    codes = {name: draw(st.lists(CODE, min_size=1, max_size=4, unique=True)) for name in names}
    count = len(list(itertools.product(*codes.values())))
    values = draw(st.lists(NUMBER, min_size=count, max_size=count))
    return codes, values, draw(st.lists(FLAG, min_size=count, max_size=count))


def plain(codes: dict[str, list[str]], values: list[Any], flags: list[str | None]) -> Cells:
    cells = zip(itertools.product(*codes.values()), values, flags, strict=True)
    return {key: (None if v is None else float(v), f) for key, v, f in cells if v is not None or f}


@pytest.fixture(params=["small bodies by Python", "all bodies by Polars"])
def spans(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON-stat's two readings, and pieces so small that every cube has some."""
    if request.param == "all bodies by Polars":
        monkeypatch.setattr(jsonstat_spans, "SMALLEST", 0)
        monkeypatch.setattr(jsonstat_spans, "PIECE", 7)


@QUIET
@given(cube=cubes(), sparse=st.booleans(), indent=st.sampled_from([None, 0, 2]))
def test_jsonstat_gives_every_cell(spans: None, cube: Any, sparse: bool, indent: Any) -> None:
    table = jsonstat.read_jsonstat(to_jsonstat(cube, sparse, indent))
    assert cells_of(table.frame, list(cube[0])) == plain(*cube)


@QUIET
@given(cube=cubes(), end=st.sampled_from(["\r\n", "\n"]), packed=st.booleans())
def test_tsv_gives_every_cell(cube: Any, end: str, packed: bool) -> None:
    content = to_tsv(*cube, end)
    table = eurostat_tsv.read_eurostat_tsv(gzip.compress(content) if packed else content)
    assert cells_of(table.frame, list(cube[0])) == plain(*cube) == plain_tsv(content)


@QUIET
@given(cube=cubes(), quote=st.sampled_from(["", '"']))
def test_sdmx_csv_gives_every_cell(cube: Any, quote: str) -> None:
    table = sdmx_csv.read_sdmx_csv(to_sdmx_csv(*cube, quote))
    assert cells_of(table.frame, list(cube[0])) == plain(*cube)


@QUIET
@given(cube=cubes(), space=st.sampled_from([" ", "\n", "\t", " \r\n", ",", "; "]))
def test_px_gives_every_cell(cube: Any, space: str) -> None:
    codes, values, _ = cube
    table = read_px(to_px(codes, values, space))
    assert cells_of(table.frame, list(codes)) == plain(
        codes, values, [".." if v is None else None for v in values]
    )


READERS: dict[str, Callable[[bytes], Any]] = {
    "json": jsonstat.read_jsonstat,
    "tsv": eurostat_tsv.read_eurostat_tsv,
    "csv": sdmx_csv.read_sdmx_csv,
    "px": read_px,
    "pxweb json": read_pxweb_json,
    "pxweb csv": read_pxweb_csv,
    "map": read_map_json,
    "shares": read_area_shares,
}


@QUIET
@given(
    content=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)),
    name=st.sampled_from(list(READERS)),
)
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    try:
        READERS[name](content).frame.collect()
    except SourceError as error:
        assert "\n" not in str(error)


def sdmx_as_read(content: bytes, table: Any) -> Cells:
    return plain_sdmx_csv(content, table.metadata["dimensions"])


def px_as_read(content: bytes, table: Any) -> Cells:
    return plain_px(content, table.metadata["encoding"])


CORPUS: dict[str, tuple[Callable[[bytes], Any], Callable[[bytes, Any], Cells]]] = {
    "eurostat/json-stat/rd_e_gerdreg_2026-09.json": (jsonstat.read_jsonstat, lambda c, _: plain_jsonstat(c)),
    "statfin/pxweb-v1/tkke_13tn_response.json": (jsonstat.read_jsonstat, lambda c, _: plain_jsonstat(c)),
    "eurostat/tsv/trng_lfse_04_legacy_2017.tsv.gz": (
        eurostat_tsv.read_eurostat_tsv,
        lambda c, _: plain_tsv(c),
    ),
    "eurostat/tsv/edat_lfse_22_tabular.tsv.gz": (eurostat_tsv.read_eurostat_tsv, lambda c, _: plain_tsv(c)),
    "eurostat/sdmx-csv/nama_10r_3gdp_page_linear_2023-02.csv.gz": (sdmx_csv.read_sdmx_csv, sdmx_as_read),
    "px/scb-sample/tab4_fewcells.px": (read_px, px_as_read),
    "px/ine/27067.px": (read_px, px_as_read),
}


def check_mutations(shared: Path, name: str, count: int) -> None:
    """Where the reader accepts the bytes, a plain reading accepts them too and gives the same cells."""
    reader, plain_reading = CORPUS[name]
    content = (shared / "upstream" / name).read_bytes()
    if ".gz" in name:
        content = b"".join(gzip.decompress(content).splitlines(keepends=True)[:40])
    made = random.Random(name)
    accepted = 0
    for _ in range(count):
        broken = mutated(content, made)
        try:
            table = reader(broken)
        except SourceError:
            continue
        accepted += 1
        try:
            cells = cells_of(table.frame, table.metadata["dimensions"])
        except KeyTwice:
            with pytest.raises(KeyTwice):
                plain_reading(broken, table)
        else:
            assert cells == plain_reading(broken, table), broken[:2000]
    assert accepted < count


@pytest.mark.parametrize("name", CORPUS)
def test_a_mutated_file_is_refused_or_read_as_it_stands(shared: Path, name: str) -> None:
    check_mutations(shared, name, 20)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CORPUS if name.endswith(".json")])
def test_a_mutated_dataset_by_both_readings(shared: Path, name: str, spans: None) -> None:
    check_mutations(shared, name, 100)


@pytest.mark.slow
@pytest.mark.parametrize("name", CORPUS)
def test_many_mutations(shared: Path, name: str) -> None:
    check_mutations(shared, name, 3000)
