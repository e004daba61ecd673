r"""Eurostat TSV in the exact form that the service writes, read without a string per cell.

Tabs and line ends are exchanged so that each series becomes a key line and one `value flag` line per
period, and Polars' CSV reader parts value from flag: ` A,MIO_EUR,FI1C3`, `6992.5 `, `5400 p`, `: `. Key
lines stand at every (n+1)th place exactly when every row has n cells. Whatever is otherwise (cells without
or with two spaces, a cell that is no number, stray line ends) makes `read_blocks` return None, and the
plain reading in `eurostat_tsv` decides and says where.
"""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

BLOCK = 4 * 1024 * 1024
CRLF = bytes.maketrans(b"\t\r\n", b"\n\n ")
LF = bytes.maketrans(b"\t", b"\n")
FLAG = r"^[A-Za-z|]*[A-Za-z][A-Za-z|]*$"


class Cells(NamedTuple):
    """Keys of all series, and the cells with a value or a flag: number of series, of period, value, flag
    (null: none)."""

    keys: pl.Series
    series: pl.Series
    period: pl.Series
    value: pl.Series
    flag: pl.Series


def read_blocks(content: bytes, start: int, dimensions: int, periods: int) -> Cells | None:
    """The table from byte `start` on, its header left out; None where it is not in the exact form.

    A key of one part could pass for a flag, so such a table is left to the plain reading.
    """
    crlf = content.count(b"\r\n", start)
    if (
        dimensions < 2
        or not periods
        or crlf not in (0, content.count(b"\n", start))
        or crlf != content.count(b"\r", start)
    ):
        return None
    parts: list[Cells] = []
    rows = 0
    for first, last in _blocks(content, start):
        part = _read_block(content[first:last], periods, rows, crlf > 0)
        if part is None:
            return None
        rows += part.keys.len()
        parts.append(part)
    if rows >= 2**32:
        return None
    return Cells(*(pl.concat(columns) for columns in zip(*parts, strict=True))) if parts else None


def _read_block(block: bytes, periods: int, before: int, crlf: bool) -> Cells | None:
    text = block.translate(CRLF) if crlf else block.replace(b"\n", b"\n ").translate(LF)
    try:
        frame = pl.read_csv(
            b" " + text,
            has_header=False,
            separator=" ",
            quote_char=None,
            schema={"value": pl.Float64, "flag": pl.String},
            null_values={"value": ":"},
            glob=False,
        )
    except pl.exceptions.PolarsError:
        return None
    value, flag = frame["value"], frame["flag"]
    step = periods + 1
    keys = flag.gather_every(step)
    series = block.count(b"\n") + 1
    # null in key lines and where the cell says `:`; another null, or a key elsewhere, means a ragged row
    nulls = value.null_count()
    if frame.height != series * step or nulls != series + block.count(b":") or keys.has_nulls():
        return None
    if not value.is_finite().all() or value.gather_every(step).null_count() < series:
        return None
    kept = value.is_not_null() | flag.is_not_null()
    kept = kept.scatter(pl.int_range(0, frame.height, step, eager=True), False)
    place = kept.arg_true()
    number = place // step
    flags = flag.filter(kept)
    known = flags.drop_nulls().unique() if flags.null_count() < flags.len() else flags.clear()
    if not known.str.contains(FLAG).all():
        return None
    return Cells(keys, number + before, place - number * step - 1, value.filter(kept), flags)


def _blocks(content: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Bounds of whole lines, some 4 MB together, without the last line end."""
    while start < len(content):
        end = content.find(b"\n", min(start + BLOCK, len(content) - 1))
        end = end if end >= 0 else len(content)
        yield start, end - 1 if content[end - 1 : end] == b"\r" else end
        start = end + 1
