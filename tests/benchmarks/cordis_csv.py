"""CORDIS's CSV, 300,000 records of 25 columns, against Polars' own string read.

`python tests/benchmarks/cordis_csv.py [RUNS]`. Each case runs in a fresh process, the yardstick and ours in
turn; ratios are those of the medians of one run. Where the machine is shared, trust the processor time.
"""

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assets.normalise.readers.cordis.xml import COLUMNS

RECORDS = 300_000
GOALS = {"read": 1.4, "parquet": 2.5}
WORDS = ["PAIJAT", "HAMEEN", "LIITTO", "university", "of", "technology", "für", "gGmbH", "e.V.", "said yes"]


def write_made_file(path: Path, records: int = RECORDS) -> None:
    """A third of the records with a line end in a cell; decimal commas, doubled quotes, delimiters too."""
    made = random.Random(1)

    def words(count: int) -> str:
        return " ".join(made.choices(WORDS, k=count))

    with path.open("w", encoding="utf-8", newline="") as text:
        text.write(";".join(f'"{column}"' for column in COLUMNS["organization"]) + "\n")
        for n in range(records):
            between = "\n" if n % 3 == 0 else " "
            cells = [
                *(f"{101_000_000 + n // 15}", f"ACRO{n // 15}", f"{900_000_000 + n % 20_000}", f"FI{n:08d}"),
                *(words(6), words(2), "true", "PRC", f"{words(3)}{between}{words(20)}; {words(20)}"),
                *(
                    f"{n % 100_000:05d}",
                    words(1),
                    "FI",
                    "FI1C6",
                    f"60.123,24.5{n}",
                    f"http://www.example.org/{n}",
                ),
                f"https://www.example.org/portal/screen/contact-form/project/{n}/{n}/and/a/long/way/to/it",
                *("2025-10-20 17:38:03", f"{n}", f"{n % 50 + 1}", "participant", f"{n}.5", f"{n}", f"{n},25"),
                *("false", ""),
            ]
            text.write(";".join(f'"{cell}"' for cell in cells) + "\n")


def polars_read(path: Path, _: Path) -> int:
    import polars as pl

    return pl.read_csv(path, separator=";", infer_schema=False).height


def our_read(path: Path, _: Path) -> int:
    from assets.normalise.readers.cordis.csv import read_cordis_csv

    return read_cordis_csv(path).frame.collect().height


def our_parquet(path: Path, out: Path) -> int:
    from assets.normalise.readers.cordis.csv import read_cordis_csv

    frame = read_cordis_csv(path).frame.collect()
    frame.write_parquet(out, compression="zstd", compression_level=3, row_group_size=100_000)
    return frame.height


CASES = {"polars": polars_read, "read": our_read, "parquet": our_parquet}


def run_case(name: str, path: Path) -> None:
    """One case in this process: prints wall seconds, processor seconds, peak MiB. Imports are not counted."""
    import polars  # noqa: F401

    import assets.normalise.readers.cordis.csv  # noqa: F401

    with tempfile.TemporaryDirectory() as folder:
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        assert CASES[name](path, Path(folder) / "out.parquet") == RECORDS
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(wall, cpu, after.ru_maxrss / 1024)


def main(runs: int) -> int:
    """All cases in turn; 1 where a goal is missed by processor time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "organization.csv"
        write_made_file(path)
        measured: dict[str, list[list[float]]] = {name: [] for name in CASES}
        for _ in range(runs):
            for name in CASES:
                command = [sys.executable, __file__, "case", name, str(path)]
                output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                measured[name].append([float(value) for value in output.split()])
    medians = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in measured.items()
    }
    print("case      wall s   cpu s  peak MiB  wall/limit  cpu/limit  goal")
    for name, (wall, cpu, peak) in medians.items():
        ratios = f"{wall / medians['polars'][0]:>10.2f}  {cpu / medians['polars'][1]:>9.2f}"
        print(f"{name:<9} {wall:6.3f}  {cpu:6.3f}  {peak:8.0f}  {ratios}  {GOALS.get(name, ''):>4}")
    return int(any(medians[name][1] / medians["polars"][1] > goal for name, goal in GOALS.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["case"]:
        run_case(sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 5))
