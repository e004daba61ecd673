"""Walks INDEX.tsv: every recorded file is read, cell by cell as a plain reading has it, or refused for its
reason by the reader that a person would try.

A line of the index that no rule here is for fails the walk.
"""

import csv
import io
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from assets.csv.dialect import Dialect
from assets.errors import SourceError
from assets.normalise.readers.cordis.csv import AMOUNTS, read_cordis_csv
from assets.normalise.readers.cordis.xml import read_cordis_xml
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.px.file import read_px
from assets.normalise.readers.pxweb import read_pxweb_csv
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from assets.normalise.readers.source_table import SourceTable
from assets.normalise.readers.workbook_cells import read_workbook_cells
from assets.normalise.regions.nuts_workbook import read_nuts_workbook
from tests.normalise.readers.plain_readings import (
    Cells,
    cells_of,
    plain_bytes,
    plain_jsonstat,
    plain_px,
    plain_sdmx_csv,
    plain_tsv,
)
from tests.normalise.readers.plain_registers import XML_COLUMNS, plain_eura, plain_record, plain_topics
from tests.normalise.readers.plain_workbooks import plain_lines, plain_sheets
from tests.normalise.readers.register_forms import EURA_2007, EURA_2014

STATISTICS = ("eurostat/", "statfin/", "px/", "pxweb-v2/")
CODE_PAGES = {
    "px/ine/27067.px": "iso-8859-15",
    "px/ine/14001.px": "windows-1252",
    "px/finland/010_kats_tau_101.px": "windows-1252",
    "px/scb-sample/tab4_fewcells.px": "utf-8",  # declares iso-8859-1 and is UTF-8
}
Reader = Callable[[Path], SourceTable]
REFUSED: dict[str, tuple[Reader, str]] = {
    "eurostat/toc/table_of_contents_en.txt": (read_eurostat_tsv, "no header such as"),
    "eurostat/sdmx-ml/footer-413.xml": (
        read_eurostat_tsv,
        "an XML message in place of Eurostat TSV: Due to the large",
    ),
    "eurostat/sdmx-ml/NAMA_10_GDP-ss.xml": (read_sdmx_csv, "an XML message in place of SDMX-CSV"),
    "eurostat/constraints/eurostat_constraints_2026-08.parquet": (read_sdmx_csv, "a Parquet file"),
    "eurostat/constraints/eurostat_status_2026-08.csv": (read_sdmx_csv, "no SDMX-CSV header"),
    "eurostat/converted/pat_ep_rtot_1977-2012.csv.gz": (read_sdmx_csv, "no SDMX-CSV header"),
    "statfin/pxweb-v1/tkke_13tn_query.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "pxweb-v2/scb/TAB6471_metadata.json": (read_jsonstat, "metadata of a table"),
    "pxweb-v2/pxtools/MetadataById_tab004_js2.json": (read_jsonstat, "metadata of a table"),
    "pxweb-v2/scb/config.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "pxweb-v2/scb/search.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    # JSON of registers' own kinds, and workbooks, are no format that is read
    "vipunen/*.json": (read_jsonstat, "in place of a JSON-stat dataset"),
    "ror/*.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "prh/bis-v1-response.json": (read_jsonstat, "a JSON list in place of a JSON-stat dataset"),
    "prh/*.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "researchfi/*.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "interreg/*.json": (read_jsonstat, "in place of a JSON-stat dataset"),
    "postal/*.json": (read_jsonstat, "in place of a JSON-stat dataset"),
    "cordis/*.xlsx": (read_cordis_csv, "a zip or XLSX file in place of delimited text"),
    # registers' files that are not what they seem, read as plain CSV
    "cordis/fp7/fp7_test_projects.csv": (read_cordis_csv, "line 60: the last line has no line end"),
    "cordis/horizon-csv-2025-05/topics.csv": (read_cordis_csv, "line 1022: column title: a stray quote"),
    "eura/projektilista-2007-2013_old.csv": (read_delimited, "line 1, byte 88: 0xe4 is not utf-8"),
    "eura/projektilista-2014-2020_original.csv": (read_delimited, "line 2: 15 cells where the header has 13"),
    "nuts/eurostat/NUTS2021-NUTS2024_list.csv": (
        lambda path: read_delimited(path, {"delimiter": ";"}),
        "line 2192: the last line has no line end",
    ),
    "prh/toimiala_1_20080101.csv": (
        lambda path: read_delimited(path, {"delimiter": ";"}),
        "line 1: column 1 has no name in the header",
    ),
}


def read(name: str, path: Path) -> tuple[SourceTable, Cells]:
    """The file by its reader and by a plain reading."""
    if name.startswith("eurostat/tsv/"):
        return read_eurostat_tsv(path), plain_tsv(plain_bytes(path))
    if name.startswith("eurostat/sdmx-csv/"):
        table = read_sdmx_csv(path)
        return table, plain_sdmx_csv(plain_bytes(path), table.metadata["dimensions"])
    if name.endswith(".px"):
        return read_px(path), plain_px(path.read_bytes(), CODE_PAGES.get(name, "iso-8859-1"))
    if name.startswith("statfin/csv/"):
        header, *records = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))[2:]
        cells: Cells = {}
        for record in records:
            for heading, text in zip(header[2:], record[2:], strict=True):
                cells[(*record[:2], heading)] = (float(text), None)
        return read_pxweb_csv(path), cells
    return read_jsonstat(path), plain_jsonstat(path.read_bytes())


def refusal(name: str) -> tuple[Reader, str] | None:
    """The reader that refuses a file, and its words."""
    return next((found for pattern, found in REFUSED.items() if fnmatch(name, pattern)), None)


def check_delimited(path: Path) -> None:
    """A register's CSV: as the csv module has it; where it is a table of CORDIS, by that reader too."""
    content = plain_bytes(path)
    first = content.partition(b"\n")[0]
    delimiter = max(",;", key=lambda mark: first.count(mark.encode()))
    plain = list(
        csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True)
    )
    header, *records = plain
    expected = [[cell or None for cell in record] for record in records]
    frame = read_delimited(path, {"delimiter": delimiter}).frame.collect()
    assert [frame.columns, *map(list, frame.rows())] == [header, *expected], path
    if "/cordis/" not in str(path):
        return
    try:
        table = read_cordis_csv(path, Dialect(delimiter=delimiter))
    except SourceError as error:
        assert "no table of CORDIS has these columns" in str(error) or "is no number" in str(error), path
        return
    places = [header.index(column) for column in AMOUNTS if column in header]
    for record in expected:
        for place in places:
            record[place] = (record[place] or "").replace(",", ".") or None
    assert list(map(list, table.frame.collect().rows())) == expected, path


def check_workbook(path: Path) -> None:
    """A NUTS workbook: every cell of every sheet, and every line that names an area, as the plain readings
    have them. A sheet's cells count from the first that is filled."""
    ours = read_workbook_cells(path.read_bytes(), path.name)
    plain = {sheet: cells for sheet, cells in plain_sheets(path).items() if cells}
    assert ours.keys() == plain.keys(), path
    for sheet, cells in plain.items():
        first, left = (min(places) for places in zip(*cells, strict=True))
        found = {
            (int(line) + first - 1, column): text
            for line, *texts in ours[sheet].rows()
            for column, text in enumerate(texts, left)
            if text
        }
        assert found == cells, (path, sheet)
    assert read_nuts_workbook(path).frame.collect().rows() == plain_lines(path), path


def check_record(path: Path) -> None:
    """A CORDIS record: every cell of its five tables as the DOM has it."""
    for member, columns in XML_COLUMNS.items():
        frame = read_cordis_xml(path, member).frame.collect()
        assert frame.columns == list(columns)
        assert frame.rows() == plain_record(path.read_bytes(), member), (path, member)


def check_beneficiaries(path: Path) -> None:
    dialect = {"delimiter": "\t", "quoteChar": None, "lineSuffix": "\t"}
    plain = [line.split("\t")[:-1] for line in path.read_text("utf-8").split("\n")[:-1]]
    frame = read_delimited(path, dialect).frame.collect()
    assert [frame.columns, *([cell or "" for cell in row] for row in frame.rows())] == plain


CHECKS: dict[str, Callable[[Path], None]] = {
    "nuts/eurostat/*.xls*": check_workbook,
    "cordis/*.xml": check_record,
    "kohesio/*.tsv": check_beneficiaries,
    "*.csv": check_delimited,
}


@pytest.mark.slow
def test_every_recorded_file_is_read_or_refused_for_its_reason(shared: Path) -> None:
    index = (shared / "upstream" / "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    names = [line.split("\t")[0] for line in index]
    assert len(names) >= 138 and len(set(names)) == len(names)
    assert all(any(fnmatch(name, pattern) for name in names) for pattern in REFUSED)
    csv.field_size_limit(10_000_000)
    for name in names:
        path = shared / "upstream" / name
        if found := refusal(name):
            reader, reason = found
            with pytest.raises(SourceError) as caught:
                reader(path).frame.collect()
            assert reason in str(caught.value), name
        elif name.startswith(STATISTICS):
            table, plain = read(name, path)
            assert cells_of(table.frame, table.metadata["dimensions"]) == plain, name
            assert plain, name
        else:
            check = next((check for pattern, check in CHECKS.items() if fnmatch(name, pattern)), None)
            assert check, f"{name}: no rule says how this file is read"
            check(path)


def rows_of(path: Path, dialect: Mapping[str, Any]) -> list[list[str]]:
    """Header and rows of `read_delimited`, an empty cell as such."""
    frame = read_delimited(path, dialect).frame.collect()
    return [frame.columns, *([cell or "" for cell in row] for row in frame.rows())]


def csv_rows(path: Path, delimiter: str = ",") -> list[list[str]]:
    text = io.StringIO(plain_bytes(path).decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


@pytest.mark.slow
def test_what_is_refused_as_plain_text_is_read_by_its_dialect(shared: Path, tmp_path: Path) -> None:
    """What the first try says to state is stated: encoding, pattern, mending, a last line without its end.
    Every cell as a plain reading has it."""
    folder = shared / "upstream"
    old = folder / "eura/projektilista-2007-2013_old.csv"
    records, wrong = plain_eura(old.read_text("windows-1252"), parts=True)
    assert rows_of(old, EURA_2007)[1:] == records and not wrong and len(records) == 19_940
    edited = folder / "eura/projektilista-2014-2020_original.csv"
    with pytest.raises(SourceError, match=r"line 56: not a record .* \(24 such lines\)"):
        read_delimited(edited, EURA_2014)
    records, wrong = plain_eura(edited.read_text("utf-8"), parts=False)
    lines = edited.read_text("utf-8").splitlines(keepends=True)
    whole = tmp_path / "whole.csv"
    whole.write_text("".join(line for n, line in enumerate(lines, 1) if n not in wrong), "utf-8")
    assert rows_of(whole, EURA_2014)[1:] == records and (len(wrong), wrong[0]) == (24, 56)
    topics = folder / "cordis/horizon-csv-2025-05/topics.csv"
    mended = read_cordis_csv(topics, mend=True)
    assert mended.frame.collect().rows() == plain_topics(topics.read_bytes())
    assert mended.metadata["mended"] == [1022, 9526]
    unended = {"delimiter": ";", "unendedLastLine": True}
    nuts = folder / "nuts/eurostat/NUTS2021-NUTS2024_list.csv"
    with pytest.raises(SourceError, match="line 1: column 7 has no name"):
        read_delimited(nuts, unended)
    named = tmp_path / "named.csv"  # with names for the columns that have none
    header, body = nuts.read_text("utf-8-sig").split("\n", 1)
    names = ";".join(f"{cell}{n}" for n, cell in enumerate(header.split(";")))
    named.write_text(f"{names}\n{body}", "utf-8")
    assert rows_of(named, unended)[1:] == csv_rows(named, ";")[1:]
    industries = folder / "prh/toimiala_1_20080101.csv"
    with pytest.raises(SourceError, match="line 5: an empty line where 3 cells"):
        read_delimited(industries, {"delimiter": ";", "headerRows": [4]})
    filled = tmp_path / "filled.csv"
    filled.write_bytes(b"".join(line for line in industries.open("rb") if line.strip()))
    assert rows_of(filled, {"delimiter": ";", "headerRows": [2]}) == csv_rows(filled, ";")[1:]
    seventh = folder / "cordis/fp7/fp7_test_projects.csv"
    assert rows_of(seventh, unended) == csv_rows(seventh, ";") and len(csv_rows(seventh, ";")) == 60
    for name in ("constraints/eurostat_status_2026-08.csv", "converted/pat_ep_rtot_1977-2012.csv.gz"):
        assert rows_of(folder / "eurostat" / name, {}) == csv_rows(folder / "eurostat" / name)
    contents = folder / "eurostat/toc/table_of_contents_en.txt"
    assert rows_of(contents, {"delimiter": "\t"}) == csv_rows(contents, "\t")
