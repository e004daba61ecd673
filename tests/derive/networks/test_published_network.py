"""The published tables of `collaboration-network`, against the participations read by the csv module."""

from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from tests.derive.networks.published_rows import HORIZON
from tests.published_rows import read_rows

pytestmark = pytest.mark.slow  # a dear dataset; the measures have plain tests on made networks

Row = dict[str, str]
DATASET = "collaboration-network"
LARGEST = 50


@pytest.fixture(scope="module")
def consortia(published: Path) -> dict[str, list[Row]]:
    """The participations of each project of Horizon Europe."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(published, "framework-projects/participations"):
        found[row["project"]].append(row)
    return found


@pytest.fixture(scope="module")
def ties(consortia: dict[str, list[Row]]) -> dict[frozenset[str], tuple[int, float]]:
    """Pair -> (shared projects, discounted) over all projects that are not too large."""
    found: dict[frozenset[str], tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for members in consortia.values():
        named = {row["organisation"] for row in members if row["organisation"]}
        size = len(named) + sum(not row["organisation"] for row in members)
        if 2 <= size <= LARGEST:
            for pair in combinations(sorted(named), 2):
                projects, weight = found[frozenset(pair)]
                found[frozenset(pair)] = projects + 1, weight + 1 / (size - 1)
    return found


def test_the_edges_are_the_ties_with_a_finnish_end(
    published: Path, consortia: dict[str, list[Row]], ties: dict[frozenset[str], tuple[int, float]]
) -> None:
    """Countries by the table nodes."""
    finnish = {
        row["organisation"] for row in read_rows(published, f"{DATASET}/nodes", country="FI", **HORIZON)
    }
    expected = {pair: tie for pair, tie in ties.items() if pair & finnish}
    edges = read_rows(published, f"{DATASET}/edges", **HORIZON)
    assert len(edges) == len(expected)
    for row in edges:
        projects, weight = expected[frozenset((row["organisation"], row["partner"]))]
        assert int(row["projects"]) == projects
        assert float(row["tie_weight"]) == pytest.approx(weight, abs=1e-6)
        assert row["organisation"] in finnish
    [network] = read_rows(published, f"{DATASET}/networks", **HORIZON)
    assert int(network["pairs"]) == len(edges)
    assert float(network["tie_weight"]) == pytest.approx(sum(w for _, w in expected.values()), abs=1e-3)
    assert int(network["projects"]) == len(consortia)


def test_no_person_and_no_unknown_organisation_has_a_name(published: Path) -> None:
    named = {row["organisation"] for row in read_rows(published, "framework-projects/organisations")}
    for row in read_rows(published, f"{DATASET}/nodes"):
        assert bool(row["name"]) == (row["organisation"] in named)


def test_windows_are_parts_of_the_whole(published: Path) -> None:
    """A project begins in one window, so that projects and weights add up over windows."""
    networks = read_rows(published, f"{DATASET}/networks")
    for programme in ("HORIZON", "H2020"):
        own = [row for row in networks if row["framework_programme"] == programme]
        [whole] = [row for row in own if row["window"] == "all"]
        for column in ("projects", "projects_large", "projects_alone", "tie_weight"):
            parts = sum(float(row[column]) for row in own if row["window"] != "all")
            assert parts == pytest.approx(float(whole[column]), abs=1e-5)


def test_roles_add_up_to_the_open_pairs(published: Path) -> None:
    brokers = read_rows(published, f"{DATASET}/brokerage")
    assert len(brokers) == 1193
    for row in brokers:
        for grouping in ("region", "sector"):
            roles = sum(int(value) for name, value in row.items() if name.startswith(f"{grouping}_"))
            assert roles == int(row["pairs"]) - int(row["closed"])


def test_a_broker_by_hand(published: Path, ties: dict[frozenset[str], tuple[int, float]]) -> None:
    """An organisation of Päijät-Häme: partners, closed pairs and constraint from the ties alone."""
    own = read_rows(published, f"{DATASET}/nodes", geo="FI1C6", **HORIZON)
    busiest = max(own, key=lambda row: int(row["partners"]))["organisation"]
    [row] = read_rows(published, f"{DATASET}/brokerage", organisation=busiest, **HORIZON)
    partners = {other for pair in ties if busiest in pair for other in pair - {busiest}}
    assert int(row["partners"]) == len(partners)
    closed = [pair for pair in combinations(sorted(partners), 2) if frozenset(pair) in ties]
    assert int(row["closed"]) == len(closed)
    strength: dict[str, float] = defaultdict(float)
    for pair, (_, weight) in ties.items():
        for end in pair & (partners | {busiest}):
            strength[end] += weight

    def share(one: str, other: str) -> float:
        return ties[frozenset((one, other))][1] / strength[one] if frozenset((one, other)) in ties else 0.0

    constraint = sum(
        (share(busiest, j) + sum(share(busiest, q) * share(q, j) for q in partners - {j})) ** 2
        for j in partners
    )
    assert float(row["constraint"]) == pytest.approx(constraint, abs=1e-6)
