"""CORDIS's one broken habit of quoting, repaired: a text that itself begins with a quotation mark.

Such a cell is written `""Combining … the ""Fit for 55"" package""` (2025-05, topics.csv line 1022) where CSV
wants three quotes at either end. A standard reader takes the first two as an empty cell; loaders that skip
bad lines lose the record. All cells being quoted, `";"` still is where one cell ends and the next begins.
"""

import re

from assets.csv.dialect import Dialect
from assets.csv.scan import record_pattern

_QUOTES = re.compile(rb'"+')
MOST_BYTES, MOST_LINES = 256 * 1024, 200  # of a record to repair; the longest texts seen have a tenth of it
MOST_FAULTS = 100  # that cannot be repaired: the reader refuses the first of them anyway


def repair_quotes(content: bytes, columns: int, rules: Dialect) -> tuple[bytes, list[int]]:
    """The text with such cells written as CSV wants them, and the lines (from 1) of the records repaired.

    One is repaired only if there is one way to do so: cut at `";"` up to the first quote that ends a line,
    it has exactly `columns` cells. All other text is left as it is, for the reader to refuse.
    """
    whole = record_pattern(rules, columns)
    parts: list[bytes] = []
    lines: list[int] = []
    position = kept = counted = faults = 0
    line = 1
    while position < len(content) and faults < MOST_FAULTS:
        found = whole.match(content, position)
        if found:
            position = found.end()
            continue
        end, repaired = _repair_record(content, position, columns)
        if repaired:
            parts += (content[kept:position], repaired)
            line, counted = line + content.count(b"\n", counted, position), position
            lines.append(line)
            kept = end
        faults += not repaired
        position = end
    return b"".join((*parts, content[kept:])), lines


def _repair_record(content: bytes, start: int, columns: int) -> tuple[int, bytes]:
    """Where the record at `start` ends, and it repaired; else where the next line begins, and nothing."""
    next_line = content.find(b"\n", start) + 1 or len(content)
    if content[start : start + 1] != b'"':
        return next_line, b""
    end = start
    for _ in range(MOST_LINES):
        end = content.find(b'"\n', end + 1, start + MOST_BYTES)
        if end < 0:
            return next_line, b""
        cells = content[start + 1 : end].split(b'";"')
        if len(cells) == columns:
            return end + 2, b'"' + b'";"'.join(map(_repair_cell, cells)) + b'"\n'
        if len(cells) > columns:
            break
    return next_line, b""


def _repair_cell(cell: bytes) -> bytes:
    """A cell's text as CSV writes it: an odd run of quotes has lost one, an even run is doubled already."""
    return _QUOTES.sub(lambda run: b'""' * ((len(run[0]) + 1) // 2), cell)
