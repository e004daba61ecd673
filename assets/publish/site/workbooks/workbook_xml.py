"""A workbook's parts in Office Open XML: sheets from Polars columns, shared strings, styles, the frame.

Our own and not XlsxWriter's: a writer of cells takes some 250,000 of them a second (measured), and the
shipped datasets have five million in each of three languages, which take two seconds here. Every text is a
shared string and no cell a formula, whatever a text begins with.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import polars as pl

if TYPE_CHECKING:
    from assets.publish.site.workbooks.workbook import SheetColumn

MOST_LETTERS = 32_767
STAMP = (1980, 1, 1, 0, 0, 0)  # a zip entry needs a date; the first that it can say
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
DAY_ZERO = pl.date(1899, 12, 30)  # of Excel's calendar, from March 1900 on
# Cell styles, in the order of workbook_styles.xml.
PLAIN, HEAD, DAY, MOMENT, WHOLE, PARTS, MONEY, WRAPPED, TITLE = range(9)
ROWS_AT_ONCE = 50_000

HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


class Strings:
    """The list of a workbook's texts, each once: as it is, or in three languages."""

    def __init__(self) -> None:
        self.known: dict[str | tuple[str, ...], int] = {}

    def add(self, text: str | Sequence[str]) -> int:
        """The place of a text, or of a text in three languages."""
        key = text if isinstance(text, str) else text[0] if len(set(text)) == 1 else tuple(text)
        return self.known.setdefault(key, len(self.known))

    def places(self, values: pl.Series) -> pl.Series:
        """A column of texts as places (UInt32); any other column as it is."""
        if values.dtype.base_type() not in (pl.String, pl.Categorical, pl.Enum):
            return values
        codes = values.cast(pl.String)
        present = codes.unique(maintain_order=True).drop_nulls()
        places = [self.known.setdefault(text, len(self.known)) for text in present]
        return codes.replace_strict(present, pl.Series(places, dtype=pl.UInt32), return_dtype=pl.UInt32)

    def xml(self, language: int) -> str:
        """The part of the workbook in one language."""
        texts = (key if isinstance(key, str) else key[language] for key in self.known)
        items = "".join(f'<si><t xml:space="preserve">{clean_cell_text(text)}</t></si>' for text in texts)
        return f'{HEADER}<sst xmlns="{MAIN}" uniqueCount="{len(self.known)}">{items}</sst>'


def clean_cell_text(text: str) -> str:
    """A text as a cell may hold it, in XML."""
    return escape(NOT_XML.sub("", text[:MOST_LETTERS]), {"\r": "&#13;"})


def sheet_names(names: Sequence[str]) -> list[str]:
    """Names that Excel takes: 31 characters, each once."""
    found: list[str] = []
    for name in names:
        short = re.sub(r"[\[\]:*?/\\']", "-", name)[:31]
        number = 2
        while short.lower() in (name.lower() for name in found):
            short = f"{short[:28]}~{number}"
            number += 1
        found.append(short)
    return found


def sheet_chunks(
    columns: Sequence["SheetColumn"], styles: Sequence[int] = (), header: bool = True
) -> Iterator[bytes]:
    """The XML of one sheet, some thousand rows at a time: with `header`, that frozen and with a filter;
    `styles`: of the first cell, and of each column's."""
    rows = len(columns[0].values) if columns else 0
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if header else ""
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"/>'
        for place, column in enumerate(columns, start=1)
    )
    yield (
        f'{HEADER}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData>"
    ).encode()
    if header:
        head = "".join(f'<c s="{HEAD}" t="s"><v>{column.header}</v></c>' for column in columns)
        yield f"<row>{head}</row>".encode()
    table = pl.DataFrame([column.values.alias(str(place)) for place, column in enumerate(columns)])
    cells = [cell_xml(str(place), column, styles) for place, column in enumerate(columns)]
    joined = pl.concat_str(pl.lit("<row>"), *cells, pl.lit("</row>"))
    for batch in table.iter_slices(ROWS_AT_ONCE):
        text = "".join(batch.select(joined).to_series())
        yield (
            text.replace(f'<c s="{styles[1]}"', f'<c s="{styles[0]}"', 1).encode()
            if styles
            else text.encode()
        )
    filtered = f'<autoFilter ref="A1:{letters(len(columns))}{rows + 1}"/>' if header and columns else ""
    yield f"</sheetData>{filtered}</worksheet>".encode()


