import csv
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.descriptor import LANGUAGES, load_catalogue
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.words import words
from assets.publish.site.workbooks.workbook import write_workbooks
from assets.publish.site.workbooks.workbook_xml import sheet_names

WORDS = ["=1+1", "+1", "@x", " a ", "<&>\"'", "a\r\nb", "\x0b\ufffe!", "016", None]
BASE = "https://data.example.org/"
DTYPES = {
    pl.String: "string",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "datetime",
    **dict.fromkeys((pl.Float64, pl.Decimal, pl.Int64, pl.Int32, pl.Int16), "float"),
}


def made_books(folder: Path, frame: pl.DataFrame, rows: int | None = None) -> Mapping[str, bytes]:
    frame.write_parquet(folder / "t.parquet")
    fields = [{"name": name, "type": "string", "title": name} for name in frame.columns]
    entry = {
        "name": "t-parquet",
        "format": "parquet",
        "path": "t.parquet",
        "title": "T",
        "innoregio:rows": frame.height if rows is None else rows,
        "schema": {"fields": fields},
    }
    csv_entry = {**entry, "name": "t", "format": "csv", "path": "t.csv"}
    content: dict[str, Any] = {"name": "made", "version": "1.0.0", "title": "Made"}
    content["resources"] = [csv_entry, entry]
    package = Package("made", content, (content,), None, None, {}, False)  # type: ignore[arg-type]
    return write_workbooks(package, load_catalogue(), BASE, folder)


def sheet_of(path: Path, name: str, dtypes: Any = None) -> pl.DataFrame:
    return fastexcel.read_excel(str(path)).load_sheet(name, dtypes=dtypes).to_polars()


def data_of(path: Path, name: str, language: str) -> pl.DataFrame:
    """A sheet without its labels, under the names of the CSV's columns."""
    told = sheet_of(path, words(language)["dictionary"])
    told = told.filter(pl.col(told.columns[0]) == name)
    places = {place: column for place, column in enumerate(told[told.columns[2]]) if column}
    table = pl.read_parquet(path.parent / f"{name}.parquet")
    wanted = {place: DTYPES.get(table.schema[column].base_type()) for place, column in places.items()}
    strings = {place: "string" for place in range(told.height) if place not in places}
    sheet = sheet_of(path, name, wanted | strings)
    assert len(sheet.columns) == told.height
    return sheet.select(pl.nth(place).alias(column) for place, column in places.items())


def test_cells_have_types_and_text_stays_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "text": WORDS,
            "number": [0.1, -2.0, None, 1e21, float("nan"), 5e-324, 7.0, 8.0, 9.0],
            "money": [Decimal("1234567890.12"), None, *[Decimal("0.10")] * 7],
            "truth": [True, False, None] * 3,
            "day": [date(2024, 2, 29), None, date(1999, 12, 31)] * 3,
            "moment": [datetime(2025, 10, 23, 5, 0, 1, tzinfo=UTC), None, None] * 3,
        }
    )
    books = made_books(tmp_path, frame)
    assert list(books) == list(LANGUAGES) and books == made_books(tmp_path, frame)
    path = tmp_path / "made.xlsx"
    path.write_bytes(books["sv"])
    assert fastexcel.read_excel(str(path)).sheet_names == ["Om", "t", "Variabler"]
    sheet = sheet_of(path, "t")
    assert sheet["text"].to_list() == [*WORDS[:5], "a\r\nb", "!", "016", None]
    assert sheet["number"].to_list() == [0.1, -2.0, None, 1e21, None, 5e-324, 7.0, 8.0, 9.0]
    assert sheet["money"].to_list()[:3] == [1234567890.12, None, 0.1]
    assert sheet["truth"].to_list()[:3] == [True, False, None]
    assert sheet["day"].to_list()[0] == datetime(2024, 2, 29)
    assert sheet["moment"].to_list()[0] == datetime(2025, 10, 23, 5, 0, 1)
    with zipfile.ZipFile(path) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(b"<f" in archive.read(name) for name in archive.namelist() if "sheet" in name)


