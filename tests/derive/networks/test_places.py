"""Where organisations have their seats, and which nodes are told, on made tables."""

import polars as pl

from assets.derive.networks.members import gather_members, measure_networks, place_organisations
from assets.derive.networks.nodes import count_nodes, describe_nodes, drop_abroad
from tests.derive.networks.made_networks import make_members, make_places

CROSSWALK = pl.DataFrame(
    [
        ("maakunta-2026", "MK07", "nuts-2021", "FI1C3", "estimated"),
        ("maakunta-2026", "MK07", "nuts-2024", "FI1C6", "same"),
        ("maakunta-2026", "MK01", "nuts-2024", "FI1B1", "same"),
        ("maakunta-2025", "MK01", "nuts-2024", "FI200", "same"),
    ],
    schema=["from_classification", "from_geo", "to_classification", "to_geo", "kind"],
    orient="row",
)


def places_of(finnish: list[tuple[str, str | None]], abroad: list[tuple[str, str, str]]) -> dict[str, str]:
    """Organisation -> region, from rows of `register-places` and of CORDIS."""
    tables = {
        "register-places/register-places": pl.LazyFrame(
            finnish, schema={"organisation": pl.String, "region": pl.String}, orient="row"
        ).with_columns(place_classification=pl.lit("maakunta-2026")),
        "framework-projects/participations": pl.LazyFrame(
            abroad, schema=dict.fromkeys(("organisation", "country", "geo"), pl.String), orient="row"
        ).with_columns(
            geo_classification=pl.when(pl.col("geo").str.len_chars() == 2)
            .then(pl.lit("country"))
            .otherwise(pl.lit("nuts-2024"))
        ),
    }
    found = place_organisations(tables, CROSSWALK, "FI")
    assert found["organisation"].is_unique().all()
    return dict(found.select("organisation", "geo").iter_rows())


def test_a_finnish_seat_is_where_most_rows_are_placed() -> None:
    rows: list[tuple[str, str | None]] = [
        ("1", "MK01"),
        ("1", "MK07"),
        ("1", "MK07"),
        ("2", None),
        ("3", "MK07"),
        ("3", "MK01"),
    ]
    assert places_of(rows, []) == {"1": "FI1C6", "3": "FI1B1"}, "of equally frequent ones the first code"


def test_the_registers_area_of_a_finnish_row_is_not_taken() -> None:
    assert places_of([], [("1", "FI", "FI1C5")]) == {}


def test_a_seat_abroad_is_the_region_of_most_rows_or_none() -> None:
    rows = [
        ("9", "SE", "SE110"),
        ("9", "SE", "SE232"),
        ("9", "SE", "SE232"),
        ("8", "NO", "NO"),
        ("7", "DE", "DE1"),
    ]
    assert places_of([], rows) == {"9": "SE232"}


def test_an_organisation_has_one_region_and_the_national_one_beside() -> None:
    tables = {
        "register-places/register-places": pl.LazyFrame(
            {"organisation": ["1"], "region": ["MK07"], "place_classification": ["maakunta-2026"]}
        ),
        "framework-projects/participations": pl.LazyFrame(
            {"organisation": ["1"], "country": ["SE"], "geo": ["SE110"], "geo_classification": ["nuts-2024"]}
        ),
    }
    assert place_organisations(tables, CROSSWALK, "FI").rows() == [
        ("1", "FI1C6", "nuts-2024", "MK07", "maakunta-2026")
    ]


def test_a_node_without_region_stands_at_its_country() -> None:
    members = make_members({"1": ["a", "b", "x"]}, countries={"x": "SE"})
    names = pl.DataFrame({"organisation": ["a"], "name": ["Oy A Ab"]})
    nodes = count_nodes(members, "FI", 50)
    found = describe_nodes(nodes, make_places({"a": "FI1C6"}), names).sort("organisation")
    assert found.select("geo", "geo_classification", "name").rows() == [
        ("FI1C6", "nuts-2024", "Oy A Ab"),
        ("FI", "country", None),
        ("SE", "country", None),
    ]


def test_windows_tell_the_countrys_organisations_only() -> None:
    members = make_members({"1": ["a", "x"]}, countries={"x": "SE"})
    both = pl.concat([members, members.with_columns(window=pl.lit("2021-2023"))])
    nodes = drop_abroad(measure_networks(both, lambda network: count_nodes(network, "FI", 50)), "FI")
    assert sorted(nodes.select("window", "organisation").rows()) == [
        ("2021-2023", "a"),
        ("all", "a"),
        ("all", "x"),
    ]


def test_a_project_is_in_the_window_in_which_it_begins() -> None:
    """One begins in 2023, one in 2024, one is not dated."""
    dates = ["2023-12-31", "2024-01-01", None]
    tables = {
        "framework-projects/projects": pl.LazyFrame(
            {"project": ["1", "2", "3"], "framework_programme": ["HORIZON"] * 3, "start_date": dates}
        ).with_columns(pl.col("start_date").str.to_date()),
        "framework-projects/participations": pl.LazyFrame(
            {
                "project": ["1", "2", "3"],
                "organisation": ["100000001"] * 3,
                "country": ["FI"] * 3,
                "activity_type": ["PRC"] * 3,
                "ec_contribution": [1.0] * 3,
            }
        ),
    }
    found = gather_members(tables, {"HORIZON": [[2021, 2023], [2024, 2027]], "FP7": [[2007, 2013]]})
    assert sorted(found.select("window", "project").rows()) == [
        ("2021-2023", "1"),
        ("2024-2027", "2"),
        ("all", "1"),
        ("all", "2"),
        ("all", "3"),
    ]
