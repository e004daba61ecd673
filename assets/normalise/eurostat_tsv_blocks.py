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
    """Keys of all series, and the cells with a value or a flag: number of the series, of the period, value,
    flag (null: none).
    """

    keys: pl.Series
    series: pl.Series
    period: pl.Series
    value: pl.Series
    flag: pl.Series


def read_blocks(content: bytes, start: int, dimensions: int, periods: int) -> Cells | None:
    """The table from byte `start` on, its header left out; None where it is not in the exact form.

    A key of one part could pass for a flag, so such a table is left to the plain reading.
    """
    if dimensions < 2 or not periods:
        return None
    crlf = content[start - 2 : start] == b"\r\n"
    parts: list[Cells] = []
    rows = 0
    for first, last in _blocks(content, start):
        part = _read_block(content[first:last], periods, rows, crlf)
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
    step = periods + 1
    series = frame.height // step
    value, flag = pl.col("value"), pl.col("flag")
    said = frame.select(
        value.null_count().alias("nulls"),
        value.gather_every(step).null_count().alias("no_values"),
        flag.gather_every(step).null_count().alias("no_keys"),
        value.is_finite().all().alias("finite"),
    ).row(0)
    # null in key lines and where the cell says `:`; another null, a value in a key line, or a key elsewhere (its
    # commas are no flag) means a ragged row or a stray line end
    if frame.height != series * step or said != (series + block.count(b":"), series, 0, True):
        return None
    keys = frame["flag"].gather_every(step)
    place = pl.int_range(pl.len(), dtype=pl.UInt32)
    number = place // step
    cells = frame.with_columns(number.alias("number"), (place - number * step).alias("period")).filter(
        (value.is_not_null() | flag.is_not_null()) & (pl.col("period") != 0)
    )
    flags = cells["flag"].unique().drop_nulls()
    if not flags.str.contains(FLAG).all():
        return None
    if flags.str.contains("|", literal=True).any():
        cells = cells.with_columns(flag.str.replace_all("|", "", literal=True))
    return Cells(keys, cells["number"] + before, cells["period"] - 1, cells["value"], cells["flag"])


def _blocks(content: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Bounds of whole lines, some 4 MB together, without the last line end."""
    while start < len(content):
        end = content.find(b"\n", min(start + BLOCK, len(content) - 1))
        end = end if end >= 0 else len(content)
        yield start, end - 1 if content[end - 1 : end] == b"\r" else end
        start = end + 1
