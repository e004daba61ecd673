"""Measures the comparison of two releases: `python tests/benchmarks/revisions.py [ROWS] [--folder FOLDER]`.

A made statistic of six key columns is written twice, as a release would be: in the second one value in a
thousand is revised, the last period is new, an area is withdrawn and one is renamed. Timed, each in a process
of its own: reading both tables (the floor), reading and comparing them as `innoregio diff` does, and the same
with the ledger's rows written. Where the machine is shared, trust the processor time.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import polars as pl  # noqa: E402

from assets.publish.revisions.diff import (  # noqa: E402
    ReleaseDiff,
    count_changes,
    diff_packages,
    largest_revision,
    read_frames,
)
from assets.publish.revisions.walk import HEAD, ledger_rows  # noqa: E402

KEY = ("geo", "geo_classification", "time_period", "indicator", "sector", "unit")
VALUES = ("obs_value", "obs_status", "obs_flag")
NAMES = (*KEY, *VALUES)
TAIL = ("old_key", "snapshot")
SIZES = {"indicator": 20, "sector": 10, "unit": 2}
PERIODS = 40


def make_table(rows: int) -> pl.DataFrame:
    """A sorted statistic of about so many rows; no figure is real."""
    areas = max(rows // (PERIODS * 400), 4)
    frame = pl.DataFrame({"geo": [f"A{number:05d}" for number in range(areas)]})
    frame = frame.with_columns(geo_classification=pl.lit("made-2021"))
    for name, size in {"time_period": PERIODS, **SIZES}.items():
        codes = [f"{1980 + n}" if name == "time_period" else f"{name}_{n:03d}" for n in range(size)]
        frame = frame.join(pl.DataFrame({name: codes}), how="cross")
    place = pl.int_range(pl.len())
    return frame.with_columns(
        obs_value=(place * 7919 % 1_000_003) / 10,
        obs_status=pl.lit("A"),
        obs_flag=pl.when(place % 50 == 0).then(pl.lit("p")),
    ).select(NAMES)


def revise(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The release before and the next one."""
    areas = table["geo"].unique().sort()
    old = table.filter(pl.col("time_period") != table["time_period"].max())
    renamed = pl.col("geo") == areas[2]
    revised = (pl.int_range(pl.len()) % 1000 == 0) & ~renamed
    new = table.filter(pl.col("geo") != areas[1]).with_columns(
        geo=pl.when(renamed).then(pl.lit("A99999")).otherwise("geo"),
        obs_value=pl.col("obs_value") + revised.cast(pl.Float64),
    )
    return old, new.sort(KEY)


def describe(version: str) -> dict[str, object]:
    """The descriptor of a release, as far as a comparison looks at it."""
    fields = [{"name": n, "type": "number" if n == "obs_value" else "string"} for n in NAMES]
    return {
        "name": "made",
        "version": version,
        "resources": [
            {
                "name": "made",
                "path": "made.csv",
                "format": "csv",
                "schema": {"fields": fields, "primaryKey": list(KEY)},
            }
        ],
    }


def read(folder: Path) -> list[dict[str, pl.DataFrame]]:
    """Both tables in memory."""
    return [read_frames(folder / version, describe(version), coded=True) for version in ("1.0.0", "1.1.0")]


def compare(folder: Path) -> ReleaseDiff:
    """Both read, compared and counted."""
    old, new = read(folder)
    found = diff_packages((describe("1.0.0"), describe("1.1.0")), (old, new))
    (table,) = found.tables
    counts = count_changes(table)
    assert all(counts[kind] for kind in ("added", "revised", "withdrawn", "recoded")), counts
    assert largest_revision(table.change)
    return found


def tell(folder: Path) -> pl.DataFrame:
    """The rows of the ledger too."""
    change = compare(folder).tables[0].change
    assert change is not None
    columns = pl.Schema(
        {
            name: pl.Float64 if name.endswith("obs_value") else pl.String
            for name in (*HEAD, *KEY, *(f"{side}_{one}" for side in ("old", "new") for one in VALUES), *TAIL)
        }
    )
    return ledger_rows(change, "1.1.0", "ab" * 32, columns)


def floor(folder: Path) -> list[pl.DataFrame]:
    """Both tables as Polars reads them."""
    return [pl.read_parquet(folder / version / "made.parquet") for version in ("1.0.0", "1.1.0")]


CASES: dict[str, Callable[[Path], object]] = {
    "reading both": floor,
    "as categories": read,
    "compared": compare,
    "with ledger": tell,
}


def run_case(case: str, folder: Path) -> None:
    """One case in this process: wall and processor seconds, peak memory."""
    usage, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    result = CASES[case](folder)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    counts = count_changes(result.tables[0]) if isinstance(result, ReleaseDiff) else ""
    print(f"{case:14} {wall:6.2f} s, processor {cpu:6.2f} s, peak {after.ru_maxrss / 1024:6.0f} MiB {counts}")


def main() -> None:
    """Writes the two releases and prints a line for each case."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("rows", type=int, nargs="?", default=10_000_000)
    options.add_argument("--folder", type=Path, help="keep the tables here, to measure again")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.folder or Path(scratch)
        if not (folder / "1.1.0" / "made.parquet").is_file():
            for version, table in zip(("1.0.0", "1.1.0"), revise(make_table(chosen.rows)), strict=True):
                (folder / version).mkdir(parents=True, exist_ok=True)
                table.write_parquet(folder / version / "made.parquet", row_group_size=100_000)
                print(f"{version}: {table.height:,} rows")
        spawn = multiprocessing.get_context("spawn")
        for case in CASES:
            process = spawn.Process(target=run_case, args=(case, folder))
            process.start()
            process.join()
            assert process.exitcode == 0, case


if __name__ == "__main__":
    main()
