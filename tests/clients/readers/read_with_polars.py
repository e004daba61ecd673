"""Reads tables with Polars; see `columns.py`."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from columns import read_all

TYPES: Mapping[str, Any] = {
    "string": pl.String,
    "integer": pl.Int64,
    "year": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "datetime": pl.Datetime("us", "UTC"),
}


def read(table: Mapping[str, Any]) -> dict[str, list[Any]]:
    if table["format"] == "parquet":
        frame = pl.scan_parquet(table["location"]).collect()
    else:
        types = {name: TYPES[kind] for name, kind in table["types"].items()}
        frame = pl.scan_csv(table["location"], schema_overrides=types).collect()
    return {name: frame[name].to_list() for name in frame.columns}


read_all(read)