def test_text_longer_than_a_cell_holds_is_cut_there(tmp_path: Path) -> None:
    books = made_books(tmp_path, pl.DataFrame({"text": ["ä" * 40_000, "x" * 32_767]}))
    (tmp_path / "made.xlsx").write_bytes(books["en"])
    assert sheet_of(tmp_path / "made.xlsx", "t")["text"].str.len_chars().to_list() == [32_767, 32_767]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_sheet_says_what_an_officer_needs(published: Path, language: str) -> None:
    package = json.loads((published / "rd-expenditure/datapackage.json").read_bytes())
    path = published / f"rd-expenditure/rd-expenditure-{language}.xlsx"
    own = words(language)
    book = fastexcel.read_excel(str(path))
    assert book.sheet_names[:3] == [own["sheet_about"], "rd-expenditure", own["dictionary"]]
    assert all(name.startswith("codes-") for name in book.sheet_names[3:]) and len(book.sheet_names) > 6
    rows = book.load_sheet(0, header_row=None).to_polars().rows()
    assert rows[0] == (package["title_translated"][language], None)
    told = dict(rows[1:])
    assert told[own["required_citation"]] == package["innoregio:citation"]
    assert told[own["licence"]].startswith("CC BY 4.0 https://creativecommons.org/")
    assert f"/rd-expenditure/{package['version']}" in told[own["cite"]]
    assert "13tn" in told[own["source_table"]] and own["flags_note"] == told[own["flags"]]
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    assert 'state="frozen"' in sheet and '<autoFilter ref="A1:' in sheet and 'customWidth="1"' in sheet
    assert '<c s="5"><v>' in sheet  # parts of a million, with a format of their own


def test_labels_stand_beside_codes_in_the_reader_s_language(published: Path) -> None:
    folder = published / "rd-expenditure"
    found = {la: sheet_of(folder / f"rd-expenditure-{la}.xlsx", "rd-expenditure") for la in LANGUAGES}
    with (folder / "codes-indicator.csv").open(encoding="utf-8", newline="") as lines:
        labels = {row["code"]: row for row in csv.DictReader(lines)}
    for language, sheet in found.items():
        code = next(name for name in sheet.columns if name.endswith("(indicator)"))
        beside = sheet.columns[sheet.columns.index(code) + 1]
        pairs = set(sheet.select(code, beside).iter_rows())
        assert pairs == {(one, row[f"label_{language}"]) for one, row in labels.items()}
    areas = found["sv"].filter(pl.nth(0) == "MK07").to_series(1).unique().to_list()
    assert areas == ["Päijänne-Tavastland"]


def test_the_dictionary_explains_every_column(published: Path) -> None:
    folder = published / "framework-projects"
    package = json.loads((folder / "datapackage.json").read_bytes())
    told = sheet_of(folder / "framework-projects-fi.xlsx", "Muuttujat")
    told = told.filter(pl.nth(2).is_not_null()).select(pl.nth(0), pl.nth(2), pl.nth(5))
    entries = [one for one in package["resources"] if one["format"] == "parquet"]
    assert told.rows() == [
        (
            entry["name"].removesuffix("-parquet"),
            field["name"],
            field["description_translated"]["fi"],
        )
        for entry in entries
        for field in entry["schema"]["fields"]
    ]


def test_a_table_too_long_for_a_sheet_gives_no_workbook(tmp_path: Path) -> None:
    assert made_books(tmp_path, pl.DataFrame({"a": ["x"]}), rows=1_048_576) == {}


def test_sheet_names_are_short_and_each_once() -> None:
    names = sheet_names(["a" * 40, "a" * 41, "in/out", "A" * 31])
    assert len({name.lower() for name in names}) == 4
    assert all(len(name) <= 31 for name in names) and names[2] == "in-out"


@pytest.mark.slow
def test_every_sheet_holds_the_rows_of_its_table(published: Path) -> None:
    sheets = 0
    for path in sorted(published.glob("*/*-sv.xlsx")):
        entries = json.loads(path.with_name("datapackage.json").read_bytes())["resources"]
        for name in (
            one["name"] for one in entries if f"{one['name']}-parquet" in {x["name"] for x in entries}
        ):
            table = pl.read_parquet(path.parent / f"{name}.parquet")
            moments = [one for one, kind in table.schema.items() if kind == pl.Datetime]
            wanted = table.with_columns(
                pl.col(pl.Decimal).cast(pl.Float64), pl.col(moments).dt.replace_time_zone(None)
            )
            sheet = data_of(path, name, "sv")
            assert_frame_equal(sheet, wanted, check_dtypes=False, rel_tol=2**-52, abs_tol=0)
            sheets += 1
    assert sheets > 8


def test_workbooks_hold_the_rows_of_the_csv(published: Path) -> None:
    folder = published / "rd-expenditure"
    sheet = data_of(folder / "rd-expenditure-en.xlsx", "rd-expenditure", "en")
    table = pl.read_csv(folder / "rd-expenditure.csv", schema_overrides={"time_period": pl.String})
    assert sheet.columns == table.columns
    assert sheet.rows() == table.rows()
