"""The records of an SDMX-CSV message -> a frame as wide as the header. What the columns mean does not
belong here.

Without quotes the text is read straight and its separators and line ends are counted: Polars fills a record
that is too short without a word. With quotes, or when anything is odd, the plain reading decides and says
where a record is wrong.
"""

import csv
import io
import re
from pathlib import Path

import polars as pl

from assets.csv.dialect import Dialect
from assets.csv.prove import holds_whole_records
from assets.csv.scan import scan_records
from assets.csv.structure import scan_structure
from assets.errors import SourceError
from assets.normalise.readers.source_table import read_bytes
from assets.normalise.readers.text_checks import (
    UTF8_BOM,
    decode_text,
    line_of,
    one_line,
    refuse_cut_off,
    refuse_nul,
)

NUMBER = r"^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$"
MISSING = "NaN"
STRAY_RETURN = re.compile(rb"\r(?!\n)")


def read_rows(source: Path | bytes, columns: list[str], separator: str, name: str) -> pl.DataFrame:
    """All records but the header: String columns, empty = null, and `OBS_VALUE` Float64 (`NaN` = null).

    `source` is a file or bytes that are not packed. Raises `SourceError` with line and column, as
    `sdmx_csv.read_sdmx_csv` says.
    """
    rows = _read_straight(source, columns, separator)
    if rows is None:
        rows = _read_plain(read_bytes(source).removeprefix(UTF8_BOM), name, columns, separator)
    return rows


def _read_straight(source: Path | bytes, columns: list[str], separator: str) -> pl.DataFrame | None:
    """The records of a text without quotes; None where it has some, or where anything is odd."""
    structure = scan_structure(source, separator, None, without=b'"\0')
    lines = structure.newlines
    if not (structure.plain and structure.ends_with_newline) or structure.delimiters != lines * (
        len(columns) - 1
    ):
        return None
    try:
        rows = pl.read_csv(
            source,
            separator=separator,
            has_header=False,
            skip_lines=1,
            schema={column: pl.Float64 if column == "OBS_VALUE" else pl.String for column in columns},
            quote_char=None,
            raise_if_empty=False,
            glob=False,
        )
    except pl.exceptions.PolarsError:
        return None
    return rows if rows.height == lines - 1 and rows["OBS_VALUE"].is_finite().all() else None


def _read_plain(content: bytes, name: str, columns: list[str], separator: str) -> pl.DataFrame:
    refuse_nul(content, name)
    refuse_cut_off(content, name)
    if content.count(b'"') % 2:
        last = content.rfind(b'"')
        problem = "a quotation mark without its pair; the file is cut off or damaged"
        raise SourceError(name, f"line {line_of(content, last)} or before", problem)
    outside = b"".join(content.split(b'"')[::2])
    if stray := STRAY_RETURN.search(outside):
        first = STRAY_RETURN.search(content) or stray
        where = f"line {line_of(content, first.start())}"
        raise SourceError(name, where, "a carriage return without a line feed; the file is damaged")
    records = outside.count(b"\n") - 1
    if outside.count(separator.encode()) != (records + 1) * (len(columns) - 1):
        _refuse_ragged(content, name, len(columns), separator)
    try:
        rows = pl.read_csv(
            content,
            separator=separator,
            has_header=False,
            skip_rows=1,
            schema=dict.fromkeys(columns, pl.String),
            raise_if_empty=False,
            glob=False,
        )
    except pl.exceptions.PolarsError as error:
        decode_text(content, name)
        _refuse_ragged(content, name, len(columns), separator)
        problem = f"not a table of {len(columns)} columns ({one_line(str(error))})"
        raise SourceError(name, "", problem) from error
    if rows.height != records:
        _refuse_ragged(content, name, len(columns), separator)
        raise SourceError(name, "", f"{records} records but {rows.height} rows could be read")
    _refuse_stray_quotes(content, columns, separator, name)
    text = pl.col(pl.String)
    rows = rows.with_columns(pl.when(text != "").then(text))  # Polars keeps a quoted empty cell as text
    return rows.with_columns(_plain_values(rows["OBS_VALUE"], name))


def _refuse_stray_quotes(content: bytes, columns: list[str], separator: str, name: str) -> None:
    """Raise with the first record in which a quote stands where none may: Polars drops it without a word."""
    rules = Dialect(separator)
    if holds_whole_records(content, content.count(b"\n"), len(columns), rules):
        return
    if faults := scan_records(content, columns, rules, most=1).faults:
        raise SourceError(name, f"line {faults[0].line}", faults[0].problem)


def _plain_values(cells: pl.Series, name: str) -> pl.Series:
    """The cells as numbers; raises with the line of the first that is none."""
    values = cells.str.strip_chars().cast(pl.Float64, strict=False)
    good = cells.is_null() | (cells == MISSING) | (cells.str.contains(NUMBER) & values.is_finite())
    if not good.all():
        row = int((~good.fill_null(False)).arg_max() or 0)
        problem = f"`{one_line(cells[row], 40)}` is no number"
        raise SourceError(name, f"line {row + 2}, column OBS_VALUE", problem)
    return values.fill_nan(None)


def _refuse_ragged(content: bytes, name: str, width: int, separator: str) -> None:
    """Raise with the first record that has not `width` cells; return when all have."""
    text = io.StringIO(decode_text(content, name), newline="")
    reader = csv.reader(text, delimiter=separator, strict=True)
    try:
        for record in reader:
            if len(record) != width:
                problem = f"{len(record)} cells where the header has {width}"
                raise SourceError(name, f"line {reader.line_num}", problem)
    except csv.Error as error:
        raise SourceError(name, f"line {reader.line_num}", f"no CSV: {error}") from error
