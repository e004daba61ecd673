import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.publish.site.workbook import sheet_names, write_workbook

WORDS = ["=1+1", "+1", "@x", " a ", "<&>\"'", "a\r\nb", "\x0b\ufffe!", "016", None]


DTYPES = {
    pl.String: "string",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "datetime",
    **dict.fromkeys((pl.Float64, pl.Decimal, pl.Int64, pl.Int32, pl.Int16), "float"),
}


def made_package(folder: Path, frame: pl.DataFrame, rows: int | None = None) -> dict[str, Any]:
    frame.write_parquet(folder / "t.parquet")
    fields = [{"name": name, "type": "string"} for name in frame.columns]
    entry = {
        "name": "t-parquet",
        "format": "parquet",
        "path": "t.parquet",
        "innoregio:rows": frame.height if rows is None else rows,
        "schema": {"fields": fields},
    }
    return {"name": "made", "resources": [entry]}


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
    content = write_workbook(made_package(tmp_path, frame), tmp_path)
    assert content and content == write_workbook(made_package(tmp_path, frame), tmp_path)
    (tmp_path / "made.xlsx").write_bytes(content)
    book = fastexcel.read_excel(str(tmp_path / "made.xlsx"))
    assert book.sheet_names == ["t", "dictionary"]
    sheet = book.load_sheet("t").to_polars()
    assert sheet["text"].to_list() == [*WORDS[:5], "a\r\nb", "!", "016", None]
    assert sheet["number"].to_list() == [0.1, -2.0, None, 1e21, None, 5e-324, 7.0, 8.0, 9.0]
    assert sheet["money"].to_list()[:3] == [1234567890.12, None, 0.1]
    assert sheet["truth"].to_list()[:3] == [True, False, None]
    assert sheet["day"].to_list()[0] == datetime(2024, 2, 29)
    assert sheet["moment"].to_list()[0] == datetime(2025, 10, 23, 5, 0, 1)
    with zipfile.ZipFile(tmp_path / "made.xlsx") as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(b"<f" in archive.read(name) for name in archive.namelist() if "sheet" in name)


def test_text_longer_than_a_cell_holds_is_cut_there(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["ä" * 40_000, "x" * 32_767]})
    content = write_workbook(made_package(tmp_path, frame), tmp_path)
    (tmp_path / "made.xlsx").write_bytes(content or b"")
    sheet = fastexcel.read_excel(str(tmp_path / "made.xlsx")).load_sheet("t").to_polars()
    assert sheet["text"].str.len_chars().to_list() == [32_767, 32_767]


def test_the_dictionary_explains_every_column(published: Path) -> None:
    package = json.loads((published / "framework-projects/datapackage.json").read_bytes())
    book = fastexcel.read_excel(str(published / "framework-projects/framework-projects.xlsx"))
    told = book.load_sheet("dictionary").to_polars()
    entries = [one for one in package["resources"] if one["format"] == "parquet"]
    assert told.select("table", "column", "type", "title_fi", "description_en").rows() == [
        (
            entry["name"].removesuffix("-parquet"),
            field["name"],
            field["type"],
            field["title_translated"]["fi"],
            field["description_translated"]["en"],
        )
        for entry in entries
        for field in entry["schema"]["fields"]
    ]
    assert book.sheet_names == [*dict.fromkeys(told["table"]), "dictionary"]


def test_a_table_too_long_for_a_sheet_gives_no_workbook(tmp_path: Path) -> None:
    assert (
        write_workbook(made_package(tmp_path, pl.DataFrame({"a": ["x"]}), rows=1_048_576), tmp_path) is None
    )


def test_sheet_names_are_short_and_each_once() -> None:
    names = sheet_names(["a" * 40, "a" * 41, "in/out", "A" * 31])
    assert len({name.lower() for name in names}) == 4
    assert all(len(name) <= 31 for name in names) and names[2] == "in-out"


@pytest.mark.slow
def test_every_sheet_holds_the_rows_of_its_table(published: Path) -> None:
    sheets = 0
    for path in sorted(published.glob("*/*.xlsx")):
        book = fastexcel.read_excel(str(path))
        for name in book.sheet_names[:-1]:
            table = pl.read_parquet(path.parent / f"{name}.parquet")
            moments = [one for one, kind in table.schema.items() if kind == pl.Datetime]
            types = {place: DTYPES.get(kind.base_type()) for place, kind in enumerate(table.dtypes)}
            sheet = book.load_sheet(name, dtypes=types).to_polars()
            wanted = table.with_columns(
                pl.col(pl.Decimal).cast(pl.Float64), pl.col(moments).dt.replace_time_zone(None)
            )
            assert_frame_equal(sheet, wanted, check_dtypes=False, rel_tol=2**-52, abs_tol=0)
            sheets += 1
    assert sheets > 8


def test_workbooks_hold_the_rows_of_the_csv(published: Path) -> None:
    sheet = (
        fastexcel.read_excel(str(published / "rd-expenditure/rd-expenditure.xlsx")).load_sheet(0).to_polars()
    )
    table = pl.read_csv(
        published / "rd-expenditure/rd-expenditure.csv", schema_overrides={"time_period": pl.String}
    )
    assert sheet.columns == table.columns
    assert sheet.rows() == table.rows()
