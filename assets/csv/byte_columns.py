"""Bytes as Polars columns, to count and compare them without a Python object each: `bytes.count` looks at
each byte by itself and takes up to twenty times as long. What the bytes mean does not belong here.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

CHUNK = 1 << 20  # bytes at a time: what is compared stays in the processor's cache
LARGE = 1 << 26  # bytes of a text of which the copies cost more than the import of PyArrow
NEWLINE, RETURN = 0x0A, 0x0D


def read_byte_chunks(source: Path | bytes) -> Iterator[tuple[bytes, int]]:
    """A text in chunks, each with the byte that follows it (a newline after the last)."""
    if isinstance(source, bytes):
        for at in range(0, len(source), CHUNK):
            end = at + CHUNK
            yield source[at:end], source[end] if end < len(source) else NEWLINE
        return
    with source.open("rb") as file:
        chunk = file.read(CHUNK)
        while chunk:
            following = file.read(CHUNK)
            yield chunk, following[0] if following else NEWLINE
            chunk = following


def column_maker(source: Path | bytes) -> Callable[[bytes], pl.Series]:
    """What makes a UInt8 column of bytes: without a copy where that pays for the import of PyArrow."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    return shared_column if size >= LARGE or "pyarrow" in sys.modules else copied_column


def copied_column(chunk: bytes) -> pl.Series:
    """The bytes as a UInt8 column, copied."""
    array = pl.Series([chunk], dtype=pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, len(chunk)))
    return array.explode()


def shared_column(chunk: bytes) -> pl.Series:
    """The bytes as a UInt8 column that looks into them, without a copy."""
    import pyarrow as pa

    return pl.Series(_Bytes(pa.Array.from_buffers(pa.uint8(), len(chunk), [None, pa.py_buffer(chunk)])))  # type: ignore[arg-type]


class _Bytes:
    """An array of UInt8 that Polars takes over without pyarrow's compute module."""

    def __init__(self, array: object) -> None:
        self.array = array

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        return self.array.__arrow_c_array__(requested_schema)  # type: ignore[attr-defined]
