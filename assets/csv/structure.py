"""What the bytes of a delimited text say of its structure: how many delimiters, line ends and quotes, and
whether every quote opens a cell, closes one or doubles another.

Polars is fast and lenient: it pads a record that is too short, and drops a quote that should not be there,
without a word. These counts settle that a text is nothing but so many whole records (`prove`); any doubt
sends it to an exact reading. Cells do not belong here.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.csv.byte_columns import NEWLINE, RETURN, column_maker, read_byte_chunks


@dataclass(frozen=True)
class Structure:
    """What the bytes of a text say: `plain` when every reader agrees on where cells and rows end."""

    plain: bool
    newlines: int = 0
    delimiters: int = 0
    quotes: int = 0
    ends_with_newline: bool = True


def scan_structure(
    source: Path | bytes, delimiter: str, quote: str | None, without: bytes = b""
) -> Structure:
    """Reads the text once, in chunks, and counts.

    Not plain are: a lone carriage return (a line end for the csv module only), a quote that neither opens
    nor closes a cell nor doubles another quote, and a delimiter as the last byte: Polars passes over the
    empty cell after it, so that one cell too many would make up for one that is missing elsewhere. Nor is a
    text with one of the bytes that it should be `without`.
    """
    newlines = delimiters = quotes = 0
    quote_byte = ord(quote) if quote else -1
    last = NEWLINE
    byte_column = column_maker(source)
    for chunk, following in read_byte_chunks(source):
        if lone_return(chunk, following) or any(mark in chunk for mark in without):
            return Structure(False)
        column = byte_column(chunk)
        newlines += int((column == NEWLINE).sum())
        delimiters += int((column == ord(delimiter)).sum())
        if quote and quote.encode() in chunk:
            places = (column == quote_byte).arg_true()
            if not well_quoted(column, places, last, following, quotes % 2 == 1, ord(delimiter), quote_byte):
                return Structure(False)
            quotes += len(places)
        last = chunk[-1]
    plain = quotes % 2 == 0 and last != ord(delimiter)
    return Structure(plain, newlines, delimiters, quotes, last == NEWLINE)


def lone_return(chunk: bytes, following: int) -> bool:
    """True when a carriage return is not followed by a newline."""
    if b"\r" not in chunk:
        return False
    pairs = chunk.count(b"\r\n") + (chunk[-1] == RETURN and following == NEWLINE)
    return chunk.count(b"\r") != pairs


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


def count_inside(source: Path | bytes, delimiter: str, quote: str) -> tuple[int, int]:
    """How many delimiters and newlines of a well-quoted text stand inside quotes."""
    delimiters = newlines = quotes = 0
    byte_column = column_maker(source)
    for chunk, _ in read_byte_chunks(source):
        column = byte_column(chunk)
        marks = column == ord(quote)
        inside = (marks.cast(pl.UInt32).cum_sum() + quotes) % 2 == 1
        delimiters += int(((column == ord(delimiter)) & inside).sum())
        newlines += int(((column == NEWLINE) & inside).sum())
        quotes += int(marks.sum())
    return delimiters, newlines
