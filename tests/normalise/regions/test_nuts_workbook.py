"""The NUTS workbooks: every layout, XLS and XLSX, and the bundle's text of their cells; refusals with their
place."""

import csv
import io
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from assets.errors import SourceError
from assets.normalise.regions.nuts_workbook import read_nuts_workbook
from assets.store.snapshots import bundle_root
from tests.shipped import slow_beyond_sample

# Workbook, sheets with lines: their kind, the cells with codes (and part of the first code's header).
SHEETS = {
    "NUTS2003-NUTS2006.xls": {"NUTS2003-NUTS2006": ("correspondence", (1, 2))},
    "NUTS2006-NUTS2010.xls": {"NUTS2006-NUTS2010": ("correspondence", (1, 2))},
    "NUTS2010-NUTS2013.xls": {"NUTS2010-NUTS2013": ("correspondence", (1, 2))},
    "NUTS2013-NUTS2016.xlsx": {"NUTS2013-NUTS2016": ("correspondence", (1, 2))},
    "NUTS2016-NUTS2021.xlsx": {
        "NUTS & SR 2021": ("list", (0,)),
        "Changes detailed NUTS 2016-2021": ("correspondence", (0, 1)),
    },
    "NUTS2021-NUTS2024.xlsx": {
        "NUTS2024": ("list", (1,)),
        "Statistical Regions": ("list", (1,)),
        "NUTS2021- NUTS2024": ("correspondence", (2, 3)),
        "SR2021- SR2024": ("correspondence", (2, 3)),
    },
}
PLAIN = ("NUTS2010-NUTS2013.xls", "NUTS2021-NUTS2024.xlsx")  # one of each kind; all are read in the slow run
NAMES = slow_beyond_sample(((name,) for name in SHEETS), PLAIN)


def plain_lines(path: Path, sheet: str, places: tuple[int, ...]) -> list[tuple[str, ...]]:
    """The codes of a sheet's lines read cell by cell, without `(part)`, blanks, headers and remarks."""
    sheets = fastexcel.read_excel(str(path))
    rows = sheets.load_sheet(sheet, header_row=None, dtypes="string").to_polars().fill_null("").rows()
    found = []
    for row in rows:
        codes = tuple(row[place].replace("(part)", "").strip() for place in places)
        if any(codes) and not any(len(code) > 5 or not code.isupper() for code in codes if code):
            found.append(codes)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_the_recorded_workbooks_is_there(shared: Path, name: str) -> None:
    path = shared / "upstream/nuts/eurostat" / name
    frame = read_nuts_workbook(path).frame.collect()
    for kind in {kind for kind, _ in SHEETS[name].values()}:
        expected = [
            line
            for sheet, (of_kind, places) in SHEETS[name].items()
            if of_kind == kind
            for line in plain_lines(path, sheet, places)
        ]
        ours = frame.filter(pl.col("sheet") == kind).select(pl.col("old", "new").fill_null(""))
        codes = ours.select("new") if kind == "list" else ours
        assert codes.rows() == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_bundle_has_the_same_lines(shared: Path, name: str) -> None:
    recorded = read_nuts_workbook(shared / "upstream/nuts/eurostat" / name)
    part = "nuts-{from}-{to}".format(**recorded.metadata)
    (bundled,) = (bundle_root() / "eurostat/nuts" / part).glob("*.csv.gz")
    assert read_nuts_workbook(bundled).frame.collect().equals(recorded.frame.collect())


def test_lines_of_paijat_hame(shared: Path) -> None:
    folder = shared / "upstream/nuts/eurostat"
    frame = read_nuts_workbook(folder / "NUTS2021-NUTS2024.xlsx").frame.collect()
    both = frame.filter(
        pl.col("sheet") == "correspondence", pl.coalesce("old", "new").is_in(["FI1C3", "FI1C6"])
    )
    columns = ("old", "new", "level", "name", "change")
    assert both.select(columns).rows() == [
        ("FI1C3", None, "3", "Päijät-Häme", "Boundary shift"),
        (None, "FI1C6", "3", "Päijät-Häme", "New region"),
    ]
    frame = read_nuts_workbook(folder / "NUTS2006-NUTS2010.xls").frame.collect()
    part = frame.filter(pl.col("sheet") == "correspondence", pl.col("part").is_not_null())
    assert part.filter(pl.col("new") == "FI1B").select("old", "part").rows() == [("FI18", "old")]
    assert part.filter(pl.col("old") == "FI182").select("new", "part").rows() == [("FI1B1", "new")]


HEADER = [
    "Code 2010",
    "Code 2013",
    "Country",
    "NUTS level 1",
    "NUTS level 2",
    "NUTS level 3",
    "Change",
    "level",
]


def cells(*rows: list[str], sheet: str = "NUTS2010-NUTS2013", header: list[str] = HEADER) -> bytes:
    """A made workbook as the bundle writes its cells."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["sheet", "line", *(f"c{i}" for i in range(1, len(header) + 1))])
    for line, row in enumerate([header, *rows], start=1):
        writer.writerow([sheet, line, *row, *[""] * (len(header) - len(row))])
    return text.getvalue().encode()


def test_blanks_and_parts_are_stripped() -> None:
    row = ["FI18 (part)", " FI1B ", "", "", " Helsinki-\xa0 Uusimaa\n", "", "New region", "2"]
    line = read_nuts_workbook(cells(row)).frame.collect().row(0, named=True)
    assert line == {
        "sheet": "correspondence", "from": "2010", "to": "2013", "old": "FI18", "new": "FI1B", "part": "old",
        "level": "2", "name": "Helsinki- Uusimaa", "change": "New region", "explanation": None,
    }  # fmt: skip


def test_a_remark_is_no_line() -> None:
    rows = [
        ["FI1", "FI1", "", "Manner-Suomi", "", "", "", "1"],
        ["", "Note: codes in italics are old", ""],
        ["", ""],
    ]
    assert read_nuts_workbook(cells(*rows)).frame.collect().height == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<!DOCTYPE html><html><body>moved</body></html>", "HTML"),
        (b"PK\x03\x04 cut off", "cannot be read"),
        (b"a,b,c\n1,2,3\n", "neither a workbook nor its cells"),
        (cells(["FI1", "FI1"], sheet="Grids 2013"), "no sheet puts two NUTS versions side by side"),
        (cells(["FI1", "FI1"], header=["Old", "New"]), "no line of headers"),
        (
            cells(["FI1", "FI1"], header=["Code 2010", "Code 2013", "Population"]),
            "unknown column 'Population'",
        ),
        (cells(["FI1", "Fi1", "", "Manner-Suomi"]), "line 2: 'Fi1' is not an area code"),
        (cells(["", "", "", "Manner-Suomi"]), "line 2: no area code, but 'Manner-Suomi'"),
        (cells(["FI1", "FI1"], ["total"]), "line 3: 'total' is not an area code"),
        (
            cells(["FI1C3", "FI1C3", "", "", "", "Päijät-Häme", "", "2"]),
            "line 2: level '2' is not its code's",
        ),
    ],
)
def test_what_is_no_workbook_is_refused_with_its_place(content: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        read_nuts_workbook(content)


def test_an_unknown_sheet_is_refused() -> None:
    known = cells(["FI1", "FI1", "", "Manner-Suomi"])
    other = cells(["FI1", "FI1"], sheet="NUTS 4 draft").split(b"\n", 1)[1]
    with pytest.raises(SourceError, match="sheet 'NUTS 4 draft': an unknown sheet"):
        read_nuts_workbook(known + other)
