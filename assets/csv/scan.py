"""The exact, slow reading of delimited text: where a text is at fault, and its records cell by cell.

It is used when the fast reading cannot be proved whole. The grammar is RFC 4180's (a cell that holds a quote
is quoted and the quote doubled; CRLF or LF ends a record), as one regular expression over bytes: the faulty
line is found at some 200 MB per second. What to do about a fault belongs to `delimited`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from assets.csv.dialect import Dialect

RECORDS_AT_ONCE = 500  # records matched per call: fewer calls, and still a small stack


class Fault(NamedTuple):
    """A place where a text breaks its dialect: the line (from 1) where the record begins, and why."""

    line: int
    problem: str


class Scan(NamedTuple):
    """What a text has: how many whole records (header included), and where it is at fault."""

    records: int
    faults: list[Fault]


def cell_pattern(rules: Dialect) -> bytes:
    """The regular expression of one cell."""
    delimiter = re.escape(rules.delimiter.encode())
    if rules.quote_char is None:
        return b"[^" + delimiter + rb"\r\n]*+"
    quote = re.escape(rules.quote_char.encode())
    quoted = quote + b"(?:[^" + quote + b"]++|" + quote * 2 + b")*+" + quote
    return b"(?:" + quoted + b"|[^" + delimiter + quote + rb"\r\n]*+)"


@lru_cache
def record_pattern(rules: Dialect, columns: int) -> re.Pattern[bytes]:
    """One whole record with its line end."""
    more = b"(?:" + re.escape(rules.delimiter.encode()) + cell_pattern(rules) + b"){%d}" % (columns - 1)
    return re.compile(cell_pattern(rules) + more + rb"\r?\n")


@lru_cache
def _records_pattern(rules: Dialect, columns: int) -> re.Pattern[bytes]:
    # An atomic group, as Python before 3.11.5 leaves a possessive repeat in the middle of what did not match.
    records = b"(?:" + record_pattern(rules, columns).pattern + b"){0,%d}" % RECORDS_AT_ONCE
    return re.compile(b"(?>" + records + b")")


def header_end(content: bytes, rules: Dialect) -> int | None:
    """Where the first record ends, behind its line end; None where it does not end as a record does."""
    cell, delimiter = cell_pattern(rules), re.escape(rules.delimiter.encode())
    found = re.match(cell + b"(?:" + delimiter + cell + rb")*+\r?\n", content)
    return found.end() if found else None


def scan_records(content: bytes, header: list[str], rules: Dialect, most: int = 100) -> Scan:
    """Count the whole records and the faults, up to `most` of them; after a fault the next line is a record's
    first again.
    """
    many, one = _records_pattern(rules, len(header)), record_pattern(rules, len(header))
    position, records, faults = 0, 0, list[Fault]()
    line, counted = 1, 0
    while position < len(content):
        found = many.match(content, position)
        end = found.end() if found else position
        records += len(one.findall(content, position, end))
        position = end
        if position < len(content) and not one.match(content, position):
            line, counted = line + content.count(b"\n", counted, position), position
            faults.append(Fault(line, describe_fault(content, position, header, rules)))
            position = content.find(b"\n", position) + 1 or len(content)
            if len(faults) == most:
                break
    return Scan(records, faults)


def describe_fault(content: bytes, start: int, header: list[str], rules: Dialect) -> str:
    """What is wrong with the record at `start`: a quote where none may be, or its number of cells."""
    cell = re.compile(cell_pattern(rules))
    delimiter, quote = rules.delimiter.encode(), (rules.quote_char or "").encode()
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


def iterate_records(content: bytes, rules: Dialect) -> Iterator[list[str | None]]:
    """The records of a text without fault, header included, cell by cell; an empty cell is None."""
    delimiter, quote = rules.delimiter.encode(), (rules.quote_char or "").encode()
    cell = re.compile(b"(" + cell_pattern(rules) + b")(" + re.escape(delimiter) + rb"|\r?\n)")
    row: list[str | None] = []
    position = 0
    while position < len(content):
        found = cell.match(content, position)
        assert found is not None, "for texts without fault"
        value, end = found.groups()
        if quote and value[:1] == quote:
            value = value[1:-1].replace(quote * 2, quote)
        row.append(value.decode("utf-8") or None)
        position = found.end()
        if end != delimiter:
            yield row
            row = []


def parse_records(content: bytes, header: list[str], rules: Dialect) -> pl.DataFrame:
    """The records behind the header of a text without fault, all String, empty null."""
    rows = list(iterate_records(content, rules))[1:]
    return pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
