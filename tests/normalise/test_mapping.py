"""Three states of columns and codes: mapped, ignored by name, unknown, which stops and says what to edit."""

from typing import Any

import polars as pl
import pytest

from assets.descriptor import Resource, Source
from assets.errors import MappingError
from assets.normalise.mapping import check_codes, map_table
from tests.normalise.made_descriptors import OBSERVATION, SOURCE, make_field, make_observations, make_resource

GEO, UNIT, PERIOD = (
    make_field("geo", "geo"),
    make_field("unit", "unit"),
    make_field("time_period", "TIME_PERIOD"),
)


def mapped(resource: Resource, source: Source = SOURCE, **columns: list[Any]) -> pl.DataFrame:
    return map_table(resource, source, make_observations(**columns), "made")


def test_columns_are_renamed_and_in_the_order_of_the_fields() -> None:
    resource = make_resource(make_field("area", "geo"), PERIOD, *OBSERVATION, ignore=("freq",))
    frame = mapped(
        resource, freq=["A", "A"], TIME_PERIOD=["2016M01", "2017"], geo=["FI", "SE"], OBS_FLAG=[None, "p"]
    )
    assert frame.columns == ["area", "time_period", "obs_value", "obs_status", "obs_flag"]
    assert frame.rows() == [("FI", "2016-01", 0.0, "A", None), ("SE", "2017", 1.0, "P", "p")]


def test_an_unknown_source_column_stops_and_all_are_named() -> None:
    with pytest.raises(MappingError) as error:
        mapped(make_resource(GEO, *OBSERVATION), geo=["FI"], sex=["T"], age=["Y"])
    assert "source column 'sex' is not mapped, fixed or ignored; add it to" in str(error.value)
    assert "source column 'age' is not mapped" in str(error.value)
    assert "\n" not in str(error.value)


def test_flags_are_a_column_like_others() -> None:
    with pytest.raises(MappingError, match="'OBS_FLAG' is not mapped"):
        mapped(make_resource(GEO, *OBSERVATION[:2]), geo=["FI"])


@pytest.mark.parametrize(
    ("given", "state"), [({"ignore": ("x",)}, None), ({"fixed": {"unit": "NR"}}, "fixed")]
)
def test_a_mapped_or_fixed_column_must_be_there_an_ignored_one_need_not(
    given: dict[str, Any], state: str | None
) -> None:
    resource = make_resource(GEO, *OBSERVATION, **given)
    if state is None:
        assert mapped(resource, geo=["FI"]).height == 1
    else:
        with pytest.raises(MappingError, match=f"'unit' is {state}, but not in the source"):
            mapped(resource, geo=["FI"])
    with pytest.raises(MappingError, match="'geo' is mapped, but not in the source"):
        mapped(resource, unit=["NR"])


@pytest.mark.parametrize("other", ["PC", None])
def test_a_fixed_column_must_have_its_value_in_every_row(other: str | None) -> None:
    resource = make_resource(GEO, *OBSERVATION, fixed={"unit": "NR"})
    assert mapped(resource, geo=["FI", "SE"], unit=["NR", "NR"]).columns[0] == "geo"
    with pytest.raises(MappingError) as error:
        mapped(resource, geo=["FI", "SE"], unit=["NR", other])
    assert "column 'unit' must be 'NR' in all rows" in str(error.value)
    assert ("has also 'PC'" if other else "has also no value") in str(error.value)


def test_codes_are_mapped_and_two_fields_may_read_one_column() -> None:
    indicator = make_field("indicator", "indic", code_map={"V1": "births"})
    unit = make_field("unit", "indic", code_map={"V1": "NR", "V2": "PC"})
    frame = mapped(make_resource(indicator, unit, *OBSERVATION), indic=["V1", "V2", " V1 "])
    assert frame.select("indicator", "unit").rows() == [("births", "NR"), ("V2", "PC"), ("births", "NR")]


def test_categorical_columns_are_read_like_text() -> None:
    frame = make_observations(geo=["SSS", "MK07"]).with_columns(pl.col("geo").cast(pl.Categorical))
    resource = make_resource(
        make_field("geo", "geo", code_map={"SSS": "FI"}, ignored_codes=("MK07",)), *OBSERVATION
    )
    assert map_table(resource, SOURCE, frame, "made")["geo"].to_list() == ["FI"]


def test_rows_of_ignored_codes_are_left_out_and_nothing_else() -> None:
    geo = make_field("geo", "geo", ignored_codes=("MK07", "absent"), code_map={"SSS": "FI", "MK07": "FI"})
    frame = mapped(make_resource(geo, *OBSERVATION), geo=["SSS", "MK07", None, "MK08"])
    assert frame["geo"].to_list() == ["FI", None, "MK08"]
    assert frame["obs_value"].to_list() == [0, 2, 3]


def test_a_code_outside_the_list_stops_with_its_column_and_rows() -> None:
    sex = make_field("sex", "gender", codes="T M F", code_map={"1": "M"})
    resource = make_resource(sex, make_field("unit", "unit", codes="NR"), GEO)
    good = pl.DataFrame({"sex": ["T", "M", None], "unit": ["NR"] * 3, "geo": ["anything", "goes", None]})
    check_codes(resource, good, "made")
    bad = pl.DataFrame({"sex": ["T", "X", "X", "Y"], "unit": ["PC", "NR", "NR", "NR"], "geo": ["a"] * 4})
    with pytest.raises(MappingError) as error:
        check_codes(resource, bad, "made")
    told = str(error.value)
    assert (
        "field 'sex' (source column 'gender') has codes that are not in its list: 'X' (2 rows), 'Y' (1 rows)"
        in told
    )
    assert "field 'unit' (source column 'unit') has codes that are not in its list: 'PC' (1 rows)" in told
    assert "innoregio:codes" in told and "innoregio:ignoreCodes" in told
    assert "geo" not in told


def test_a_hook_may_read_the_ignored_columns() -> None:
    resource = make_resource(GEO, *OBSERVATION, ignore=("street", "gone"), hook="some.function")
    frame = mapped(resource, geo=["FI"], street=["Vesijärvenkatu"])
    assert frame.columns == ["geo", "obs_value", "obs_status", "obs_flag", "source.street"]


@pytest.mark.parametrize(
    ("source", "comma"),
    [
        (SOURCE, False),
        (Source("x", "t", "download", "csv", options={"dialect": {"decimalChar": ","}}), True),
        (Source("x", "t", "download", "csv", options={"dialect": {"delimiter": ";"}}), False),
    ],
)
def test_a_decimal_comma_is_read_where_the_dialect_has_it(source: Source, comma: bool) -> None:
    resource = make_resource(make_field("cost", "cost", "number"))
    frame = pl.DataFrame({"cost": ["1,5", "2.5"]})
    if comma:
        assert map_table(resource, source, frame, "made")["cost"].to_list() == [1.5, 2.5]
    else:
        with pytest.raises(MappingError, match="'1,5' is not a number"):
            map_table(resource, source, frame, "made")
