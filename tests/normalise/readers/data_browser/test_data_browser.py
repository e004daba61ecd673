"""Workbooks of Eurostat's Data Browser, made ones: the three forms of the head, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from assets.errors import SourceError
from assets.normalise.readers.data_browser.workbook import read_data_browser
from tests.normalise.readers.made_workbooks import CODED, LABELLED, SUMMARY, Cells, make_workbook


def read(sheet: Cells, summary: Cells = SUMMARY) -> Any:
    return read_data_browser(make_workbook({"Summary": summary, "Sheet 1": sheet}))


def test_codes_values_and_flags_come_apart() -> None:
    table = read(CODED)
    frame = table.frame.collect()
    assert frame.columns == ["FREQ", "SEX", "GEO", "TIME", "OBS_VALUE", "OBS_FLAG"]
    assert frame.rows() == [
        ("A", "T", "FI1C6", "2015", 30.5, "b"),
        ("A", "T", "FI200", "2015", None, "bu"),
        ("A", "T", "FI200", "2016", 0.0, None),
    ]
    assert table.metadata["labels"]["GEO"] == {"FI1C6": "Päijät-Häme", "FI200": "Åland"}
    assert table.metadata["labels"]["SEX"] == {"T": "Total"}
    assert table.metadata["flags"] == {"b": "break in time series"}
    assert table.metadata["updated"] == "2025-12-04T23:00:00+01:00"


def test_labels_alone_are_counted_and_another_dimension_stands_across() -> None:
    frame = read(LABELLED).frame.collect()
    assert frame.columns == ["Unit of measure", "GEO", "GEO_OCCURRENCE", "MONTH", "OBS_VALUE", "OBS_FLAG"]
    assert frame.rows() == [
        ("Thousand", "Åland", "1", "Total", 3.0, None),
        ("Thousand", "Åland", "1", "January", 1.0, None),
        ("Thousand", "Åland", "2", "Total", 3.0, None),
    ]


def test_time_may_have_a_line_of_its_own() -> None:
    two_lines = [
        *CODED[:7],
        ["TIME", "TIME", "2015", "", "2016", ""],
        ["GEO (Codes)", "GEO (Labels)"],
        *CODED[8:],
    ]
    assert read(two_lines).frame.collect().equals(read(CODED).frame.collect())


def changed(line: int, cells: list[str | float]) -> list[list[str | float]]:
    return [*CODED[:line], cells, *CODED[line + 1 :]]


@pytest.mark.parametrize(
    ("sheet", "problem"),
    [
        (changed(0, ["Something"]), "Sheet 1, line 1: no sheet of the Data Browser"),
        (changed(5, ["Sex [SEX]", "Total [T]", "Males [M]"]), "line 6: no dimension and its one code"),
        (changed(7, ["GEO", "2015", "", "2016", ""]), "line 8: no `GEO \\(Labels\\)` or the like"),
        (changed(7, ["GEO (Codes)", "GEO (Labels)", "2015", "", "2016", "2017"]), "line 8: values and flags"),
        (changed(8, ["FI1C6", "Päijät-Häme", "3,5", "b", ":"]), "line 9: TIME 2015: `3,5 b` is no number"),
        (
            changed(8, ["FI1C6", "Päijät-Häme", "1e400", "b", ":"]),
            "line 9: TIME 2015: `1e400 b` is no",
        ),
        (changed(8, ["FI1C6", "Päijät-Häme", 3.5, "4", ":"]), "line 9: TIME 2015: `3.5 4` is no number"),
        (changed(8, ["FI1C6", "Päijät-Häme", 3.5, "b", ""]), "line 9: TIME 2016: ` ` is no number|`` is no"),
        (changed(8, ["FI1C6", "Päijät-Häme", 3.5, "b", 4, "", 5]), "line 9: a cell beside the table"),
        (changed(9, ["FI1C6", "Åland", ":", "bu", 0, ""]), "the key `A, T, FI1C6, 2015` stands twice"),
        (changed(10, ["FI1C7", "Kymenlaakso", 1, "", 2]), "neither data nor legend|ends before"),
        ([*CODED, ["FI1C7", "Kymenlaakso", 1, "", 2]], "line 16: neither data nor legend"),
        (CODED[:10], "the sheet ends before its legend"),
    ],
    ids=range(13),
)
def test_what_is_no_whole_sheet_is_refused_with_its_line(sheet: Cells, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        read(sheet)


def test_sheets_are_those_that_the_summary_lists_and_have_one_head() -> None:
    with pytest.raises(SourceError, match="summary and sheets differ by Sheet 2"):
        read(CODED, [*SUMMARY, ["", "Sheet 2"]])
    summary = [*SUMMARY, ["", "Sheet 2"]]
    with pytest.raises(SourceError, match="Sheet 2: the dimensions Unit of measure"):
        read_data_browser(make_workbook({"Summary": summary, "Sheet 1": CODED, "Sheet 2": LABELLED}))
    with pytest.raises(SourceError, match="no whole workbook"):
        read_data_browser(make_workbook({"CH10M1": CODED}))
    bad: Callable[[bytes], Any] = read_data_browser
    with pytest.raises(SourceError, match="cannot be read"):
        bad(b"PK\x03\x04 no workbook")