def cell_xml(name: str, column: "SheetColumn", styles: Sequence[int]) -> pl.Expr:
    """A column as cells; an empty cell where there is no value."""
    value, kind = pl.col(name), column.values.dtype
    if kind == pl.UInt32:
        style = f' s="{styles[1]}"' if styles else ""
        written = pl.concat_str(pl.lit(f'<c{style} t="s"><v>'), value.cast(pl.String), pl.lit("</v></c>"))
    elif kind == pl.Boolean:
        written = pl.format('<c t="b"><v>{}</v></c>', value.cast(pl.Int8))
    elif kind == pl.Date:
        written = pl.format(f'<c s="{DAY}"><v>{{}}</v></c>', (value - DAY_ZERO).dt.total_days())
    elif isinstance(kind, pl.Datetime):
        passed = value.dt.replace_time_zone(None) - DAY_ZERO.cast(pl.Datetime("us"))
        written = pl.format(
            f'<c s="{MOMENT}"><v>{{}}</v></c>', passed.dt.total_microseconds() / 86_400_000_000
        )
    else:
        finite = value.is_finite() if kind.is_float() else value.is_not_null()
        shown = pl.concat_str(style_of(value, kind), value.cast(pl.String), pl.lit("</v></c>"))
        written = pl.when(finite).then(shown)
    return written.fill_null("<c/>")


def style_of(value: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """How a number shows: whole ones with separators of thousands, others with the decimals that they have;
    integers are years and orders as often as amounts, and stay plain."""
    if isinstance(kind, pl.Decimal):
        return pl.lit(f'<c s="{MONEY}"><v>')
    if not kind.is_float():
        return pl.lit("<c><v>")
    size = value.abs()
    plain = ((size > 0) & (size < 0.001)) | (size >= 1e15)  # their digits would not be seen
    whole = value == value.round(0)
    return (
        pl.when(plain)
        .then(pl.lit("<c><v>"))
        .when(whole)
        .then(pl.lit(f'<c s="{WHOLE}"><v>'))
        .otherwise(pl.lit(f'<c s="{PARTS}"><v>'))
    )


def letters(place: int) -> str:
    """The name of a sheet's column, from 1: A, Z, AA."""
    name = ""
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def frame_parts(names: Sequence[str], strings: Strings, language: int) -> Iterator[tuple[str, str]]:
    """What a workbook holds beside its sheets, in a language."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbered = list(enumerate(sheet_names(names), start=1))
    parts: Mapping[str, str] = {
        "workbook": "sheet.main",
        "styles": "styles",
        "sharedStrings": "sharedStrings",
    }
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{kinds}.{kind}+xml"/>'
        for part, kind in parts.items()
    ) + "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kinds}.worksheet+xml"/>'
        for n, _ in numbered
    )
    yield (
        "[Content_Types].xml",
        f'{HEADER}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
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
    ) + "".join(
        f'<Relationship Id="rId{len(names) + n}" Type="{OFFICE}/{part}" Target="{part}.xml"/>'
        for n, part in enumerate(("styles", "sharedStrings"), start=1)
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{HEADER}<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
    )
    yield (
        "xl/styles.xml",
        (resources.files("assets.publish.site.workbooks") / "workbook_styles.xml").read_text("utf-8"),
    )
    yield "xl/sharedStrings.xml", strings.xml(language)


def zip_entry(path: str) -> zipfile.ZipInfo:
    """An entry whose header says nothing of the machine or the day."""
    entry = zipfile.ZipInfo(path, STAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0
    entry.external_attr = 0
    return entry
