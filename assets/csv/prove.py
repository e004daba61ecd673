"""The proof that a delimited text is nothing but so many whole records, as Polars has read them.

Polars pads a record that is too short, and drops a quote that should not be there, without a word. A text
that is proven here has neither; one that is not is looked at closely, byte by byte, by `scan`, or read by the
csv module (`rows`).
"""

import polars as pl

from assets.csv import byte_columns
from assets.csv.byte_columns import column_maker
from assets.csv.dialect import Dialect
from assets.csv.structure import count_inside, scan_structure


def holds_whole_records(content: bytes, records: int, columns: int, rules: Dialect) -> bool:
    """Whether the text is certainly `records` records of `columns` cells; False means: look closely.

    Delimiters and line ends outside quotes must be those of the records, and every quote open a cell, close
    one or double another. A text in which every cell is quoted is settled by a cheaper count first: `";"` and
    `"` + line end + `"` must stand just as often as so many cells need, share no quote, and part the text
    into chunks in which quotes come in twos.
    """
    if not content.endswith(b"\n"):
        return False
    expected = (records * (columns - 1), records)
    quote = rules.quote_char
    quoted = quote is not None and quote.encode() in content
    if quote and quoted and _count_quoted(content, ord(rules.delimiter), ord(quote)) == expected:
        return True
    structure = scan_structure(content, rules.delimiter, quote)
    delimiters, ends = structure.delimiters, structure.newlines
    if quote and quoted and structure.plain:
        inside = count_inside(content, rules.delimiter, quote)
        delimiters, ends = delimiters - inside[0], ends - inside[1]
    return structure.plain and (delimiters, ends) == expected


def _count_quoted(content: bytes, delimiter: int, quote: int) -> tuple[int, int] | None:
    """How many delimiters stand between two quotes, and how many line ends behind one; None where the rest is
    not made of quoted cells."""
    byte_column = column_maker(content)
    cut = bytes((quote, ord("\n"), quote))
    delimiters = ends = at = 0
    while at < len(content):
        found = content.find(cut, at + byte_columns.CHUNK)
        end = found + 2 if found >= 0 else len(content)
        counts = _count_chunk(byte_column(content[at:end]), delimiter, quote)
        if counts is None:
            return None
        delimiters, ends, at = delimiters + counts[0], ends + counts[1] + 1, end
    return delimiters, ends


def _count_chunk(chunk: pl.Series, delimiter: int, quote: int) -> tuple[int, int] | None:
    """The same of a chunk that should begin with a quote and end with one and a line end, which is not
    counted."""
    values = chunk[:-1]
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
