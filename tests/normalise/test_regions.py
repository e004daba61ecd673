"""The dataset regions from its bundled sources: known facts, counts by another route, keys between the
tables."""

import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import load_dataset
from assets.errors import MappingError
from assets.normalise import finland_areas, nuts_changes, nuts_lists, region_lists, regions
from assets.normalise.nuts_workbook import read_nuts_workbook
from assets.normalise.resource import normalise_resource
from assets.store import bundle_root, find_snapshots
from assets.validate.engine import validate

PAIJAT_HAME = ["016", "081", "098", "111", "142", "316", "398", "560", "576", "781"]
IITTI, NASTOLA, HAMEENKOSKI = "142", "532", "283"
YEARS = range(2013, 2027)

Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def tables() -> Tables:
    """All tables of regions, from the bundle, as the pipeline makes them."""
    dataset = load_dataset(Path(__file__).parents[2] / "schemas/datasets/regions.yaml")
    roots = [bundle_root()]
    snapshots = [
        *find_snapshots(roots, "eurostat", "nuts"),
        *find_snapshots(roots, "statfin", "municipality-keys"),
    ]
    made = {r.name: normalise_resource(r, snapshots, None).collect() for r in dataset.resources}
    for resource in dataset.resources:
        report = validate(
            made[resource.name].head(2000).lazy(), resource
        )  # whole in the runs of the pipeline
        assert set(report.totals) <= {"expectation"}, report.errors[:3]
    return made


def key_of(year: int) -> list[dict[str, str]]:
    """A bundled municipality key by the csv module."""
    (path,) = (bundle_root() / f"statfin/municipality-keys/key-{year}").glob("*.csv.gz")
    return list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))


def listed(shared: Path, *sheets: tuple[str, str, int]) -> set[str]:
    """The codes of NUTS levels 1 to 3 in columns of workbooks (file, sheet, column), read cell by cell."""
    import fastexcel

    found = set()
    for file, sheet, column in sheets:
        book = fastexcel.read_excel(str(shared / "upstream/nuts/eurostat" / file))
        rows = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars().fill_null("").rows()
        found |= {row[column].replace("(part)", "").strip() for row in rows}
    return {
        code
        for code in found
        if 3 <= len(code) <= 5 and code.isalnum() and code.isupper() and set(code[2:]) != {"Z"}
    }


W0306 = ("NUTS2003-NUTS2006.xls", "NUTS2003-NUTS2006")
W0610 = ("NUTS2006-NUTS2010.xls", "NUTS2006-NUTS2010")
W1013 = ("NUTS2010-NUTS2013.xls", "NUTS2010-NUTS2013")
W1316 = ("NUTS2013-NUTS2016.xlsx", "NUTS2013-NUTS2016")
W1621 = ("NUTS2016-NUTS2021.xlsx", "Changes detailed NUTS 2016-2021")
W2124 = ("NUTS2021-NUTS2024.xlsx", "NUTS2021- NUTS2024")
S2124 = ("NUTS2021-NUTS2024.xlsx", "SR2021- SR2024")
LISTS = {
    "nuts-2003": [(*W0306, 1)],
    "nuts-2006": [(*W0306, 2), (*W0610, 1)],
    "nuts-2010": [(*W0610, 2), (*W1013, 1)],
    "nuts-2013": [(*W1013, 2), (*W1316, 1)],
    "nuts-2016": [(*W1316, 2), (*W1621, 0)],
    "nuts-2021": [("NUTS2016-NUTS2021.xlsx", "NUTS & SR 2021", 0), (*W1621, 1), (*W2124, 2), (*S2124, 2)],
    "nuts-2024": [(*W2124, 3), (*S2124, 3)],
}


@pytest.mark.parametrize("classification", LISTS)
def test_a_nuts_list_is_the_union_of_the_workbooks_that_name_it(
    tables: Tables, shared: Path, classification: str
) -> None:
    areas = tables["areas"].filter(pl.col("geo_classification") == classification)
    assert set(areas["geo"]) == listed(shared, *LISTS[classification])
    assert areas["geo"].is_unique().all()


def test_nuts_lists_agree_with_other_files_of_eurostat(tables: Tables, shared: Path) -> None:
    """GISCO's list of 2021 has the same codes; the published list of 2024 those of the EU."""
    folder = shared / "upstream/nuts/eurostat"
    codes = dict(tables["areas"].group_by("geo_classification").agg("geo").iter_rows())
    with (folder / "NUTS_AT_2021.csv").open(encoding="utf-8-sig") as lines:
        gisco = {row["NUTS_ID"] for row in csv.DictReader(lines)}
    assert set(codes["nuts-2021"]) == {code for code in gisco if len(code) > 2}
    with (folder / "NUTS2021-NUTS2024_list.csv").open(encoding="utf-8-sig") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter=";") if row["NUTS Code"]]
    listed = {row["NUTS Code"]: row["NUTS label"] for row in rows}
    regions_of_eu = {code for code in listed if set(code[2:]) != {"Z"}}
    assert len(regions_of_eu) == 1501
    assert regions_of_eu <= set(codes["nuts-2024"])
    members = {row["Country code"] for row in rows}
    assert {code for code in codes["nuts-2024"] if code[:2] in members} == regions_of_eu


