"""The position of regions, worked by hand."""

from typing import Any

import polars as pl
import pytest

from assets.derive.networks.positions import add_inhabitants, measure_positions
from assets.normalise.regions.lists import read_region_list
from tests.derive.networks.made_networks import make_members, make_places

PARAMETERS = {"country": "FI", "largest": 50, "placed": 0.75}
BALTIC = read_region_list("programme_areas").filter(programme="INTERREG-BSR-2021-2027")["geo"]
SEATS = {"a": "FI1C6", "b": "FI1C6", "c": "FI1B1", "s": "SE110", "d": "DE600", "m": "DE212", "f": "FR101"}
COUNTRIES = {"s": "SE", "d": "DE", "m": "DE", "f": "FR", "g": "DE", "h": "PL"}


def position(
    projects: dict[str, list[str]], geo: str = "FI1C6", classification: str = "nuts-2024"
) -> dict[str, Any]:
    members = make_members(projects, countries=COUNTRIES)
    found = measure_positions(members, make_places(SEATS), BALTIC, PARAMETERS)
    [row] = found.filter(geo=geo, geo_classification=classification).to_dicts()
    return row


def test_a_region_by_hand() -> None:
    """a-b is inside (1); a-c is in the country (1); in a project of three each pair has
    1/2: a-b inside, a-s and b-s abroad."""
    row = position({"in": ["a", "b"], "home": ["a", "c"], "out": ["a", "b", "s"]})
    assert (row["organisations"], row["participations"], row["projects"]) == (2, 5, 3)
    assert (row["tie_weight_inside"], row["tie_weight_country"], row["tie_weight_abroad"]) == (1.5, 1, 1)
    assert (row["tie_weight"], row["tie_weight_per_organisation"]) == (3.5, 1.75)
    assert row["outward_share"] == pytest.approx(2 / 3.5, abs=1e-6)
    assert row["abroad_share"] == pytest.approx(1 / 3.5, abs=1e-6)
    assert (row["partner_regions"], row["partner_countries"]) == (2, 2)
    assert (row["diversity_regions"], row["diversity_countries"]) == (0.5, 0.5)
    assert row["bridging"] == pytest.approx(2 * (2 / 3.5) * 0.5, abs=1e-6)
    assert row["baltic_share"] == 1


def test_the_national_region_has_the_same_figures_and_the_country_its_own() -> None:
    projects = {"in": ["a", "b"], "home": ["a", "c"], "out": ["a", "b", "s"]}
    apart = ("geo", "geo_classification")
    nuts, national = position(projects), position(projects, "MKC6", "maakunta-2026")
    assert {key: nuts[key] for key in nuts if key not in apart} == {
        key: national[key] for key in national if key not in apart
    }
    whole = position(projects, "FI", "country")
    assert (whole["tie_weight_inside"], whole["tie_weight_country"], whole["tie_weight_abroad"]) == (
        2.5,
        0,
        1,
    )


def test_bridging_counts_pairs_of_partner_regions() -> None:
    """The weights between two other regions over all ordered pairs, by the whole weight: the definition by
    paths, sum of g_j g_k / g over j ≠ k."""
    row = position({"1": ["a", "s"], "2": ["a", "s"], "3": ["a", "d"], "4": ["b", "f"], "5": ["a", "b"]})
    weights = {"SE110": 2, "DE600": 1, "FR101": 1}
    paths = sum(x * y for j, x in weights.items() for k, y in weights.items() if j != k)
    assert row["bridging"] == pytest.approx(paths / 5, abs=1e-6)


def test_the_baltic_sea_region_is_known_by_region_or_by_country() -> None:
    """Stockholm and Hamburg are in it, Munich and Paris are not, Poland as a whole is, and of a German
    organisation without region it is not known."""
    row = position({name: ["a", name] for name in "sdmfgh"})
    assert row["tie_weight_baltic"] == 3
    assert row["baltic_known_share"] == pytest.approx(5 / 6, abs=1e-6)
    assert row["baltic_share"] == pytest.approx(3 / 5, abs=1e-6)


def test_shares_are_withheld_where_too_little_is_known() -> None:
    row = position({"1": ["a", "g"], "2": ["a", "s"]})
    assert (row["placed_share"], row["diversity_regions"], row["bridging"]) == (0.5, None, None)
    assert (row["baltic_known_share"], row["baltic_share"]) == (0.5, None)
    assert row["diversity_countries"] == 0.5


def test_a_region_without_ties_has_zeros_and_no_shares() -> None:
    row = position({"1": ["a"], "2": ["c", "s"]})
    assert (row["organisations"], row["tie_weight"], row["partner_countries"]) == (1, 0, 0)
    assert (row["outward_share"], row["bridging"], row["baltic_share"]) == (None, None, None)


def test_the_order_of_rows_changes_nothing() -> None:
    projects = {str(n): ["a", "b", "csdmfgh"[n % 7], "csdmfgh"[n * 3 % 7]] for n in range(20)}
    members, places = make_members(projects, countries=COUNTRIES), make_places(SEATS)
    table = measure_positions(members, places, BALTIC, PARAMETERS)
    mixed = members.sample(fraction=1, shuffle=True, seed=1)
    assert measure_positions(mixed, places.reverse(), BALTIC, PARAMETERS).equals(table)


def test_the_programme_area_names_areas_of_the_lists(areas: pl.LazyFrame) -> None:
    known = areas.filter(pl.col("geo_classification").is_in(["nuts-2024", "country"])).collect()["geo"]
    assert BALTIC.is_in(known.implode()).all()
    assert BALTIC.is_unique().all()


def test_inhabitants_are_those_of_the_newest_year() -> None:
    """Both codes of a region have its figure; an area without one has none."""
    members = make_members({"1": ["a", "s"], "2": ["c", "s"]}, countries=COUNTRIES)
    places = make_places(SEATS)
    people = pl.DataFrame(
        [("FI1C6", "2023", 150_000.0), ("FI1C6", "2024", 200_000.0), ("FI1C6", "2025", None)],
        schema=["geo", "time_period", "obs_value"],
        orient="row",
    ).with_columns(geo_classification=pl.lit("nuts-2024"))
    found = add_inhabitants(measure_positions(members, places, BALTIC, PARAMETERS), people, places)
    rows = {row["geo"]: row for row in found.iter_rows(named=True)}
    for geo in ("FI1C6", "MKC6"):
        assert (rows[geo]["inhabitants"], rows[geo]["population_year"]) == (200_000, "2024")
        assert rows[geo]["tie_weight_per_100000"] == 0.5
    assert rows["FI1B1"]["inhabitants"] is None
    assert rows["FI"]["tie_weight_per_100000"] is None
