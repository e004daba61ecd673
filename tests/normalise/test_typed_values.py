"""Text to dtypes: exactly or not at all."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import MappingError
from assets.normalise.typed_values import cast_columns, dtype_of
from tests.normalise.made_descriptors import make_field

MONEY = {"raw": {"innoregio:decimals": 2}}


def cast(type: str, values: list[Any], comma: bool = False, dtype: Any = None, **given: Any) -> pl.Series:
    frame = pl.DataFrame({"id": [f"r{i}" for i in range(len(values))], "x": pl.Series(values, dtype=dtype)})
    return cast_columns(frame, [make_field("x", "X", type, **given)], "made", ["id"], comma)["x"]


@pytest.mark.parametrize(
    ("type", "given", "text", "value"),
    [
        ("string", {}, "  Ab\u00a0c\t", "Ab\u00a0c"),
        ("integer", {}, "-12", -12),
        ("integer", {}, "+007", 7),
        ("number", {}, "-12.50", -12.5),
        ("number", {}, "1.5E3", 1500.0),
        ("number", MONEY, "960619.95", Decimal("960619.95")),
        ("number", MONEY, "12", Decimal("12.00")),
        ("number", MONEY, "-0.5", Decimal("-0.50")),
        ("number", MONEY, "1.500", Decimal("1.50")),
        ("boolean", {}, "true", True),
        ("boolean", {}, "False", False),
        ("date", {}, "2024-02-29", date(2024, 2, 29)),
        ("datetime", {}, "2024-05-01 06:07:08", datetime(2024, 5, 1, 6, 7, 8, tzinfo=UTC)),
        ("datetime", {}, "2024-05-01T06:07:08.25Z", datetime(2024, 5, 1, 6, 7, 8, 250000, tzinfo=UTC)),
    ],
)
def test_text_becomes_its_type(type: str, given: dict[str, Any], text: str, value: Any) -> None:
    column = cast(type, [text, None, "", "  "], **given)
    assert column.to_list() == [value, None, None, None]
    assert column.dtype == dtype_of(make_field("x", type=type, **given))


@pytest.mark.parametrize(
    ("type", "given", "text"),
    [
        *[
            ("integer", {}, text)
            for text in ("1.0", "1 000", "1_000", "1e3", "1 ,", "--1", "+", "٧", "9223372036854775808", "0x1")
        ],
        *[
            ("number", {}, text)
            for text in ("nan", "inf", "1,5", "1 000", "1_000", "5.", ".5", "1e999", "12€")
        ],
        *[("number", MONEY, text) for text in ("1.005", "1,50", "1e3", "12345678901234567.00", "-")],
        *[("boolean", {}, text) for text in ("TRUE", "1", "yes", "t")],
        *[("date", {}, text) for text in ("2023-02-29", "2024-2-9", "01.02.2024", "2024-02-29 00:00:00")],
        *[
            ("datetime", {}, text)
            for text in ("2024-05-01", "2024-05-01 25:00:00", "2024-05-01T06:00:00+02:00")
        ],
    ],
)
def test_text_that_does_not_parse_stops_with_field_value_and_key(
    type: str, given: dict[str, Any], text: str
) -> None:
    good = str(cast(type, [None], **given).dtype)
    with pytest.raises(MappingError) as error:
        cast(type, [None, text, text], **given)
    told = str(error.value)
    assert told.startswith("made: field 'x' (source column 'X'): ")
    assert repr(text) in told and "at id=r1" in told and "(2 such values)" in told, good


def test_a_decimal_comma_and_a_point_are_read_but_not_both() -> None:
    assert (
        cast("number", ["960619,95", "960619.95"], comma=True, **MONEY).to_list()
        == [Decimal("960619.95")] * 2
    )
    assert cast("number", ["1,25", "1.25"], comma=True).to_list() == [1.25, 1.25]
    for text in ("1.234,50", "1,234.50", "1,2,3"):
        with pytest.raises(MappingError, match="is not a number"):
            cast("number", [text], comma=True, **MONEY)


@settings(deadline=None, max_examples=50)
@given(st.decimals(-(10**15), 10**15, places=2))
def test_money_keeps_every_cent(amount: Decimal) -> None:
    assert (
        cast("number", [str(amount), str(amount).replace(".", ",")], comma=True, **MONEY).to_list()
        == [amount] * 2
    )


@settings(deadline=None, max_examples=50)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_every_digit(value: float) -> None:
    assert cast("number", [repr(value)]).to_list() == [value]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_stops(value: float) -> None:
    with pytest.raises(MappingError, match="is not a number"):
        cast("number", [1.0, value])


def test_typed_columns_keep_their_values_or_stop() -> None:
    assert cast("integer", [1.0, None]).to_list() == [1, None]
    assert cast("number", [1, None]).to_list() == [1.0, None]
    assert cast("number", [0.25], **MONEY).to_list() == [Decimal("0.25")]
    assert cast("string", ["b", None], dtype=pl.Categorical).dtype == pl.String
    assert cast("datetime", [datetime(2024, 5, 1)]).to_list() == [datetime(2024, 5, 1, tzinfo=UTC)]
    for type, value in (("integer", 1.5), ("number", 0.125), ("integer", 1e300)):
        with pytest.raises(MappingError, match="is not a"):
            cast(type, [value], **MONEY)


@pytest.mark.parametrize(("type", "value"), [("string", 1.5), ("string", 1), ("date", 5.5), ("number", True)])
def test_a_dtype_that_the_field_cannot_have_stops(type: str, value: Any) -> None:
    with pytest.raises(MappingError, match=r"cannot have: x \("):
        cast(type, [value])


def test_a_type_that_no_table_has_stops() -> None:
    with pytest.raises(MappingError, match="has type 'geojson'"):
        dtype_of(make_field("x", type="geojson"))