def test_counts_of_areas(tables: Tables) -> None:
    """NUTS: levels 1, 2, 3. The EU's own count of 2013 is 98, 276, 1342; later lists have partner countries
    too."""
    nuts = tables["areas"].filter(pl.col("geo_classification").str.starts_with("nuts-"))
    counts = Counter(nuts.select("geo_classification", "level").rows())
    assert {c: tuple(counts[c, level] for level in (1, 2, 3)) for c in LISTS} == {
        "nuts-2003": (92, 268, 1284),
        "nuts-2006": (97, 271, 1303),
        "nuts-2010": (98, 272, 1315),
        "nuts-2013": (98, 276, 1342),
        "nuts-2016": (125, 332, 1523),
        "nuts-2021": (125, 334, 1514),
        "nuts-2024": (123, 326, 1483),
    }


@pytest.mark.parametrize("year", YEARS)
def test_national_areas_are_those_of_the_key(tables: Tables, year: int) -> None:
    rows = key_of(year)
    divisions = {
        "kunta": ("KU", "kunta"),
        "seutukunta": ("SK", "seutukunta_code"),
        "maakunta": ("MK", "maakunta_code"),
        "suuralue": ("SA", "suuralue_code"),
        "hyvinvointialue": ("HVA", "hyvinvointialue_code"),
    }
    areas = tables["areas"]
    for division, (prefix, column) in divisions.items():
        expected = {prefix + row[column] for row in rows if row[column]}
        if division == "hyvinvointialue" and year < 2022:
            expected = set()
        assert set(areas.filter(pl.col("geo_classification") == f"{division}-{year}")["geo"]) == expected
    kunta = areas.filter(pl.col("geo_classification") == f"kunta-{year}")
    names = {"KU" + row["kunta"]: " ".join(row["municipality_name_sv"].split()) for row in rows}
    assert dict(kunta.select("geo", "name_sv").iter_rows()) == names


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


def test_memberships_by_the_csv_module(tables: Tables) -> None:
    expected = set()
    for year in YEARS:
        nuts = next(
            (v for start, v in ((2024, 2024), (2021, 2021), (2018, 2016), (2017, 2013)) if year >= start),
            None,
        )
        for row in key_of(year):
            to = [
                ("seutukunta", "SK", "seutukunta_code"),
                ("maakunta", "MK", "maakunta_code"),
                ("suuralue", "SA", "suuralue_code"),
            ]
            to += [("hyvinvointialue", "HVA", "hyvinvointialue_code")] if year >= 2022 else []
            found = [(f"{name}-{year}", prefix + row[column]) for name, prefix, column in to if row[column]]
            found += [
                (f"nuts-{nuts}", row[f"nuts{level}_code"]) for level in (1, 2, 3) if row[f"nuts{level}_code"]
            ]
            expected |= {(year, "KU" + row["kunta"], *pair) for pair in found}
    assert set(tables["memberships"].rows()) == expected
    assert tables["memberships"].height == len(expected)


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


def change(tables: Tables, to: int, old: str | None, new: str | None) -> dict[str, object]:
    both = (pl.col("old").eq_missing(pl.lit(old)), pl.col("new").eq_missing(pl.lit(new)))
    return tables["changes"].filter(pl.col("to_classification") == f"nuts-{to}", *both).row(0, named=True)


def test_known_changes(tables: Tables) -> None:
    iitti = change(tables, 2024, "FI1C3", "FI1C6")
    assert (iitti["change"], iitti["pairing"], iitti["level"]) == ("boundary-shift", "name", 3)
    assert iitti["note"] == "LAU Iitti (142) moved from ex-FI1C4 to ex-FI1C3"
    assert change(tables, 2024, "FI1C4", "FI1C7")["note"] == iitti["note"]
    assert change(tables, 2010, "FI185", "FI1C3")["change"] == "recoded"
    assert change(tables, 2010, "FI182", "FI1B1")["change"] == "merged"
    assert change(tables, 2010, "FI18", None)["change"] == "split"
    assert change(tables, 2010, "FI18", "FI1C")["change"] == "new"
    kainuu = change(tables, 2016, "FI1D4", "FI1D8")
    assert (kainuu["change"], kainuu["pairing"]) == ("boundary-shift", "line")
    finnish = tables["changes"].filter(pl.coalesce("old", "new").str.starts_with("FI"))
    assert Counter(finnish["to_classification"]) == {
        "nuts-2006": 2,
        "nuts-2010": 21,
        "nuts-2016": 2,
        "nuts-2024": 9,
    }
    assert change(tables, 2013, "UKH13", None)["change"] == "split"  # the full list leaves the word out
    assert change(tables, 2024, "LV007", None)["change"] == "merged"


