"""Which areas are the same land, and what happened to municipalities: known facts, and refusals."""

import csv
import json
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from assets.errors import MappingError
from assets.normalise.regions.lists import read_region_list
from assets.normalise.regions.municipal_events import find_municipal_changes, list_municipal_units
from assets.normalise.regions.nuts_steps import find_same
from assets.normalise.regions.territories import build_territories, list_area_units

Tables = dict[str, pl.DataFrame]
WITHOUT_IITTI = "FI:016+081+098+111+316+398+560+576+781"
WITH_IITTI = "FI:016+081+098+111+142+316+398+560+576+781"


@pytest.fixture(scope="module")
def land(tables: Tables) -> dict[tuple[str, str], str]:
    """The territory of each area."""
    return {(c, geo): name for c, geo, name, _ in tables["territories"].iter_rows()}


def test_paijat_hame_is_two_territories(land: dict[tuple[str, str], str]) -> None:
    for code, years in (("FI185", (2003, 2006)), ("FI1C3", (2010, 2013, 2016, 2021))):
        assert {land[f"nuts-{year}", code] for year in years} == {WITHOUT_IITTI}
    assert land["nuts-2024", "FI1C6"] == WITH_IITTI
    for year in range(2013, 2027):
        assert land[f"maakunta-{year}", "MK07"] == (WITH_IITTI if year >= 2021 else WITHOUT_IITTI)


def test_municipalities_before_and_after_mergers(land: dict[tuple[str, str], str]) -> None:
    assert land["kunta-2015", "KU398"] == "FI:398-2015"
    assert land["kunta-2015", "KU532"] == "FI:532-2015"
    assert {land[f"kunta-{year}", "KU398"] for year in range(2016, 2027)} == {"FI:398"}
    assert land["kunta-2015", "KU297"] == "FI:297-2014+476-2014"  # Kuopio with Maaninka, without Juankoski
    assert land["kunta-2017", "KU297"] == "FI:297"


def test_other_known_changes(land: dict[tuple[str, str], str]) -> None:
    assert land["nuts-2006", "FI182"] == "nuts-2003:FI182"  # Itä-Uusimaa: no list of its municipalities
    assert land["nuts-2013", "FI1D4"] == land["maakunta-2015", "MK18"] != land["nuts-2016", "FI1D8"]
    for old, new in (("FI193", "FI198"), ("FI195", "FI19A"), ("FI1D1", "FI1DA"), ("FI1C4", "FI1C7")):
        assert land["nuts-2021", old] != land["nuts-2024", new]
    assert land["nuts-2021", "FI1C5"] == land["nuts-2024", "FI1C5"] == land["maakunta-2026", "MK09"]


def test_the_same_land_at_several_levels(land: dict[tuple[str, str], str]) -> None:
    assert {land["nuts-2024", code] for code in ("FI2", "FI20", "FI200")} == {land["maakunta-2013", "MK21"]}
    assert land["nuts-2003", "LU000"] == land["nuts-2024", "LU0"] == land["country", "LU"] == "country:LU"
    assert land["country", "FI"].count("+") == 307


def test_every_area_with_land_has_one(tables: Tables) -> None:
    landless = pl.col("geo_classification").is_in(["aggregate", "extra-regio", "not-regionalised"])
    key = ["geo_classification", "geo"]
    expected = tables["areas"].filter(~landless).select(key)
    assert tables["territories"].select(key).sort(key).equals(expected.sort(key))


def test_one_code_one_land_unless_a_change_says_otherwise(tables: Tables) -> None:
    """Said a second time: a code that stays has other land only where the list of changes names it,
    or a matrix contests it."""
    named = {
        (row["from_classification"], row[side])
        for row in tables["changes"].filter(pl.col("change") != "renamed").iter_rows(named=True)
        for side in ("old", "new")
    }
    contested = tables["crosswalk"].filter(pl.col("other_source").is_not_null(), kind="same")
    named |= set(contested.select("from_classification", "from_geo").rows())
    land = {(c, geo): name for c, geo, name, _ in tables["territories"].iter_rows()}
    versions = sorted({c for c, _ in land if c.startswith("nuts-")})
    for before, after in pairwise(versions):
        for c, geo in land:
            if c == before and (after, geo) in land and (before, geo) not in named:
                assert land[before, geo] == land[after, geo]


