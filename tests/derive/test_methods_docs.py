"""The example of docs/methods.md, worked out again by the csv module."""

import csv
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs/methods.md").read_text("utf-8")


@pytest.mark.slow
def test_the_distance_on_the_page_is_that_of_the_tables(published: Path) -> None:
    with (published / "peers/basis.csv").open(encoding="utf-8", newline="") as lines:
        basis = {(row["geo"], row["indicator"]): row for row in csv.DictReader(lines)}
    shown = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    assert len(shown) == 4
    squares = weights = 0.0
    for code, year, weight, *figures in shown:
        for geo, figure in zip(("FI1C6", "DEE0D"), figures, strict=True):
            row = basis[geo, code.strip("`")]
            assert (row["time_period"], row["weight"], row["standardised"]) == (year, weight, figure)
        weights += float(weight)
        squares += float(weight) * (float(figures[0]) - float(figures[1])) ** 2
    [distance] = re.findall(r"the distance (0\.\d{6})\.", PAGE)
    assert float(distance) == pytest.approx((squares / weights) ** 0.5, abs=2e-6)
    with (published / "peers/similar-regions.csv").open(encoding="utf-8", newline="") as lines:
        [first] = [r for r in csv.DictReader(lines) if (r["geo"], r["rank"]) == ("FI1C6", "1")]
    assert (first["peer"], first["distance"]) == ("DEE0D", distance)
