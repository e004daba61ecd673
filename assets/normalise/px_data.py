"""The cells after `DATA=` of a PX file -> values and symbols. Which cell is which does not belong here."""

import math
import re
from collections.abc import Iterator

import polars as pl

from assets.errors import SourceError
from assets.normalise.text_checks import line_of, one_line

DELIMITERS = bytes.maketrans(b" ,;\t\r\n", b"\n\n\n\n\n\n")
SYMBOL = r'^"(\.{1,6}|-)"$|^(\.{1,6}|-)$'
TOKEN = re.compile(r'"[^"]*"|[^\s,;"]+')
NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
CHUNK = 16 * 1024 * 1024


def data_bounds(content: bytes, start: int, name: str) -> tuple[int, int]:
    """Offsets of the data without the closing `;`. Raises `SourceError` where it is not closed."""
    end = len(content)
    while end > start and content[end - 1] in b" \t\r\n\x1a":
        end -= 1
    if end == start or content[end - 1 : end] != b";":
        raise SourceError(
            name, f"line {line_of(content, end)}", "DATA has no closing `;`: the file is cut off"
        )
    return start, end - 1


def read_dense(content: bytes, start: int, end: int, count: int, name: str) -> pl.DataFrame:
    """`OBS_VALUE` and `OBS_FLAG` of `count` cells in order; comma, space, semicolon, tab and line end part
    cells alike.

    Read in pieces of 16 MB, so that a file of mostly `"."` takes little memory beyond its frame.
    """
    parts: list[pl.DataFrame] = []
    cells = 0
    for first, last in _pieces(content, start, end):
        tokens = _tokens(content[first:last])
        part = _parse(tokens)
        bad = part.filter(pl.col("OBS_VALUE").is_null() & pl.col("OBS_FLAG").is_null())
        if bad.height:
            raise SourceError(name, _place(content, first, bad["row"][0], cells), _said(bad["token"][0]))
        cells += part.height
        if cells > count:
            break
        parts.append(part.select("OBS_VALUE", "OBS_FLAG"))
    if cells != count:
        more = "more than " if cells > count else ""
        raise SourceError(name, "DATA", f"{more}{min(cells, count)} cells where the variables make {count}")
    return (
        pl.concat(parts) if parts else _parse(pl.Series([], dtype=pl.String)).select("OBS_VALUE", "OBS_FLAG")
    )


def read_keyed(text: str, keys: list[dict[str, int]], width: int, name: str) -> pl.DataFrame:
    """`position`, `OBS_VALUE`, `OBS_FLAG` of data under `KEYS`: each row begins with one quoted key per stub
    variable.

    `keys` maps each stub variable's keys to their positions, `width` is the number of cells in a row. Rows
    that are not in the file consist of zeros (PX file format, "Files with KEYS"); writing them out is the
    caller's matter.
    """
    tokens = TOKEN.findall(text)
    step = len(keys) + width
    if len(tokens) % step:
        raise SourceError(
            name,
            f"DATA row {len(tokens) // step + 1}",
            f"not {len(keys)} keys and {width} cells; cut off or damaged",
        )
    rows = [0] * (len(tokens) // step)
    for i, places in enumerate(keys):
        for row, key in enumerate(tokens[i::step]):
            place = places.get(key[1:-1]) if key[0] == '"' else None
            if place is None:
                raise SourceError(
                    name, f"DATA row {row + 1}", f"`{one_line(key, 40)}` is no key of the variable"
                )
            rows[row] = rows[row] * len(places) + place
    if len(set(rows)) < len(rows):
        twice = next(row for row, place in enumerate(rows) if place in rows[:row])
        raise SourceError(name, f"DATA row {twice + 1}", "the keys of this row stand twice")
    cells = [cell for row in range(len(rows)) for cell in tokens[row * step + len(keys) : (row + 1) * step]]
    part = _parse(pl.Series(cells, dtype=pl.String))
    bad = part.filter(pl.col("OBS_VALUE").is_null() & pl.col("OBS_FLAG").is_null())
    if bad.height:
        raise SourceError(name, f"DATA row {bad['row'][0] // width + 1}", _said(bad["token"][0]))
    places = pl.Series(rows, dtype=pl.Int64)
    position = (
        (pl.DataFrame({"row": places}).select((pl.col("row") * width).repeat_by(width).explode()).to_series())
        + pl.int_range(0, part.height, eager=True) % width
        if rows
        else pl.Series([], dtype=pl.Int64)
    )
    return pl.DataFrame({"position": position, "OBS_VALUE": part["OBS_VALUE"], "OBS_FLAG": part["OBS_FLAG"]})


def _pieces(content: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Bounds of pieces that end between cells."""
    while start < end:
        last = min(start + CHUNK, end)
        if last < end:
            cut = max(content.rfind(delimiter, start, last) for delimiter in (b" ", b"\n", b"\t", b",", b";"))
            last = cut + 1 if cut >= 0 else end
        yield start, last
        start = last


def _tokens(piece: bytes) -> pl.Series:
    """The cells of a piece as text."""
    text = piece.translate(DELIMITERS)
    if not text.strip(b"\n"):
        return pl.Series("token", [], dtype=pl.String)
    frame = pl.read_csv(
        text,
        has_header=False,
        separator="\x1f",
        quote_char=None,
        schema={"token": pl.String},
        encoding="utf8-lossy",
        glob=False,
    )
    return frame["token"].drop_nulls()


def _parse(tokens: pl.Series) -> pl.DataFrame:
    """`row`, `token`, `OBS_VALUE` (finite numbers) and `OBS_FLAG` (dots and dash, quoted or not)."""
    frame = pl.DataFrame({"token": tokens}).with_row_index("row")
    number = (
        pl.when(pl.col("token").str.contains(NUMBER)).then(pl.col("token")).cast(pl.Float64, strict=False)
    )
    symbol = pl.col("token").str.extract_groups(SYMBOL)
    return frame.with_columns(
        pl.when(number.is_finite()).then(number).alias("OBS_VALUE"),
        pl.coalesce(symbol.struct.field("1"), symbol.struct.field("2")).alias("OBS_FLAG"),
    )


def _place(content: bytes, first: int, row: int, before: int) -> str:
    """`line n, cell m` of the cell number `row` in the piece that begins at `first`."""
    found = re.compile(rb"[^ ,;\t\r\n]+")
    for number, match in enumerate(found.finditer(content, first)):
        if number == row:
            return f"line {line_of(content, match.start())}, cell {before + row + 1}"
    return f"cell {before + row + 1}"


def _said(token: str) -> str:
    return f"`{one_line(token, 40)}` is no number and no symbol (`.` to `......`, `-`)"


def keyed_count(keys: list[dict[str, int]], width: int) -> int:
    """The number of cells of the whole cube under `KEYS`."""
    return math.prod(len(places) for places in keys) * width
