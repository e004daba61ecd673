"""Gzip streams unpacked chunk by chunk, within bounds. What the bytes hold does not belong here."""

import zlib
from collections.abc import Iterator

from assets.errors import SourceError

MOST_UNPACKED, MOST_RATIO = 256 * 1024 * 1024, 100
FEED = 256 * 1024
MAGIC = b"\x1f\x8b"


def gunzip_chunks(packed: bytes, name: str, size: int) -> Iterator[bytes]:
    """The unpacked bytes in chunks of `size` or a little more, all members, checksums verified.

    Raises `SourceError` when the stream is cut off, damaged, or unpacks to a hundred times its size and
    more than 256 MB.
    """
    held: list[bytes] = []
    length = 0
    for chunk in _inflate(packed, name, size):
        held.append(chunk)
        length += len(chunk)
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    if held:
        yield b"".join(held)


def _inflate(packed: bytes, name: str, size: int) -> Iterator[bytes]:
    """The unpacked bytes as zlib gives them, for each chunk of input up to `size`."""
    most = max(MOST_UNPACKED, MOST_RATIO * len(packed))
    stream = zlib.decompressobj(wbits=31)
    at = total = 0
    rest = b""
    while rest or at < len(packed):
        if not rest:
            rest, at = packed[at : at + FEED], at + FEED
        if stream.eof:
            rest = rest.lstrip(b"\0")
            stream = zlib.decompressobj(wbits=31)
            continue
        try:
            chunk = stream.decompress(rest, size)
        except zlib.error as error:
            raise SourceError(name, "gzip", f"the stream is damaged ({error}); fetch it again") from error
        total += len(chunk)
        if total > most:
            raise SourceError(name, "gzip", f"it unpacks to more than {most} bytes; no table packs so well")
        rest = stream.unused_data if stream.eof else stream.unconsumed_tail
        if chunk:
            yield chunk
    while not stream.eof:
        chunk = stream.decompress(b"", size)
        if not chunk:
            break
        yield chunk
    if not stream.eof:
        raise SourceError(name, "gzip", "the stream is cut off; fetch it again")
