"""SDMX-CSV 1.0 and 2.0, with and without labels -> one row per observation.

1.0 begins with `DATAFLOW` (Eurostat adds `LAST UPDATE`), 2.0 with `STRUCTURE,STRUCTURE_ID`; then one column
per dimension, measure and attribute. Labels come in cells of their own (2.0, `labels=name`) or after the
code (`A: Annual`, `labels=both`); both go to the metadata, the frame holds codes. What a code means to us
does not belong here.
"""

import csv
import io
import re
from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.sdmx_csv_labels import component_ids, move_name_columns, name_columns, split_labels
from assets.normalise.source_table import SourceTable, normalise_update, read_bytes, source_name
from assets.normalise.text_checks import (
    UTF8_BOM,
    decode_text,
    one_line,
    refuse_cut_off,
    refuse_foreign,
    refuse_nul,
)

ENVELOPE = {
    *("DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"),
    *("LAST UPDATE", "SERIES_KEY", "OBS_KEY", "KEY"),
}
NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
MISSING = ("", "NaN")
HEADER = re.compile(rb'"?(?:DATAFLOW|STRUCTURE(?:\[.\])?|KEY)"?([,;|\t])')


def read_sdmx_csv(source: Path | bytes) -> SourceTable:
    """Read an SDMX-CSV message, gzip or plain, version 1.0 or 2.0, separator as the first header cell shows
    it.

    Columns: every column of the header under its id, String (empty = null), except label columns, which
    become metadata; then `OBS_VALUE` Float64 (empty and `NaN` = null) and `OBS_FLAG` String. `OBS_FLAG` is
    the header's own where it has one, else `OBS_STATUS` without the `A` of a normal value; a `CONF_STATUS`
    other than `F` (free) is appended, so that confidentiality is a flag here as in Eurostat's other
    formats. A row with neither is left out.

    Metadata: `version`, `dataflow`, `updated` (RFC 3339), `label`, `dimensions` (columns that are neither
    envelope nor value nor after it), `dimension_labels`, `labels` {column: {code: label}}.

    Raises `SourceError` with line and column: HTML, XML or JSON in place of the table, damaged gzip, NUL
    bytes, text that is not UTF-8, a last line without line end, a row with too many or too few cells, a
    value that is no number, no `OBS_VALUE` column, a column twice, a row that says delete. Source: SDMX-CSV
    data message field guide 1.0 and 2.0, "Columns", "Column headers", "Column content".
    """
    name = source_name(source)
    content = read_bytes(source).removeprefix(UTF8_BOM)
    refuse_foreign(content, name, "SDMX-CSV")
    refuse_nul(content, name)
    refuse_cut_off(content, name)
    header, separator = _read_header(content, name)
    paired = name_columns(header)
    _check_columns(component_ids(header, paired), name)
    raw = _read_rows(content, name, len(header), separator)
    raw, metadata = move_name_columns(raw, header, paired) if paired else split_labels(raw, header)
    values = _check_values(raw, name)
    frame = raw.with_columns(values, _flag(raw.columns)).filter(
        pl.col("OBS_VALUE").is_not_null() | pl.col("OBS_FLAG").is_not_null()
    )
    order = [column for column in frame.columns if column not in ("OBS_VALUE", "OBS_FLAG")]
    metadata = _message_metadata(raw, metadata)
    return SourceTable(frame.select(*order, "OBS_VALUE", "OBS_FLAG").lazy(), metadata)


def _read_header(content: bytes, name: str) -> tuple[list[str], str]:
    """Header cells and separator."""
    line = decode_text(content[: content.find(b"\n") + 1], name)
    found = HEADER.match(content)
    if not found:
        raise SourceError(
            name, "line 1", f"no SDMX-CSV header (DATAFLOW or STRUCTURE first) but `{one_line(line, 60)}`"
        )
    separator = found[1].decode()
    return next(csv.reader(io.StringIO(line), delimiter=separator)), separator


