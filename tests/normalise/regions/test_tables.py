"""The dataset regions from its bundled sources: known facts, keys between the tables, refusals."""

from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import load_dataset
from assets.errors import MappingError
from assets.normalise.regions import finland_areas, nuts_lists
from assets.normalise.regions import lists as region_lists
from assets.normalise.regions import tables as regions
from assets.validate.engine import validate

PAIJAT_HAME = ["016", "081", "098", "111", "142", "316", "398", "560", "576", "781"]
IITTI, NASTOLA, HAMEENKOSKI = "142", "532", "283"
YEARS = range(2013, 2027)

Tables = dict[str, pl.DataFrame]


def test_every_table_meets_its_schema(tables: Tables) -> None:
    """Their beginnings; the pipeline's own runs validate the whole."""
    for resource in load_dataset(Path(__file__).parents[3] / "schemas/datasets/regions.yaml").resources:
        report = validate(tables[resource.name].head(2000).lazy(), resource)
        assert set(report.totals) <= {"expectation"}, report.errors[:3]  # a beginning has too few rows


def municipalities(tables: Tables, year: int, classification: str, geo: str) -> list[str]:
    wanted = (pl.col("year") == year, pl.col("geo_classification") == classification, pl.col("geo") == geo)
    return tables["memberships"].filter(*wanted)["municipality"].str.strip_prefix("KU").sort().to_list()


def test_paijat_hame_has_ten_municipalities_since_iitti_joined(tables: Tables) -> None:
    without_iitti = [code for code in PAIJAT_HAME if code != IITTI]
    for year in YEARS:
        expected = PAIJAT_HAME if year >= 2021 else without_iitti
        if year <= 2015:
            expected = sorted([*without_iitti, NASTOLA, HAMEENKOSKI])
        assert municipalities(tables, year, f"maakunta-{year}", "MK07") == expected


def test_iitti_joined_in_nuts_only_in_2024(tables: Tables) -> None:
    for year in (2021, 2022, 2023):
        assert IITTI not in municipalities(tables, year, "nuts-2021", "FI1C3")
        assert IITTI in municipalities(tables, year, "nuts-2021", "FI1C4")
        assert IITTI in municipalities(tables, year, f"maakunta-{year}", "MK07")
    for year in (2024, 2025, 2026):
        assert municipalities(tables, year, "nuts-2024", "FI1C6") == PAIJAT_HAME


def test_codes_of_paijat_hame_by_version(tables: Tables) -> None:
    named = tables["areas"].filter(pl.col("name_native") == "Päijät-Häme", pl.col("level") == 3)
    assert dict(named.select("geo_classification", "geo").iter_rows()) == {
        "nuts-2003": "FI185", "nuts-2006": "FI185", "nuts-2010": "FI1C3", "nuts-2013": "FI1C3",
        "nuts-2016": "FI1C3", "nuts-2021": "FI1C3", "nuts-2024": "FI1C6",
    }  # fmt: skip
    assert set(named["name_sv"]) == {None, "Päijänne-Tavastland"}  # no source has the Swedish name of FI185


def test_names(tables: Tables) -> None:
    """Level, parent, names (native, fi, sv, en), country, national code."""
    areas = {(classification, geo): row for classification, geo, *row in tables["areas"].iter_rows()}
    assert areas["maakunta-2025", "MK07"] == [
        None, "SA2", "Päijät-Häme", "Päijät-Häme", "Päijänne-Tavastland", "Päijät-Häme", "FI", "07",
    ]  # fmt: skip
    assert areas["seutukunta-2026", "SK071"][1:6] == ["MK07", "Lahti", "Lahti", "Lahtis", "Lahti"]
    assert areas["kunta-2021", "KU398"] == [None, "SK071", "Lahti", "Lahti", "Lahtis", "Lahti", "FI", "398"]
    assert areas["kunta-2025", "KU478"][2:5] == ["Mariehamn", "Maarianhamina", "Mariehamn"]
    assert areas["nuts-2024", "FI1"][2:6] == [
        "Manner-Suomi",
        "Manner-Suomi",
        "Fastlandsfinland",
        "Mainland Finland",
    ]
    assert areas["nuts-2006", "FI182"][1:4] == ["FI18", "Itä-Uusimaa", "Itä-Uusimaa"]
    assert areas["nuts-2024", "SE110"][2:6] == ["Stockholms län", None, "Stockholms län", None]
    assert areas["nuts-2003", "GR11"][1:3] == ["GR1", "Aνατολική Μακεδονία, Θράκη"]
    assert areas["nuts-2003", "GR1"][1] == areas["nuts-2003", "GR1"][6] == "EL"
    assert areas["nuts-2016", "UKN16"][1:3] == ["UKN0", "Fermanagh and Omagh"]
    assert areas["country", "EL"] == [0, None, "Ελλάδα", "Kreikka", "Grekland", "Greece", "EL", None]
    assert areas["extra-regio", "FIZZZ"][:3] == [3, "FIZZ", "Extra-Regio NUTS 3"]
    assert areas["not-regionalised", "FIX"][:2] == [1, "FI"]
    assert areas["aggregate", "EU27_2020"][5] == "European Union, 27 countries (2020–)"


