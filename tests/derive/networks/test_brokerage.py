"""Measures of brokers: networks worked by hand, networkx on random ones, the order of rows, sums."""

import itertools
import random
from collections import Counter

import networkx as nx
import polars as pl
import pytest

from assets.derive.networks.brokerage import measure_brokerage
from tests.derive.networks.made_networks import draw_ties, make_members, make_places, project_graph

NOWHERE = make_places({})
SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))]


def measured(members: pl.DataFrame, places: pl.DataFrame = NOWHERE) -> dict[str, dict[str, float]]:
    found = measure_brokerage(members, places, "FI", 50)
    return {row["organisation"]: row for row in found.iter_rows(named=True)}


def test_a_star() -> None:
    """The centre's four partners have no ties: each is a quarter, 4 x (1/4)²; every path goes through it."""
    found = measured(draw_ties([("hub", leaf) for leaf in "abcd"]))
    hub, leaf = found["hub"], found["a"]
    assert (hub["partners"], hub["constraint"], hub["effective_size"]) == (4, 0.25, 4)
    assert (hub["pairs"], hub["closed"], hub["betweenness"]) == (6, 0, 12)
    assert (leaf["constraint"], leaf["effective_size"], leaf["betweenness"]) == (1, 1, 0)
    assert hub["sector_coordinator"] == 6


def test_a_ring() -> None:
    """Six in a ring: two partners without a tie. A path of length 2 goes through the one between; one of 3
    has two ways, each half: 2 x (1 + 2 x 1/2) = 4."""
    ring = "abcdef"
    found = measured(draw_ties([(ring[i], ring[(i + 1) % 6]) for i in range(6)]))
    for row in found.values():
        assert (row["constraint"], row["effective_size"], row["pairs"], row["closed"]) == (0.5, 2, 1, 0)
        assert row["betweenness"] == 4


def test_two_cliques_with_a_bridge() -> None:
    """Two projects of four share one organisation: 6 partners, 2 x 3 of the 15 pairs closed, 9 open.

    Each of its ties weighs 1/3 of two projects, p = 1/6; over the two other members of the clique, whose own
    share is 1/3: (1/6 + 2 x 1/6 x 1/3)² = 25/324, six times. From each of 7 to all across: 2 x 3 x 3 = 18.
    """
    members = make_members({"one": ["a", "b", "c", "bridge"], "two": ["x", "y", "z", "bridge"]})
    found = measured(members, make_places({"a": "FI1C6", "bridge": "FI1C6", "x": "SE110", "y": "SE110"}))
    bridge, member = found["bridge"], found["a"]
    assert (bridge["partners"], bridge["pairs"], bridge["closed"]) == (6, 15, 6)
    assert bridge["constraint"] == round(6 * 25 / 324, 6)
    assert bridge["effective_size"] == 6 - 2 * 6 / 6
    assert bridge["betweenness"] == 18
    assert (member["effective_size"], member["betweenness"], member["closed"]) == (1, 0, 3)
    roles = [
        bridge[f"region_{role}"] for role in ("coordinator", "gatekeeper", "itinerant", "liaison", "unknown")
    ]
    assert roles == [0, 2, 0, 0, 7]  # a with x and y; b, c or z are in seven of the nine pairs


def made_at_random(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    source = random.Random(seed)
    names = [f"o{number:02}" for number in range(30)]
    projects = {f"p{number:02}": source.sample(names, source.randint(1, 6)) for number in range(25)}
    countries = {name: source.choice(["FI", "FI", "SE", "DE"]) for name in names}
    sectors = {name: source.choice(["PRC", "HES", "REC"]) for name in names}
    regions = {name: source.choice(["FI1C6", "FI1B1"]) for name in names[:18]}
    return make_members(projects, countries, sectors), make_places(regions)


@pytest.mark.parametrize("seed", SEEDS)
def test_networkx_has_the_same(seed: int) -> None:
    members, places = made_at_random(seed)
    graph = project_graph(members.filter(pl.col("size") > 1))
    finnish = set(members.filter(country="FI")["organisation"])
    constraint, size = nx.constraint(graph, weight="weight"), nx.effective_size(graph)
    two = nx.Graph(list(members.filter(pl.col("size") > 1).select("organisation", "project").iter_rows()))
    paths = nx.betweenness_centrality_subset(
        two.to_directed(), sources=finnish & set(graph), targets=set(graph), normalized=False
    )
    found = measured(members, places)
    assert set(found) == finnish & set(graph)
    for name, row in found.items():
        assert row["partners"] == graph.degree(name)
        assert row["constraint"] == pytest.approx(constraint[name], abs=1e-6)
        assert row["effective_size"] == pytest.approx(size[name], abs=1e-6)
        assert row["betweenness"] == pytest.approx(paths[name], abs=1e-3)


def name_role(own: str | None, one: str | None, other: str | None) -> str:
    if None in (own, one, other):
        return "unknown"
    if one == other:
        return "coordinator" if one == own else "itinerant"
    return "gatekeeper" if own in (one, other) else "liaison"


@pytest.mark.parametrize("seed", SEEDS)
def test_roles_are_those_of_each_open_pair(seed: int) -> None:
    """Pair by pair; and their sum is the number of open two-paths."""
    members, places = made_at_random(seed)
    graph = project_graph(members.filter(pl.col("size") > 1))
    groups = {
        "region": dict(places.select("organisation", "geo").iter_rows()),
        "sector": dict(members.select("organisation", "activity_type").iter_rows()),
    }
    for name, row in measured(members, places).items():
        pairs = list(itertools.combinations(graph[name], 2))
        unlinked = [pair for pair in pairs if not graph.has_edge(*pair)]
        assert (row["pairs"], row["closed"]) == (len(pairs), len(pairs) - len(unlinked))
        for grouping, group in groups.items():
            roles = Counter(name_role(*(group.get(node) for node in (name, *pair))) for pair in unlinked)
            shown = {
                role: row[f"{grouping}_{role}"]
                for role in ("coordinator", "gatekeeper", "itinerant", "liaison", "unknown")
            }
            assert shown == {role: roles[role] for role in shown}
            assert sum(shown.values()) == len(unlinked)


def test_the_order_of_rows_changes_nothing() -> None:
    members, places = made_at_random(3)
    table = measure_brokerage(members, places, "FI", 50)
    for seed in range(3):
        mixed = measure_brokerage(
            members.sample(fraction=1, shuffle=True, seed=seed),
            places.sample(fraction=1, shuffle=True, seed=seed),
            "FI",
            50,
        )
        assert mixed.equals(table)


def test_blocks_of_triangles_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    members, places = made_at_random(5)
    table = measure_brokerage(members, places, "FI", 50)
    monkeypatch.setattr("assets.derive.networks.roles.ROWS_AT_ONCE", 7)
    assert measure_brokerage(members, places, "FI", 50).equals(table)


def test_a_network_without_ties_has_no_brokers() -> None:
    assert measure_brokerage(make_members({"one": ["a"]}), NOWHERE, "FI", 50).height == 0
