"""The examples of docs/methods.md, worked out again by the csv module."""

import csv
import re
from pathlib import Path

import pytest

from tests.derive.csv_answers import figure, rows, share_of_iitti

PAGE = (Path(__file__).parents[2] / "docs/methods.md").read_text("utf-8")


@pytest.mark.slow
def test_the_distance_on_the_page_is_that_of_the_tables(published: Path) -> None:
    with (published / "peers/basis.csv").open(encoding="utf-8", newline="") as lines:
        basis = {(row["geo"], row["indicator"]): row for row in csv.DictReader(lines)}
    shown = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    assert len(shown) == 4
    squares = weights = 0.0
    for code, year, weight, *figures in shown:
        for geo, own in zip(("FI1C6", "DEE0D"), figures, strict=True):
            row = basis[geo, code.strip("`")]
            assert (row["time_period"], row["weight"], row["standardised"]) == (year, weight, own)
        weights += float(weight)
        squares += float(weight) * (float(figures[0]) - float(figures[1])) ** 2
    [distance] = re.findall(r"the distance (0\.\d{6})\.", PAGE)
    assert float(distance) == pytest.approx((squares / weights) ** 0.5, abs=2e-6)
    with (published / "peers/similar-regions.csv").open(encoding="utf-8", newline="") as lines:
        [first] = [r for r in csv.DictReader(lines) if (r["geo"], r["rank"]) == ("FI1C6", "1")]
    assert (first["peer"], first["distance"]) == ("DEE0D", distance)


@pytest.mark.slow
def test_the_birth_rate_on_the_page_is_that_of_the_tables(published: Path) -> None:
    lines = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| .*\(V119", line)]
    shown = {re.findall(r"V\d+", name)[0]: [float(cell) for cell in cells] for name, *cells in lines}
    assert set(shown) == {"V11920", "V11910"}
    [share] = re.findall(r"6,625 / 169,437 = (0\.\d{6})\.", PAGE)
    assert float(share) == round(6625 / 169437, 6) == round(share_of_iitti(published, "2020"), 6)
    for code, (before, neighbour, after) in shown.items():
        for geo, own in (("FI1C3", before), ("FI1C4", neighbour)):
            asked = {"geo": geo, "indicator": code, "size_class": "TOTAL", "time_period": "2020"}
            assert figure(published, "business-demography", **asked) == own
        assert after == pytest.approx(before + 6625 / 169437 * neighbour, abs=5e-5)
    [row] = rows(published, "indicators", indicator="ENTERPRISE_BIRTH_RATE", geo="FI1C6", time_period="2020")
    rate = 100 * shown["V11920"][2] / shown["V11910"][2]
    assert f"gives {row['obs_value']} per cent" in PAGE and float(row["obs_value"]) == round(rate, 2)
    assert (row["conversion"], row["weight"], row["obs_status"]) == ("estimated", "population 2020", "E")
