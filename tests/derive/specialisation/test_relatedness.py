"""Relatedness, density, variety, shift and share, entries: by hand and EconGeo's examples (as R gives them).

The matrices of EconGeo's pages are those of `set.seed(31)` in R 4, written out.
"""

import polars as pl
import pytest

from assets.derive.specialisation.relatedness import measure_density, relate_activities
from assets.derive.specialisation.variety import compare_advantages, divide_change, measure_variety
from tests.derive.specialisation.made_counts import list_cells, list_ones, read_matrix

# industries in rows, events in columns: the example of `co_occurrence`
INDUSTRIES = [[0, 1, 0, 0, 1], [0, 1, 1, 0, 1], [0, 0, 0, 1, 1], [1, 0, 0, 1, 0]]
EVENTS = [list(column) for column in zip(*INDUSTRIES, strict=True)]
# the examples of `relatedness_density`, `entry_mat` and `exit_mat`: regions in rows
REGIONS = [[0, 1, 0, 1], [0, 0, 0, 1], [0, 0, 0, 1], [1, 0, 0, 1], [1, 1, 1, 0]]
RELATED = [[1, 1, 0, 1], [1, 1, 1, 1], [0, 1, 1, 1], [1, 1, 1, 0]]


def test_co_occurrence_and_association_of_econgeo() -> None:
    pairs = relate_activities(list_ones(EVENTS))
    both = read_matrix(pairs, "areas_both", "activity", "related_activity")
    assert both == [[0, 2, 1, 0], [2, 0, 1, 0], [1, 1, 0, 1], [0, 0, 1, 0]]
    association = read_matrix(pairs, "association", "activity", "related_activity")
    expected = [
        [0, 2.222222, 1.111111, 0],
        [2.222222, 0, 1.111111, 0],
        [1.111111, 1.111111, 0, 3.333333],
        [0, 0, 3.333333, 0],
    ]
    assert association == [pytest.approx(row, abs=1e-6) for row in expected]


def test_proximity_by_hand() -> None:
    """I1 is in two events, I2 in three, both in two: P(I1 | I2) = 2/3 is the lower."""
    pairs = relate_activities(list_ones(EVENTS))
    [row] = pairs.filter(activity="I1", related_activity="I2").to_dicts()
    assert (row["areas"], row["related_areas"], row["areas_both"]) == (2, 3, 2)
    assert row["proximity"] == pytest.approx(2 / 3)


def test_the_density_of_econgeo() -> None:
    pairs = list_cells(RELATED, "I").select("activity", "count", related_activity="geo")
    found = measure_density(list_ones(REGIONS), list_cells(REGIONS), pairs.rename({"count": "proximity"}))
    assert read_matrix(found.with_columns(pl.col("density").round(2)), "density") == [
        [66.67, 50, 66.67, 33.33],
        [33.33, 25, 33.33, 0],
        [33.33, 25, 33.33, 0],
        [66.67, 50, 33.33, 33.33],
        [66.67, 75, 66.67, 100],
    ]


def test_the_entropy_of_econgeo() -> None:
    matrix = [[44, 63, 8, 83], [48, 42, 10, 1], [74, 54, 96, 16], [39, 26, 28, 13], [89, 61, 45, 76]]
    found = measure_variety(list_cells(matrix), {}, ["geo"])
    assert found["variety"].round(3).to_list() == [1.721, 1.433, 1.797, 1.907, 1.956]
    assert found["related_variety"].to_list() == pytest.approx([0] * 5)


def test_the_two_parts_of_variety() -> None:
    """Four equal activities in two groups of two: two bits, one between groups and one within."""
    groups = {"I1": "one", "I2": "one", "I3": "two", "I4": "two"}
    [row] = measure_variety(list_cells([[5, 5, 5, 5]]), groups, ["geo"]).to_dicts()
    assert (row["activities"], row["variety"], row["unrelated_variety"], row["related_variety"]) == (
        4,
        2,
        1,
        1,
    )
    [row] = measure_variety(list_cells([[6, 2, 8, 0]]), groups, ["geo"]).to_dicts()
    within = 0.5 * 0.8112781244591328  # half the area is in a group of 6 and 2
    assert row["related_variety"] == pytest.approx(within)
    assert row["unrelated_variety"] == 1
    assert row["activities"] == 3


def test_a_change_by_hand() -> None:
    """The reference grows from 400 to 440 (10 %), its I1 from 200 to 240 (20 %); the area's I1 from 50 to 65:
    5 as the whole, 5 more as the activity, 5 of its own."""
    first, last = list_cells([[50, 50]]), list_cells([[65, 45]])
    reference = pl.DataFrame(
        {"activity": ["I1", "I2"], "first_total": [200.0, 200.0], "last_total": [240.0, 200.0]}
    )
    one, two = divide_change(first, last, reference).to_dicts()
    assert [one[name] for name in ("reference_growth", "industry_mix", "regional_shift")] == pytest.approx(
        [5, 5, 5]
    )
    assert [two[name] for name in ("reference_growth", "industry_mix", "regional_shift")] == pytest.approx(
        [5, -5, -5]
    )
    missing = divide_change(first, list_cells([[None, 45]]), reference)
    assert missing["regional_shift"].null_count() == missing["reference_growth"].null_count() == 1


def advantages(matrix: list[list[int]]) -> pl.DataFrame:
    cells = list_cells(matrix)
    return cells.with_columns(location_quotient=pl.col("count"), advantage=pl.col("count") == 1)


def test_entry_and_exit_of_econgeo() -> None:
    """The examples change one cell: R3 gains I1; and R4 loses I1, where theirs loses what was not there."""
    gained, lost = [list(row) for row in REGIONS], [list(row) for row in REGIONS]
    gained[2][0], lost[3][0] = 1, 0
    before = advantages(REGIONS)
    for after, change, where in ((gained, "entry", ("R3", "I1")), (lost, "exit", ("R4", "I1"))):
        found = compare_advantages(before, advantages(after))
        assert found.filter(change=change).select("geo", "activity").rows() == [where]
        assert found.filter(change="kept").height == 9 - (change == "exit")
    assert set(compare_advantages(before, before)["change"]) == {"kept", "none"}


def test_an_advantage_that_is_not_known_is_no_change() -> None:
    unknown = advantages(REGIONS).with_columns(advantage=pl.lit(None, pl.Boolean))
    assert compare_advantages(advantages(REGIONS), unknown)["change"].null_count() == 20
