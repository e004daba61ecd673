"""What the SDMX-CSV reader hands on, a repeated row and an empty dimension, ends before it is published."""

from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Resource, load_dataset
from assets.errors import MappingError
from assets.normalise.resource import normalise_resource
from assets.overlay import packaged_schemas
from assets.store.snapshots import Provenance, Snapshot
from assets.validate.engine import validate

HEAD = "DATAFLOW,LAST UPDATE,freq,unit,sex,age,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
ROWS = [
    f"ESTAT:X(1.0),21/02/23 23:00:00,A,NR,T,TOTAL,FI1C3,{year},{200_000 + year},"
    for year in range(2014, 2023)
]
AREAS = pl.LazyFrame({"geo_classification": ["nuts-2021"], "geo": ["FI1C3"], "level": ["3"]})


@pytest.fixture
def resource() -> Resource:
    dataset = load_dataset(packaged_schemas() / "datasets" / "population.yaml")
    return next(one for one in dataset.resources if one.name == "population-eurostat")


def normalise(resource: Resource, folder: Path, rows: list[str]) -> pl.LazyFrame:
    path = folder / "made.csv"
    path.write_text("\r\n".join([HEAD, *rows, ""]), "utf-8")
    made = Provenance("eurostat", "demo_r_pjanaggr3", "data", "made", "made", "text/csv")
    return normalise_resource(resource, [Snapshot(path, made)], AREAS)


def required_errors(frame: pl.LazyFrame, resource: Resource) -> list[tuple[str, int | None, str | None]]:
    return [
        (error.type, error.row_number, error.field_name)
        for error in validate(frame, resource).errors
        if error.type != "expectation"  # of the whole table's size, which made rows do not have
    ]


def test_a_whole_message_is_taken(resource: Resource, tmp_path: Path) -> None:
    frame = normalise(resource, tmp_path, ROWS)
    assert frame.collect().height == len(ROWS) and required_errors(frame, resource) == []


def test_a_repeated_row_stops_at_the_key(resource: Resource, tmp_path: Path) -> None:
    for again in (ROWS[3], ROWS[3].replace("202017", "202018")):
        with pytest.raises(MappingError, match=r"two rows with the key geo=FI1C3, .*time_period=2017"):
            normalise(resource, tmp_path, [*ROWS, again])


def test_a_dimension_without_a_code_stops(resource: Resource, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="time_period: 1 rows have no period"):
        normalise(resource, tmp_path, [*ROWS, ROWS[0].replace(",2014,", ",,")])
    with pytest.raises(MappingError, match=r"'sex' must be 'T' in all rows .* no value"):
        normalise(resource, tmp_path, [*ROWS, ROWS[0].replace(",T,", ",,")])
    frame = normalise(resource, tmp_path, [*ROWS, ROWS[0].replace("FI1C3", "")])
    assert ("constraint-error", 2, "geo") in required_errors(frame, resource)
