"""Similar regions: the distance by hand, the order of rows, ties, and who is compared at all."""

import math
import statistics

import polars as pl
import pytest

from assets.derive.peers import build_basis, find_similar
from assets.errors import MappingError

PARAMETERS = {"indicators": {"A": 1, "B": 3}, "level": 3, "coverage": 0.75, "shared": 0.5, "peers": 2}
A = {"W": 1.0, "X": 2.0, "Y": 4.0, "Z": 9.0}
B = {"W": 10.0, "X": 30.0, "Y": 20.0, "Z": 40.0}


def table(**more: dict[str, float]) -> pl.DataFrame:
    values = {"A": A, "B": B} | more
    rows = [
        (geo, "nuts-2024", 3, "2023", code, value) for code in values for geo, value in values[code].items()
    ]
    older = [("W", "nuts-2024", 3, "2022", "A", 99.0), ("W", "nuts-2024", 3, "2024", "A", 99.0)]
    schema = ["geo", "geo_classification", "level", "time_period", "indicator", "obs_value"]
    return pl.DataFrame([*rows, *older], schema=schema, orient="row")


def test_the_distance_by_hand() -> None:
    """Standardised over the four regions, A counts once and B three times."""
    found = find_similar(build_basis(table(), PARAMETERS), PARAMETERS)
    spread = {"A": statistics.stdev(A.values()), "B": statistics.stdev(B.values())}

    def standard(values: dict[str, float], geo: str, code: str) -> float:
        return round((values[geo] - statistics.mean(values.values())) / spread[code], 6)

    def distance(one: str, other: str) -> float:
        a, b = (standard(v, one, c) - standard(v, other, c) for v, c in ((A, "A"), (B, "B")))
        return round(math.sqrt((a * a + 3 * b * b) / 4), 6)

    for geo in A:
        by_hand = sorted((distance(geo, other), other) for other in A if other != geo)[:2]
        assert [(row["distance"], row["peer"]) for row in found.filter(geo=geo).rows(named=True)] == by_hand
    assert found.filter(pl.col("geo") == pl.col("peer")).is_empty()


def test_a_year_that_few_regions_have_is_not_taken() -> None:
    assert set(build_basis(table(), PARAMETERS)["time_period"]) == {"2023"}
    with pytest.raises(MappingError, match="no year of A covers"):
        build_basis(table(A={"W": 1.0, "X": 2.0}), PARAMETERS)


def test_the_order_of_rows_is_no_matter() -> None:
    once = find_similar(build_basis(table(), PARAMETERS), PARAMETERS)
    for seed in range(3):
        shuffled = table().sample(fraction=1, shuffle=True, seed=seed)
        assert find_similar(build_basis(shuffled, PARAMETERS), PARAMETERS).equals(once)


def test_ties_are_ranked_by_code() -> None:
    alike = {"W": 1.0, "X": 2.0, "Y": 2.0, "Z": 2.0}
    found = find_similar(build_basis(table(A=alike, B=alike), PARAMETERS), PARAMETERS)
    assert found.filter(geo="W")["peer"].to_list() == ["X", "Y"]


def test_a_pair_that_shares_too_little_is_not_compared() -> None:
    """Z has no B, which is three quarters of the weight."""
    found = find_similar(
        build_basis(table(B={k: v for k, v in B.items() if k != "Z"}), PARAMETERS), PARAMETERS
    )
    assert "Z" not in found["geo"] and "Z" not in found["peer"]
    assert set(found["indicators_shared"]) == {2}
