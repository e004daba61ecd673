"""What every reader returns, and how its bytes are opened. Nothing about one wire format belongs here."""

import re
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from assets.errors import SourceError

UPDATE_TIME = re.compile(
    r"(?:(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)|(?P<d2>\d\d)/(?P<m2>\d\d)/(?P<y2>\d\d))"
    r"(?:[T ](?P<h>\d\d)[:.](?P<min>\d\d)(?:[:.](?P<s>\d\d)(?:\.\d+)?)?(?P<zone>[Zz]|[+-]\d\d:?\d\d)?)?"
)

MOST_UNPACKED, MOST_RATIO = 256 * 1024 * 1024, 100


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

    Raises `SourceError` when a gzip stream is cut off, damaged, or unpacks to a hundred times its size and
    more than 256 MB.
    """
    content = source if isinstance(source, bytes) else source.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    return _gunzip(content, source_name(source))


def _gunzip(content: bytes, name: str) -> bytes:
    """All members of a gzip stream; their checksums are verified."""
    most = max(MOST_UNPACKED, MOST_RATIO * len(content))
    parts: list[bytes] = []
    rest = content
    while rest:
        stream = zlib.decompressobj(wbits=31)
        try:
            parts.append(stream.decompress(rest, most - sum(map(len, parts)) + 1))
        except zlib.error as error:
            problem = f"the stream is damaged ({error}); fetch it again"
            raise SourceError(name, "gzip", problem) from error
        if sum(map(len, parts)) > most:
            raise SourceError(name, "gzip", f"it unpacks to more than {most} bytes; no table packs so well")
        if not stream.eof:
            raise SourceError(name, "gzip", "the stream is cut off; fetch it again")
        rest = stream.unused_data.lstrip(b"\0")
    return parts[0] if len(parts) == 1 else b"".join(parts)


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
