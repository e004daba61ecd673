"""Measures the site of many datasets: `python tests/benchmarks/site.py [DATASETS]`.

A published dataset (`rd-expenditure`: 192 rows, one table, charts) is copied under many names, and the site
of a quarter, a half and all of them is made part by part. Seconds are the processor's (user and system, all
threads), which other work on the machine does not lengthen. The last figure is a second run that finds
nothing new.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from assets.descriptor import load_catalogue  # noqa: E402
from assets.publish.catalogue.packages import read_packages  # noqa: E402
from assets.publish.site import write  # noqa: E402
from assets.publish.site.drawing import draw_all  # noqa: E402
from assets.publish.site.model import Site  # noqa: E402
from assets.publish.site.page_parts import all_figures  # noqa: E402
from assets.publish.site.pages import site_pages  # noqa: E402
from tests.commands import run_innoregio  # noqa: E402

BASE = "https://data.example.org/"
PATTERN = "rd-expenditure"


def make_tree(folder: Path, datasets: int) -> Path:
    """A tree of so many datasets of one pattern, beside the regions."""
    run = run_innoregio("publish", "regions", PATTERN, "--quiet", cwd=folder)
    assert run.returncode == 0, run.stderr
    out, pattern = folder / "public", folder / "public" / PATTERN
    for number in range(datasets - 2):
        name = f"dataset-{number:05d}"
        copy = out / name
        shutil.copytree(pattern, copy, ignore=shutil.ignore_patterns("*.xlsx"), copy_function=os.link)
        for path in copy.rglob("datapackage.json"):
            package = json.loads(path.read_bytes())
            package["name"] = name
            path.unlink()
            path.write_text(json.dumps(package), "utf-8")
    return out


def used(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and the processor's seconds."""
    start = time.process_time()
    found = work()
    return found, time.process_time() - start


def measure(datasets: int) -> str:
    """The times of one size, as a line."""
    with tempfile.TemporaryDirectory() as folder:
        out, settings = make_tree(Path(folder), datasets), load_catalogue()
        packages, reading = used(lambda: read_packages(out, "FI"))
        (focus, territory, _, views), looking = used(lambda: write.read_views(out, settings, packages))
        figures = [figure for _, figure in all_figures(views)]
        drawn, drawing = used(lambda: draw_all(dict(write.drawings(figures))))
        site = Site(BASE, settings, focus, views, drawn, {}, territory, None, [], {})
        (count, slowest), pages = used(lambda: write_pages(site))
        _, whole = used(lambda: write.write_site(out, settings, BASE))
        _, again = used(lambda: write.write_site(out, settings, BASE))
        return (
            f"{datasets:5d} datasets: descriptors {reading:.1f} s, tables {looking:.1f} s, "
            f"{len(drawn)} charts {drawing:.1f} s, {count} pages {pages:.1f} s "
            f"({1000 * pages / count:.1f} ms each, {slowest}); "
            f"the whole with workbooks {whole:.1f} s, nothing new {again:.1f} s"
        )


def write_pages(site: Site) -> tuple[int, str]:
    """How many pages there are, and the slowest."""
    clock, found = time.process_time(), []
    for path, _ in site_pages(site):
        if path.endswith(".html"):
            found.append((time.process_time() - clock, path))
        clock = time.process_time()
    seconds, path = max(found[len(found) // 2 :])  # the first ones load the templates
    return len(found), f"the slowest: {path} {1000 * seconds:.0f} ms"


def main() -> None:
    """Prints the times for a quarter, a half and all of the datasets."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for datasets in (count // 4, count // 2, count):
        print(measure(datasets), flush=True)


if __name__ == "__main__":
    main()
