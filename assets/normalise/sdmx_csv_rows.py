"""The records of an SDMX-CSV message -> a frame as wide as the header. What the columns mean does not
belong here.

Without quotes the rows are read in blocks of whole lines, side by side; with quotes (or anything odd) the
whole text is read at once, and the plain reading says where a record is wrong.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from assets.errors import SourceError
from assets.normalise.pieces import count_byte, read_pieces
from assets.normalise.source_table import read_bytes, source_name
from assets.normalise.text_checks import UTF8_BOM, decode_text, one_line, refuse_cut_off, refuse_nul

BLOCK = 4 * 1024 * 1024
NUMBER = r"^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$"
MISSING = "NaN"


def read_rows(
    source: Path | bytes, lines: Iterator[bytes], columns: list[str], separator: str
) -> pl.DataFrame:
    """All records but the header: String columns, empty = null, and `OBS_VALUE` Float64 (`NaN` = null).

    `lines` are blocks of whole lines without the header; `source` is read again where they are not plain.
    Raises `SourceError` with line and column, as `sdmx_csv.read_sdmx_csv` says.
    """
    blocks = read_pieces(lambda block: _read_block(block, columns, separator), lines)
    if blocks is None:
        return _read_plain(read_bytes(source).removeprefix(UTF8_BOM), source_name(source), columns, separator)
    return pl.concat(blocks) if blocks else pl.DataFrame(schema=_schema(columns))


def _read_block(block: bytes, columns: list[str], separator: str) -> pl.DataFrame | None:
    if not block.endswith(b"\n") or b'"' in block or b"\x00" in block:
        return None
    try:
        rows = pl.read_csv(
            block, separator=separator, has_header=False, schema=_schema(columns), quote_char=None, glob=False
        )
    except pl.exceptions.PolarsError:
        return None
    # Polars fills a record that is too short without a word, and refuses one that is too long
    if count_byte(block, separator.encode()) != rows.height * (len(columns) - 1):
        return None
    return rows if rows["OBS_VALUE"].is_finite().all() else None


def _read_plain(content: bytes, name: str, columns: list[str], separator: str) -> pl.DataFrame:
    refuse_nul(content, name)
    refuse_cut_off(content, name)
    outside = b"".join(content.split(b'"')[::2])
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
    return rows.with_columns(_plain_values(rows["OBS_VALUE"], name))


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


def _schema(columns: list[str]) -> dict[str, type[pl.String] | type[pl.Float64]]:
    return {column: pl.Float64 if column == "OBS_VALUE" else pl.String for column in columns}
