"""Validation against peers and floors, in pairs: each case in a fresh process, all cases in turn.

`python tests/benchmarks/validation.py [--rows N …] [--runs N]`, with the project and `requirements-peers.txt`
installed (a peer that is missing is left out). Imports are not counted but where it says so; ratios are those
of medians within one run. Ours reads two tables, the one of 2,160 codes that the foreign key refers to as
well. Where the machine is shared, trust the processor time: a goal is judged by the better of the two.
"""

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib import import_module, metadata
from pathlib import Path

import made_register
import validation_peers as peers

Numbers = list[float]  # wall s, processor s, peak MiB
ALONE = "clean.csv alone"  # without the foreign key and the table that it refers to
OURS = ("clean.csv", ALONE, "dirty.csv", "clean.parquet")
MODULES = {  # imported before the clock starts
    "frictionless": "frictionless",
    "frictionless_dirty": "frictionless",
    "pandera": "pandera.polars",
    "scan_strings": "polars",
    "read_parquet": "polars",
}
FLOORS = ("scan_strings", "read_parquet")
ONCE = ("frictionless", "frictionless_dirty")
SMALL, SMALL_TIMES = 10_000, 9  # tables so small are checked many times in a process; the median counts
PEERS = ("pandera", "dataframely", "patito", "pointblank", "duckdb")


def our_check(folder: Path, name: str) -> int:
    """The table and the one that it refers to, with the full list of errors."""
    from assets.validate.package.check import check_package

    schema = {
        key: value for key, value in made_register.SCHEMA.items() if name != ALONE or key != "foreignKeys"
    }
    tables = [
        {"name": "register", "path": name.removesuffix(" alone"), "schema": schema},
        {"name": "regions", "path": "regions.csv", "schema": made_register.REGION_SCHEMA},
    ]
    package = {"resources": tables[:1] if name == ALONE else tables}
    return sum(sum(report.totals.values()) for report in check_package(package, folder, sys.maxsize))


def run_case(case: str, folder: Path) -> None:
    """One case in this process: prints wall seconds, processor seconds, peak MiB, faults found."""
    if case in OURS:
        import_module("polars")
        import_module("assets.validate.package.check")
    else:
        import_module(MODULES.get(case, case))
        import_module("polars")

    def work() -> int:
        return our_check(folder, case) if case in OURS else int(getattr(peers, case)(folder))

    times = SMALL_TIMES if int(folder.name) <= SMALL and case not in ONCE else 1
    if times > 1:
        work()  # what is paid once in a process (threads, locale) is no cost of a small table
    spent = []
    for _ in range(times):
        before, start = time.process_time(), time.perf_counter()
        faults = work()
        spent.append((time.perf_counter() - start, time.process_time() - before))
    print(*(statistics.median(clock) for clock in zip(*spent, strict=True)), peak_mib(), faults)


def peak_mib() -> float:
    """The most memory that this process has held; `ru_maxrss` would count the one that began it, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure(command: list[str]) -> Numbers | None:
    """The numbers that a fresh process prints; None where the peer is not installed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "ModuleNotFoundError" in done.stderr:
        return None
    if done.returncode:
        raise RuntimeError(f"{command[-2]}: {done.stderr.strip().splitlines()[-1]}")
    return [float(value) for value in done.stdout.split()[-4:]]


def measure_all(folder: Path, rows: int, runs: int) -> dict[str, Numbers]:
    """The medians of every case."""
    found: dict[str, list[Numbers]] = {}
    for run in range(runs):
        for case in (
            "clean.csv",
            ALONE,
            "scan_strings",
            "dirty.csv",
            "clean.parquet",
            "read_parquet",
            *PEERS,
            *ONCE,
        ):
            too_long = case == "frictionless_dirty" and rows > 100_000
            if (case in ONCE and run) or too_long:
                continue
            numbers = measure([sys.executable, __file__, "--case", case, str(folder)])
            if numbers:
                found.setdefault(case, []).append(numbers)
    return {case: [statistics.median(c) for c in zip(*many, strict=True)] for case, many in found.items()}