def test_an_explanation_in_the_wrong_line_is_no_note(tables: Tables) -> None:
    """The sheet of level 3 explains PT181 to PT1C1 with `PT196 = PT16J`."""
    assert change(tables, 2024, "PT181", "PT1C1")["note"] == "Code change due to changes on NUTS-2 level"


def test_changes_lead_from_list_to_list(tables: Tables) -> None:
    """Old codes are areas of the earlier version, new ones of the later; what is not in the next list has a
    change."""
    areas = dict(tables["areas"].group_by("geo_classification").agg("geo").iter_rows())
    frame = tables["changes"]
    for (earlier, later), rows in frame.group_by("from_classification", "to_classification"):
        old, new = set(areas[str(earlier)]), set(areas[str(later)])
        assert set(rows["old"].drop_nulls()) <= old
        assert set(rows["new"].drop_nulls()) <= new
        gone, come = old - new, new - old
        # Two steps are not told by any workbook: the United Kingdom left, partner countries and Croatia came.
        gone -= {code for code in gone if code.startswith("UK") and later == "nuts-2024"}
        assert gone <= set(rows["old"].drop_nulls())
        untold = {code[:2] for code in come - set(rows["new"].drop_nulls())}
        assert untold <= {
            "nuts-2010": {"HR"},
            "nuts-2016": {"AL", "CH", "IS", "LI", "ME", "MK", "NO", "RS", "TR"},
        }.get(str(later), set())


def lines(*rows: tuple[str | None, ...]) -> pl.DataFrame:
    """Made lines of a workbook 2021 to 2024: sheet, old, new, level, name, change, explanation."""
    frame = pl.DataFrame(
        rows, schema=["sheet", "old", "new", "level", "name", "change", "explanation"], orient="row"
    )
    text = [pl.lit(None, pl.String).alias("part"), pl.lit("2021").alias("from"), pl.lit("2024").alias("to")]
    return frame.cast(pl.String).with_columns(text)


def test_boundary_shift_and_new_region_are_paired_only_side_by_side_with_one_name_and_level() -> None:
    made = nuts_changes.nuts_changes(
        lines(
            ("correspondence", "XA111", None, "3", "A", "Boundary shift", None),
            ("correspondence", None, "XA112", "3", "A", "New region", None),
            ("correspondence", None, "XA113", "3", "B", "New region", None),
            ("correspondence", "XA114", None, "3", "B", "Boundary shift", None),
            ("correspondence", "XA115", None, "3", "C", "Boundary shift", None),
            ("correspondence", "XA116", "XA116", "3", "X", None, None),
            ("correspondence", None, "XA117", "3", "C", "New region", None),
            ("correspondence", "XA118", None, "3", "D", "Boundary shift", None),
            ("correspondence", None, "XA12", "2", "D", "New region", None),
            ("correspondence", "XA119", None, "3", "E", "Split", None),
            ("correspondence", None, "XA11A", "3", "E", "New region", None),
        )
    )
    assert made.filter(pl.col("pairing") == "name").select("old", "new").rows() == [
        ("XA111", "XA112"),
        ("XA114", "XA113"),
    ]
    assert made.height == 9 - 1
    assert made.filter(pl.col("old") == "XA116").is_empty()


def test_an_unknown_word_for_a_change_stops() -> None:
    with pytest.raises(MappingError, match="XA111 to XA112: the change 'Swapped' is not in"):
        nuts_changes.nuts_changes(lines(("correspondence", "XA111", "XA112", "3", "A", "Swapped", None)))
    with pytest.raises(MappingError, match="XA111 to XA112: the change '' is not in"):
        nuts_changes.nuts_changes(lines(("correspondence", "XA111", "XA112", "3", "A", None, None)))


def test_every_listed_wording_occurs(shared: Path) -> None:
    """The list of wordings is closed in both directions: one that no workbook has is out of date."""
    listed = set(region_lists.read_region_list("nuts_change_kinds")["text"])
    folder = shared / "upstream/nuts/eurostat"
    books = [read_nuts_workbook(path).frame.collect() for path in folder.glob("NUTS*.xls*")]
    found = pl.concat(books).filter(pl.col("sheet") == "correspondence")["change"].str.to_lowercase()
    assert listed <= set(found)


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
