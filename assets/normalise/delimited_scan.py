"""The exact, slow reading of delimited text: where a text is at fault, and its records cell by cell.

It is used when the fast reading cannot be proved whole. The grammar is RFC 4180's (a cell that holds a quote
is quoted and the quote doubled; CRLF or LF ends a record), as one regular expression over bytes: the faulty
line is found at some 200 MB per second. What to do about a fault belongs to `delimited`.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from assets.normalise.delimited_dialect import Dialect

RECORDS_AT_ONCE = 500  # records matched per call: fewer calls, and still a small stack


class Fault(NamedTuple):
    """The first place where a text breaks its dialect: the line (from 1) where the record begins, and why."""

    line: int
    problem: str


def _cell(rules: Dialect) -> bytes:
    delimiter = re.escape(rules.delimiter.encode())
    if rules.quote is None:
        return b"[^" + delimiter + rb"\r\n]*+"
    quote = re.escape(rules.quote.encode())
    quoted = quote + b"(?:[^" + quote + b"]++|" + quote * 2 + b")*+" + quote
    return b"(?:" + quoted + b"|[^" + delimiter + quote + rb"\r\n]*+)"


@lru_cache
def _records(rules: Dialect, columns: int) -> re.Pattern[bytes]:
    """Up to `RECORDS_AT_ONCE` whole records; an end without a line end is a record's end only once."""
    more = b"(?:" + re.escape(rules.delimiter.encode()) + _cell(rules) + b"){%d}" % (columns - 1)
    return re.compile(b"(?:" + _cell(rules) + more + rb"(?:\r?\n|(?<!\n)\Z)){0,%d}+" % RECORDS_AT_ONCE)


def record_end(content: bytes, rules: Dialect) -> int | None:
    """Where the first record ends, behind its line end; None where it does not end as a record does."""
    delimiter = re.escape(rules.delimiter.encode())
    pattern = _cell(rules) + b"(?:" + delimiter + _cell(rules) + rb")*+(?:\r?\n|\Z)"
    found = re.match(pattern, content)
    return found.end() if found else None


def scan_records(content: bytes, header: list[str], rules: Dialect) -> int | Fault:
    """How many records the text has, header included, or its first fault."""
    pattern = _records(rules, len(header))
    single = re.compile(pattern.pattern.replace(b"{0,%d}+" % RECORDS_AT_ONCE, b""))
    position, records = 0, 0
    while position < len(content):
        found = pattern.match(content, position)
        end = found.end() if found else position
        if end == position:
            line = content.count(b"\n", 0, position) + 1
            return Fault(line, _describe(content, position, header, rules))
        records += len(single.findall(content, position, end))
        position = end
    return records


def _describe(content: bytes, start: int, header: list[str], rules: Dialect) -> str:
    """What is wrong with the record at `start`: a quote where none may be, or its number of cells."""
    cell = re.compile(_cell(rules))
    delimiter, quote = rules.delimiter.encode(), (rules.quote or "").encode()
    position, cells = start, 0
    while True:
        found = cell.match(content, position)
        begin, position, cells = position, found.end() if found else position, cells + 1
        if content[position : position + 1] != delimiter:
            break
        position += 1
    column = header[cells - 1] if cells <= len(header) else f"number {cells}"
    rest = content[position : position + 2]
    if rest[:1] not in (b"", b"\n") and rest != b"\r\n":
        if rest[:1] == b"\r":
            return f"column {column}: a carriage return inside a cell without quotes"
        if quote and rest[:1] == quote and begin == position:
            return f"column {column}: a quote is opened and never closed (cut off, or a quote not doubled)"
        return f"column {column}: a stray quote (a quote inside a cell must be doubled)"
    if cells == 1 and position == start:
        return f"an empty line where {len(header)} cells should be"
    return f"{cells} cells where the header has {len(header)}"


def parse_records(content: bytes, header: list[str] | None, rules: Dialect) -> pl.DataFrame:
    """The records of a text without fault, all String, empty null.

    With a `header` the text's first line is left out; without one, columns are numbered.
    """
    delimiter, quote = rules.delimiter.encode(), (rules.quote or "").encode()
    cell = re.compile(b"(" + _cell(rules) + b")(" + re.escape(delimiter) + rb"|\r?\n|\Z)")
    rows: list[list[str | None]] = []
    row: list[str | None] = []
    position = 0
    while position < len(content) or row:
        found = cell.match(content, position)
        assert found is not None, "for texts without fault"
        value, end = found.groups()
        if quote and value[:1] == quote:
            value = value[1:-1].replace(quote * 2, quote)
        row.append(value.decode("utf-8") or None)
        position = found.end()
        if end != delimiter:
            rows.append(row)
            row = []
    names = header or [f"column_{number + 1}" for number in range(len(rows[0]))]
    return pl.DataFrame(rows[1:] if header else rows, schema=dict.fromkeys(names, pl.String), orient="row")
