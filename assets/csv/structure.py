"""Whether Polars and Python's csv module are sure to read a CSV file alike, decided from its bytes.

Polars is fast and lenient, the csv module slow and what frictionless-py reads with. The counts here settle
that a file is one that both read alike; any doubt sends it to the csv module (`rows`). Cells do not
belong here.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

CHUNK = 1 << 22
LARGE = 1 << 26  # bytes of a file of which the copies cost more than the import of PyArrow
NEWLINE, RETURN = 0x0A, 0x0D


@dataclass(frozen=True)
class Structure:
    """What the bytes of a file say: `plain` when both readers agree on where cells and rows end."""

    plain: bool
    newlines: int = 0
    delimiters: int = 0
    quotes: int = 0
    ends_with_newline: bool = True


def scan_structure(path: Path, delimiter: str, quote: str | None) -> Structure:
    """Reads the file once, in pieces, and counts.

    Not plain are: a lone carriage return (a line end for the csv module only), a quote that neither opens
    nor closes a cell nor doubles another quote, and a delimiter as the last byte: Polars passes over the
    empty cell after it, so that one cell too many would make up for one that is missing elsewhere.
    """
    newlines = delimiters = quotes = 0
    quote_byte = ord(quote) if quote else -1
    last = NEWLINE
    byte_column = column_maker(path)
    for piece, following in pieces(path):
        if lone_return(piece, following):
            return Structure(False)
        column = byte_column(piece)
        newlines += int((column == NEWLINE).sum())
        delimiters += int((column == ord(delimiter)).sum())
        if quote and quote.encode() in piece:
            places = (column == quote_byte).arg_true()
            if not well_quoted(column, places, last, following, quotes % 2 == 1, ord(delimiter), quote_byte):
                return Structure(False)
            quotes += len(places)
        last = piece[-1]
    plain = quotes % 2 == 0 and last != ord(delimiter)
    return Structure(plain, newlines, delimiters, quotes, last == NEWLINE)


def pieces(path: Path) -> Iterator[tuple[bytes, int]]:
    """The file in pieces, each with the byte that follows it (a newline after the last)."""
    with path.open("rb") as file:
        piece = file.read(CHUNK)
        while piece:
            following = file.read(CHUNK)
            yield piece, following[0] if following else NEWLINE
            piece = following


def column_maker(path: Path) -> Callable[[bytes], pl.Series]:
    """What makes a UInt8 column of bytes: without a copy where that pays for the import of PyArrow."""
    large = path.stat().st_size >= LARGE or "pyarrow" in sys.modules
    return shared_column if large else copied_column


def copied_column(piece: bytes) -> pl.Series:
    """The bytes as a UInt8 column, copied."""
    array = pl.Series([piece], dtype=pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, len(piece)))
    return array.explode()


def shared_column(piece: bytes) -> pl.Series:
    """The bytes as a UInt8 column, without a copy."""
    import pyarrow as pa

    column = pl.from_arrow(pa.Array.from_buffers(pa.uint8(), len(piece), [None, pa.py_buffer(piece)]))
    assert isinstance(column, pl.Series)
    return column


def lone_return(piece: bytes, following: int) -> bool:
    """True when a carriage return is not followed by a newline."""
    if b"\r" not in piece:
        return False
    pairs = piece.count(b"\r\n") + (piece[-1] == RETURN and following == NEWLINE)
    return piece.count(b"\r") != pairs


def well_quoted(
    column: pl.Series, places: pl.Series, before: int, after: int, inside: bool, delimiter: int, quote: int
) -> bool:
    """True when every quote opens a cell, closes one, or doubles another.

    Quotes open and close by turns (a doubled quote closes and opens again). One that opens stands after
    a border or a quote, one that closes before a border or a quote.
    """
    borders = [delimiter, NEWLINE, quote]
    neighbours = pl.concat([pl.Series([before], dtype=pl.UInt8), column, pl.Series([after], dtype=pl.UInt8)])
    opening, closing = (1, 0) if inside else (0, 1)
    opened = neighbours.gather(places.gather_every(2, opening))
    closed = neighbours.gather(places.gather_every(2, closing) + 2)
    return bool(opened.is_in(borders).all() and closed.is_in([*borders, RETURN]).all())


def count_inside(path: Path, delimiter: str, quote: str) -> tuple[int, int]:
    """How many delimiters and newlines of a well-quoted file stand inside quotes."""
    delimiters = newlines = quotes = 0
    byte_column = column_maker(path)
    for piece, _ in pieces(path):
        column = byte_column(piece)
        marks = column == ord(quote)
        inside = (marks.cast(pl.UInt32).cum_sum() + quotes) % 2 == 1
        delimiters += int(((column == ord(delimiter)) & inside).sum())
        newlines += int(((column == NEWLINE) & inside).sum())
        quotes += int(marks.sum())
    return delimiters, newlines
