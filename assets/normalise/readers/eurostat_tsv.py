r"""Eurostat's TSV, as the SDMX API serves it and as the bulk service wrote it until 2023 -> one row per
observation.

The header is `freq,unit,geo\TIME_PERIOD`, then one column per period, each name with a trailing space; a
row is `A,MIO_EUR,FI1C3`, then cells such as `6992.5 `, `5400 p`, `: `, `: c` and, since 2026, `: @C`. The
legacy layout has no `freq`, says `geo\time`, runs from the newest period to the oldest and writes months as
`2016M01`. Codes, periods and flags stay as they are written; mapping them to ours does not belong here.
"""

from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.eurostat_tsv_blocks import BLOCK, Cells, flag_letters, read_blocks, split_keys
from assets.normalise.readers.source_table import SourceTable, read_bytes, read_in_chunks, source_name
from assets.normalise.readers.text_checks import (
    UTF8_BOM,
    decode_text,
    one_line,
    refuse_cut_off,
    refuse_foreign,
    refuse_nul,
)

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
CELL = rf"(?::|{NUMBER})(?: +(?:[A-Za-z|]+|[A-Za-z|]*@[A-Za-z]+))? *"


def read_eurostat_tsv(source: Path | bytes) -> SourceTable:
    r"""Read a Eurostat TSV file, gzip or plain, today's layout or the legacy one.

    Columns: one Enum column per dimension under its name in the header (`freq`, `unit`, `geo` …, then
    `TIME_PERIOD` or legacy `time`), codes in the file's order; `OBS_VALUE` Float64, null where the cell
    says `:`, and `OBS_FLAG` String, the letters after the value, null if none; a confidentiality status
    (`: @C`, `5400 p@C`) other than `F` is appended to the others, as in SDMX-CSV. A cell `:` without letters
    is no row. Rows run series by series in the order of the file, periods in the order of the header.
    Metadata: `dimensions`, `periods`, `layout` (`api` or `legacy`), `roles`.

    Raises `SourceError` with line and period: HTML, XML or JSON in place of the table, damaged gzip, a NUL
    byte, text that is not UTF-8, a last line without line end, a row with too many or too few cells or key
    parts, a cell that is no number and no `:`, a series that stands twice.

    Source: Eurostat, "Data formats: TSV" (API documentation).
    """
    name = source_name(source)
    chunks = read_in_chunks(source, BLOCK)
    first = next(chunks, b"").removeprefix(UTF8_BOM)
    refuse_foreign(first, name, "Eurostat TSV")
    start = first.find(b"\n") + 1
    if not start:
        refuse_nul(first, name)
        refuse_cut_off(first, name)
    dimensions, time, periods = _read_header(first[:start], name)
    crlf = first[start - 2 : start] == b"\r\n"
    body = chain([first[start - crlf :]], chunks)
    table = pl.DataFrame({time: pl.Series(periods, dtype=pl.Enum(periods))})
    cells = read_blocks(body, len(dimensions), table, crlf)
    if cells is None:
        cells = _read_plain(read_bytes(source).removeprefix(UTF8_BOM), name, len(dimensions), table)
    columns = _dimension_columns(cells, name, dimensions)
    frame = pl.DataFrame(
        [*columns, cells.period.alias(time), cells.value.alias("OBS_VALUE"), cells.flag.alias("OBS_FLAG")]
    )
    metadata: dict[str, Any] = {
        "dimensions": [*dimensions, time],
        "periods": periods,
        "layout": "api" if time == "TIME_PERIOD" else "legacy",
        "roles": {"time": [time], **({"geo": ["geo"]} if "geo" in dimensions else {})},
    }
    return SourceTable(frame.lazy(), metadata)


def _dimension_columns(cells: Cells, name: str, dimensions: list[str]) -> list[pl.Series]:
    """One Enum column per dimension of the key; every key has all parts, and stands once."""
    keys = cells.keys
    *columns, more = cells.parts
    codes = [column.unique(maintain_order=True) for column in columns]
    if more.null_count() < keys.len() or any(found.has_nulls() or (found == "").any() for found in codes):
        bad = pl.any_horizontal(pl.all() == "", pl.nth(-2).is_null(), pl.nth(-1).is_not_null())
        row = int(cells.parts.select(bad.fill_null(False)).to_series().arg_max() or 0)
        problem = f"the key `{one_line(keys[row], 60)}` has not the {len(dimensions)} parts of the header"
        raise SourceError(name, f"line {row + 2}", problem)
    ascending = keys.is_sorted() and not (keys == keys.shift(1)).any()
    if not ascending and keys.n_unique() < keys.len():
        row = int((~keys.is_first_distinct()).arg_max() or 0)
        raise SourceError(name, f"line {row + 2}", f"the series `{one_line(keys[row], 60)}` stands twice")
    coded = zip(dimensions, columns, codes, strict=True)
    table = pl.DataFrame([column.cast(pl.Enum(found)).alias(name) for name, column, found in coded])
    return table[cells.series].get_columns()


