"""Damaged NUTS workbooks: refused with the typed error, or the lines that a plain reading of the damaged
bytes gives. Few of each, since every workbook is read in a process of its own."""

import io
import random
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from assets.errors import SourceError
from assets.normalise.regions.nuts_workbook import read_nuts_workbook
from tests.normalise.readers.hostile.made_mutations import mutated
from tests.normalise.readers.hostile.mutation_corpus import NUTS_MADE, NUTS_TITLES, plain_nuts
from tests.normalise.readers.plain.plain_delimited import plain_table
from tests.normalise.readers.plain.plain_workbooks import Sheets, plain_lines, plain_sheets

NAME = "NUTS2021-NUTS2024.xlsx"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def made_workbook(change: Any = lambda part, text: text) -> bytes:
    """The made cells of the NUTS forms as XLSX; `change` may damage a part's text before it is packed."""
    table = plain_table(NUTS_MADE, ",", '"')
    assert table
    sheets: dict[str, list[list[str | None]]] = {}
    for sheet, _, *cells in table[1]:
        sheets.setdefault(str(sheet), []).append(cells)
    numbered = list(enumerate(sheets.items(), 1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KINDS}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KINDS}.worksheet+xml"/>'
            for n, _ in numbered
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, (name, _) in numbered)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n, _ in numbered
        )
        + "</Relationships>",
        "xl/styles.xml": f'<styleSheet {MAIN}><cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>',
    }
    for n, (_, lines) in numbered:
        rows = "".join(
            f'<row r="{line}">'
            + "".join(
                f'<c r="{"ABCDEFGH"[at]}{line}" t="str"><v>{escape(cell)}</v></c>'
                for at, cell in enumerate(cells)
                if cell
            )
            + "</row>"
            for line, cells in enumerate(lines, 1)
        )
        parts[f"xl/worksheets/sheet{n}.xml"] = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(zipfile.ZipInfo(part), change(part, text.encode()), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def lines_read(content: bytes) -> list[tuple[Any, ...]] | None:
    try:
        frame = read_nuts_workbook(content).frame.collect()
    except SourceError as error:
        assert "\n" not in str(error)
        return None
    return [tuple(" ".join(c.split()) if c else c for c in row) for row in frame.rows()]


def test_the_made_workbook_has_the_lines_of_its_cells() -> None:
    assert lines_read(made_workbook()) == (plain_nuts(NUTS_MADE, {}) or [])[1:]


@pytest.mark.slow
def test_a_damaged_package_is_refused_or_whole() -> None:
    """Its checksums allow the lines of the whole file only."""
    content = made_workbook()
    whole = lines_read(content)
    made = random.Random("package")
    found = [lines_read(mutated(content, made)) for _ in range(40)]
    assert all(lines in (None, whole) for lines in found) and None in found


@pytest.mark.slow
def test_a_damaged_sheet_is_refused_or_read_as_it_stands(tmp_path: Path) -> None:
    made = random.Random("sheet")
    path = tmp_path / NAME
    refused = 0
    for _ in range(40):
        damage = random.Random(made.random())

        def change(part: str, text: bytes, damage: random.Random = damage) -> bytes:
            return mutated(text, damage) if part == "xl/worksheets/sheet2.xml" else text

        content = made_workbook(change)
        lines = lines_read(content)
        path.write_bytes(content)
        if lines is None:
            refused += 1
        elif _headed(plain_sheets(path)):
            assert lines == plain_lines(path)
    assert 0 < refused < 40


def _headed(sheets: Sheets) -> bool:
    """Whether the headers stand where the plain reading expects them."""
    cells = sheets["NUTS2021- NUTS2024"]
    return [cells.get((1, column), "") for column in range(1, 9)] == NUTS_TITLES[1]
