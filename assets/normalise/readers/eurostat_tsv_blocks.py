r"""Eurostat TSV in the exact form that the service writes, read without a string per cell.

Tabs and line ends are exchanged so that each series becomes a key line and one `value flag` line per
period, and Polars' CSV reader parts value from flag: ` A,MIO_EUR,FI1C3`, `6992.5 `, `5400 p`, `: `. Key
lines stand at every (n+1)th place exactly when every row has n cells. Whatever is otherwise (cells without
or with two spaces, a cell that is no number, stray line ends) makes `read_blocks` return None, and the
plain reading in `eurostat_tsv` decides and says where.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from assets.normalise.readers.chunks import read_each_chunk, whole_lines

BLOCK = 2 * 1024 * 1024
CRLF = bytes.maketrans(b"\t\r\n", b"\n\n ")
NO_MARKS = bytes(byte for byte in range(256) if byte not in b":\r\n")
LF = bytes.maketrans(b"\t", b"\n")
FLAG = re.compile(r"(?=.*[A-Za-z])([A-Za-z|]*)(?:@([A-Za-z]+))?")
FREE = "F"


class Cells(NamedTuple):
    """Keys of all series and their parts, and the cells with a value or a flag: number of the series,
    period (Enum), value, flag (null: none).
    """

    keys: pl.Series
    parts: pl.DataFrame
    series: pl.Series
    period: pl.Series
    value: pl.Series
    flag: pl.Series


def read_blocks(body: Iterable[bytes], dimensions: int, periods: pl.DataFrame, crlf: bool) -> Cells | None:
    """The table's rows from the bytes after the header; None where they are not in the exact form.

    `periods` is a column of their Enum.
    With CRLF the bytes begin with the header's line feed. A key of one part could pass for a flag, so such a
    table is left to the plain reading.
    """
    if dimensions < 2 or not periods.height:
        return None
    lines = whole_lines(body, BLOCK, b"\r") if crlf else whole_lines(body, BLOCK)
    read = _read_crlf if crlf else _read_lf
    blocks = read_each_chunk(lambda block: read(block, dimensions, periods), _whole(lines))
    if not blocks:
        return None
    rows = 0
    placed: list[Cells] = []
    for block in blocks:
        placed.append(block._replace(series=block.series + rows))
        rows += block.keys.len()
    return Cells(*(pl.concat(columns) for columns in zip(*placed, strict=True))) if rows < 2**32 else None


def _whole(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks without a lone line feed at the end, and an empty one where the last line has no line
    end."""
    last = b"\n"
    for last in blocks:
        if last != b"\n":
            yield last
    if not last.endswith(b"\n"):
        yield b""


def _read_crlf(block: bytes, dimensions: int, periods: pl.DataFrame) -> Cells | None:
    """A block cut between carriage return and line feed: its line feeds become the space before each key."""
    if not block.startswith(b"\n"):
        return None
    text = (block[:-1] if block.endswith(b"\n") else block).translate(CRLF)
    return _read_block(text, block, b"\n\r", dimensions, periods) if text.endswith(b"\n") else None


def _read_lf(block: bytes, dimensions: int, periods: pl.DataFrame) -> Cells | None:
    if not block.endswith(b"\n"):
        return None
    text = b" " + block[:-1].replace(b"\n", b"\n ").translate(LF)
    return _read_block(text, block, b"\n", dimensions, periods)


def flag_letters(written: str) -> str | None:
    """The letters of a cell's flag as it is written: `p`, `bu`, `|C`, and since 2026 `p@C`, observation
    status before the sign and confidentiality (SDMX CONF_STATUS) after it. One that is free to publish (`F`)
    is no flag, as in SDMX-CSV: the text may then be empty. None where it is no flag.
    """
    parts = FLAG.fullmatch(written)
    if not parts:
        return None
    observed, confidential = parts.groups()
    return observed.replace("|", "") + (confidential if confidential and confidential != FREE else "")


def split_keys(keys: pl.Series, dimensions: int) -> pl.DataFrame:
    """A column per part of the key, and one more for what should not be there (null where it is not)."""
    return keys.str.split_exact(",", dimensions).struct.unnest()


def _read_block(
    text: bytes, block: bytes, ends: bytes, dimensions: int, periods: pl.DataFrame
) -> Cells | None:
    """The cells of `text`, made from `block`, in which each series has one of `ends`."""
    if b"\x00" in text:
        return None
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            separator=" ",
            quote_char=None,
            schema={"value": pl.Float64, "flag": pl.String},
            null_values={"value": ":"},
            glob=False,
        )
    except pl.exceptions.PolarsError:
        return None
    step = periods.height + 1
    series = frame.height // step
    values, flags = frame["value"], frame["flag"]
    keys = flags.gather_every(step)
    # line ends by themselves would have passed for tabs and spaces
    marks = block.translate(None, NO_MARKS)
    colons = marks.count(b":")
    if marks.replace(b":", b"") not in (ends * series, ends * series + b"\n"):
        return None
    # null in key lines and where the cell says `:`; another null, a value in a key line or a key elsewhere
    # (its commas are no flag) means a ragged row or a stray line end
    if (
        frame.height != series * step
        or values.null_count() != series + colons
        or values.gather_every(step).null_count() != series
        or keys.has_nulls()
        or not values.is_finite().all()
    ):
        return None
    kept = values.is_not_null() | flags.is_not_null()
    kept = kept.scatter(pl.int_range(0, frame.height, step, eager=True), False)
    letters = {flag: flag_letters(flag) for flag in flags.filter(kept).drop_nulls().unique()}
    if None in letters.values():
        return None
    if any(flag != plain for flag, plain in letters.items()):
        flags = flags.replace({flag: plain or None for flag, plain in letters.items()})
        kept &= values.is_not_null() | flags.is_not_null()
    place = kept.arg_true()
    number = place // step
    values, flags = values.filter(kept), flags.filter(kept)
    period = periods[place - number * step - 1].to_series()
    return Cells(keys, split_keys(keys, dimensions), number, period, values, flags)
