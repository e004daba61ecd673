"""Reads tables with PyArrow; see `columns.py`."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from columns import read_all
from pyarrow import csv

TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "year": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", "UTC"),
}


def read(table: Mapping[str, Any]) -> dict[str, list[Any]]:
    if table["format"] == "parquet":
        found = pq.read_table(table["location"])
    else:
        types = {name: TYPES[kind] for name, kind in table["types"].items()}
        options = csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
        lines = csv.ParseOptions(newlines_in_values=True)
        found = csv.read_csv(table["location"], parse_options=lines, convert_options=options)
    return {name: found[name].to_pylist() for name in found.column_names}


read_all(read)