def _read_header(content: bytes, name: str) -> tuple[list[str], str, list[str]]:
    """Dimension names, the time dimension's name, and the periods."""
    line = decode_text(content, name).rstrip("\r\n")
    key, *periods = line.split("\t")
    keys, backslash, time = key.strip().partition("\\")
    dimensions = [part.strip() for part in keys.split(",")]
    periods = [period.strip() for period in periods]
    if not backslash or not time or not all(dimensions):
        raise SourceError(
            name, "line 1", f"no header such as `freq,unit,geo\\TIME_PERIOD` but `{one_line(line, 60)}`"
        )
    for what, names in (("dimension", [*dimensions, time]), ("period", periods)):
        if not names or not all(names) or len(set(names)) < len(names):
            raise SourceError(name, "line 1", f"a {what} of the header is missing, empty or stands twice")
    return dimensions, time, periods


def _read_wide(content: bytes, name: str, periods: list[str]) -> pl.DataFrame:
    """The table as it stands: `key`, then one String column per period; every row of the header's width."""
    width = len(periods) + 1
    rows = content.count(b"\n") - 1
    columns = ["key", *(f"p{i}" for i in range(len(periods)))]
    if rows == 0:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    if content.count(b"\t") != (rows + 1) * (width - 1):
        _refuse_ragged(content, name, width)
    try:
        wide = pl.read_csv(
            content,
            separator="\t",
            quote_char=None,
            has_header=False,
            skip_lines=1,
            schema=dict.fromkeys(columns, pl.String),
            empty_string_is_null=False,
            glob=False,
        )
    except pl.exceptions.PolarsError as error:
        decode_text(content, name)
        _refuse_ragged(content, name, width)
        raise SourceError(name, "", f"not a table of {width} columns ({one_line(str(error))})") from error
    if wide.height != rows:
        _refuse_ragged(content, name, width)
        raise SourceError(name, "", f"{rows} lines but {wide.height} rows could be read")
    return wide


def _refuse_ragged(content: bytes, name: str, width: int) -> None:
    """Raise with the first line that has not `width` cells; return when all have."""
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        cells = line.count(b"\t") + 1
        if cells != width:
            raise SourceError(
                name,
                f"line {number}",
                f"{cells} cells where the header has {width}; the file is cut off or damaged",
            )


def _read_plain(content: bytes, name: str, dimensions: int, table: pl.DataFrame) -> Cells:
    """The same cells from the table read as text, each checked by its form; says where a cell is none."""
    refuse_nul(content, name)
    refuse_cut_off(content, name)
    periods = table.to_series()
    wide = _read_wide(content, name, periods.to_list())
    cells = (
        wide.with_row_index("series")
        .unpivot(index="series", on=wide.columns[1:], variable_name="period", value_name="cell")
        .with_columns(pl.col("period").str.slice(1).cast(pl.UInt32), pl.col("cell").str.strip_chars_end("\r"))
        .with_columns(
            pl.col("cell").str.extract(rf"^({NUMBER})").cast(pl.Float64, strict=False).alias("value"),
            pl.col("cell").str.extract(r"([A-Za-z|@]+) *$").alias("flag"),
            pl.col("cell").str.contains(f"^{CELL}$").alias("good"),
        )
        .sort("series", "period")
    )
    bad = cells.filter(~pl.col("good") | pl.col("value").is_infinite())
    if bad.height:
        first = bad.row(0, named=True)
        where = f"line {first['series'] + 2}, period {periods[first['period']]}"
        raise SourceError(name, where, f"`{one_line(first['cell'], 40)}` is no number, no `:` and no flag")
    letters = {flag: flag_letters(flag) or None for flag in cells["flag"].drop_nulls().unique()}
    cells = cells.with_columns(pl.col("flag").replace(letters))
    kept = cells.filter(pl.col("value").is_not_null() | pl.col("flag").is_not_null())
    keys = wide["key"].str.strip_chars(" ")
    parts = split_keys(keys, dimensions)
    return Cells(keys, parts, kept["series"], table[kept["period"]].to_series(), kept["value"], kept["flag"])
