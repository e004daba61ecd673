"""The tables that the descriptor names: what they are told, and refuse."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from assets.derive.conversion_weights import Geography
from assets.derive.networks.tables import regional_position
from assets.descriptor import load_dataset
from assets.errors import MappingError
from assets.overlay import packaged_schemas

PARTICIPATIONS = pl.LazyFrame(
    {
        "project": ["1", "1"],
        "organisation": ["100000001", "100000002"],
        "country": ["FI", "SE"],
        "geo": ["FI", "SE110"],
        "geo_classification": ["country", "nuts-2024"],
        "activity_type": ["PRC", "HES"],
        "ec_contribution": [1.0, 2.0],
    }
)
PROJECTS = pl.LazyFrame({"project": ["1"], "framework_programme": ["HORIZON"], "start_date": ["2022-01-01"]})
PLACES = pl.LazyFrame(
    {"organisation": ["100000001"], "region": ["MK07"], "place_classification": ["maakunta-2026"]}
)
PEOPLE = pl.LazyFrame(
    {
        "geo": ["FI1C6"],
        "geo_classification": ["nuts-2024"],
        "time_period": ["2025"],
        "sex": ["T"],
        "age": ["TOTAL"],
        "obs_value": [200_000.0],
    }
)
TABLES = {
    "population/population-by-age": PEOPLE,
    "framework-projects/participations": PARTICIPATIONS,
    "framework-projects/projects": PROJECTS.with_columns(pl.col("start_date").str.to_date()),
    "register-places/register-places": PLACES,
}


def positions(geography: Geography, **parameters: Any) -> pl.DataFrame:
    dataset = load_dataset(packaged_schemas() / "datasets/collaboration-network.yaml")
    [told] = [one.derivation for one in dataset.resources if one.name == "regional-position"]
    assert told is not None
    return regional_position(replace(told, parameters={**told.parameters, **parameters}), TABLES, geography)


def test_the_shipped_programme_has_an_area(geography: Geography) -> None:
    found = positions(geography).filter(geo="FI1C6", window="all")
    assert found["tie_weight_baltic"].to_list() == [1]
    assert found["baltic_share"].to_list() == [1]
    assert found["tie_weight_per_100000"].to_list() == [0.5]


def test_a_programme_without_area_is_refused(geography: Geography) -> None:
    with pytest.raises(MappingError, match="no programme ELSEWHERE"):
        positions(geography, programme="ELSEWHERE")