def test_mergers_and_moves(tables: Tables) -> None:
    events = {
        (str(row["date"]), row["municipality"], row["old"], row["new"])
        for row in tables["municipal-changes"].iter_rows(named=True)
    }
    assert {
        ("2016-01-01", "KU532", "KU532", "KU398"), ("2016-01-01", "KU283", "KU283", "KU098"),
        ("2021-01-01", "KU142", "MK08", "MK07"), ("2024-01-01", "KU142", "FI1C4", "FI1C6"),
        ("2021-01-01", "KU152", "MK15", "MK14"), ("2024-01-01", "KU152", "FI195", "FI199"),
        ("2021-01-01", "KU291", "MK13", "MK06"), ("2024-01-01", "KU291", "FI193", "FI19B"),
        ("2021-01-01", "KU090", "MK10", "MK12"), ("2024-01-01", "KU090", "FI1D1", "FI1DC"),
        ("2021-01-01", "KU171", "MK10", "MK11"), ("2024-01-01", "KU171", "FI1D1", "FI1DB"),
        ("2016-01-01", "KU785", "MK18", "MK17"), ("2018-01-01", "KU785", "FI1D4", "FI1D9"),
    } <= events  # fmt: skip
    assert tables["municipal-changes"]["source"].null_count() == 0


def test_the_sources_of_mergers_say_so(shared: Path) -> None:
    """The listed municipality is in the key before, not after; its postal area is where it says."""
    with (shared / "upstream/postal/postcodes.json").open(encoding="utf-8") as lines:
        posts = {post["postcode"]: post for post in json.load(lines)}
    for day, old, new, source in read_region_list("municipal_mergers").iter_rows():
        codes = {}
        for year in (int(day[:4]) - 1, int(day[:4])):
            with (shared / f"upstream/regions/finland/municipality_key_{year}.csv").open(
                encoding="utf-8"
            ) as key:
                codes[year] = {f"KU{row['kunta']}" for row in csv.DictReader(key)}
            assert str(year) in source
        assert old in codes[int(day[:4]) - 1] - codes[int(day[:4])]
        code, name = source.split(" has ")[1].split(" in ")[0].split(" ", 1)
        assert posts[code]["postcode_fi_name"] == name
        assert f"KU{posts[code]['municipal_code']}" == new


def test_pieces_are_never_in_two_municipalities(tables: Tables) -> None:
    years = tables["memberships"].select("year", "municipality").unique()
    units = list_municipal_units(years, tables["municipal-changes"])
    assert units.group_by("year").agg(pl.col("basic_unit").n_unique(), pl.len()).rows()[0][1:] == (320, 320)
    again = list_area_units(tables["territories"], tables["municipal-changes"])
    own = again.filter(pl.col("geo_classification") == "kunta-2016").select(
        municipality="geo", basic_unit="basic_unit"
    )
    same = units.filter(pl.col("year") == 2016).drop("year")
    assert own.sort("basic_unit").equals(same.sort("basic_unit"))


def test_a_municipality_that_ends_without_a_source_stops() -> None:
    rows = [(2030, "KU001", "maakunta-2030", "MK01"), (2030, "KU002", "maakunta-2030", "MK01"),
            (2031, "KU001", "maakunta-2031", "MK01")]  # fmt: skip
    columns = ["year", "municipality", "geo_classification", "geo"]
    with pytest.raises(MappingError, match=r"KU002 ends with the key of 2030; say in .*municipal_mergers"):
        find_municipal_changes(pl.DataFrame(rows, schema=columns, orient="row"))
    begins = pl.DataFrame([rows[2], (2032, "KU003", "maakunta-2032", "MK01")], schema=columns, orient="row")
    with pytest.raises(MappingError, match="KU003 is new in the key of 2032"):
        find_municipal_changes(begins)


def test_lists_and_municipalities_that_contradict_stop(tables: Tables) -> None:
    changes = tables["changes"].with_columns(
        pl.when(pl.col("old") == "FI1C3").then(pl.lit("recoded")).otherwise("change").alias("change")
    )
    with pytest.raises(MappingError, match="are the same land, by their municipalities they are not"):
        same = find_same(tables["areas"], changes)
        build_territories(tables["areas"], same, tables["memberships"], tables["municipal-changes"])
