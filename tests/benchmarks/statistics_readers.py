"""The statistics readers against peers and floors, in pairs: each case in a fresh process, all cases in turn.

`python tests/benchmarks/statistics_readers.py [--cells N] [--runs N] [FORMAT …]`, with the project and
`requirements-peers.txt` installed (a peer that is missing is left out). Imports are not counted; ratios are
those of medians within one run, of wall and of processor time. Where the machine is shared, trust the
processor time. Memory is what the process grows by at its peak, beyond what it holds after the imports.
"""

import argparse
import importlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import made_files
import statistics_peers as peers

from assets.normalise.readers.source_table import read_bytes

READERS = {
    "json-array": ("array.json", "jsonstat.read_jsonstat"),
    "json-object": ("object.json", "jsonstat.read_jsonstat"),
    "json-sparse": ("sparse.json", "jsonstat.read_jsonstat"),
    "tsv": ("table.tsv.gz", "eurostat_tsv.read_eurostat_tsv"),
    "sdmx-csv": ("table.csv", "sdmx_csv.read_sdmx_csv"),
    "px": ("table.px", "px.read_px"),
}
# peer: (module to import beforehand, goal: how many times our time it may take at the least, or for a floor
# ("<=") how many times its time we may take at the most)
PEERS = {
    "json-array": {"pyjstat": 25.0, "orjson_loads": -1.5},
    "json-object": {"pyjstat": 25.0, "orjson_loads": -1.0},
    "json-sparse": {"pyjstat": None, "orjson_loads": None},
    "tsv": {"pandas_tsv": 12.0, "eurostat": 5.0, "polars_wide": -2.7},
    "sdmx-csv": {"pysdmx": 4.0, "polars_strings": -1.2, "polars_scan": None},
    "px": {"pyaxis": 10.0},
}
# of the peak: the most, and of what: the file's size unpacked, a cell (bytes), or another case's peak
MEMORY = {
    "json-array": (4.0, "file"),
    "json-object": (4.0, "file"),
    "tsv": (60.0, "cell"),
    "sdmx-csv": (1.1, "polars_scan"),
}
MODULES = {
    "pyjstat": "pyjstat.pyjstat",
    "orjson_loads": "orjson",
    "pandas_tsv": "pandas",
    "eurostat": "eurostat",
    "polars_wide": "polars",
    "polars_strings": "polars",
    "polars_scan": "polars",
    "pysdmx": "pysdmx.io",
    "pyaxis": "pyaxis.pyaxis",
}


def run_case(case: str, path: Path) -> None:
    """One case in this process: prints wall seconds, processor seconds, growth at the peak in MiB, rows."""
    if case in MODULES:
        importlib.import_module(MODULES[case])
        read = getattr(peers, case)
    else:
        module, function = READERS[case][1].split(".")
        reader = getattr(importlib.import_module(f"assets.normalise.{module}"), function)

        def read(path: Path) -> int:
            height: int = reader(path).frame.collect().height
            return height

    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here on
    held = memory("VmRSS")
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    rows = read(path)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(wall, cpu, memory("VmHWM") - held, rows)


def memory(what: str) -> float:
    """MiB from /proc. `ru_maxrss` would be that of the parent where it is larger."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition(f"{what}:")[2].split()[0]) / 1024


def measure(case: str, path: Path) -> list[float] | None:
    """The numbers of one fresh process; None where the peer is not installed."""
    done = subprocess.run(
        [sys.executable, __file__, "--case", case, str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode and "ModuleNotFoundError" in done.stderr:
        return None
    if done.returncode:
        raise RuntimeError(f"{case}: {done.stderr.strip().splitlines()[-1]}")
    return [float(value) for value in done.stdout.split()[-4:]]


def compare(form: str, path: Path, cells: int, runs: int, slow: int) -> bool:
    """Print a row per case; false where a goal is missed by wall and by processor time, or by memory."""
    cases = [form, *PEERS[form]]
    measured: dict[str, list[list[float]]] = {case: [] for case in cases}
    for run in range(runs):
        for case in cases:
            if (case == form or is_floor(case) or run < slow) and (numbers := measure(case, path)):
                measured[case].append(numbers)
    medians = {
        case: [statistics.median(column) for column in zip(*rows, strict=True)]
        for case, rows in measured.items()
        if rows
    }
    ours = medians[form]
    size = len(read_bytes(path))
    print(f"\n{form}: {size / 1e6:.1f} MB, {int(ours[3]):,} rows\n")
    print("| case | wall s | cpu s | memory MiB | runs | compared |\n|---|---|---|---|---|---|")
    met = True
    for case, (wall, cpu, grown, _) in medians.items():
        if case == form:
            good, said = compare_memory(form, grown, size, cells, medians)
        else:
            good, said = compare_time(case, PEERS[form][case], ours, wall, cpu)
        met &= good
        print(
            f"| {case} | {wall:.3f} | {cpu:.3f} | {grown:.0f} | {len(measured[case])} | {said} |", flush=True
        )
    return met


def is_floor(case: str) -> bool:
    return case.startswith(("polars", "orjson"))


def compare_time(
    case: str, goal: float | None, ours: list[float], wall: float, cpu: float
) -> tuple[bool, str]:
    """Whether a goal is met by wall or by processor time, and both ratios in words."""
    floor = is_floor(case)
    ratios = (ours[0] / wall, ours[1] / cpu) if floor else (wall / ours[0], cpu / ours[1])
    said = f"{'ours is' if floor else 'takes'} {ratios[0]:.2f}x wall, {ratios[1]:.2f}x cpu"
    if goal is None:
        return True, said
    good = min(ratios) <= -goal if floor else max(ratios) >= goal
    return good, f"{said}; goal {'<=' if floor else '>='} {abs(goal):g}x {'met' if good else 'MISSED'}"


def compare_memory(
    form: str, grown: float, size: int, cells: int, medians: dict[str, list[float]]
) -> tuple[bool, str]:
    """Whether the reader's memory is within its goal, and by what it is measured in words."""
    if form not in MEMORY:
        return True, ""
    goal, what = MEMORY[form]
    whole = {"file": size / 2**20, "cell": cells / 2**20}.get(what)
    ratio = grown / (medians[what][2] if whole is None else whole)
    unit = " bytes a cell" if what == "cell" else f"x the {what}"
    good = ratio <= goal
    return good, f"memory {ratio:.2f}{unit}; goal <= {goal:g} {'met' if good else 'MISSED'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("formats", nargs="*", help=f"some of {', '.join(READERS)} (default: all)")
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--slow", type=int, default=3, help="runs of the slow peers")
    parser.add_argument("--files", type=Path, help="folder of made files (made where missing)")
    parser.add_argument("--case", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        run_case(options.case[0], Path(options.case[1]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        files = (options.files or Path(folder)) / str(options.cells)
        if not (files / "table.px").is_file():
            subprocess.run([sys.executable, made_files.__file__, files, str(options.cells)], check=True)
        names = ("polars", "orjson", "pyarrow", "pandas", "pyjstat", "eurostat", "pysdmx", "pyaxis")
        print(platform.platform(), f"Python {platform.python_version()}", *versions(names), sep=", ")
        met = [
            compare(form, files / READERS[form][0], options.cells, options.runs, options.slow)
            for form in options.formats or READERS
        ]
    return int(not all(met))


def versions(names: tuple[str, ...]) -> list[str]:
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    return found


if __name__ == "__main__":
    sys.exit(main())
