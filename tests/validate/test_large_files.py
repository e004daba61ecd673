"""Files larger than the memory that checking them may take; and the row numbers that need none."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from assets.csv.rows import Batch
from assets.validate.row_numbers import RowNumbers

MADE_ROWS, BLOCKS = 10_000, 1200  # some 1.2 GB as CSV, and more than that as a frame
CHILD = """
import json, sys, threading, time
from pathlib import Path
from assets.validate.package.check import validate_table

def held():  # pages of the file that the system keeps for it are not counted
    return int(Path("/proc/self/status").read_text().split("RssAnon:")[1].split()[0]) / 1024

def watch():
    while True:
        peak.append(held())
        time.sleep(0.01)

schema = json.loads(sys.argv[2])
validate_table(Path(sys.argv[1]).with_name("one.csv"), schema)
before, peak = held(), []
threading.Thread(target=watch, daemon=True).start()
report = validate_table(Path(sys.argv[1]), schema)
print(report.rows, sum(report.totals.values()), len(report.errors), max(peak) - before)
"""
SCHEMA = """{"fields": [
    {"name": "id", "type": "integer", "constraints": {"required": true, "maximum": 9998}},
    {"name": "code", "type": "string", "constraints": {"pattern": "[A-Z]{2}[0-9]+"}},
    {"name": "day", "type": "date"},
    {"name": "value", "type": "number", "constraints": {"minimum": 0}},
    {"name": "text", "type": "string", "constraints": {"maxLength": 200}}
]}"""


def made_row(number: int) -> str:
    day = f"2024-{number % 9 + 1:02}-{number % 27 + 1:02}"
    return f"{number},FI{number % 1000},{day},{number % 977}.5,{'some text of a row ' * 4}{number}\r\n"


@pytest.mark.slow
@pytest.mark.parametrize(("form", "limit"), [("csv", 550), ("parquet", 300)])
def test_a_file_larger_than_memory_streams(tmp_path: Path, form: str, limit: float) -> None:
    """Every 10,000th row has an error, so that totals and list are made on the way, too."""
    header = "id,code,day,value,text\r\n"
    (tmp_path / "one.csv").write_text(header + made_row(1))
    block = "".join(map(made_row, range(MADE_ROWS))).encode()
    path = tmp_path / "table.csv"
    with path.open("wb") as file:
        file.write(header.encode())
        for _ in range(BLOCKS):
            file.write(block)
    size = path.stat().st_size / 2**20
    if form == "parquet":
        table = pl.scan_csv(path, schema_overrides={"day": pl.Date})
        path = path.with_suffix(".parquet")
        pl.concat([table, table]).sink_parquet(path, row_group_size=100_000)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), SCHEMA],
        env=os.environ | {"POLARS_MAX_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    rows, errors, listed, growth = map(float, done.stdout.split())
    times = 2 if form == "parquet" else 1
    assert (rows, errors, listed) == (MADE_ROWS * BLOCKS * times, BLOCKS * times, 1000)
    assert growth < limit < size / 2


def test_row_numbers_are_those_of_the_batches() -> None:
    numbers = RowNumbers()
    for first, listed, rows in ((2, None, 3), (5, None, 0), (5, [5, 6], 2), (7, [8, 11], 2), (12, None, 1)):
        numbers.add(Batch(pl.DataFrame({"c0": ["x"] * rows}), first, listed))
    assert list(numbers) == [2, 3, 4, 5, 6, 8, 11, 12] and len(numbers) == 8
    with pytest.raises(IndexError):
        numbers[8]
