"""Delimited text to a table of strings: registers' CSV and TSV, in the dialect that a descriptor states.

Opening, checking and cutting the text belongs here; what a column means (amounts, dates, codes) does not,
nor does any one provider's layout. Nothing is guessed: a file that is not what its dialect says is refused
with the line, and no row is dropped, padded or cut.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from assets.csv.dialect import Dialect, dialect_of
from assets.csv.prove import holds_whole_records
from assets.csv.scan import header_end, iterate_records, parse_records, scan_records
from assets.errors import SourceError
from assets.normalise.readers.delimited.numbers import plain_numbers
from assets.normalise.readers.delimited.patterned import cut_by_pattern, strip_suffix
from assets.normalise.readers.source_table import SourceTable, read_bytes, source_name
from assets.normalise.readers.text_checks import (
    UTF8_BOM,
    decode_text,
    refuse_cut_off,
    refuse_foreign,
    refuse_nul,
)


def read_delimited(source: Path | bytes, dialect: Dialect | Mapping[str, Any] | None = None) -> SourceTable:
    """Read delimited text whole, every column String, names as in the header, an empty cell null.

    `dialect` is a `Dialect`, or its options as a descriptor has them (`dialect_of`); without it RFC 4180 in
    UTF-8. Gzip is opened, a byte order mark is skipped, quoted cells may hold line ends, delimiters and
    doubled quotes. Columns that the dialect calls `numbers` come with a decimal point and without grouping,
    as text.

    Metadata: `rows` (records without the header), `encoding`, `bom`.
    Raises `SourceError` with the line in the file for HTML in place of data, NUL bytes, bytes that are not in
    the encoding, a last line without line end (cut off, unless `unendedLastLine`), a header without a name or
    with one twice, a record with too many or too few cells, a stray or unclosed quote; with the record for a
    number in another notation. Source: RFC 4180; Table Dialect (Data Package v2), see `csv.dialect`.
    """
    name = source_name(source)
    rules = dialect if isinstance(dialect, Dialect) else dialect_of(dialect or {})
    raw = read_bytes(source)
    bom = raw.startswith(UTF8_BOM)
    content = _as_utf8(raw[len(UTF8_BOM) :] if bom else raw, rules, name)
    del raw
    content = strip_suffix(_cut_preamble(content, rules, name), rules)
    header = _read_header(content, rules, name)
    if rules.record_pattern:
        frame = cut_by_pattern(content, header, rules, name)
    else:
        fast = _parse_fast(content, header, rules)
        whole = fast is not None and holds_whole_records(content, fast.height + 1, fast.width, rules)
        frame = fast if fast is not None and whole else _parse_closely(content, header, fast, rules, name)
    if rules.numbers:
        if missing := [column for column in rules.numbers if column not in header]:
            raise SourceError(name, "header", f"no column {missing[0]}, which the dialect calls a number")
        frame = plain_numbers(frame, rules.numbers, name, rules.decimal_char, rules.group_char)
    return SourceTable(frame.lazy(), {"rows": frame.height, "encoding": rules.encoding, "bom": bom})


def _as_utf8(content: bytes, rules: Dialect, name: str) -> bytes:
    """The text in UTF-8, checked against the encoding that is declared (UTF-8 in reading)."""
    refuse_foreign(content[:20_000], name, "delimited text")  # it looks at the begin, and copies what it gets
    refuse_nul(content, name)
    if rules.unended_last_line and not content.endswith(b"\n"):
        content += b"\n"
    refuse_cut_off(content, name)
    if rules.encoding == "utf-8" or content.isascii():
        return content
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return decode_text(content, name, rules.encoding).encode("utf-8")
    raise SourceError(name, "", f"declared {rules.encoding}, but the bytes are UTF-8: correct the dialect")


def _cut_preamble(content: bytes, rules: Dialect, name: str) -> bytes:
    """The text from its header line on."""
    for _ in range(rules.last_header_row - 1):
        _, found, content = content.partition(b"\n")
        if not found:
            raise SourceError(
                name, "", f"shorter than line {rules.last_header_row}, where the header should be"
            )
    return content


def _read_header(content: bytes, rules: Dialect, name: str) -> list[str]:
    where = f"line {rules.last_header_row}"
    end = header_end(content, rules)
    if end is None:
        raise SourceError(name, where, "the header cannot be cut into cells: a stray or unclosed quote")
    decode_text(content[:end], name)
    header = [cell or "" for cell in next(iterate_records(content[:end], rules), [])]
    if "" in header:
        raise SourceError(name, where, f"column {header.index('') + 1} has no name in the header")
    twice = sorted(column for column, count in Counter(header).items() if count > 1)[:8]
    if twice:
        raise SourceError(name, where, f"the header names {', '.join(twice)} more than once")
    return header


def _parse_fast(content: bytes, header: list[str], rules: Dialect) -> pl.DataFrame | None:
    """Polars' reading, or None where it refuses; whether it is whole is for `holds_whole_records` to say."""
    try:
        frame = pl.read_csv(
            content,
            separator=rules.delimiter,
            quote_char=rules.quote_char,
            infer_schema=False,
            null_values=[""],
        )
    except pl.exceptions.PolarsError:
        return None
    return frame if frame.columns == header else None


def _parse_closely(
    content: bytes, header: list[str], fast: pl.DataFrame | None, rules: Dialect, name: str
) -> pl.DataFrame:
    """The records after the exact check: Polars' reading where it has them all, else cell by cell."""
    decode_text(content, name)
    records, faults = scan_records(content, header, rules)
    if faults:
        first, *others = faults
        more = f" (and {len(others)} more such lines, at least)" if others else ""
        raise SourceError(name, f"line {first.line + rules.last_header_row - 1}", first.problem + more)
    if fast is not None and fast.height == records - 1:
        return fast
    return parse_records(content, header, rules)
