"""CORDIS's CSV: every layout seen, the decimal marks, the broken quoting; recorded files and made ones."""

import csv
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from assets.csv.dialect import Dialect
from assets.errors import SourceError
from assets.normalise.readers.cordis.csv import AMOUNTS, read_cordis_csv
from assets.normalise.readers.cordis.quotes import repair_quotes

PROJECT = ["id", "acronym", "status", "title", "frameworkProgramme", "totalCost", "ecMaxContribution", "rcn"]
SEMICOLON = Dialect(";")


def quoted(*records: list[str]) -> bytes:
    return "".join(
        ";".join('"' + cell.replace('"', '""') + '"' for cell in r) + "\n" for r in records
    ).encode()


def project(**cells: str) -> list[str]:
    usual = {"id": "101", "status": "SIGNED", "frameworkProgramme": "HORIZON", "totalCost": "1,5"}
    return [{**usual, **cells}.get(column, "") for column in PROJECT]


def test_columns_in_any_order_with_or_without_mark() -> None:
    row = project(title="One\nTwo; three", ecMaxContribution="2")
    expected = dict(zip(PROJECT, row, strict=True)) | {"totalCost": "1.5", "acronym": None, "rcn": None}
    backwards = quoted(PROJECT[::-1], row[::-1])
    for content in (quoted(PROJECT, row), backwards, b"\xef\xbb\xbf" + backwards):
        table = read_cordis_csv(content)
        assert table.frame.collect().rows(named=True) == [expected]
        assert table.metadata["member"] == "project"
        assert table.metadata["repaired"] == []
        assert set(table.frame.collect_schema().dtypes()) == {pl.String()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("960619,95", "960619.95"),
        ("528340.97", "528340.97"),
        ("250000", "250000"),
        ("0", "0"),
        ("", None),
        ("-12,5", "-12.5"),
        ("642632.00", "642632.00"),
    ],
)
def test_amounts(text: str, expected: str | None) -> None:
    frame = read_cordis_csv(quoted(PROJECT, project(totalCost=text))).frame.collect()
    assert frame["totalCost"][0] == expected


@pytest.mark.parametrize(
    "text", ["1.234,5", "1,234.5", "1.2.3", "1,2,3", "1 234", "xxxxx", "-", "1e5", ",5", "5,"]
)
def test_amounts_with_both_marks_or_none_at_all_are_refused(text: str) -> None:
    content = quoted(PROJECT, project(), project(totalCost=text))
    with pytest.raises(SourceError, match=r"record 2, column totalCost: .* is no number") as caught:
        read_cordis_csv(content)
    assert repr(text) in str(caught.value)


def test_a_file_that_is_no_member_is_refused() -> None:
    with pytest.raises(SourceError, match="these columns: a, b; the table project lacks"):
        read_cordis_csv(b"a;b\n1;2\n")


BROKEN = (
    b'"projectID";"topic";"title"\n'
    b'"1";"T1";"Before"\n'
    b'"2";"T2";""Combining for the ""Fit for 55"" package; by\n2030 (ZEWT)""\n'
    b'"3";"T3";"He said ""yes"""\n'
    b'"4";"T4";""Quoted"" at the begin; only"\n'
    b'"5";"T5";"After"\n'
)


def test_broken_quoting_is_refused_or_repaired_and_never_a_short_frame() -> None:
    with pytest.raises(SourceError, match=r"line 3: column title: a stray quote.*2 more such"):
        read_cordis_csv(BROKEN)
    table = read_cordis_csv(BROKEN, repair=True)
    assert table.frame.collect()["title"].to_list() == [
        "Before",
        '"Combining for the "Fit for 55" package; by\n2030 (ZEWT)"',
        'He said "yes"',
        '"Quoted" at the begin; only',
        "After",
    ]
    assert table.metadata["repaired"] == [3, 6]


@pytest.mark.parametrize(
    "record",
    [
        b'"2";"T2";""A"";"B""\n',  # a text with `";"` in it: two ways to cut
        b'"2";""A"\n',  # a cell too few
        b'"2";"T2";""A" B\n"3";"T3";"C"\n',  # no quote ends the line
        b'2;T2;""A""\n',
        b'"2";"T2";""A"" cut off',
    ],
)
def test_what_can_be_repaired_in_two_ways_or_in_none_is_refused(record: bytes) -> None:
    content = b'"projectID";"topic";"title"\n"1";"T1";"Before"\n' + record
    with pytest.raises(SourceError, match=r"line \d"):
        read_cordis_csv(content, repair=True)


