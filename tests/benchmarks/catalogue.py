"""Measures the catalogue of many datasets: `python tests/benchmarks/catalogue.py [DATASETS]`.

Descriptors are made (`tests/publish/catalogue/made_catalogue.py`): four resources of four to eight fields,
three languages, `innoregio:temporal`. Timed: every file that the catalogue has, written into the tree
(three serialisations, feed, sitemap, and the Croissant file of each dataset), and a second run that finds
nothing new. Told beside the clock's seconds are the processor's (user and system), which other work on the
machine does not lengthen.
"""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "publish" / "catalogue")]

from made_catalogue import make_release  # noqa: E402

from assets.descriptor import load_catalogue  # noqa: E402
from assets.publish.catalogue import write_catalogue  # noqa: E402


def measure(datasets: int, folder: Path) -> list[tuple[float, float]]:
    """Seconds of the first and of the second run over a tree of so many datasets: clock, processor."""
    for number in range(datasets):
        make_release(folder, f"dataset-{number:05d}")
    settings = load_catalogue()
    times = []
    for expected in (True, False):
        start, used = time.perf_counter(), time.process_time()
        assert write_catalogue(folder, settings, "https://data.example.org/") is expected
        times.append((time.perf_counter() - start, time.process_time() - used))
    return times


def main() -> None:
    """Prints the times for a quarter, a half and all of the datasets."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for datasets in (count // 4, count // 2, count):
        with tempfile.TemporaryDirectory() as folder:
            first, second = measure(datasets, Path(folder))
        told = (
            f"{name} {clock:.2f} s (processor {used:.2f} s)"
            for name, (clock, used) in (("first run", first), ("nothing new", second))
        )
        print(f"{datasets:6d} datasets: {', '.join(told)}")


if __name__ == "__main__":
    main()