Goal = tuple[str, str, str, float]  # what, numerator, denominator, bound (negative: at most)
GOALS: Mapping[int, tuple[Goal, ...]] = {
    1_000_000: (
        ("times frictionless-py", "frictionless", "clean.csv", 50.0),
        ("of the scan as strings", "clean.csv", "scan_strings", -2.5),
        ("dirty of clean", "dirty.csv", "clean.csv", -3.0),
        ("Parquet of read_parquet", "clean.parquet", "read_parquet", -2.5),
        *((f"of {peer}", "clean.csv", peer, -1.0) for peer in PEERS),
    ),
    100_000: (
        ("times frictionless-py", "frictionless", "clean.csv", 35.0),
        ("dirty of clean", "dirty.csv", "clean.csv", -2.2),
        ("dirty: times frictionless-py", "frictionless_dirty", "dirty.csv", 20.0),
        ("Parquet of read_parquet", "clean.parquet", "read_parquet", -2.5),
    ),
    10_000: (("times frictionless-py", "frictionless", "clean.csv", 15.0),),
}


def judge(found: Mapping[str, Numbers], goals: tuple[Goal, ...]) -> bool:
    """Prints every ratio beside its goal; false where one is missed by both clocks."""
    met = True
    for what, one, other, bound in goals:
        if one not in found or other not in found:
            continue
        wall, cpu = found[one][0] / found[other][0], found[one][1] / found[other][1]
        good = max(wall, cpu) >= bound if bound > 0 else min(wall, cpu) <= -bound
        met &= good
        sign = ">=" if bound > 0 else "<="
        print(f"  {what:<30} {wall:7.2f} wall {cpu:7.2f} cpu   goal {sign} {abs(bound):g}  {said(good)}")
    return met


def judge_absolute(found: Mapping[str, Numbers], rows: int) -> bool:
    """Milliseconds of a small table, and peak memory beside the scan's."""
    met = True
    if rows == 10_000:
        best = min(found[ALONE][:2]) * 1000
        met &= best <= 25
        print(f"  {'a table of 10k rows, in process':<30} {best:7.1f} ms   goal <= 25  {said(best <= 25)}")
    if rows == 1_000_000:
        ratio = found["clean.csv"][2] / found["scan_strings"][2]
        met &= ratio <= 1.1
        print(f"  {'peak memory of the scan':<30} {ratio:7.2f}   goal <= 1.1  {said(ratio <= 1.1)}")
    return met


def judge_process(folder: Path, runs: int) -> bool:
    """The whole command on a small table, the start of Python included."""
    (folder / "schema.json").write_text(json.dumps({"fields": [{"name": "code", "type": "string"}]}))
    table = [str(folder / "regions.csv"), "--schema", str(folder / "schema.json")]
    command = [sys.executable, "-m", "orchestration.cli.main", "validate", *table]
    walls, cpus = [], []
    for _ in range(runs):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        walls.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    good = min(wall, cpu) <= 0.5
    print(f"\nwhole process, 2,160 rows: {wall:.2f} s wall, {cpu:.2f} s cpu; goal <= 0.5  {said(good)}")
    return good


def said(good: bool) -> str:
    return "met" if good else "MISSED"


def versions() -> list[str]:
    found = []
    for name in ("polars", "frictionless", *PEERS):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    return found


def in_folder(rows: int, files: Path | None, work: Callable[[Path], bool]) -> bool:
    """Runs `work` on the made files, which are kept in `files` where that is given."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = (files or Path(temporary)) / str(rows)
        if not (folder / "dirty.csv").is_file():
            made_register.write_register(folder, rows)
        return work(folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=Path, help="folder of made files (made where missing)")
    parser.add_argument("--case", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        run_case(options.case[0], Path(options.case[1]))
        return 0
    print(platform.platform(), f"Python {platform.python_version()}", *versions(), sep=", ")

    def compare(folder: Path) -> bool:
        rows = int(folder.name)
        found = measure_all(folder, rows, options.runs)
        print(f"\n{rows:,} rows: {'case':<20} {'wall s':>8} {'cpu s':>8} {'peak MiB':>9} {'faults':>8}")
        for case, (wall, cpu, peak, faults) in found.items():
            print(f"  {case:<32} {wall:8.4f} {cpu:8.4f} {peak:9.0f} {faults:8.0f}")
        return judge(found, GOALS.get(rows, ())) & judge_absolute(found, rows)

    met = [in_folder(rows, options.files, compare) for rows in options.rows]
    met.append(in_folder(10_000, options.files, lambda folder: judge_process(folder, options.runs)))
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
