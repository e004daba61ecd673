"""Workbooks with fewer rows: the chosen rows and everything around them, as the reader takes them."""

from pathlib import Path

import pytest

from assets.bundle.spreadsheet import select_workbook
from assets.errors import SourceError
from assets.normalise.readers.data_browser.workbook import read_data_browser

PATH = "eurostat/xlsx/nama_10r_3empers_2025-12.xlsx"


def test_chosen_rows_stay_as_they_are(shared: Path) -> None:
    content = (shared / "upstream" / PATH).read_bytes()
    entry = {"path": PATH, "blocks": [["Latvia", "Lithuania"]], "also": ["Malta"]}
    kept = select_workbook(content, entry)
    assert kept == select_workbook(content, entry) and len(kept) < len(content) / 5
    whole = [row[4:] for row in read_data_browser(content).frame.collect().rows()]
    rows = [row[4:] for row in read_data_browser(kept).frame.collect().rows()]
    assert {row[0] for row in rows} >= {"Latvia", "Malta", "Latgale", "Kurzeme"}
    assert "Lithuania" not in {row[0] for row in rows} and "Estonia" not in {row[0] for row in rows}
    assert [row for row in whole if row in rows] == rows


def test_a_label_of_no_row_is_refused(shared: Path) -> None:
    content = (shared / "upstream" / PATH).read_bytes()
    with pytest.raises(SourceError, match="no row of Atlantis"):
        select_workbook(content, {"path": PATH, "blocks": [["Latvia", "Atlantis"]]})
