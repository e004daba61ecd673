"""Plain readings of workbooks: the cells of XLSX from its XML, those of XLS by xlrd, and the lines that name
an area in Eurostat's NUTS workbooks, from a table of their sheets written by hand. They share no code with
the readers."""

import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Sheets = dict[str, dict[tuple[int, int], str]]

# Sheet -> kind, first line below the headers, and where our columns are; of several cells the first filled.
FULL = ("correspondence", 3, {"old": "B", "new": "C", "name": "DEFG", "change": "H"})
DETAIL = ("detail", 2, {"old": "A", "new": "B", "name": "C", "change": "D", "explanation": "E"})
DETAIL_2024 = ("detail", 2, {"old": "B", "new": "C", "name": "D", "change": "E", "explanation": "F"})
BOTH_2024 = ("correspondence", 2, {"old": "C", "new": "D", "name": "EFG", "change": "H"})
LIST_2024 = ("list", 2, {"new": "B", "name": "C"})
Layout = tuple[str, int, dict[str, str]]
LAYOUTS: dict[str, dict[str, Layout]] = {
    "NUTS2003-NUTS2006.xls": {"NUTS2003-NUTS2006": FULL},
    "NUTS2006-NUTS2010.xls": {
        "NUTS2006-NUTS2010": FULL,
        **{f"Correspondence NUTS-{level}": DETAIL for level in "123"},
    },
    "NUTS2010-NUTS2013.xls": {
        "NUTS2010-NUTS2013": FULL,
        **{f"Correspondence NUTS-{level}": DETAIL for level in "123"},
    },
    "NUTS2013-NUTS2016.xlsx": {
        "NUTS2013-NUTS2016": FULL,
        **{f"Correspondence NUTS-{level}": DETAIL for level in "123"},
    },
    "NUTS2016-NUTS2021.xlsx": {
        "NUTS & SR 2021": ("list", 2, {"new": "A", "name": "BCDE"}),
        "Changes detailed NUTS 2016-2021": (
            "correspondence",
            2,
            {"old": "A", "new": "B", "name": "CDEF", "change": "H"},
        ),
        **{f"Changes NUTS-{level}": DETAIL for level in "123"},
    },
    "NUTS2021-NUTS2024.xlsx": {
        "NUTS2024": LIST_2024,
        "Statistical Regions": LIST_2024,
        "NUTS2021- NUTS2024": BOTH_2024,
        "SR2021- SR2024": BOTH_2024,
        **{f"Changes NUTS-{level}": DETAIL_2024 for level in "123"},
    },
}
Line = tuple[str | None, ...]


def plain_sheets(path: Path) -> Sheets:
    """{sheet: {(line, column), both from 1: text}} of a workbook; cells without text are left out."""
    return _xlsx(path) if path.suffix == ".xlsx" else _xls(path)


def _xlsx(path: Path) -> Sheets:
    with zipfile.ZipFile(path) as archive:

        def part(name: str) -> ElementTree.Element:
            return ElementTree.fromstring(archive.read(name))

        shared = [
            "".join(text.text or "" for text in item.iter(f"{MAIN}t"))
            for item in (part("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in archive.namelist() else [])
        ]
        formats = part("xl/styles.xml").find(f"{MAIN}cellXfs")
        dated = [item.get("numFmtId") == "14" for item in formats] if formats is not None else []
        links = {link.get("Id"): link.get("Target") for link in part("xl/_rels/workbook.xml.rels")}
        sheets: Sheets = {}
        for sheet in part("xl/workbook.xml").iter(f"{MAIN}sheet"):
            cells = sheets.setdefault(str(sheet.get("name")), {})
            at = (1, 0)
            for cell in part(f"xl/{links[sheet.get(LINK)]}").iter(f"{MAIN}c"):
                placed = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", ""))  # without, it follows the last one
                at = (int(placed[2]), _column(placed[1])) if placed else (at[0], at[1] + 1)
                value = cell.findtext(f"{MAIN}v")
                text = shared[int(value)] if cell.get("t") == "s" and value else value
                if cell.get("t") == "inlineStr":
                    text = "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
                elif text and cell.get("t") != "s" and dated[int(cell.get("s", "0"))]:
                    text = _date(float(text))
                if text:
                    cells[at] = text
    return sheets


def _xls(path: Path) -> Sheets:
    import xlrd

    sheets: Sheets = {}
    for sheet in xlrd.open_workbook(path).sheets():
        cells = sheets.setdefault(sheet.name, {})
        for line in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(line), 1):
                if cell.ctype == xlrd.XL_CELL_DATE:
                    cells[line + 1, column] = _date(cell.value)
                elif cell.ctype == xlrd.XL_CELL_NUMBER:
                    cells[line + 1, column] = str(
                        int(cell.value) if cell.value == int(cell.value) else cell.value
                    )
                elif cell.value:
                    cells[line + 1, column] = cell.value
    return sheets


def _date(days: float) -> str:
    return f"{date(1899, 12, 30) + timedelta(int(days))} 00:00:00"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def plain_lines(path: Path) -> list[Line]:
    """The lines that name an area: sheet, from, to, old, new, part, level, name, change, explanation."""
    first, last = re.findall(r"\d{4}", path.name)
    return lines_of(plain_sheets(path), LAYOUTS[path.name], first, last)


def lines_of(sheets: Sheets, layouts: dict[str, Layout], first: str, last: str) -> list[Line]:
    """The same from the cells of the sheets that `layouts` names."""
    lines: list[Line] = []
    for sheet, (kind, start, columns) in layouts.items():
        if sheet not in sheets:
            continue
        for line in range(start, max((row for row, _ in sheets[sheet]), default=0) + 1):
            texts = {ours: _text(sheets[sheet], line, letters) for ours, letters in columns.items()}
            old, new = texts.get("old") or "", texts.get("new") or ""
            codes = [code.removesuffix("(part)").strip() for code in (old, new)]
            code = codes[1] or codes[0]
            if not 2 <= len(code) <= 5 or not code.isupper():
                continue
            versions = (None if kind == "list" else first, last)
            part = "old" if "(part)" in old else "new" if "(part)" in new else None
            words = (texts.get(column) for column in ("name", "change", "explanation"))
            area = (*(code or None for code in codes), part, str(len(code) - 2))
            lines.append((kind, *versions, *area, *words))
    return lines


def _text(cells: dict[tuple[int, int], str], line: int, letters: str) -> str | None:
    found = (cells.get((line, _column(letter)), "") for letter in letters)
    return next((" ".join(cell.split()) for cell in found if cell.strip()), None)
