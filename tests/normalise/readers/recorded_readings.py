"""Each recorded file by its reader and by a plain reading that shares no code with it: rows as tuples.

Which file has which reader stands in `recorded_files.csv`; walking it belongs to `test_recorded_index`.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from assets.normalise.readers.area_shares import read_area_shares
from assets.normalise.readers.cordis.csv import AMOUNTS, read_cordis_csv
from assets.normalise.readers.cordis.xml import read_cordis_xml
from assets.normalise.readers.data_browser.workbook import read_data_browser
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.map_json import read_map_json
from assets.normalise.readers.px.file import read_px
from assets.normalise.readers.pxweb import read_pxweb_csv
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from assets.normalise.readers.source_table import SourceTable
from assets.normalise.readers.workbook_cells import read_workbook_cells
from assets.normalise.regions.nuts_workbook import read_nuts_workbook
from tests.normalise.readers.plain.plain_readings import (
    Cells,
    cells_of,
    plain_bytes,
    plain_jsonstat,
    plain_px,
    plain_sdmx_csv,
    plain_tsv,
)
from tests.normalise.readers.plain.plain_registers import XML_COLUMNS, plain_eura, plain_record, plain_topics
from tests.normalise.readers.plain.plain_workbooks import plain_lines, plain_sheets

Rows = list[tuple[Any, ...]]
Options = Mapping[str, Any]
CODE_PAGES = {
    "27067.px": "iso-8859-15",
    "14001.px": "windows-1252",
    "010_kats_tau_101.px": "windows-1252",
    "tab4_fewcells.px": "utf-8",  # declares iso-8859-1 and is UTF-8
}


class RecordedFile(NamedTuple):
    """A line of `recorded_files.csv`: the file's reader with its options and rows, or why none reads it."""

    file: str
    reader: str
    options: Options
    rows: int
    reason: str


def list_recorded_files() -> list[RecordedFile]:
    table = Path(__file__).parent / "recorded_files.csv"
    with table.open(encoding="utf-8", newline="") as lines:
        return [
            RecordedFile(
                line["file"],
                line["reader"],
                json.loads(line["options"] or "{}"),
                int(line["rows"] or 0),
                line["reason"],
            )
            for line in csv.DictReader(lines)
        ]


def csv_records(content: bytes, options: Options) -> list[list[str]]:
    """Header and records as the csv module has them, or where no cell is quoted as the lines are split."""
    text = content.decode(options.get("encoding", "utf-8").replace("utf-8", "utf-8-sig"))
    delimiter = options.get("delimiter", ",")
    skip = options.get("headerRows", [1])[0] - 1
    if "quoteChar" in options:
        lines = [line.removesuffix(options.get("lineSuffix", "")) for line in text.splitlines()]
        return [line.split(delimiter) for line in lines[skip:]]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))[skip:]


def _cells(table: SourceTable, plain: Cells) -> tuple[Rows, Rows]:
    ours = cells_of(table.frame, table.metadata["dimensions"])
    return [(*key, *cell) for key, cell in sorted(ours.items())], [
        (*key, *cell) for key, cell in sorted(plain.items())
    ]


def _sdmx(path: Path, options: Options) -> tuple[Rows, Rows]:
    table = read_sdmx_csv(path)
    return _cells(table, plain_sdmx_csv(plain_bytes(path), table.metadata["dimensions"]))


def _pxweb_csv(path: Path, options: Options) -> tuple[Rows, Rows]:
    header, *records = csv_records(path.read_bytes(), {"headerRows": [3]})
    cells: Cells = {
        (*record[:2], heading): (float(text), None)
        for record in records
        for heading, text in zip(header[2:], record[2:], strict=True)
    }
    return _cells(read_pxweb_csv(path), cells)


def _csv(path: Path, options: Options) -> tuple[Rows, Rows]:
    frame = read_delimited(path, options).frame.collect()
    if "recordPattern" in options:
        records, wrong = plain_eura(path.read_text(options["encoding"]), parts=True)
        assert not wrong
        header = frame.columns
    else:
        header, *records = csv_records(plain_bytes(path), options)
    assert frame.columns == header, path
    return frame.rows(), [tuple(cell or None for cell in record) for record in records]


