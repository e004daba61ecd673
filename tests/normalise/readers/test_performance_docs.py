"""docs/performance-readers.md names each goal of the benchmarks, and the peers as they are pinned.

The figures are measured by hand; `tests/benchmarks` says how.
"""

import re
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "tests" / "benchmarks"
DOCS = (BENCHMARKS.parents[1] / "docs" / "performance-readers.md").read_text("utf-8")


def test_every_goal_stands_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import cordis_csv
    import statistics_readers

    rows = [[cell.strip() for cell in line.split("|")] for line in DOCS.splitlines() if line.startswith("|")]
    told = {(row[3], row[4]) for row in rows if len(row) == 9}
    for peers in statistics_readers.PEERS.values():
        for peer, goal in peers.items():
            if goal is not None:
                assert (peer, f"{'<=' if goal < 0 else '>='} {abs(goal):g}x") in told
    for goal in cordis_csv.GOALS.values():
        assert ("Polars' string read", f"<= {goal:g}x") in told
    limits = {row[2].split()[1].rstrip("x") for row in rows if len(row) == 6 and row[2].startswith("<=")}
    assert limits == {f"{limit:g}" for limit, _ in statistics_readers.MEMORY.values()}
    for name in ("made_files", "cordis_csv", "statistics_readers", "statistics_peers"):
        sys.modules.pop(name, None)


def test_the_peers_are_those_of_the_table() -> None:
    pinned = re.findall(
        r"^(\w+)(?:\[\w+\])?==([\d.]+)", (BENCHMARKS / "requirements-peers.txt").read_text("utf-8"), re.M
    )
    assert len(pinned) == 5
    text = " ".join(DOCS.split())
    for name, version in pinned:
        assert f"{name} {version}" in text
