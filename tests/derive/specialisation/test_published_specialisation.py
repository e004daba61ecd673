"""The published tables of `specialisation` and the examples of docs/specialisation.md, by the csv module."""

import math
import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from tests.published_rows import read_rows

pytestmark = pytest.mark.slow  # of all datasets; the measures have plain tests on made tables

PAGE = (Path(__file__).parents[3] / "docs/specialisation.md").read_text("utf-8")
WORKPLACES = "workplaces-by-industry/workplaces-by-industry"
SECTIONS = "ABCDEFGHIJKLMNOPQRSTU"
Z = 1.959963984540054


@pytest.fixture(scope="module")
def workplaces(published: Path) -> dict[str, dict[str, float]]:
    """Area -> activity -> workplaces."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in read_rows(published, WORKPLACES):
        found[row["geo"]][row["activity"]] = float(row["obs_value"])
    return found


@pytest.fixture(scope="module")
def country(workplaces: dict[str, dict[str, float]]) -> Counter[str]:
    """The sum of the municipalities."""
    found: Counter[str] = Counter()
    for geo, counts in workplaces.items():
        if geo.startswith("KU"):
            found.update(counts)
    return found


def quotient(counts: dict[str, float], country: Counter[str], activity: str) -> float:
    return (counts[activity] / counts["TOTAL"]) / (country[activity] / country["TOTAL"])


def test_the_quotient_on_the_page(
    published: Path, workplaces: dict[str, dict[str, float]], country: Counter[str]
) -> None:
    shown = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|$", PAGE, re.MULTILINE))
    assert len(shown) == 10
    [row] = read_rows(published, "specialisation/quotients", geo="MK07", activity="C")
    assert {name: row[name] for name in shown} == shown
    assert row["rank"] == ""
    whole, share = workplaces["MK07"]["TOTAL"], workplaces["MK07"]["C"] / workplaces["MK07"]["TOTAL"]
    usual = country["C"] / country["TOTAL"]
    assert float(row["location_quotient"]) == pytest.approx(share / usual, abs=1e-6)
    half = Z * math.sqrt(share * (1 - share) / whole + Z**2 / (4 * whole**2))
    for name, sign in (("lower", -1), ("upper", 1)):
        bound = (share + Z**2 / (2 * whole) + sign * half) / (1 + Z**2 / whole) / usual
        assert float(row[name]) == pytest.approx(bound, abs=1e-6)


def test_no_rank_where_intervals_overlap(published: Path) -> None:
    """Each against each, in every group of areas and activity of both tables."""
    groups: dict[tuple[str, ...], list[tuple[float, float, float, str]]] = defaultdict(list)
    names = ("geo_classification", "activity", "programme_part", "time_period", "window", "dataset")
    for table in ("quotients", "topic-quotients"):
        for row in read_rows(published, f"specialisation/{table}"):
            if row["location_quotient"]:
                bounds = (float(row[name]) for name in ("location_quotient", "lower", "upper"))
                groups[table, *(row.get(name, "") for name in names)].append((*bounds, row["rank"]))
    ranked = 0
    for rows in groups.values():
        for place, (own, lower, upper, rank) in enumerate(rows):
            others = rows[:place] + rows[place + 1 :]
            overlaps = any(other[1] <= upper and lower <= other[2] for other in others)
            assert (rank == "") == overlaps
            if rank:
                ranked += 1
                assert int(rank) == 1 + sum(other[0] > own for other in others)
    assert ranked > 50


def test_the_pair_on_the_page_is_that_of_the_municipalities(
    published: Path, workplaces: dict[str, dict[str, float]], country: Counter[str]
) -> None:
    """All 210 pairs, from the workplaces; and the row of the page."""
    has: dict[str, set[str]] = defaultdict(set)
    for geo, counts in workplaces.items():
        for section in SECTIONS:
            if geo.startswith("KU") and counts[section] >= 10 and quotient(counts, country, section) >= 1:
                has[section].add(geo)
    rows = read_rows(published, "specialisation/relatedness")
    assert [(row["activity"], row["related_activity"]) for row in rows] == list(combinations(SECTIONS, 2))
    for row in rows:
        one, other = has[row["activity"]], has[row["related_activity"]]
        assert (int(row["areas"]), int(row["related_areas"])) == (len(one), len(other))
        assert int(row["areas_both"]) == len(one & other)
        proximity = len(one & other) / max(len(one), len(other))
        assert float(row["proximity"]) == pytest.approx(proximity, abs=1e-6)
    [(first, second, *figures)] = re.findall(
        r"^\| `([A-Z])` \| `([A-Z])` \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \|$", PAGE, re.MULTILINE
    )
    [row] = [row for row in rows if (row["activity"], row["related_activity"]) == (first, second)]
    assert [row[name] for name in ("areas", "related_areas", "areas_both", "proximity")] == figures


def test_the_variety_on_the_page(published: Path, workplaces: dict[str, dict[str, float]]) -> None:
    [row] = read_rows(published, "specialisation/variety", geo="MK07", dataset="workplaces-by-industry")
    counts = [workplaces["MK07"][section] for section in SECTIONS if workplaces["MK07"][section]]
    entropy = -sum(n / sum(counts) * math.log2(n / sum(counts)) for n in counts)
    assert float(row["variety"]) == pytest.approx(entropy, abs=1e-6)
    parts = [float(row[name]) for name in ("unrelated_variety", "related_variety")]
    assert sum(parts) == pytest.approx(entropy, abs=2e-6)
    assert f"{row['variety']} = {row['unrelated_variety']} (unrelated) + {row['related_variety']}" in PAGE


def test_the_changes_on_the_page(published: Path) -> None:
    shown = re.findall(
        r"^\| `(FI1C3)` \| `([\w-]+)` \| (\d+) \| (\d+) \| (-?[\d.]+) \| (-?[\d.]+) \| (-?[\d.]+) \|$",
        PAGE,
        re.MULTILINE,
    )
    assert len(shown) == 2
    jobs = {
        (row["geo"], row["activity"], row["time_period"]): float(row["obs_value"])
        for row in read_rows(published, "employment-by-industry/employment-by-industry")
    }
    groups = [row["activity"] for row in read_rows(published, "specialisation/shift-share", geo="FI1C3")]
    first, last = (sum(jobs["FI1C", group, year] for group in groups) for year in ("2010", "2017"))
    for geo, group, *figures in shown:
        [row] = read_rows(published, "specialisation/shift-share", geo=geo, activity=group)
        names = ("first_value", "last_value", "reference_growth", "industry_mix", "regional_shift")
        assert [row[name] for name in names] == figures
        start, end = (jobs[geo, group, year] for year in ("2010", "2017"))
        there = jobs["FI1C", group, "2017"] / jobs["FI1C", group, "2010"] - 1
        whole = last / first - 1
        parts = (start * whole, start * (there - whole), end - start - start * there)
        assert [float(row[name]) for name in names[2:]] == pytest.approx(parts, abs=1e-4)
        assert sum(float(row[name]) for name in names[2:]) == pytest.approx(end - start, abs=1e-4)


@pytest.mark.slow  # it needs the collaboration network
def test_topics_are_the_participations_of_the_seats(published: Path) -> None:
    """Päijät-Häme in the whole programme: organisations in projects by programme part."""
    parts = {
        row["project"]: row["programme_part"] for row in read_rows(published, "framework-projects/projects")
    }
    nodes = read_rows(published, "collaboration-network/nodes", geo="FI1C6", window="all", country="FI")
    seats = {row["organisation"] for row in nodes}
    counted = Counter(
        parts[project]
        for project, organisation in {
            (row["project"], row["organisation"])
            for row in read_rows(published, "framework-projects/participations")
        }
        if organisation in seats
    )
    rows = read_rows(published, "specialisation/topic-quotients", geo="FI1C6", window="all")
    assert {row["programme_part"]: int(row["count"]) for row in rows if row["count"] != "0"} == counted
    assert {row["area_total"] for row in rows} == {str(sum(counted.values()))}


def test_changes_follow_from_the_two_windows(published: Path) -> None:
    had: dict[tuple[str, str, str], bool] = {
        (row["window"], row["geo"], row["programme_part"]): row["advantage"] == "true"
        for row in read_rows(published, "specialisation/topic-quotients")
    }
    names = {(True, True): "kept", (False, True): "entry", (True, False): "exit", (False, False): "none"}
    rows = read_rows(published, "specialisation/topic-changes")
    assert len(rows) == 285
    for row in rows:
        area = row["geo"], row["programme_part"]
        assert row["change"] == names[had[row["first_window"], *area], had[row["last_window"], *area]]
