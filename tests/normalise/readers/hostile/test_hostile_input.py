"""Hostile input to every reader: a typed error of one line or the whole table, in bounded time and memory."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.errors import SourceError
from assets.normalise.readers.area_shares import read_area_shares
from assets.normalise.readers.cordis.csv import read_cordis_csv
from assets.normalise.readers.cordis.xml import read_cordis_xml
from assets.normalise.readers.cordis.zip import read_cordis_zip
from assets.normalise.readers.data_browser.workbook import read_data_browser
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.map_json import read_map_json
from assets.normalise.readers.px.file import read_px
from assets.normalise.readers.pxweb import read_pxweb_csv, read_pxweb_json
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from assets.normalise.readers.source_table import SourceTable
from assets.normalise.regions.nuts_workbook import read_nuts_workbook
from tests.normalise.readers.hostile.hostile_everywhere import Hostile, everywhere
from tests.normalise.readers.hostile.hostile_registers import register_cases
from tests.normalise.readers.hostile.hostile_statistics import json_cases, table_cases

READERS: dict[str, Callable[[Path], SourceTable]] = {
    "json-stat": read_jsonstat,
    "tsv": read_eurostat_tsv,
    "sdmx-csv": read_sdmx_csv,
    "px": read_px,
    "pxweb-json": read_pxweb_json,
    "pxweb-csv": read_pxweb_csv,
    "delimited": read_delimited,
    "cordis-csv": read_cordis_csv,
    "cordis-csv repairing": lambda path: read_cordis_csv(path, repair=True),
    "cordis-xml": read_cordis_xml,
    "cordis-zip": lambda path: read_cordis_zip(path, "organization"),
    "nuts-workbook": read_nuts_workbook,
    "data-browser": read_data_browser,
    "map-json": read_map_json,
    "area-shares": read_area_shares,
}
CASES = [*everywhere(), *json_cases(), *table_cases(), *register_cases()]
SMALL = re.compile(
    r"1e400|.*twice$|.*\b(leads|absolute|drive|nothing|entities|cut off|10\^\d+ cells|end only)\b"
)
SECONDS = 20  # on a busy machine; alone, the slowest takes three
MEMORY, PER_BYTE = 450_000_000, 15  # bytes above what was held before, and per byte of the file


def peak() -> tuple[int, int]:
    """Bytes held now, and the most held since the last `forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    found = {name: rest for name, _, rest in (line.partition(":") for line in lines)}
    return int(found["VmRSS"].split()[0]) * 1024, int(found["VmHWM"].split()[0]) * 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def check(case: Hostile, folder: Path) -> None:
    path = folder / "input"
    path.write_bytes(case.make())
    size = path.stat().st_size
    forget_peak()
    before, start = peak()[0], time.perf_counter()
    said: str | None = None
    try:
        height = READERS[case.reader](path).frame.collect().height
    except SourceError as error:
        said = str(error)
    took, most = time.perf_counter() - start, peak()[1] - before
    if case.words is None:
        assert said is None
        assert height >= 0
    else:
        assert said is not None, f"read, {height} rows"
        assert re.search(case.words, said), said
        assert "\n" not in said and len(said) < 700
    assert took < SECONDS
    assert most < MEMORY + PER_BYTE * size


def name_of(case: Hostile) -> str:
    return f"{case.reader}: {case.what}"


@pytest.mark.parametrize("case", [case for case in CASES if SMALL.match(case.what)], ids=name_of)
def test_small_hostile_input(case: Hostile, tmp_path: Path) -> None:
    check(case, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if not SMALL.match(case.what)], ids=name_of)
def test_large_hostile_input(case: Hostile, tmp_path: Path) -> None:
    check(case, tmp_path)


def test_every_reader_has_its_cases() -> None:
    assert {case.reader for case in CASES} == set(READERS)
    assert len({(case.reader, case.what) for case in CASES}) == len(CASES) > 150
