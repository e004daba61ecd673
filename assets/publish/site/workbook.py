"""An Excel workbook of a dataset: a sheet for each table, a dictionary sheet. For people, not for programs.

Written as XML from Polars columns and not by a writer of cells. Every text is an inline string and no cell a
formula, whatever a text begins with; the bytes hold no clock.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import polars as pl

MOST_ROWS = 1_048_575  # beside the header
MOST_LETTERS = 32_767
STAMP = (1980, 1, 1, 0, 0, 0)  # a zip entry needs a date; the first that it can say
NOT_XML = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
DAY_ZERO = pl.date(1899, 12, 30)  # of Excel's calendar, from March 1900 on
PLAIN, HEAD, DAY, MOMENT = 0, 1, 2, 3  # cell styles, in the order of workbook_styles.xml
ROWS_AT_ONCE = 50_000

HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def write_workbook(package: Mapping[str, Any], folder: Path) -> bytes | None:
    """The workbook of a published dataset; None where a table has more rows than a sheet holds.

    `package`: the newest descriptor, `folder`: the dataset's folder. Numbers, booleans, dates and moments
    (UTC) are typed cells; text longer than a cell holds is cut there, never in CSV or Parquet.
    """
    entries = [one for one in package["resources"] if one["format"] == "parquet"]
    if any(int(one["innoregio:rows"]) > MOST_ROWS for one in entries):
        return None
    names = sheet_names([one["name"].removesuffix("-parquet") for one in entries] + ["dictionary"])
    tables = [pl.read_parquet(folder / one["path"]) for one in entries] + [dictionary(entries)]
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        for path, content in frame_parts(names):
            book.writestr(zip_entry(path), content)
        for place, table in enumerate(tables, start=1):
            with book.open(zip_entry(f"xl/worksheets/sheet{place}.xml"), "w", force_zip64=True) as sheet:
                for piece in sheet_chunks(table):
                    sheet.write(piece)
    return target.getvalue()


def dictionary(entries: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Every column of every table, in three languages."""
    rows = []
    for entry in entries:
        for field in entry["schema"]["fields"]:
            titles = field.get("title_translated") or {"en": field.get("title") or field["name"]}
            texts = field.get("description_translated") or {"en": field.get("description") or ""}
            rows.append(
                {
                    "table": entry["name"].removesuffix("-parquet"),
                    "column": field["name"],
                    "type": field["type"],
                    "unit": field.get("unit"),
                    **{f"title_{language}": titles.get(language) for language in ("fi", "sv", "en")},
                    **{f"description_{language}": texts.get(language) for language in ("fi", "sv", "en")},
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def sheet_names(names: Sequence[str]) -> list[str]:
    """Names that Excel takes: 31 characters, each once."""
    found: list[str] = []
    for name in names:
        short = re.sub(r"[\[\]:*?/\\']", "-", name)[:31]
        number = 2
        while short.lower() in (one.lower() for one in found):
            short = f"{short[:28]}~{number}"
            number += 1
        found.append(short)
    return found


def sheet_chunks(table: pl.DataFrame) -> Iterator[bytes]:
    """The XML of one sheet, some thousand rows at a time."""
    head = "".join(text_cell(name, HEAD) for name in table.columns)
    view = (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )
    widths = f'<cols><col min="1" max="{table.width}" width="18" customWidth="1"/></cols>'
    yield f'{HEADER}<worksheet xmlns="{MAIN}">{view}{widths}<sheetData><row>{head}</row>'.encode()
    cells = pl.concat_str([cell(name, kind) for name, kind in table.schema.items()])
    for piece in table.iter_slices(ROWS_AT_ONCE):
        rows = piece.select(pl.concat_str(pl.lit("<row>"), cells, pl.lit("</row>")))
        yield "".join(rows.to_series()).encode()
    yield b"</sheetData></worksheet>"


def cell(name: str, kind: pl.DataType) -> pl.Expr:
    """A column as cells; an empty cell where there is no value."""
    value = pl.col(name)
    if kind == pl.Boolean:
        written = pl.format('<c t="b"><v>{}</v></c>', value.cast(pl.Int8))
    elif kind == pl.Date:
        written = pl.format(f'<c s="{DAY}"><v>{{}}</v></c>', (value - DAY_ZERO).dt.total_days())
    elif isinstance(kind, pl.Datetime):
        passed = value.dt.replace_time_zone(None) - DAY_ZERO.cast(pl.Datetime("us"))
        written = pl.format(
            f'<c s="{MOMENT}"><v>{{}}</v></c>', passed.dt.total_microseconds() / 86_400_000_000
        )
    elif kind.is_numeric():
        finite = value.is_finite() if kind.is_float() else value.is_not_null()
        written = pl.when(finite).then(pl.format("<c><v>{}</v></c>", value.cast(pl.String)))
    else:
        words = value.cast(pl.String).str.slice(0, MOST_LETTERS).str.replace_all(NOT_XML, "")
        for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
            words = words.str.replace_all(sign, entity, literal=True)
        written = pl.format('<c t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>', words)
    return written.fill_null("<c/>")


def text_cell(words: str, style: int = PLAIN) -> str:
    """One text cell."""
    return f'<c t="inlineStr" s="{style}"><is><t>{escape(words)}</t></is></c>'


def frame_parts(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a workbook holds beside its sheets."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbered = list(enumerate(names, start=1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kinds}.worksheet+xml"/>'
        for n, _ in numbered
    )
    yield (
        "[Content_Types].xml",
        f'{HEADER}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>{overrides}</Types>',
    )
    yield (
        "_rels/.rels",
        f'{HEADER}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
    )
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    yield (
        "xl/workbook.xml",
        f'{HEADER}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>',
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in numbered
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{HEADER}<Relationships xmlns="{PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{len(names) + 1}" Type="{OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>",
    )
    yield "xl/styles.xml", (resources.files("assets.publish.site") / "workbook_styles.xml").read_text("utf-8")


def zip_entry(path: str) -> zipfile.ZipInfo:
    """An entry whose header says nothing of the machine or the day."""
    entry = zipfile.ZipInfo(path, STAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0
    entry.external_attr = 0
    return entry
