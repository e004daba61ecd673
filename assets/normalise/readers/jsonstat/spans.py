"""The large bodies of a JSON-stat dataset, `value` and `status`, read without a Python object per cell.

The bodies are cut out of the text, the rest is decoded as JSON with a marker in their places, and the bodies
go to Polars' CSV reader in chunks, each chunk first checked against JSON's grammar. Whatever is not the
common form (strings as values, escapes in flags, a key twice, a body that is no top-level member) makes these
functions return None, and the plain decoder in `jsonstat` decides. So nothing is read here that the plain
decoder would read differently.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import polars as pl

from assets.normalise.readers.chunks import read_each_chunk
from assets.normalise.readers.cube import position_type

MEMBER = re.compile(rb'"(value|status)"[ \t\r\n]*:[ \t\r\n]*([\[{])')
SMALLEST = 4_000  # bytes: below this Python objects are cheaper than a CSV reader's start
PIECE = 2 * 1024 * 1024
Schema = dict[str, Any]
SPACE = b" \t\r\n"

_W = r"[ \t\r\n]*"
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_KEY = r'"(?:0|[1-9][0-9]{0,17})"'
_ITEM = rf"{_W}(?:null|{_NUMBER}){_W}"
_PAIR = rf"{_W}{_KEY}{_W}:{_W}(?:null|{_NUMBER}){_W}"
_FLAG = rf'{_W}{_KEY}{_W}:{_W}"[^"\\,: \t\r\n\x00-\x1f]*"{_W}'
GRAMMAR = {form: rf"^{item}(?:,{item})*$" for form, item in (("[", _ITEM), ("{", _PAIR), ("flags", _FLAG))}


class ByteSpan(NamedTuple):
    """Where a body stands: its member, its bracket, first and last byte between the brackets."""

    member: str
    bracket: str
    start: int
    end: int


def find_spans(content: bytes) -> list[ByteSpan]:
    """The bodies worth cutting out: the first large `value` array or object and the first large `status`
    object.
    """
    spans: dict[str, ByteSpan] = {}
    at = 0
    while len(spans) < 2 and (found := MEMBER.search(content, at)):
        member, bracket = found[1].decode(), found[2].decode()
        at = found.end()
        if member in spans or (member == "status" and bracket == "["):
            continue  # without a search for its end, which may be far away each time
        end = content.find(b"]" if bracket == "[" else b"}", at)
        if end < 0:
            break
        if end - at >= SMALLEST:
            spans[member] = ByteSpan(member, bracket, at, end)
            at = end
    return sorted(spans.values(), key=lambda span: span.start)


def cut_spans(content: bytes, spans: list[ByteSpan], marker: str) -> bytes:
    """The text with a marker in place of each body. The marker is random, so that no text can hold it."""
    parts: list[bytes] = []
    at = 0
    for span in spans:
        parts += [content[at : span.start - 1], f'"{marker} {span.member}"'.encode()]
        at = span.end + 1
    return b"".join([*parts, content[at:]])


def spans_are_members(cube: Any, spans: list[ByteSpan], marker: str) -> bool:
    """Whether each marker came back as the top-level member that it stands for."""
    return isinstance(cube, dict) and all(
        cube.get(span.member) == f"{marker} {span.member}" for span in spans
    )


def read_values(content: bytes, span: ByteSpan, count: int) -> list[pl.DataFrame] | None:
    """Parts of `position` (ascending, each once) and `OBS_VALUE` of a value body; None if not the common
    form."""
    kind = position_type(count)
    value = {"OBS_VALUE": pl.Float64}
    parts = _read_body(content, span, value if span.bracket == "[" else {"position": kind, **value})
    if not parts:
        return None
    if span.bracket == "[":
        return parts if sum(part.height for part in parts) == count else None
    firsts, lasts = ([part["position"][at] for part in parts] for at in (0, -1))
    rising = all(last < first for last, first in zip(lasts, firsts[1:], strict=False))
    if rising and all(part["position"].is_sorted() for part in parts):
        sound = lasts[-1] < count and not any(_holds_twice(part) for part in parts)
        return parts if sound else None
    frame = pl.concat(parts).sort("position")
    return [frame] if frame["position"][-1] < count and not _holds_twice(frame) else None


def read_flags(content: bytes, span: ByteSpan, count: int) -> pl.DataFrame | None:
    """`position` (ascending, each once) and `OBS_FLAG` (not empty) of a status object; None if not the common
    form.
    """
    parts = _read_body(content, span, {"position": position_type(count), "OBS_FLAG": pl.String})
    if not parts:
        return None
    frame = pl.concat(parts).sort("position")
    if frame["position"][-1] >= count or _holds_twice(frame):
        return None
    flag = pl.col("OBS_FLAG").cast(pl.Categorical).cast(pl.String).str.replace_all("|", "", literal=True)
    return frame.with_columns(flag).filter(pl.col("OBS_FLAG") != "")


def _read_body(content: bytes, span: ByteSpan, schema: Schema) -> list[pl.DataFrame] | None:
    """The body's chunks as frames; None when one is not in the grammar."""
    grammar = GRAMMAR[span.bracket if "OBS_VALUE" in schema else "flags"]
    return read_each_chunk(
        lambda bounds: _read_chunk(content[bounds[0] : bounds[1]], span, grammar, schema),
        _chunks(content, span),
    )


def _read_chunk(chunk: bytes, span: ByteSpan, grammar: str, schema: Schema) -> pl.DataFrame | None:
    try:
        matches = pl.Series([chunk.decode("utf-8")]).str.contains(grammar).all()
    except UnicodeDecodeError:
        return None
    if not matches:
        return None
    spaced = any(space in chunk for space in (b" ", b"\n", b"\t", b"\r"))
    text = chunk.translate(None, b'"' + SPACE) if spaced or span.bracket == "{" else chunk
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            separator=":" if len(schema) > 1 else "\x1f",
            eol_char=",",
            quote_char=None,
            schema=schema,
            null_values=["null"] if "OBS_VALUE" in schema else None,
            empty_string_is_null=False,
            glob=False,
        )
    except pl.exceptions.PolarsError:
        return None
    # one row per item: two quotes in an item, four in a flag; the caller counts an array as a whole
    if span.bracket == "{":
        quotes = chunk.count(b'"') if spaced else len(chunk) - len(text)
        if frame.height * (2 if "OBS_VALUE" in schema else 4) != quotes:
            return None
    return None if "OBS_VALUE" in schema and frame["OBS_VALUE"].is_infinite().any() else frame


def _chunks(content: bytes, span: ByteSpan) -> Iterator[tuple[int, int]]:
    """Bounds of chunks that end before a comma."""
    start = span.start
    while start < span.end:
        last = min(start + PIECE, span.end)
        if last < span.end:
            last = content.find(b",", last, span.end)
            last = last if last >= 0 else span.end
        yield start, last
        start = last + 1


def _holds_twice(frame: pl.DataFrame) -> bool:
    """Whether a position of a sorted frame stands twice."""
    return bool((frame["position"] == frame["position"].shift(1)).any())
