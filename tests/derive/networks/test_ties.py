"""Ties, nodes and networks of projects made by hand."""

from decimal import Decimal

import polars as pl
import pytest

from assets.derive.networks.members import measure_networks, read_members
from assets.derive.networks.nodes import count_network, count_nodes
from assets.derive.networks.ties import count_ties, pair_members
from assets.errors import MappingError
from tests.derive.networks.made_networks import make_members

MEMBERS = make_members(
    {"two": ["a", "b"], "three": ["a", "b", "x"], "large": ["a", "b", "x", "y"], "alone": ["a"]},
    countries={"x": "SE", "y": "DE"},
    amounts={("two", "a"): "1.50", ("three", "x"): None},
)


def test_a_tie_by_hand() -> None:
    """a and b share a project of two (1) and one of three (1/2): 1.5. Projects of four are left out."""
    found = count_ties(pair_members(MEMBERS, "FI", largest=3), "FI").rows_by_key(
        ("organisation", "partner"), named=True, unique=True
    )
    assert list(found) == [("a", "b"), ("a", "x"), ("b", "x")]
    assert found["a", "b"] == {
        "projects": 2,
        "first_year": 2022,
        "last_year": 2022,
        "tie_weight": 1.5,
        "joint_contribution": Decimal("31.50"),  # 1.50 + 10 and 10 + 10
    }
    assert found["a", "x"]["tie_weight"] == 0.5
    assert found["a", "x"]["joint_contribution"] is None, "the amount of x is not stated"


def test_each_project_gives_a_member_one() -> None:
    nodes = {row["organisation"]: row for row in count_nodes(MEMBERS, "FI", 3).iter_rows(named=True)}
    a, x = nodes["a"], nodes["x"]
    assert (a["projects"], a["projects_alone"], a["projects_large"]) == (4, 1, 1)
    assert (a["partners"], a["partner_countries"], a["partners_in_country"], a["tie_weight"]) == (2, 2, 1, 2)
    assert (x["partners"], x["partner_countries"], x["tie_weight"]) == (None, None, None)
    assert (x["projects"], x["partners_in_country"], x["ec_contribution"]) == (2, 2, None)
    assert nodes["y"]["partners_in_country"] == 0, "it is in the large project only"


def test_what_a_network_holds() -> None:
    [row] = count_network(MEMBERS, "FI", 3).to_dicts()
    assert row == {
        "projects": 4,
        "projects_alone": 1,
        "projects_large": 1,
        "organisations": 4,
        "organisations_in_country": 2,
        "pairs": 3,
        "tie_weight": 2.5,
        "largest": 3,
    }


def test_networks_are_never_added_up() -> None:
    other = MEMBERS.with_columns(register=pl.lit("other"))
    both = measure_networks(pl.concat([MEMBERS, other]), lambda network: count_network(network, "FI", 3))
    assert both["register"].to_list() == ["made", "other"]
    assert both["projects"].to_list() == [4, 4]


def register(**columns: list[object]) -> pl.LazyFrame:
    rows: dict[str, list[object]] = {
        "project": ["1"] * 5,
        "organisation": ["100000001", "100000001", "100000002", None, None],
        "country": ["FI", "FI", "SE", "FI", "FI"],
        "activity_type": ["PRC", "PRC", "HES", "PRC", "PRC"],
        "ec_contribution": [Decimal("1.00"), Decimal("2.00"), None, Decimal("4.00"), None],
    }
    return pl.LazyFrame(rows | columns)


PROJECTS = pl.LazyFrame(
    {"project": ["1"], "framework_programme": ["HORIZON"], "start_date": ["2023-05-01"]}
).with_columns(pl.col("start_date").str.to_date())


def test_persons_count_in_the_size_and_are_no_members() -> None:
    """Two rows of one organisation are one member with both amounts; two withheld rows have none."""
    tables = {"framework-projects/participations": register(), "framework-projects/projects": PROJECTS}
    found = read_members(tables)
    assert found["organisation"].to_list() == ["100000001", "100000002"]
    assert found["size"].to_list() == [4, 4]
    assert found["ec_contribution"].to_list() == [Decimal("3.00"), None]
    assert found["start_year"].to_list() == [2023, 2023]


def test_a_country_is_that_of_most_projects() -> None:
    codes = ["SE", "FI", "FI", "SE", "NO"]
    tables = {
        "framework-projects/participations": register(
            project=["1"] * 5, organisation=["100000001"] * 5, country=codes
        ),
        "framework-projects/projects": PROJECTS,
    }
    assert read_members(tables)["country"].to_list() == ["FI"], "of equally frequent ones the first code"


def test_a_register_must_be_named() -> None:
    with pytest.raises(MappingError, match="no register of participations"):
        read_members({})
