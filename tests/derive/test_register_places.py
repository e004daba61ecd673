"""Places of a register's rows and campuses, from the published files, against the csv module."""

import csv
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.derive import campus_participations, register_places
from assets.derive.campus_participations import build_campus_participations
from assets.derive.conversion_weights import Geography, GeographyError
from assets.derive.placing import CERTAINTIES, METHODS
from assets.derive.register_places import build_register_places, count_places, list_disagreements
from assets.descriptor import load_dataset
from assets.overlay import packaged_schemas

Rows = list[dict[str, str]]
HELSINKI = "999994535"


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def register(published: Path) -> dict[str, Rows]:
    folder = published / "framework-projects"
    return {name: rows_of(folder / f"{name}.csv") for name in ("participations", "organisations")}


@pytest.fixture(scope="module")
def frames(published: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    folder = published / "framework-projects"
    return pl.read_parquet(folder / "participations.parquet"), pl.read_parquet(
        folder / "organisations.parquet"
    )


@pytest.fixture(scope="module")
def places(frames: tuple[pl.DataFrame, pl.DataFrame], geography: Geography) -> pl.DataFrame:
    return build_register_places(*frames, geography)


def test_every_finnish_row_is_there_once(places: pl.DataFrame, register: dict[str, Rows]) -> None:
    finnish = [row for row in register["participations"] if row["country"] == "FI"]
    assert len(finnish) == places.height == 2845
    expected = Counter((row["project"], row["organisation"], row["order"], row["geo"]) for row in finnish)
    found = places.select(
        "project", pl.col("organisation").fill_null(""), pl.col("order").cast(pl.String), "geo"
    )
    assert Counter(found.rows()) == expected
    assert places.select("register", "project", "organisation", "order").is_duplicated().sum() == 0


def test_the_registers_own_region_is_that_of_its_municipalities(
    places: pl.DataFrame, register: dict[str, Rows], published: Path
) -> None:
    """By the memberships: the region that all municipalities of a NUTS area are in."""
    homes: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows_of(published / "regions/memberships.csv"):
        is_nuts_3 = row["geo_classification"] == "nuts-2024" and len(row["geo"]) == 5
        if row["year"] == "2026" and (is_nuts_3 or row["geo_classification"] == "maakunta-2026"):
            homes[row["municipality"]][row["geo_classification"]] = row["geo"]
    region_of: dict[str, set[str]] = defaultdict(set)
    for home in homes.values():
        region_of[home["nuts-2024"]].add(home["maakunta-2026"])
    assert all(len(regions) == 1 for regions in region_of.values()) and len(region_of) == 19
    found = dict(places.drop_nulls("register_region").select("geo", "register_region").unique().rows())
    assert found == {geo: next(iter(region_of[geo])) for geo in found}
    assert set(places.filter(pl.col("register_region").is_null())["geo"]) == {"FI"}


def test_places_are_those_of_the_names(places: pl.DataFrame, register: dict[str, Rows], tables: Any) -> None:
    """Names of municipalities as they are written, in either language; the others are labelled by hand in
    `placing_labels.csv`."""
    named = tables["areas"].filter(geo_classification="kunta-2026")
    by_name = {
        name.lower(): geo
        for language in ("name_fi", "name_sv")
        for geo, name in named.select("geo", language).drop_nulls().rows()
    }
    compared = 0
    for city, municipality in places.select("city", "municipality").rows():
        if city and city.lower() in by_name:
            assert municipality == by_name[city.lower()], city
            compared += 1
    assert compared > 2300


def test_both_counts_by_region(places: pl.DataFrame) -> None:
    counts = {row["region"]: row for row in count_places(places).iter_rows(named=True)}
    rows = {region: (row["rows"], row["register_rows"]) for region, row in counts.items()}
    assert rows["MK07"] == (22, 20)
    assert (rows["MK02"], rows["MK10"], rows[None]) == ((237, 143), (12, 30), (4, 354))
    ranked = sorted((row["rows"] for region, row in counts.items() if region), reverse=True)
    by_register = sorted((row["register_rows"] for region, row in counts.items() if region), reverse=True)
    assert (ranked.index(22) + 1, by_register.index(20) + 1) == (11, 12)
    assert sum(row["rows"] for row in counts.values()) == places.height
    without = places.filter(geo="FI")
    assert Counter(without["organisation"])[HELSINKI] == 242 and without["region"].null_count() == 4


def test_disagreements_are_listed(
    places: pl.DataFrame, frames: tuple[pl.DataFrame, pl.DataFrame], register: dict[str, Rows]
) -> None:
    states = Counter(places["agreement"].to_list())
    assert states == {"same": 2471, "placed only": 350, "different": 20, "neither": 4}
    listed = list_disagreements(places, frames[1])
    assert listed["rows"].sum() == 20 and listed["rows"].to_list() == sorted(listed["rows"], reverse=True)
    first = listed.row(0, named=True)
    assert (first["name"], first["geo"], first["region"], first["rows"]) == (
        "STORA ENSO OYJ",
        "FI1DA",
        "MK01",
        10,
    )
    cities = {row["organisation"]: row["city"] for row in register["organisations"]}
    assert all(cities[row["organisation"]] == row["city"] for row in listed.iter_rows(named=True))


def test_campuses_stay_apart(
    places: pl.DataFrame,
    frames: tuple[pl.DataFrame, pl.DataFrame],
    register: dict[str, Rows],
    geography: Geography,
) -> None:
    table = build_campus_participations(frames[0], places, geography)
    campuses = {
        row["organisation"]: row["municipality"]
        for row in rows_of(packaged_schemas() / "regions" / "campuses.csv")
    }
    own = [row for row in register["participations"] if row["organisation"] in campuses]
    assert table.height == len(own) == 295
    assert Counter(table["organisation"]) == Counter(row["organisation"] for row in own)
    stated = [Decimal(row["ec_contribution"]) for row in own if row["ec_contribution"]]
    assert table["ec_contribution_whole"].sum() == sum(stated)
    assert set(table["bound"]) == {"upper bound"} and not table["seat_in_region"].any()
    assert places.filter(region="MK07")["organisation"].is_in(list(campuses)).sum() == 0  # not in the seats
    moved = places.with_columns(
        region=pl.when(organisation=HELSINKI).then(pl.lit("MK07")).otherwise("region")
    )
    again = build_campus_participations(frames[0], moved, geography)
    assert again.filter("seat_in_region")["organisation"].unique().to_list() == [HELSINKI]


def test_a_row_without_organisation_has_no_name_to_be_placed_by(geography: Geography) -> None:
    rows = pl.DataFrame(
        {"project": ["1", "1", "2"], "organisation": [None, "9", "9"], "order": [1, 2, 1],
         "country": ["FI", "FI", "SE"], "geo": ["FI1C6", "FI", "SE"],
         "geo_classification": ["nuts-2024", "country", "country"]}
    )  # fmt: skip
    organisations = pl.DataFrame({"organisation": ["9"], "city": ["Asikkala"]})
    found = build_register_places(rows, organisations, geography)
    assert found.select("order", "municipality", "region", "place_method", "agreement").rows() == [
        (2, "KU016", "MK07", "city", "placed only"), (1, None, "MK07", "nuts", "same"),
    ]  # fmt: skip
    with pytest.raises(GeographyError, match="the table organisations has no column city"):
        build_register_places(rows, organisations.drop("city"), geography)
    with pytest.raises(GeographyError, match="the table participations has no column ec_contribution"):
        build_campus_participations(rows, found, geography)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("register-places", register_places.COLUMNS),
        ("campus-participations", campus_participations.COLUMNS),
    ],
)
def test_columns_are_described(name: str, columns: dict[str, Any]) -> None:
    dataset = load_dataset(packaged_schemas() / "datasets" / f"{name}.yaml")
    types = {pl.String: "string", pl.Int64: "integer", pl.Boolean: "boolean", pl.Decimal(18, 2): "number"}
    fields = {field.name: field for field in dataset.resources[0].fields}
    assert list(fields) == list(columns)
    codes = {
        "place_method": [*METHODS, "unplaced"],
        "place_certainty": list(CERTAINTIES),
        "agreement": register_places.AGREEMENTS.categories.to_list(),
        "bound": [campus_participations.UPPER_BOUND],
    }
    for field_name, field in fields.items():
        assert field.type == types.get(columns[field_name], "string")
        if field_name in codes:
            assert {code.code for code in field.codes} == set(codes[field_name])
