"""Flags, nil signs and periods, against the letter of the rules and a second, plain statement of them."""

from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import MappingError
from assets.normalise.observations import map_observations, map_periods, sdmx_period, status_of
from tests.normalise.made_descriptors import make_field, make_observations
from tests.normalise.plain_rules import plain_status

LETTERS = "bcdefinprsuzC"


def mapped(values: list[float | None], flags: list[str | None], status: object = None) -> pl.DataFrame:
    field = make_field("obs_status", raw={"innoregio:status": status} if status else {})
    return map_observations(make_observations(OBS_VALUE=values, OBS_FLAG=flags), field, "made")


@pytest.mark.parametrize(
    ("flag", "status"),
    [
        (None, "A"),
        ("r", "A"),
        ("b", "B"),
        ("d", "D"),
        ("e", "E"),
        ("s", "E"),
        ("f", "F"),
        ("i", "I"),
        ("n", "N"),
        ("p", "P"),
        ("u", "U"),
        ("c", "A"),
        ("C", "A"),
        ("rc", "A"),
        ("bu", "B"),
        ("ub", "B"),
        ("bdu", "B"),
        ("ep", "E"),
        ("du", "U"),
        ("pd", "P"),
        ("in", "I"),
        ("dni", "D"),
        ("e|C", "E"),
        ("|C", "A"),
        ("rp", "P"),
    ],
)
def test_status_of_a_cell_with_a_value(flag: str | None, status: str) -> None:
    assert status_of(flag, True, {}) == status


@pytest.mark.parametrize(
    ("flag", "status"),
    [
        ("..", "O"),
        (".", "M"),
        ("z", "M"),
        ("...", "Q"),
        ("c", "Q"),
        ("C", "Q"),
        ("|C", "Q"),
        ("e|C", "Q"),
        ("....", "L"),
        (".....", "L"),
        ("......", "L"),
        ("u", "O"),
        ("b", "O"),
        ("bdu", "O"),
        ("bc", "Q"),
    ],
)
def test_status_of_a_cell_without_a_value(flag: str, status: str) -> None:
    assert status_of(flag, False, {}) == status


@settings(deadline=None, max_examples=50)
@given(st.text(LETTERS, min_size=1, max_size=4), st.booleans())
def test_status_of_any_letters_is_what_the_rules_say(flag: str, has_value: bool) -> None:
    assert status_of(flag, has_value, {}) == plain_status(flag, has_value)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.none() | st.floats(0, 9), st.none() | st.text("bcdefnprsu", min_size=1, max_size=3))
    )
)
def test_a_frame_says_the_same_as_one_cell(cells: list[tuple[float | None, str | None]]) -> None:
    kept = [(value, flag) for value, flag in cells if value is not None or flag is not None]
    frame = mapped([v for v, _ in cells], [f for _, f in cells]) if cells else None
    if frame is not None:
        assert frame.rows() == [(v, f, plain_status(f, v is not None)) for v, f in kept]


def test_a_cell_without_value_and_flag_is_no_row() -> None:
    assert mapped([None, None, 1.0, None], [None, "c", None, " "]).rows() == [
        (None, "c", "Q"),
        (1.0, None, "A"),
    ]


def test_nil_is_the_value_zero_and_keeps_its_flag() -> None:
    frame = mapped([None, 0.0], ["-", "-"])
    assert frame.rows() == [(0.0, "-", "A"), (0.0, "-", "A")]


def test_nil_with_another_value_stops() -> None:
    with pytest.raises(MappingError, match="nil sign '-' and a value"):
        mapped([5.0], ["-"])


@pytest.mark.parametrize(
    ("value", "flag"),
    [(1.0, "..."), (1.0, "z"), (1.0, "x"), (None, "e|X"), (None, "*"), (1.0, "e|X"), (1.0, "b u")],
)
def test_an_unknown_flag_stops_and_is_named(value: float | None, flag: str) -> None:
    with pytest.raises(MappingError) as error:
        mapped([value], [flag])
    assert repr(flag) in str(error.value)
    assert "innoregio:status" in str(error.value)


def test_the_tables_own_meaning_comes_first() -> None:
    frame = mapped(
        [None, None, 1.0, 2.0, 3.0], ["..", "-", "x", "p", "bx"], {"..": "Q", "-": "L", "x": "E", "p": "A"}
    )
    assert frame["OBS_STATUS"].to_list() == ["Q", "L", "E", "A", "B"]
    assert frame["OBS_VALUE"].to_list() == [None, None, 1.0, 2.0, 3.0]


def test_lost_flags_give_no_status_and_stop_when_there_are_flags() -> None:
    assert mapped([1.0], [None], "lost").rows() == [(1.0, None, None)]
    with pytest.raises(MappingError, match="lost, but the source has flags"):
        mapped([1.0], ["p"], "lost")


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2024", "2024"),
        ("2016M01", "2016-01"),
        ("2024M05", "2024-05"),
        ("2024-12", "2024-12"),
        ("2024Q1", "2024-Q1"),
        ("2024K4", "2024-Q4"),
        ("2024-Q3", "2024-Q3"),
        ("2024S2", "2024-S2"),
        ("2024-S1", "2024-S1"),
        ("2024-W07", "2024-W07"),
        ("2024W53", "2024-W53"),
    ],
)
def test_periods_become_sdmx(written: str, period: str) -> None:
    assert sdmx_period(written) == period
    assert map_periods(pl.Series("t", [written, "1999", written]), "made").to_list() == [
        period,
        "1999",
        period,
    ]


@pytest.mark.parametrize(
    "written",
    [
        "2024M13",
        "2024M00",
        "2024Q5",
        "2024*",
        "24",
        "2024-1",
        "2024M5",
        "2024-W00",
        "2024-W54",
        "20240",
        " 2024",
        "",
        "2024-05-01",
        "2020-2024",
        "٢٠٢٤",
    ],
)
def test_any_other_period_stops(written: str) -> None:
    with pytest.raises(MappingError, match="not a period"):
        map_periods(pl.Series("t", ["2024", written]), "made")


def test_a_missing_period_stops() -> None:
    with pytest.raises(MappingError, match="1 rows have no period"):
        map_periods(pl.Series("t", ["2024", None]), "made")


def test_flags_that_a_recorded_copy_lost_come_with_a_live_answer() -> None:
    field = SimpleNamespace(raw={"innoregio:status": "lost"})
    frame = make_observations(OBS_VALUE=[1.0, 2.0], OBS_FLAG=["e", None])
    found = map_observations(frame, field, "made", is_live=True)  # type: ignore[arg-type]
    assert found["OBS_STATUS"].to_list() == ["E", "A"]
    with pytest.raises(MappingError, match="declared lost"):
        map_observations(frame, field, "made")  # type: ignore[arg-type]
