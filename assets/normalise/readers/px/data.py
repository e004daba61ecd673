"""The cells after `DATA=` of a PX file -> values and symbols. Which cell is which does not belong here."""

import re
from collections.abc import Iterator

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.chunks import read_each_chunk
from assets.normalise.readers.text_checks import line_of, one_line

DELIMITERS = bytes.maketrans(b" ,;\t\r\n", b"\n\n\n\n\n\n")
SYMBOL = re.compile(r'"(\.{1,6}|-)"|\.{1,6}|-')
TOKEN = re.compile(r'"[^"]*"|[^\s,;"]+')
SEPARATOR = b"\x1f"  # parts nothing: one column is read
CHUNK = 4 * 1024 * 1024
NONE = pl.Series([None], dtype=pl.String)
CELLS = {"OBS_VALUE": pl.Float64, "OBS_FLAG": pl.String}


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

    Read in chunks of 4 MB, side by side, so that a file of mostly `"."` takes little memory beyond its frame.
    """
    if (at := content.find(SEPARATOR, start, end)) >= 0:
        raise SourceError(
            name, f"line {line_of(content, at)}", "a control character in DATA; the file is damaged"
        )
    chunks = _chunks(content, start, end)
    parts = read_each_chunk(lambda at: (at[0], _parse(_tokens(content[at[0] : at[1]]))), chunks) or []
    cells = 0
    for first, part in parts:
        if "odd" in part.columns:
            row = int(part["odd"].is_not_null().arg_max() or 0)
            raise SourceError(name, _place(content, first, row, cells), _said(part["odd"][row]))
        cells += part.height
    if cells != count:
        raise SourceError(name, "DATA", f"{cells} cells where the variables make {count}")
    return pl.concat([part for _, part in parts]) if parts else pl.DataFrame(schema=CELLS)


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
        first = {place: row for row, place in reversed(list(enumerate(rows)))}
        twice = next(row for row, place in enumerate(rows) if first[place] != row)
        raise SourceError(name, f"DATA row {twice + 1}", "the keys of this row stand twice")
    cells = [cell for row in range(len(rows)) for cell in tokens[row * step + len(keys) : (row + 1) * step]]
    part = _parse(pl.Series("token", cells, dtype=pl.String))
    if "odd" in part.columns:
        row = int(part["odd"].is_not_null().arg_max() or 0)
        raise SourceError(name, f"DATA row {row // width + 1}", _said(part["odd"][row]))
    cell = pl.int_range(part.height, dtype=pl.Int64)
    row_of = pl.lit(pl.Series(rows, dtype=pl.Int64)).gather(cell // width)
    return part.select((row_of * width + cell % width).alias("position"), "OBS_VALUE", "OBS_FLAG")


def _chunks(content: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Bounds of chunks that end between cells."""
    while start < end:
        last = min(start + CHUNK, end)
        if last < end:
            cut = max(content.rfind(delimiter, start, last) for delimiter in (b" ", b"\n", b"\t", b",", b";"))
            last = cut + 1 if cut >= 0 else end
        yield start, last
        start = last


def _tokens(chunk: bytes) -> pl.Series:
    """The cells of a chunk as text, null where delimiters follow each other."""
    text = chunk.translate(DELIMITERS)
    if not text.strip(b"\n"):
        return pl.Series("token", [], dtype=pl.String)
    frame = pl.read_csv(
        text,
        has_header=False,
        separator=SEPARATOR.decode(),
        quote_char=None,
        schema={"token": pl.String},
        encoding="utf8" if text.isascii() else "utf8-lossy",  # the lossy one copies every text
        glob=False,
    )
    return frame.to_series()


def _parse(tokens: pl.Series) -> pl.DataFrame:
    """`OBS_VALUE` and `OBS_FLAG` (dots or dash, without quotes) of the tokens; and `odd`, the token where
    it is neither number nor symbol, if there is one.
    """
    texts = tokens.drop_nulls()
    values = texts.cast(pl.Float64, strict=False).alias("OBS_VALUE")
    flags = texts.zip_with(~values.is_finite().fill_null(False), NONE).alias("OBS_FLAG")
    cells = pl.DataFrame([values, flags])
    found = flags.drop_nulls().unique().to_list()
    odd = [symbol for symbol in found if not SYMBOL.fullmatch(symbol)]
    if odd:
        return cells.with_columns(pl.when(pl.col("OBS_FLAG").is_in(odd)).then("OBS_FLAG").alias("odd"))
    if any('"' in symbol for symbol in found):
        cells = cells.with_columns(pl.col("OBS_FLAG").str.strip_chars('"'))
    return cells


def _place(content: bytes, first: int, row: int, before: int) -> str:
    """`line n, cell m` of the cell number `row` in the chunk that begins at `first`."""
    found = re.compile(rb"[^ ,;\t\r\n]+")
    for number, match in enumerate(found.finditer(content, first)):
        if number == row:
            return f"line {line_of(content, match.start())}, cell {before + row + 1}"
    return f"cell {before + row + 1}"


def _said(token: str) -> str:
    return f"`{one_line(token, 40)}` is no number and no symbol (`.` to `......`, `-`)"