def _read_rows(content: bytes, name: str, width: int, separator: str) -> pl.DataFrame:
    """All records as strings, columns `c0` …, empty cells as empty text; every record of the header's
    width."""
    outside = b"".join(content.split(b'"')[::2]) if b'"' in content else content
    records = outside.count(b"\n")
    columns = [f"c{i}" for i in range(width)]
    if outside.count(separator.encode()) != records * (width - 1):
        _refuse_ragged(content, name, width, separator)
    if records == 1:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    try:
        rows = pl.read_csv(
            content,
            separator=separator,
            has_header=False,
            skip_rows=1,
            schema=dict.fromkeys(columns, pl.String),
            empty_string_is_null=False,
            glob=False,
        )
    except pl.exceptions.PolarsError as error:
        decode_text(content, name)
        _refuse_ragged(content, name, width, separator)
        raise SourceError(name, "", f"not a table of {width} columns ({one_line(str(error))})") from error
    if rows.height != records - 1:
        _refuse_ragged(content, name, width, separator)
        raise SourceError(name, "", f"{records - 1} records but {rows.height} rows could be read")
    return rows


def _refuse_ragged(content: bytes, name: str, width: int, separator: str) -> None:
    """Raise with the first record that has not `width` cells; return when all have."""
    text = io.StringIO(decode_text(content, name), newline="")
    reader = csv.reader(text, delimiter=separator, strict=True)
    try:
        for record in reader:
            if len(record) != width:
                raise SourceError(
                    name, f"line {reader.line_num}", f"{len(record)} cells where the header has {width}"
                )
    except csv.Error as error:
        raise SourceError(name, f"line {reader.line_num}", f"no CSV: {error}") from error


def _check_columns(columns: list[str], name: str) -> None:
    for column in columns:
        if not column or columns.count(column) > 1:
            raise SourceError(name, "line 1", f"the column `{column}` stands twice or has no name")
    if "OBS_VALUE" not in columns:
        raise SourceError(
            name, "line 1", f"no column OBS_VALUE among {', '.join(columns)} (labels instead of ids?)"
        )


def _check_values(raw: pl.DataFrame, name: str) -> pl.Series:
    """`OBS_VALUE` as Float64; every cell is a number or missing, no row is a deletion."""
    cells = raw["OBS_VALUE"]
    values = cells.str.strip_chars().cast(pl.Float64, strict=False)
    good = (cells.str.contains(NUMBER) & values.is_finite()) | cells.is_in(MISSING)
    if not good.all():
        row = int((~good.fill_null(False)).arg_max() or 0)
        raise SourceError(
            name, f"line {row + 2}, column OBS_VALUE", f"`{one_line(cells[row], 40)}` is no number"
        )
    if "ACTION" in raw.columns and raw["ACTION"].is_in(["D", "Delete"]).any():
        row = int(raw["ACTION"].is_in(["D", "Delete"]).arg_max() or 0)
        raise SourceError(
            name, f"line {row + 2}, column ACTION", "the row deletes data; a table of observations is needed"
        )
    return values.fill_nan(None)


def _flag(columns: list[str]) -> pl.Expr:
    """The flag of a row from OBS_FLAG or OBS_STATUS, and CONF_STATUS."""
    own = pl.lit("")
    if "OBS_FLAG" in columns:
        own = pl.col("OBS_FLAG").fill_null("")
    elif "OBS_STATUS" in columns:
        own = pl.col("OBS_STATUS").fill_null("").replace("A", "")
    secret = pl.col("CONF_STATUS").fill_null("").replace("F", "") if "CONF_STATUS" in columns else pl.lit("")
    flag = pl.concat_str(own, secret)
    return pl.when(flag != "").then(flag).alias("OBS_FLAG")


def _message_metadata(raw: pl.DataFrame, labels: dict[str, Any]) -> dict[str, Any]:
    """What the message says about itself, from its first row, and which columns are dimensions."""
    columns = raw.columns
    end = columns.index("OBS_VALUE")
    first = raw.row(0, named=True) if raw.height else {}
    dataflow = first.get("DATAFLOW") or first.get("STRUCTURE_ID")
    updated = first.get("LAST UPDATE")
    dimensions = [
        column for column in columns[:end] if column not in ENVELOPE and not column.startswith("STRUCTURE[")
    ]
    return {
        "version": "1.0" if "DATAFLOW" in columns else "2.0",
        "dataflow": dataflow,
        "source": dataflow.split(":")[0] if dataflow else None,
        "updated": normalise_update(
            updated, zone="Europe/Brussels" if (dataflow or "").startswith("ESTAT") else None
        ),
        "updated_text": updated,
        "dimensions": dimensions,
        "roles": {"time": [column for column in dimensions if column == "TIME_PERIOD"]},
        **labels,
    }
