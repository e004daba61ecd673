"""The rows of a frame or a Parquet file in batches of typed columns.

Text of CSV files belongs to `csv.rows`. Row numbers are those that the same table has as CSV with one
header row.
"""

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from assets.csv.rows import Batch
from assets.validate.labels import Header

BATCH = 100_000


def frame_batches(frame: pl.LazyFrame) -> Iterator[Batch]:
    """The rows of a frame in batches, in order."""
    first = 2
    for rows in frame.collect_batches(chunk_size=BATCH, maintain_order=True):
        yield Batch(rows, first)
        first += len(rows)


def plain_frame(frame: pl.LazyFrame, header: Header) -> pl.LazyFrame:
    """The frame with columns c0, c1, … of types that can be checked: categories as text, nested values as the
    text that CSV would hold.
    """
    columns = []
    for index, (name, dtype) in enumerate(frame.collect_schema().items()):
        column = pl.col(name)
        if isinstance(dtype, pl.Categorical | pl.Enum):
            column = column.cast(pl.String)
        elif dtype.is_nested():
            field = header.fields[index]
            delimiter = str(field.options.get("delimiter") or ",") if field.type == "list" else None
            column = column.map_elements(nested_text(delimiter), return_dtype=pl.String)
        columns.append(column.alias(f"c{index}"))
    return frame.select(columns)


def nested_text(delimiter: str | None) -> Any:
    """How a nested value is written: items with a delimiter between, or JSON."""

    def write(value: Any) -> str:
        plain = value.to_list() if isinstance(value, pl.Series) else value
        if delimiter is not None and isinstance(plain, list):
            return delimiter.join(item if isinstance(item, str) else str(item) for item in plain)
        return json.dumps(plain, default=str)

    return write
