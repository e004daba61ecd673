"""Delimited text to a table of strings: registers' CSV and TSV, in the dialect that a descriptor states.

Opening, checking and cutting the text belongs here; what a column means (amounts, dates, codes) does not,
nor does any one provider's layout. Nothing is guessed: a file that is not what its dialect says is refused
with the line, and no row is dropped, padded or cut.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.delimited_dialect import Dialect, dialect_of
from assets.normalise.delimited_scan import Fault, parse_records, record_end, scan_records
from assets.normalise.source_table import SourceTable, read_bytes, source_name
from assets.normalise.text_checks import UTF8_BOM, decode_text, refuse_foreign, refuse_nul


def read_delimited(source: Path | bytes, dialect: Dialect | Mapping[str, Any] | None = None) -> SourceTable:
    """Read delimited text whole, every column String, names as in the header, an empty cell null.

    `dialect` is a `Dialect`, or its options as a descriptor has them (Table Dialect of Data Package v2, with
    `encoding`); without it RFC 4180 in UTF-8. Gzip is opened, a byte order mark is skipped, quoted cells may
    hold line ends, delimiters and doubled quotes.

    Metadata: `rows` (records without the header), `encoding`, `bom`.
    Raises `SourceError` with the line in the file for HTML in place of data, NUL bytes, bytes that are not in
    the encoding, a header without a name or with one twice, a record with too many or too few cells, a stray
    or unclosed quote.
    """
    name = source_name(source)
    rules = dialect if isinstance(dialect, Dialect) else dialect_of(dialect or {})
    raw = read_bytes(source)
    bom = raw.startswith(UTF8_BOM)
    content = _as_utf8(raw[len(UTF8_BOM) :] if bom else raw, rules, name)
    del raw
    content = _cut_preamble(content, rules, name)
    header = _read_header(content, rules, name)
    frame = _parse_fast(content, header, rules)
    if frame is None or not _accounts_for_all(content, frame, rules):
        frame = _parse_closely(content, header, frame, rules, name)
    return SourceTable(frame.lazy(), {"rows": frame.height, "encoding": rules.encoding, "bom": bom})


def _as_utf8(content: bytes, rules: Dialect, name: str) -> bytes:
    """The text in UTF-8, checked against the encoding that is declared (UTF-8 in reading)."""
    refuse_foreign(content, name, "delimited text")
    refuse_nul(content, name)
    if rules.encoding == "utf-8" or content.isascii():
        return content
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return decode_text(content, name, rules.encoding).encode("utf-8")
    raise SourceError(name, "", f"declared {rules.encoding}, but the bytes are UTF-8: correct the dialect")


def _cut_preamble(content: bytes, rules: Dialect, name: str) -> bytes:
    """The text from its header line on."""
    for _ in range(rules.header_row - 1):
        _, found, content = content.partition(b"\n")
        if not found:
            raise SourceError(
                name, "", f"the header should be on line {rules.header_row}: the file is shorter"
            )
    return content


def _read_header(content: bytes, rules: Dialect, name: str) -> list[str]:
    where = f"line {rules.header_row}"
    end = record_end(content, rules)
    if end is None:
        raise SourceError(name, where, "the header cannot be cut into cells: a stray or unclosed quote")
    decode_text(content[:end], name)
    header = [str(cell or "") for cell in parse_records(content[:end], None, rules).row(0)]
    if "" in header:
        raise SourceError(name, where, f"column {header.index('') + 1} has no name in the header")
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise SourceError(name, where, f"the header names {', '.join(twice)} more than once")
    return header


def _parse_fast(content: bytes, header: list[str], rules: Dialect) -> pl.DataFrame | None:
    """Polars' reading, or None where it refuses; whether it is whole is for `_accounts_for_all` to say."""
    try:
        frame = pl.read_csv(
            content,
            separator=rules.delimiter,
            quote_char=rules.quote,
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
    records = scan_records(content, header, rules)
    if isinstance(records, Fault):
        raise SourceError(name, f"line {records.line + rules.header_row - 1}", records.problem)
    if fast is not None and fast.height == records - 1:
        return fast
    return parse_records(content, header, rules)


def _accounts_for_all(content: bytes, frame: pl.DataFrame, rules: Dialect) -> bool:
    """Whether each byte of the text is one of a value or of the structure that so many whole records need.

    Two cheap proofs; True is certain, False means: look closely. Without any quote the delimiters and line
    ends must be those of the rows. With every cell quoted, a cell of v bytes with q quotes takes v + 2 + q
    bytes of the text and 2 + 2q of its quotes; a lone quote, an unquoted cell and a missing cell all make the
    sum smaller and nothing makes it larger, so that equality holds for whole records only. A text with CR is
    looked at closely, because a line end of two bytes would make the sum larger.
    """
    if b"\r" in content:
        return False
    records, columns = frame.height + 1, frame.width
    unended = not content.endswith(b"\n")
    quotes = content.count(rules.quote.encode()) if rules.quote else 0
    if quotes == 0:
        delimiters = content.count(rules.delimiter.encode())
        return delimiters == records * (columns - 1) and content.count(b"\n") == records - unended
    values = sum(len(column.encode()) for column in frame.columns)
    values += sum(size or 0 for size in frame.select(pl.all().str.len_bytes().sum()).row(0))
    return 2 * (len(content) + unended - values - 2 * records * columns) == quotes
