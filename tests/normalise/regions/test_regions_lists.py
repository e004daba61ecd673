"""The lists of areas in regions, counted by other routes than the one that makes them."""

import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from assets.store.snapshots import bundle_root

YEARS = range(2013, 2027)

Tables = dict[str, pl.DataFrame]


def key_of(year: int) -> list[dict[str, str]]:
    """A bundled municipality key by the csv module."""
    (path,) = (bundle_root() / f"statfin/municipality-keys/key-{year}").glob("*.csv.gz")
    return list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))


def listed(shared: Path, *sheets: tuple[str, str, int]) -> set[str]:
    """The codes of NUTS levels 1 to 3 in columns of workbooks (file, sheet, column), read cell by cell."""
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
