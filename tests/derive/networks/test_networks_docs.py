"""The examples of docs/networks.md, worked out again from the published tables by the csv module."""

import re
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest

from tests.derive.networks.published_rows import HORIZON
from tests.published_rows import read_rows

pytestmark = pytest.mark.slow  # a dear dataset; the measures have plain tests on made networks

PAGE = (Path(__file__).parents[3] / "docs/networks.md").read_text("utf-8")


def shown(heading: str) -> dict[str, str]:
    """The table of measures below a heading of the page."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|$", part, re.MULTILINE))


def test_the_tie_on_the_page(published: Path) -> None:
    [(one, other, projects, sizes, weight)] = re.findall(
        r"^\| `(\d{9})` \| `(\d{9})` \| (\d+) \| ([\d, ]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE
    )
    [row] = read_rows(published, "collaboration-network/edges", organisation=one, partner=other, **HORIZON)
    assert (row["projects"], row["tie_weight"]) == (projects, weight)
    members: dict[str, list[str]] = defaultdict(list)
    for entry in read_rows(published, "framework-projects/participations"):
        members[entry["project"]].append(entry["organisation"])
    found = [len({*names}) for names in members.values() if {one, other} <= {*names}]
    assert sorted(found, reverse=True) == [int(size) for size in sizes.split(", ")]
    assert sum(1 / (size - 1) for size in found) == pytest.approx(float(weight), abs=1e-6)


def test_the_position_on_the_page(published: Path) -> None:
    measures = shown("Position of regions")
    assert len(measures) == 9
    [row] = read_rows(published, "collaboration-network/regional-position", geo="FI1C6", **HORIZON)
    assert {name: row[name] for name in measures} == measures
    country, abroad, inside = (float(row[f"tie_weight_{name}"]) for name in ("country", "abroad", "inside"))
    outside = country + abroad
    assert float(row["outward_share"]) == pytest.approx(outside / (outside + inside), abs=1e-6)
    intensity = 100_000 * (outside + inside) / int(row["inhabitants"])
    assert float(row["tie_weight_per_100000"]) == pytest.approx(intensity, abs=1e-6)
    bridging = outside * float(row["outward_share"]) * float(row["diversity_regions"])
    assert float(row["bridging"]) == pytest.approx(bridging, abs=2e-5)
    for figure in (f"{outside:.6f}", f"{outside + inside:.6f}"):
        assert figure in PAGE


def test_the_diversity_on_the_page_is_that_of_the_ties(published: Path) -> None:
    """From `edges` and `nodes`: the weights from the region to others, by the partner's NUTS 3 region."""
    nodes = read_rows(published, "collaboration-network/nodes", **HORIZON)
    area = {row["organisation"]: row["geo"] for row in nodes}
    weights: dict[str, float] = defaultdict(float)
    for row in read_rows(published, "collaboration-network/edges", **HORIZON):
        ends = area[row["organisation"]], area[row["partner"]]
        if "FI1C6" in ends and ends[0] != ends[1]:
            [other] = {*ends} - {"FI1C6"}
            weights[other] += float(row["tie_weight"])
    placed = {geo: weight for geo, weight in weights.items() if len(geo) == 5}
    whole = sum(placed.values())
    diversity = 1 - sum((weight / whole) ** 2 for weight in placed.values())
    measures = shown("Position of regions")
    assert diversity == pytest.approx(float(measures["diversity_regions"]), abs=2e-6)
    outside = float(measures["tie_weight_country"]) + float(measures["tie_weight_abroad"])
    assert sum(weights.values()) == pytest.approx(outside, abs=1e-4)


def test_the_broker_on_the_page(published: Path) -> None:
    measures = shown("Brokers")
    assert len(measures) == 9
    [row] = read_rows(published, "collaboration-network/brokerage", organisation="902882694", **HORIZON)
    assert {name: row[name] for name in measures} == measures
    partners, pairs, closed = (int(measures[name]) for name in ("partners", "pairs", "closed"))
    assert pairs == partners * (partners - 1) // 2
    assert float(measures["effective_size"]) == pytest.approx(partners - 2 * closed / partners, abs=1e-6)
    assert (
        sum(int(count) for name, count in measures.items() if "_" in name and "sector" in name)
        == pairs - closed
    )


def test_the_share_of_pairs_in_large_consortia_on_the_page(published: Path) -> None:
    members: dict[str, set[str]] = defaultdict(set)
    for row in read_rows(published, "framework-projects/participations"):
        members[row["project"]].add(row["organisation"])
    pairs = {project: len(names) * (len(names) - 1) / 2 for project, names in members.items()}
    large = [project for project, names in members.items() if len(names) > 50]
    [(number, total, share)] = re.findall(
        r"(\d+) of the ([\d,]+) projects of Horizon\s+Europe, which would make (\d+) %", PAGE
    )
    assert (len(large), f"{len(pairs):,}") == (int(number), total)
    assert round(100 * sum(pairs[project] for project in large) / sum(pairs.values())) == int(share)


def test_the_answer_on_the_page(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of the page runs, and the figures of its text are those that it gives."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(published.parent)
    names: dict[str, pl.DataFrame] = {}
    exec(compile(code, "networks.md", "exec"), names)  # type: ignore[arg-type]
    abroad = names["countries"].filter(pl.col("country") != "FI").sort("tie_weight", descending=True)
    shown = re.findall(r"^\| `([A-Z]{2})` \| (\d+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    expected = [(row[0], str(row[1]), f"{row[2]:.2f}") for row in abroad.head(3).rows()]
    assert shown == expected
    brokers = names["links"].sort("tie_weight", descending=True).head(3)["organisation"].to_list()
    text = " ".join(PAGE.split())
    places = [text.index(f"(`{broker}`)") for broker in brokers]
    assert places == sorted(places)
    place = names["place"]
    assert place.height == 19 and place["geo"].to_list().index("FI1C6") == 13
    assert place.sort("baltic_share", descending=True)["geo"].to_list().index("FI1C6") == 4
    whole = names["positions"].filter(geo="FI")
    [own] = place.filter(geo="FI1C6").select("tie_weight_per_100000", "baltic_share").rows()
    [all_of_it] = whole.select("tie_weight_per_100000", "baltic_share").rows()
    assert f"({own[0]:.2f} per 100,000 inhabitants, the country {all_of_it[0]:.2f})" in text
    assert f"({own[1]:.2f}, the country {all_of_it[1]:.2f})" in text


def test_the_answer_is_that_of_the_csv_files(published: Path) -> None:
    """The German partners by the csv module: both ends of every tie of the region."""
    nodes = {
        row["organisation"]: row for row in read_rows(published, "collaboration-network/nodes", **HORIZON)
    }
    weights: dict[str, float] = defaultdict(float)
    for row in read_rows(published, "collaboration-network/edges", **HORIZON):
        ends = {end: nodes[end]["geo"] == "FI1C6" for end in (row["organisation"], row["partner"])}
        if sum(ends.values()) == 1:
            [partner] = [end for end, is_own in ends.items() if not is_own]
            weights[partner] += float(row["tie_weight"])
    german = {partner: weight for partner, weight in weights.items() if nodes[partner]["country"] == "DE"}
    assert f"| `DE` | {len(german)} | {sum(german.values()):.2f} |" in PAGE
