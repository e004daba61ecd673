"""SDMX-CSV 1.0 and 2.0, with and without labels -> one row per observation.

1.0 begins with `DATAFLOW` (Eurostat adds `LAST UPDATE`), 2.0 with `STRUCTURE,STRUCTURE_ID`; then one column
per dimension, measure and attribute. Labels come in cells of their own (2.0, `labels=name`) or after the
code (`A: Annual`, `labels=both`); both go to the metadata, the frame holds codes. What a code means to us
does not belong here.
"""

import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.sdmx_csv.labels import (
    frame_columns,
    move_name_columns,
    name_columns,
    split_labels,
)
from assets.normalise.readers.sdmx_csv.records import read_rows
from assets.normalise.readers.source_table import (
    SourceTable,
    is_packed,
    normalise_update,
    read_bytes,
    read_in_chunks,
    source_name,
)
from assets.normalise.readers.text_checks import (
    UTF8_BOM,
    decode_text,
    one_line,
    refuse_cut_off,
    refuse_foreign,
    refuse_nul,
)

HEAD = 64 * 1024  # bytes: no header is longer
ENVELOPE = {
    *("DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"),
    *("LAST UPDATE", "SERIES_KEY", "OBS_KEY", "KEY"),
}
HEADER = re.compile(rb'"?(?:DATAFLOW|STRUCTURE(?:\[.\])?|KEY)"?([,;|\t])')


def read_sdmx_csv(source: Path | bytes) -> SourceTable:
    """Read an SDMX-CSV message, gzip or plain, version 1.0 or 2.0, separator as the first header cell shows
    it.

    Columns: every column of the header under its id, String (empty = null), except label columns, which
    become metadata; then `OBS_VALUE` Float64 (empty and `NaN` = null) and `OBS_FLAG` String. `OBS_FLAG` is
    the header's own where it has one, else `OBS_STATUS` without the `A` of a normal value; a `CONF_STATUS`
    other than `F` (free) is appended, so that confidentiality is a flag here as in Eurostat's other
    formats. A row with neither is left out. A repeated row and an empty dimension are handed on: the table's
    key stops them (`table_key`, the constraints of the field).

    Metadata: `version`, `dataflow`, `updated` (RFC 3339), `label`, `dimensions` (columns that are neither
    envelope nor value nor after it), `dimension_labels`, `labels` {column: {code: label}}.

    Raises `SourceError` with line and column: HTML, XML or JSON in place of the table, damaged gzip, NUL
    bytes, text that is not UTF-8, a last line without line end, a row with too many or too few cells, a
    value that is no number, no `OBS_VALUE` column, a column twice, a row that says delete.

    Source: SDMX-CSV data message field guide 1.0 and 2.0, "Columns", "Column headers", "Column content".
    """
    name = source_name(source)
    text = source if isinstance(source, Path) and not is_packed(source) else read_bytes(source)
    first = next(read_in_chunks(text, HEAD), b"").removeprefix(UTF8_BOM)
    refuse_foreign(first if isinstance(text, Path) else text[:HEAD], name, "SDMX-CSV")
    start = first.find(b"\n") + 1
    if not start:
        refuse_nul(first, name)
        if len(first) >= HEAD:
            raise SourceError(name, "line 1", f"more than {HEAD} bytes; no SDMX-CSV header is so long")
        refuse_cut_off(first, name)
    header, separator = _read_header(first[:start], name)
    paired = name_columns(header)
    columns = frame_columns(header, paired)
    _check_columns([column for i, column in enumerate(columns) if i not in paired], name)
    raw = read_rows(text, columns, separator, name)
    _refuse_deletions(raw, name)
    raw, metadata = move_name_columns(raw, header, paired) if paired else split_labels(raw, header)
    flag = _flag(raw.columns)
    order = [column for column in raw.columns if column not in ("OBS_VALUE", "OBS_FLAG")]
    frame = raw.select(*order, "OBS_VALUE", flag)
    kept = frame["OBS_VALUE"].is_not_null() | frame["OBS_FLAG"].is_not_null()
    if not kept.all():
        frame = frame.filter(kept)
    return SourceTable(frame.lazy(), _message_metadata(raw, metadata))


def _read_header(line: bytes, name: str) -> tuple[list[str], str]:
    """Header cells and separator."""
    text = decode_text(line, name)
    found = HEADER.match(line)
    if not found:
        problem = f"no SDMX-CSV header (DATAFLOW or STRUCTURE first) but `{one_line(text, 60)}`"
        raise SourceError(name, "line 1", problem)
    separator = found[1].decode()
    try:
        return next(csv.reader(io.StringIO(text), delimiter=separator, strict=True)), separator
    except csv.Error as error:
        raise SourceError(name, "line 1", f"no CSV: {error}") from error


def _check_columns(columns: list[str], name: str) -> None:
    for column, count in Counter(columns).items():
        if not column or count > 1:
            raise SourceError(name, "line 1", f"the column `{column}` stands twice or has no name")
    if "OBS_VALUE" not in columns:
        raise SourceError(
            name, "line 1", f"no column OBS_VALUE among {', '.join(columns)} (labels instead of ids?)"
        )


def _refuse_deletions(raw: pl.DataFrame, name: str) -> None:
    if "ACTION" in raw.columns and raw["ACTION"].is_in(["D", "Delete"]).any():
        row = int(raw["ACTION"].is_in(["D", "Delete"]).arg_max() or 0)
        problem = "the row deletes data; a table of observations is needed"
        raise SourceError(name, f"line {row + 2}, column ACTION", problem)


def _flag(columns: list[str]) -> pl.Expr:
    """The flag of a row from OBS_FLAG or OBS_STATUS, and CONF_STATUS."""
    own = pl.lit(None, pl.String)
    if "OBS_FLAG" in columns:
        own = pl.col("OBS_FLAG")
    elif "OBS_STATUS" in columns:
        own = pl.col("OBS_STATUS").replace("A", None)
    if "CONF_STATUS" in columns:
        secret = pl.col("CONF_STATUS").replace("F", None)
        own = pl.when(secret.is_null()).then(own).otherwise(pl.concat_str(own.fill_null(""), secret))
    return own.alias("OBS_FLAG")


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