def test_every_parent_is_an_area_of_its_year(tables: Tables) -> None:
    codes = set(tables["areas"].select("geo_classification", "geo").rows())
    above = {"kunta": "seutukunta", "seutukunta": "maakunta", "maakunta": "suuralue"}
    for classification, geo, parent in (
        tables["areas"].select("geo_classification", "geo", "parent").iter_rows()
    ):
        family, _, year = classification.rpartition("-")
        if parent is None:
            assert classification in ("country", "aggregate")
        elif len(parent) == 2:
            assert ("country", parent) in codes
        else:
            assert (f"{above[family]}-{year}" if family in above else classification, parent) in codes, geo


def test_names_are_tidy_and_tell_areas_apart(tables: Tables) -> None:
    names = tables["areas"].filter(~pl.col("geo_classification").is_in(["extra-regio", "not-regionalised"]))
    for column in ("name_native", "name_fi", "name_sv", "name_en"):
        untidy = names.filter(pl.col(column).str.contains(r"^\s|\s$|\s\s|\(part\)|[\n\u00a0]|^$"))
        assert untidy.is_empty(), untidy
    repeated = names.filter(pl.struct("geo_classification", "level", "name_native").is_duplicated())
    assert set(repeated["geo"]) == {"FRC22", "CH025"}  # Jura is in France and in Switzerland


def test_classifications_follow_each_other(tables: Tables) -> None:
    frame = tables["classifications"]
    assert set(frame["geo_classification"]) == set(tables["areas"]["geo_classification"])
    nuts = frame.filter(pl.col("geo_classification").str.starts_with("nuts-")).sort("in_force_from")
    gaps = nuts.select(
        (pl.col("in_force_from").shift(-1) - pl.col("in_force_to")).dt.total_days()
    ).drop_nulls()
    assert gaps.to_series().to_list() == [1] * 6
    assert nuts["in_force_to"].to_list()[-1] is None


def test_an_area_without_a_parent_stops() -> None:
    versions = pl.DataFrame({"version": ["2024"], "geo": ["XA112"], "level": [3], "name": ["A"]})
    with pytest.raises(MappingError, match="1 NUTS areas without a parent or a name: nuts-2024 XA112"):
        nuts_lists.nuts_areas(versions)


def test_a_key_that_contradicts_itself_or_its_part_stops() -> None:
    columns = [
        "kunta",
        "maakunta_code",
        "maakunta_name_fi",
        "seutukunta_code",
        "seutukunta_name_fi",
        "suuralue_code",
        "suuralue_name_fi",
    ]
    row = (
        dict.fromkeys(columns, "1")
        | {f"municipality_name_{x}": "A" for x in ("fi", "sv", "en")}
        | {"year": "2024"}
    )
    row |= {f"maakunta_name_{x}": "A" for x in ("fi", "sv", "en")} | {
        "hyvinvointialue_code": None,
        "hyvinvointialue_name_fi": None,
    }
    other = row | {"kunta": "2", "maakunta_code": "2"}
    key = pl.LazyFrame([row, other], schema=dict.fromkeys(row, pl.String))
    keys = finland_areas.read_keys({"key-2024": key})
    names = pl.DataFrame(
        schema={"level": pl.String, "code": pl.String, "year": pl.Int64}
        | dict.fromkeys(("name_fi", "name_sv", "name_en"), pl.String)
    )
    with pytest.raises(MappingError, match="the key of 2024 gives seutukunta 1 two names or parents"):
        finland_areas.national_areas(keys, names)
    with pytest.raises(MappingError, match=r"part key-2025 holds the years \['2024'\]"):
        finland_areas.read_keys({"key-2025": key})


@pytest.mark.parametrize(
    "make", [regions.areas, regions.classifications, regions.memberships, regions.changes]
)
def test_a_missing_source_is_named(make: object) -> None:
    with pytest.raises(MappingError, match=r"no part (nuts-|key-|names)"):
        make({})  # type: ignore[operator]


def test_a_correction_that_corrects_nothing_stops() -> None:
    areas = pl.DataFrame(
        {"geo": ["BG23"], "name_native": ["Югоизточен"], "name_sv": [None], "name_en": [None]}
    )
    with pytest.raises(MappingError, match="no BG23 has the name_native"):
        region_lists.correct_names(areas)
