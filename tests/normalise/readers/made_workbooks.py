"""Workbooks for tests: sheets of cells as the smallest XLSX that has them, and sheets of the Data Browser."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
Cells = Sequence[Sequence[str | float]]

# a workbook of Eurostat's Data Browser: its first sheet, one with codes, one with labels only
SUMMARY: Cells = [["A made table"], ["", "Contents"], ["", "Sheet 1"]]
ABOVE: list[list[str | float]] = [
    ["Data extracted on 23/12/2025 01:29:06 from [ESTAT]"],
    ["Dataset: ", "Made table [made]"],
    ["Last updated: ", "04/12/2025 23:00"],
    [],
]
LEGEND: list[list[str | float]] = [
    [],
    ["Special value"],
    [":", "not available"],
    ["Observation flags:"],
    ["b", "break in time series"],
]
CODED: list[list[str | float]] = [
    *ABOVE,
    ["Time frequency [FREQ]", "", "Annual [A]"],
    ["Sex [SEX]", "", "Total [T]"],
    [],
    ["GEO (Codes)", "GEO (Labels)", "2015", "", "2016", ""],
    ["FI1C6", "Päijät-Häme", 30.5, "b", ":"],
    ["FI200", "Åland", ":", "bu", 0, ""],
    *LEGEND,
]
LABELLED: list[list[str | float]] = [
    *ABOVE,
    ["Unit of measure", "", "Thousand"],
    [],
    ["MONTH (Labels)", "Total", "January"],
    ["GEO (Labels)"],
    ["Åland", 3, 1],
    ["Åland", 3, ":"],
    *LEGEND,
]


def make_workbook(sheets: Mapping[str, Cells]) -> bytes:
    """The bytes of a workbook; texts are inline strings, numbers numbers."""
    types, links, listed = "", "", ""
    parts = {}
    for number, (name, lines) in enumerate(sheets.items(), 1):
        path = f"worksheets/sheet{number}.xml"
        types += f'<Override PartName="/xl/{path}" ContentType="{KIND}-officedocument.'
        types += 'spreadsheetml.worksheet+xml"/>'
        links += f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="{path}"/>'
        listed += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        rows = "".join(f'<row r="{at}">{_row(at, line)}</row>' for at, line in enumerate(lines, 1))
        parts[f"xl/{path}"] = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    parts |= {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="{KIND}-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{KIND}-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{types}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        "</Relationships>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, HEAD + part)
    return packed.getvalue()


def _row(at: int, cells: Sequence[str | float]) -> str:
    """The cells of a line; an empty text is a cell that is not there."""
    row = ""
    for place, cell in enumerate(cells):
        where = f"{chr(ord('A') + place)}{at}"
        if isinstance(cell, str) and cell:
            row += f'<c r="{where}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
        elif not isinstance(cell, str):
            row += f'<c r="{where}"><v>{cell}</v></c>'
    return row
