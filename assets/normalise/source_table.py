"""What every reader returns, and how its bytes are opened. Nothing about one wire format belongs here."""

import gzip
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from assets.errors import SourceError


class SourceTable(NamedTuple):
    """A source's rows under the source's own column names, and what the source says about itself.

    Statistics: one String, Categorical or Enum column per dimension, then `OBS_VALUE` (Float64, null = no
    value) and `OBS_FLAG` (String, null = none). Registers: every column String, empty = null.
    """

    frame: pl.LazyFrame
    metadata: dict[str, Any]


def read_bytes(source: Path | bytes) -> bytes:
    """The bytes of a source, gunzipped where they begin with gzip's magic number (Eurostat's files say it
    nowhere else).

    Raises `SourceError` when a gzip stream is cut off or damaged.
    """
    content = source if isinstance(source, bytes) else source.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise SourceError(
            source_name(source), "gzip", f"the stream is damaged or cut off ({error}); fetch it again"
        ) from error


def source_name(source: Path | bytes) -> str:
    """How an error names the source: its file name, or `bytes` for bytes in memory."""
    return "bytes" if isinstance(source, bytes) else source.name
