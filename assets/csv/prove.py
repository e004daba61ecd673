"""Two cheap proofs that a delimited text is nothing but so many whole records, as Polars has read them.

Polars pads a record that is too short, and drops a quote that should not be there, without a word. A text
that is proven here has neither; one that is not is looked at closely, byte by byte, by `scan`.
"""

import polars as pl
import pyarrow as pa

from assets.csv.byte_columns import WINDOW, byte_column
from assets.csv.dialect import Dialect


def holds_whole_records(content: bytes, records: int, columns: int, rules: Dialect) -> bool:
    """Whether the text is certainly `records` records of `columns` cells; False means: look closely.

    Without any quote the delimiters and line ends must be those of the records. With every cell quoted, `";"`
    and `"` + line end + `"` must stand just as often as so many cells need, share no quote, and part the text
    into pieces in which quotes come in twos: then the text is what a writer would write of these pieces.
    Line ends of two bytes are not proven.
    """
    if not content.endswith(b"\n"):
        return False
    delimiter = ord(rules.delimiter)
    counted = _count_plain if not rules.quote or rules.quote.encode() not in content else _count_quoted
    return counted(content, delimiter, ord(rules.quote or "\0")) == (records * (columns - 1), records)


def _count_plain(content: bytes, delimiter: int, _: int) -> tuple[int, int] | None:
    """How many delimiters and line ends there are; None where there are carriage returns."""
    if b"\r" in content:
        return None
    buffer = pa.py_buffer(content)
    delimiters = ends = 0
    for at in range(0, len(content), WINDOW):
        values = byte_column(buffer, at, min(at + WINDOW, len(content)))
        delimiters += int((values == delimiter).sum())
        ends += int((values == ord("\n")).sum())
    return delimiters, ends


def _count_quoted(content: bytes, delimiter: int, quote: int) -> tuple[int, int] | None:
    """How many delimiters stand between two quotes, and how many line ends behind one; None where the rest is
    not made of quoted cells."""
    buffer = pa.py_buffer(content)
    cut = bytes((quote, ord("\n"), quote))
    delimiters = ends = at = 0
    while at < len(content):
        found = content.find(cut, at + WINDOW)
        end = found + 2 if found >= 0 else len(content)
        counts = _count_piece(byte_column(buffer, at, end), delimiter, quote)
        if counts is None:
            return None
        delimiters, ends, at = delimiters + counts[0], ends + counts[1] + 1, end
    return delimiters, ends


def _count_piece(piece: pl.Series, delimiter: int, quote: int) -> tuple[int, int] | None:
    """The same of a piece that should begin with a quote and end with one and a line end, which is not
    counted."""
    values = piece[:-1]
    quotes = values == quote
    if values.len() < 2 or not quotes[0] or not quotes[-1]:
        return None
    middle = values[1:-1]
    between = quotes[:-2] & quotes[2:]
    delimiters, ends = between & (middle == delimiter), between & (middle == ord("\n"))
    parting = delimiters | ends
    if parting.len() and (parting[0] or parting[-1] or (parting[2:] & parting[:-2]).any()):
        return None  # one quote for two purposes
    counts = int(delimiters.sum()), int(ends.sum())
    if int(quotes.sum()) == 2 * sum(counts) + 2:
        return counts  # there is no quote inside a cell
    two = pl.Series([False, False])
    inner = quotes & ~(pl.concat([parting, two]) | pl.concat([two, parting]))
    return counts if _come_in_twos(inner.scatter([0, inner.len() - 1], False)) else None


def _come_in_twos(marks: pl.Series) -> bool:
    """Whether each run of marks has two; longer even runs are rare, and left to a closer look."""
    if not marks.any():
        return True
    second = marks[1:] & marks[:-1]
    return int(second.sum()) * 2 == int(marks.sum()) and not (second[1:] & second[:-1]).any()