def test_mending_leaves_whole_text_alone() -> None:
    content = quoted(PROJECT, project(title='a ""b"" "c"\n";"'), project())
    assert repair_quotes(content, len(PROJECT), SEMICOLON) == (content, [])


RECORDED = {
    "fp7/fp7_test_projects.csv": (";", "project", 59, 15),
    "h2020-2015/sample.csv": (";", "project-2015", 4, 21),
    "h2020-2023-06/h2020_projects_out_formatted_latest.csv": (",", "project", 1, 20),
    "h2020-2023-06/h2020_organizations_out_formatted_latest.csv": (",", "organization", 2722, 25),
    "horizon-head100-2025-06/project_df_100.csv": (",", "project", 100, 19),
    "horizon-head100-2025-06/organization_df_100.csv": (",", "organization", 100, 24),
    "horizon-head100-2025-06/euroSciVoc_df_100.csv": (",", "euroSciVoc", 100, 4),
    "horizon-head100-2025-06/webLink_df_100.csv": (",", "webLink", 100, 7),
    "horizon-csv-2025-05/legalBasis.csv": (";", "legalBasis", 20_512, 4),
    "horizon-csv-2025-05/webItem.csv": (";", "webItem", 4, 7),
    "horizon-fi-2025-12/project.csv": (";", "project", 1706, 20),
    "horizon-fi-2025-12/organization.csv": (";", "organization", 28_215, 25),
    "horizon-fi-2025-12/topics.csv": (";", "topics", 1706, 3),
    "horizon-fi-2025-12/legalBasis.csv": (";", "legalBasis", 3067, 4),
    "horizon-fi-2025-12/euroSciVoc.csv": (";", "euroSciVoc", 3142, 5),
    "organization-verbatim-rows.csv": (";", "organization", 8, 25),
}


LARGE = "horizon-fi-2025-12/organization.csv"


@pytest.mark.parametrize(
    "path", [pytest.param(p, marks=pytest.mark.slow) if p == LARGE else p for p in RECORDED]
)
def test_recorded_layouts_cell_by_cell(shared: Path, path: str) -> None:
    """Every cell of every recorded table as the csv module reads it; amounts as the same number."""
    delimiter, member, rows, columns = RECORDED[path]
    excerpt = path.startswith("fp7/")  # its last line has no end
    source = shared / "upstream" / "cordis" / path
    table = read_cordis_csv(source, Dialect(delimiter, unended_last_line=excerpt))
    frame = table.frame.collect()
    assert (table.metadata["member"], frame.height, frame.width) == (member, rows, columns)
    csv.field_size_limit(10_000_000)
    with source.open(encoding="utf-8-sig", newline="") as lines:
        plain = list(csv.reader(lines, delimiter=delimiter, strict=True))
    assert frame.columns == plain[0]
    for row, expected in zip(frame.rows(), plain[1:], strict=True):
        for column, cell, wanted in zip(frame.columns, row, expected, strict=True):
            if column in AMOUNTS and wanted:
                assert Decimal(cell) == Decimal(wanted.replace(",", "."))
            else:
                assert cell == (wanted or None)


def test_the_recorded_file_with_broken_quoting(shared: Path) -> None:
    """`topics.csv` of 2025-05 has two records that no CSV reader reads; its 15,341 rows are all there."""
    path = shared / "upstream" / "cordis" / "horizon-csv-2025-05" / "topics.csv"
    with pytest.raises(SourceError, match=r"topics.csv: line 1022: column title: a stray quote.*1 more such"):
        read_cordis_csv(path)
    table = read_cordis_csv(path, repair=True)
    assert table.metadata["repaired"] == [1022, 9526]
    lines = path.read_text("utf-8").split("\n")[1:-1]
    for row, line in zip(table.frame.collect().rows(), lines, strict=True):
        assert ";".join(f'"{cell or ""}"' for cell in row) == line.replace('""', '"') or '""' in line
    title = table.frame.collect()["title"][1020]
    assert title.startswith('"Combining state-of-the-art') and '"Fit for 55"' in title
    assert title.endswith('(ZEWT Partnership)"')
