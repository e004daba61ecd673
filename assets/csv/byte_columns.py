"""Bytes as Polars columns, to count and compare them without a Python object each: `bytes.count` looks at
each byte by itself and takes up to twenty times as long. What the bytes mean does not belong here.
"""

import polars as pl
import pyarrow as pa

WINDOW = 1024 * 1024  # bytes at a time: what is compared stays in the processor's cache


class _Bytes:
    """A buffer as an array of UInt8 that Polars takes over without a copy and without pyarrow's compute
    module."""

    def __init__(self, buffer: pa.Buffer) -> None:
        self.array = pa.Array.from_buffers(pa.uint8(), buffer.size, [None, buffer])

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        return self.array.__arrow_c_array__(requested_schema)


def byte_column(buffer: pa.Buffer, start: int = 0, end: int | None = None) -> pl.Series:
    """The bytes from `start` to `end` as a UInt8 column that looks into the buffer."""
    length = (buffer.size if end is None else end) - start
    return pl.Series(_Bytes(buffer.slice(start, length)))  # type: ignore[arg-type]  # an Arrow array
