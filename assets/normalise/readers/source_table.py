"""What every reader returns, and how its bytes are opened. Nothing about one wire format belongs here."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from assets.normalise.readers.gunzip import MAGIC, gunzip_chunks

UPDATE_TIME = re.compile(
    r"(?:(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)|(?P<d2>\d\d)/(?P<m2>\d\d)/(?P<y2>\d\d))"
    r"(?:[T ](?P<h>\d\d)[:.](?P<min>\d\d)(?:[:.](?P<s>\d\d)(?:\.\d+)?)?(?P<zone>[Zz]|[+-]\d\d:?\d\d)?)?"
)


class SourceTable(NamedTuple):
    """A source's rows under the source's own column names, and what the source says about itself.

    Statistics: one String, Categorical or Enum column per dimension, then `OBS_VALUE` (Float64, null = no
    value) and `OBS_FLAG` (String, null = none). Registers: every column String, empty = null.
    """

    frame: pl.LazyFrame
    metadata: dict[str, Any]


def is_packed(source: Path) -> bool:
    """Whether a file begins with gzip's magic number."""
    with source.open("rb") as file:
        return file.read(2) == MAGIC


def read_bytes(source: Path | bytes) -> bytes:
    """The bytes of a source, gunzipped where they begin with gzip's magic number (Eurostat's files say it
    nowhere else).

    Raises `SourceError` when a gzip stream is cut off, damaged, or a bomb (see `gunzip`).
    """
    content = source if isinstance(source, bytes) else source.read_bytes()
    if not content.startswith(MAGIC):
        return content
    return b"".join(gunzip_chunks(content, source_name(source), len(content) * 8))


def read_in_chunks(source: Path | bytes, size: int) -> Iterator[bytes]:
    """The same bytes in chunks of about `size`; a file is not read whole, and its chunks end with lines."""
    if isinstance(source, bytes):
        if source.startswith(MAGIC):
            yield from gunzip_chunks(source, source_name(source), size)
        else:
            yield from (source[at : at + size] for at in range(0, len(source), size))
        return
    with source.open("rb") as file:
        if file.read(2) == MAGIC:
            yield from gunzip_chunks(source.read_bytes(), source.name, size)
            return
        file.seek(0)
        while chunk := file.read(size):
            yield chunk + file.readline()


def source_name(source: Path | bytes) -> str:
    """How an error names the source: its file name, or `bytes` for bytes in memory."""
    return "bytes" if isinstance(source, bytes) else source.name


def normalise_update(text: str | None, zone: str | None = None) -> str | None:
    """An update time as RFC 3339, or null when the text is no time or says no zone.

    Forms: `2026-03-18T23:00:00+0100`, `…Z`, PxWeb's `2025-10-23T05.00.00Z`, PX's `20230703 15:54`,
    Eurostat's `21/02/23 23:00:00`. `zone` (IANA name) is for sources whose documentation says in which zone
    they write times.
    """
    if not text:
        return None
    found = UPDATE_TIME.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = (
        (found["y"], found["m"], found["d"]) if found["y"] else (f"20{found['y2']}", found["m2"], found["d2"])
    )
    clock = f"{found['h'] or '00'}:{found['min'] or '00'}:{found['s'] or '00'}"
    offset = found["zone"]
    try:
        time = datetime.fromisoformat(f"{year}-{month}-{day}T{clock}")
    except ValueError:
        return None
    if offset in ("Z", "z"):
        return f"{time.isoformat()}Z"
    if offset:
        return f"{time.isoformat()}{offset[:3]}:{offset[-2:]}"
    return time.replace(tzinfo=ZoneInfo(zone)).isoformat() if zone else None
