"""Whole numbers that a multiplication has blurred: restored, and a real decimal stops."""

from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from assets.errors import MappingError
from assets.normalise.whole_numbers import restore_whole_numbers

RESOURCE: Any = SimpleNamespace(name="made")


def test_noise_goes_and_missing_stays() -> None:
    frame = pl.LazyFrame({"obs_value": [64370.00000000001, 16329.999999999998, 0.0, None]})
    assert restore_whole_numbers(frame, RESOURCE).collect()["obs_value"].to_list() == [64370, 16330, 0, None]


def test_a_decimal_stops() -> None:
    with pytest.raises(MappingError, match=r"made: obs_value: 86\.67 is no whole number"):
        restore_whole_numbers(pl.LazyFrame({"obs_value": [86.67]}), RESOURCE)
