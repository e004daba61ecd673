"""The key: sorted, each once, parts joined where they agree."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import MappingError
from assets.normalise.table_key import PART, order_by_key
from tests.normalise.made_descriptors import make_field, make_resource

RESOURCE = make_resource(
    make_field("geo"), make_field("year"), make_field("value", type="number"), key="geo year"
)
Row = tuple[str | None, str | None, float | None]


def settled(rows: list[Row], parts: list[str] | None = None) -> list[Row]:
    frame = pl.DataFrame(
        rows, schema={"geo": pl.String, "year": pl.String, "value": pl.Float64}, orient="row"
    )
    if parts is not None:
        frame = frame.with_columns(pl.Series(PART, parts))
    return order_by_key(frame, RESOURCE, "made").rows()


def test_rows_are_sorted_by_key_by_code_point_with_nulls_first() -> None:
    rows: list[Row] = [("b", "2", 1.0), ("Ä", None, 2.0), ("b", "10", 3.0), (None, "2", 4.0), ("B", "1", 5.0)]
    assert [row[2] for row in settled(rows)] == [4.0, 5.0, 3.0, 1.0, 2.0]


def test_the_first_row_may_be_all_null() -> None:
    assert settled([(None, None, None), ("a", "1", 2.0)]) == [(None, None, None), ("a", "1", 2.0)]


@pytest.mark.parametrize("value", [1.0, 2.0, None])
@pytest.mark.parametrize("parts", [None, ["p", "p", "p"]])
def test_a_key_twice_in_one_part_stops_also_with_equal_values(
    value: float | None, parts: list[str] | None
) -> None:
    with pytest.raises(MappingError) as error:
        settled([("a", "1", 1.0), ("b", "1", 1.0), ("a", "1", value)], parts)
    assert "two rows with the key geo=a, year=1" in str(error.value)
    assert ("they differ in value" in str(error.value)) is (value != 1.0)
    assert "(1 such rows)" in str(error.value)


def test_a_null_in_the_key_is_a_value() -> None:
    with pytest.raises(MappingError, match="geo=None, year=1"):
        settled([(None, "1", 1.0), (None, "1", 1.0)])


def test_equal_rows_of_different_parts_are_one_row() -> None:
    rows: list[Row] = [("a", "1", None), ("a", "2", 1.0), ("a", "1", None), ("a", "3", 3.0), ("a", "1", None)]
    assert settled(rows, ["p", "p", "q", "q", "r"]) == [("a", "1", None), ("a", "2", 1.0), ("a", "3", 3.0)]


@pytest.mark.parametrize("value", [2.0, None])
def test_parts_that_disagree_stop_with_key_and_both_parts(value: float | None) -> None:
    with pytest.raises(MappingError) as error:
        settled([("a", "1", 1.0), ("a", "1", 1.0), ("a", "1", value)], ["p", "q", "r"])
    assert f"parts 'q' and 'r' disagree at geo=a, year=1: value 1.0 and {value!r}" in str(error.value)


def test_without_a_key_rows_are_sorted_and_kept() -> None:
    resource = make_resource(make_field("a"), make_field("b"))
    frame = pl.DataFrame({"b": ["2", "1", "1"], "a": ["x", "x", "x"]})
    assert order_by_key(frame, resource, "made").rows() == [("x", "1"), ("x", "1"), ("x", "2")]


ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "B", None]), st.sampled_from("123"), st.sampled_from([0.0, 1.0, None]))
)


@settings(deadline=None, max_examples=50)
@given(ROWS, ROWS)
def test_two_parts_are_joined_as_sets_or_stop(first: list[Row], second: list[Row]) -> None:
    rows, parts = first + second, ["p"] * len(first) + ["q"] * len(second)
    sound = all(len({r[:2] for r in part}) == len(part) for part in (first, second))
    sound = sound and len({r[:2] for r in rows}) == len(set(rows))
    if sound:
        assert settled(rows, parts) == sorted(set(rows), key=lambda r: ((r[0] is not None, r[0] or ""), r[1]))
    else:
        with pytest.raises(MappingError):
            settled(rows, parts)
