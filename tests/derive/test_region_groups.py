"""Neighbours and programme areas: against the recorded boundaries, and what a wrong list says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.derive import region_groups
from assets.derive.conversion_weights import Geography, GeographyError
from assets.derive.region_groups import list_bordering_areas, list_programme_area
from tests.derive.csv_answers import rows

PROGRAMME = "INTERREG-BSR-2021-2027"


def arcs(nested: Any) -> Iterator[int]:
    """The borders of a TopoJSON geometry; the complement of a number is the same border the other way."""
    if isinstance(nested, int):
        yield nested if nested >= 0 else ~nested
    else:
        for part in nested:
            yield from arcs(part)


@pytest.mark.slow
def test_neighbours_share_a_border_of_the_recorded_boundaries(shared: Path, published: Path) -> None:
    text = (shared / "upstream/geo/finland-regions-2020.topo.json").read_text("utf-8")
    [layer] = json.loads(text)["objects"].values()
    today = {
        row["from_geo"]: row["to_geo"]
        for row in rows(published, "regions/crosswalk", kind="same", to_classification="nuts-2024")
        if row["from_classification"] == "maakunta-2026"
    }
    borders = {
        today[f"MK{shape['properties']['maakunta']}"]: set(arcs(shape["arcs"]))
        for shape in layer["geometries"]
    }
    expected = {
        (one, other)
        for one, own in borders.items()
        for other, theirs in borders.items()
        if one != other and own & theirs
    }
    found = rows(published, "peers/neighbours", basis="regions 2020")
    assert {(row["geo"], row["neighbour"]) for row in found} == expected
    assert len(expected) == 78


@pytest.mark.slow
def test_the_neighbours_of_paijat_hame(published: Path) -> None:
    found = {row["neighbour"] for row in rows(published, "peers/neighbours", geo="FI1C6")}
    assert found == {"FI1B1", "FI1C2", "FI19B", "FI1C7", "FI1DA", "FI198"}
    abroad = rows(published, "peers/neighbours", basis="state border")
    assert {(row["geo"], row["neighbour"]) for row in abroad} == {
        ("FI1D7", "SE332"),
        ("FI1D7", "NO072"),
        ("FI1D7", "NO073"),
    }
    named = {row["code"] for row in rows(published, "peers/codes-geo")}
    assert {"SE332", "NO072", "NO073"} <= named


@pytest.mark.slow
def test_the_programme_area(published: Path) -> None:
    inside = {row["geo"] for row in rows(published, "peers/programme-area", programme=PROGRAMME)}
    counted = {
        country: sum(geo.startswith(country) for geo in inside) for country in ("FI", "EE", "LT", "SE")
    }
    assert counted == {"FI": 19, "EE": 5, "LT": 10, "SE": 21}
    assert {"DE300", "DE933", "DEF01", "NO020", "NO0A3"} <= inside
    assert not {"DE911", "DE929", "DE94A", "NO071", "NO0B2"} & inside


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        ([("FI1C6", "FI1C3")], "FI1C3 is no area of nuts-2024"),
        ([("FI1C6", "FI1C2"), ("FI1C2", "FI1C7")], "the other side of FI1C6 FI1C2"),
    ],
)
def test_a_list_that_contradicts_itself_stops(
    geography: Geography, monkeypatch: pytest.MonkeyPatch, listed: list[tuple[str, str]], problem: str
) -> None:
    made = pl.DataFrame(
        [(*pair, "made") for pair in listed], schema=["geo", "neighbour", "basis"], orient="row"
    )
    monkeypatch.setattr(region_groups, "read_region_list", lambda name: made)
    with pytest.raises(GeographyError, match=problem):
        list_bordering_areas(geography, "nuts-2024")


def test_a_programme_that_is_not_listed_stops(geography: Geography) -> None:
    with pytest.raises(GeographyError, match="has no programme INTERREG-XYZ"):
        list_programme_area(geography, "nuts-2024", "INTERREG-XYZ")
    with pytest.raises(GeographyError, match=r"no region of nuts-2010 lies in .*NO0A"):
        list_programme_area(geography, "nuts-2010", PROGRAMME)
