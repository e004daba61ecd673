"""Location quotients, intervals, ranks and strength: matrices by hand and EconGeo's example."""

import polars as pl
import pytest

from assets.derive.specialisation.quotients import (
    count_strong_parts,
    find_advantages,
    measure_quotients,
    rank_apart,
    share_withheld,
)
from tests.derive.specialisation.made_counts import Matrix, list_cells, read_matrix, sum_columns

LEVEL = ["geo_classification", "activity"]


def measured(matrix: Matrix) -> pl.DataFrame:
    return measure_quotients(list_cells(matrix), sum_columns(matrix), 0.95)


def test_the_example_of_econgeo() -> None:
    """The matrix of the page of `location_quotient` (EconGeo 2.1), and what R gives for it."""
    matrix = [
        [100, 0, 0, 0, 0],
        [0, 15, 5, 70, 10],
        [0, 20, 10, 20, 50],
        [0, 25, 30, 5, 40],
        [0, 40, 55, 5, 0],
    ]
    expected = [
        [5, 0, 0, 0, 0],
        [0, 0.75, 0.25, 3.5, 0.5],
        [0, 1, 0.5, 1, 2.5],
        [0, 1.25, 1.5, 0.25, 2],
        [0, 2, 2.75, 0.25, 0],
    ]
    found = read_matrix(measured(matrix), "location_quotient")
    assert found == [pytest.approx(row, abs=1e-9) for row in expected]


def test_the_parts_by_hand() -> None:
    """R1 has 30 of 40 in I1, all areas 40 of 100: 0.75 / 0.4; of I1 it has 30 / 40."""
    [row] = measured([[30, 10], [10, 50]]).filter(geo="R1", activity="I1").to_dicts()
    assert (row["focus_share"], row["size_share"]) == (0.75, 0.75)
    assert row["location_quotient"] == pytest.approx(1.875)


def test_the_interval_is_wilsons() -> None:
    """10 of 20 at 95 %: 0.2993 to 0.7007 (Wilson), here by a usual share of one half."""
    counts = list_cells([[10, 10]])
    reference = pl.DataFrame({"activity": ["I1"], "activity_total": [50.0], "reference_total": [100.0]})
    [row] = measure_quotients(counts, reference, 0.95).filter(activity="I1").to_dicts()
    assert row["location_quotient"] == 1
    assert row["lower"] / 2 == pytest.approx(0.2993, abs=1e-4)
    assert row["upper"] / 2 == pytest.approx(0.7007, abs=1e-4)
    assert row["evidence"] == "open"


def test_evidence_needs_enough_cases() -> None:
    """Twice the usual share is open with 2 of 4 cases, and above with 200 of 400."""
    few, many = measured([[2, 2], [98, 298]]), measured([[200, 200], [9800, 29800]])
    assert few.filter(geo="R1", activity="I1")["evidence"].item() == "open"
    assert many.filter(geo="R1", activity="I1")["evidence"].item() == "above"
    assert many.filter(geo="R1", activity="I2")["evidence"].item() == "below"


def test_what_is_missing_is_null() -> None:
    """A count that the source withholds, an area without total, an activity that the reference has not."""
    found = measured([[None, 10, 0], [0, 0, 0], [5, 5, 0]])
    assert found.filter(geo="R1", activity="I1")["location_quotient"].item() is None
    assert found.filter(geo="R2")["location_quotient"].null_count() == 3
    assert found.filter(activity="I3")["upper"].null_count() == 3
    judged = find_advantages(found, 1)
    assert judged.filter(geo="R2")["advantage"].null_count() == 3


def test_a_rank_needs_an_interval_of_its_own() -> None:
    """R1 is far above; R2 and R3 have nearly the same share and overlap; R4 is far below."""
    found = rank_apart(measured([[900, 100], [510, 490], [500, 500], [100, 900]]), ["activity"])
    first = found.filter(activity="I1").sort("geo")
    assert first["rank"].to_list() == [1, None, None, 4]
    assert first["ranked_areas"].to_list() == [4] * 4


def test_a_wide_interval_takes_ranks_from_all_that_it_covers() -> None:
    """R3 has four cases: its interval covers the neighbours of its neighbours."""
    found = rank_apart(measured([[700, 300], [600, 400], [2, 2], [400, 600], [300, 700]]), ["activity"])
    assert found.filter(activity="I1").sort("geo")["rank"].to_list() == [None] * 5


def test_an_advantage_has_a_minimum() -> None:
    found = find_advantages(measured([[3, 1], [97, 299]]), minimum=5)
    assert found.filter(geo="R1", activity="I1")["advantage"].item() is False
    assert found.filter(geo="R2", activity="I2")["advantage"].item() is True


def test_three_parts_of_strength() -> None:
    """Ten areas of one half each, but R1, which has ninety of I1 of its hundred: the largest, 1.7 times the
    usual and the most focused. With two as the limit of the quotient, two parts are strong."""
    matrix = [[90, 10], *([[50, 50]] * 9)]
    strength = {"top": 0.1, "quotient": 1.5, "areas": 10}
    parts = count_strong_parts(measured(matrix), LEVEL, strength)
    assert parts.filter(geo="R1", activity="I1")["cluster_parts"].item() == 3
    two = count_strong_parts(measured(matrix), LEVEL, strength | {"quotient": 2})
    assert two.filter(geo="R1", activity="I1")["cluster_parts"].item() == 2
    few = count_strong_parts(measured(matrix), LEVEL, strength | {"areas": 11})
    assert few["cluster_parts"].null_count() == 20


def test_the_share_without_activity() -> None:
    counts = list_cells([[30, None]]).with_columns(area_total=pl.lit(40.0))
    assert share_withheld(counts, ["geo"])["withheld_share"].to_list() == [0.25]


def test_the_order_of_rows_changes_nothing() -> None:
    matrix = [[7, 1, 3], [2, 9, 4], [5, 5, 5], [1, 0, 8]]
    table = rank_apart(measured(matrix), ["activity"])
    mixed = list_cells(matrix).sample(fraction=1, shuffle=True, seed=2)
    again = rank_apart(measure_quotients(mixed, sum_columns(matrix).reverse(), 0.95), ["activity"])
    assert again.equals(table)