def _cordis_csv(path: Path, options: Options) -> tuple[Rows, Rows]:
    repair = bool(options.get("repairQuotes"))
    table = read_cordis_csv(path, repair=repair)
    if repair:
        assert table.metadata["repaired"] == [1022, 9526]
        return table.frame.collect().rows(), plain_topics(path.read_bytes())
    header, *records = csv_records(plain_bytes(path), {"delimiter": ";"})
    amounts = [header.index(column) for column in AMOUNTS if column in header]
    for record in records:
        for place in amounts:
            record[place] = record[place].replace(",", ".")
    return table.frame.collect().rows(), [tuple(cell or None for cell in record) for record in records]


def _cordis_xml(path: Path, options: Options) -> tuple[Rows, Rows]:
    for member, columns in XML_COLUMNS.items():
        frame = read_cordis_xml(path, member).frame.collect()
        assert frame.columns == list(columns)
        assert frame.rows() == plain_record(path.read_bytes(), member), (path, member)
    return read_cordis_xml(path, "project").frame.collect().rows(), plain_record(path.read_bytes(), "project")


def _nuts_workbook(path: Path, options: Options) -> tuple[Rows, Rows]:
    """Every cell of every sheet, and every line that names an area. A sheet's cells count from the first
    that is filled."""
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
    return read_nuts_workbook(path).frame.collect().rows(), list(plain_lines(path))


def _data_browser(path: Path, options: Options) -> tuple[Rows, Rows]:
    """The tables of the numbered sheets, by the names of their heads alone."""
    frame = read_data_browser(path).frame.collect()
    plain: Rows = []
    for sheet, cells in plain_sheets(path).items():
        if not sheet.startswith("Sheet "):
            continue
        first = {line: text for (line, column), text in cells.items() if column == 1}
        bottom = next(line for line in sorted(first) if first[line] in ("GEO (Codes)", "GEO (Labels)"))
        top = next(line for line in sorted(first) if first[line].startswith(("GEO (", "TIME", "MONTH (")))
        left = 1 + ((bottom, 2) in cells and cells[bottom, 2] == "GEO (Labels)")
        heads = {c: text for (line, c), text in cells.items() if line == top and c > left}
        fixed = [re.sub(r".* \[(.*)\]", r"\1", cells[line, 3]) for line in range(5, top) if line in first]
        line = bottom + 1
        while line in first:
            for column, head in sorted(heads.items()):
                value = cells[line, column]
                flag = None if column + 1 in heads else cells.get((line, column + 1))
                if value != ":" or flag:
                    number = None if value == ":" else float(value)
                    plain.append((*fixed, first[line], head, number, flag))
            line += 1
    kept = [column for column in frame.columns if not column.endswith("_OCCURRENCE")]
    return frame.select(kept).rows(), plain


def _map_json(path: Path, options: Options) -> tuple[Rows, Rows]:
    found = json.loads(path.read_text("utf-8"))
    series = {option["code"]: option["data"] for option in found.get("options", [])} or found.get("stats")
    plain = [
        (geo, name, float(value), None)
        for name, data in (series or {None: found}).items()
        for geo, value in data.items()
        if value not in (None, ":")
    ]
    return read_map_json(path).frame.collect().rows(), plain


def _area_shares(path: Path, options: Options) -> tuple[Rows, Rows]:
    found = json.loads(path.read_text("utf-8"))
    country = {"fin": "FI", "est": "EE", "lva": "LV", "ltu": "LT"}[path.stem[-3:]]
    areas = {country: found["national"]} | found["areas"]["nuts3"]
    plain = [
        (code, "2021", group, float(value), None)
        for code, area in areas.items()
        for group, value in [("population", area["population"]), *area["shares"].items()]
    ]
    return read_area_shares(path).frame.collect().rows(), plain


READINGS: dict[str, Callable[[Path, Options], tuple[Rows, Rows]]] = {
    "tsv": lambda path, _: _cells(read_eurostat_tsv(path), plain_tsv(plain_bytes(path))),
    "sdmx-csv": _sdmx,
    "json-stat": lambda path, _: _cells(read_jsonstat(path), plain_jsonstat(plain_bytes(path))),
    "px": lambda path, _: _cells(
        read_px(path), plain_px(path.read_bytes(), CODE_PAGES.get(path.name, "iso-8859-1"))
    ),
    "pxweb-csv": _pxweb_csv,
    "csv": _csv,
    "cordis-csv": _cordis_csv,
    "cordis-xml": _cordis_xml,
    "nuts-workbook": _nuts_workbook,
    "data-browser": _data_browser,
    "map-json": _map_json,
    "area-shares": _area_shares,
}
