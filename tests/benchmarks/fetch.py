"""Measures what a scheduled run costs when nothing changed: `python tests/benchmarks/fetch.py [RUNS]`.

All shipped datasets are fetched from the made upstream, as large as the bundle and one period more, and
published; then `innoregio publish --fetch` runs again, each time as a process of its own. Shown are wall
time, processor time (user and system, which other work on the machine disturbs less), and the requests. The
bound is 2 s beyond the requests, and 12 ms per asset that runs; without news none does.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.fetch.grown_upstream import grown_upstream  # noqa: E402
from tests.upstream.server import environment, serve  # noqa: E402


def run(folder: Path, settings: dict[str, str]) -> tuple[float, float]:
    """Wall and processor seconds of one run, which has to end well."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "orchestration.cli.main",
            "publish",
            "--fetch",
            "--quiet",
            "--out",
            str(folder / "public"),
        ],
        cwd=ROOT,
        env=os.environ | settings | {"INNOREGIO_HOME": str(folder / "data")},
        capture_output=True,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, processor


def main() -> None:
    """Prints the first run, and those without news."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    upstream = grown_upstream()
    with tempfile.TemporaryDirectory() as folder, serve(upstream):
        for number in range(count + 1):
            upstream.log.clear()
            wall, processor = run(Path(folder), environment(upstream))
            what = "without news" if number else "first"
            load = os.getloadavg()[0]
            print(
                f"{what:13} {wall:6.2f} s, processor {processor:5.2f} s, {len(upstream.log)} requests"
                f" (load {load:.1f})"
            )


if __name__ == "__main__":
    main()
