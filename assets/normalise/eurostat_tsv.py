r"""Eurostat's TSV, as the SDMX API serves it and as the bulk service wrote it until 2023 -> one row per
observation.

The header is `freq,unit,geo\TIME_PERIOD`, then one column per period, each name with a trailing space; a
row is `A,MIO_EUR,FI1C3`, then cells such as `6992.5 `, `5400 p`, `: ` and `: c`. The legacy layout has no
`freq`, says `geo\time`, runs from the newest period to the oldest and writes months as `2016M01`. Codes,
periods and flags stay as they are written; mapping them to ours does not belong here.
"""

import re
from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.source_table import SourceTable, read_bytes, source_name
from assets.normalise.text_checks import (
    UTF8_BOM,
    decode_text,
    one_line,
    refuse_cut_off,
    refuse_foreign,
    refuse_nul,
)

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
CELL = re.compile(rf"(?::|{NUMBER})(?: *[A-Za-z|]+)? *")


def read_eurostat_tsv(source: Path | bytes) -> SourceTable:
    r"""Read a Eurostat TSV file, gzip or plain, today's layout or the legacy one.

    Columns: one String column per dimension under its name in the header (`freq`, `unit`, `geo` …, then
    `TIME_PERIOD` or legacy `time`), `OBS_VALUE` Float64, null where the cell says `:`, and `OBS_FLAG`
    String, the letters after the value, null if none. A cell `:` without letters is no row. Rows run series
    by series in the order of the file, periods in the order of the header. Metadata: `dimensions`,
    `periods`, `layout` (`api` or `legacy`).

    Raises `SourceError` with line and period: HTML, XML or JSON in place of the table, damaged gzip, a NUL
    byte, text that is not UTF-8, a last line without line end, a row with too many or too few cells or key
    parts, a cell that is no number and no `:`, a series that stands twice. Source: Eurostat, "Data formats:
    TSV" (API documentation).
    """
    name = source_name(source)
    content = read_bytes(source).removeprefix(UTF8_BOM)
    refuse_foreign(content, name, "Eurostat TSV")
    refuse_nul(content, name)
    refuse_cut_off(content, name)
    dimensions, time, periods = _read_header(content, name)
    wide = _read_wide(content, name, dimensions, periods)
    long = _to_long(wide, name, dimensions, time, periods)
    metadata: dict[str, Any] = {
        "dimensions": [*dimensions, time],
        "periods": periods,
        "layout": "api" if time == "TIME_PERIOD" else "legacy",
        "roles": {"time": [time], **({"geo": ["geo"]} if "geo" in dimensions else {})},
    }
    return SourceTable(long.lazy(), metadata)


def _read_header(content: bytes, name: str) -> tuple[list[str], str, list[str]]:
    """Dimension names, the time dimension's name, and the periods."""
    line = decode_text(content[: content.find(b"\n")], name).rstrip("\r")
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


def _read_wide(content: bytes, name: str, dimensions: list[str], periods: list[str]) -> pl.DataFrame:
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


def _to_long(
    wide: pl.DataFrame, name: str, dimensions: list[str], time: str, periods: list[str]
) -> pl.DataFrame:
    """One row per cell with a value or a flag."""
    parts = pl.col("key").str.strip_chars().str.split(",")
    keys = wide.with_row_index("line", 2).with_columns(parts.alias("parts"))
    wrong = keys.filter(
        (pl.col("parts").list.len() != len(dimensions))
        | pl.col("parts").list.eval(pl.element() == "").list.any()
    )
    if wrong.height:
        raise SourceError(
            name,
            f"line {wrong['line'][0]}",
            f"the key `{one_line(wrong['key'][0], 60)}` has not the {len(dimensions)} parts of the header",
        )
    twice = keys.filter(~pl.col("parts").is_first_distinct())
    if twice.height:
        raise SourceError(name, f"line {twice['line'][0]}", f"the series `{twice['key'][0]}` stands twice")
    cells = (
        keys.unpivot(index=["line", "parts"], on=[f"p{i}" for i in range(len(periods))])
        .with_columns(
            pl.col("value").str.strip_chars_end("\r").alias("cell"),
            pl.col("variable").str.slice(1).cast(pl.UInt32).alias("period"),
        )
        .with_columns(
            pl.col("cell").str.extract(rf"^({NUMBER})").cast(pl.Float64, strict=False).alias("OBS_VALUE"),
            pl.col("cell").str.extract(r"([A-Za-z|]+) *$").alias("OBS_FLAG"),
            pl.col("cell").str.contains(f"^{CELL.pattern}$").alias("good"),
        )
    )
    bad = cells.filter(~pl.col("good") | pl.col("OBS_VALUE").is_infinite())
    if bad.height:
        first = bad.sort("line", "period").row(0, named=True)
        raise SourceError(
            name,
            f"line {first['line']}, period {periods[first['period']]}",
            f"`{one_line(first['cell'], 40)}` is no number, no `:` and no flag",
        )
    return (
        cells.filter(pl.col("OBS_VALUE").is_not_null() | pl.col("OBS_FLAG").is_not_null())
        .sort("line", "period")
        .select(
            *(pl.col("parts").list.get(i).alias(dimension) for i, dimension in enumerate(dimensions)),
            pl.col("period").replace_strict(dict(enumerate(periods)), return_dtype=pl.String).alias(time),
            "OBS_VALUE",
            pl.col("OBS_FLAG").str.replace_all("|", "", literal=True),
        )
    )
