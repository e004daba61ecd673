"""Reads tables with pandas; see `columns.py`."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from columns import read_all

TYPES = {"string": "str", "integer": "Int64", "year": "Int64", "number": "float64", "boolean": "boolean"}


def read(table: Mapping[str, Any]) -> dict[str, list[Any]]:
    types = table["types"]
    if table["format"] == "csv":
        moments = [name for name, kind in types.items() if kind in ("date", "datetime")]
        frame = pd.read_csv(
            table["location"],
            dtype={name: TYPES[kind] for name, kind in types.items() if kind in TYPES},
            parse_dates=moments,
            keep_default_na=False,
            na_values=[""],
            float_precision="round_trip",
        )
    else:
        frame = pd.read_parquet(table["location"])
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if types.get(name) == "date" and pd.api.types.is_datetime64_any_dtype(column):
            column = column.dt.date
        columns[name] = column.astype(object).where(column.notna(), None).tolist()
    return columns


read_all(read)
