"""Checks on the bytes of a text answer before any reader parses it: is it what was asked for, is it whole,
is it text.

Only what holds for every text format belongs here (HTML in place of data, NUL bytes, a cut-off last line, a
wrong encoding); what one format means by its cells stands in that format's reader.
"""

import re

from assets.errors import SourceError

HTML_START = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
XML_START = re.compile(rb"\s*<[?A-Za-z!]")
FAULT_TEXT = re.compile(rb"<(?:\w+:)?(?:faultstring|Text|text)[^>]*>([^<]{1,300})<")
JSON_START = re.compile(rb'\s*\{\s*"(?:error|warning)"')
BINARY = {
    b"PK\x03\x04": "a zip or XLSX file",
    b"\x1f\x8b": "gzip in gzip",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an XLS workbook",
    b"%PDF": "a PDF document",
}
UTF8_BOM = b"\xef\xbb\xbf"


def refuse_foreign(content: bytes, name: str, wanted: str) -> None:
    """Raise `SourceError` when the bytes are no `wanted` at all: empty, an HTML page, an XML message, a
    JSON error, still compressed."""
    if not content or content.isspace():
        raise SourceError(name, "", f"the answer is empty; {wanted} was expected; fetch it again")
    start = content[:2000]
    if HTML_START.match(start):
        raise SourceError(
            name, "byte 1", f"an HTML page in place of {wanted} (service blocked or down?); fetch it again"
        )
    if XML_START.match(start):
        text = FAULT_TEXT.search(content[:20_000])
        message = f": {one_line(text[1])}" if text else ""
        raise SourceError(name, "byte 1", f"an XML message in place of {wanted}{message}")
    if JSON_START.match(start) and "JSON" not in wanted:
        raise SourceError(
            name, "byte 1", f"a JSON error message in place of {wanted}: {one_line(content[:300])}"
        )
    for magic, what in BINARY.items():
        if start.startswith(magic):
            raise SourceError(name, "byte 1", f"{what} in place of {wanted}")


def refuse_nul(content: bytes, name: str) -> None:
    """Raise `SourceError` with the line of the first NUL byte, which no text format here may hold."""
    at = content.find(b"\x00")
    if at >= 0:
        raise SourceError(name, f"line {line_of(content, at)}", "a NUL byte; the file is damaged or not text")


def refuse_cut_off(content: bytes, name: str) -> None:
    """Raise `SourceError` when the last line has no line end: providers end every row, so the transfer
    stopped inside this one."""
    if not content.endswith(b"\n"):
        line = content.count(b"\n") + 1
        raise SourceError(
            name, f"line {line}", "the last line has no line end: the file is cut off; fetch it again"
        )


def decode_text(content: bytes, name: str, encoding: str = "utf-8") -> str:
    """The text of `content`; raises `SourceError` with line and byte where it is not in `encoding`."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        where = f"line {line_of(content, error.start)}, byte {error.start + 1}"
        raise SourceError(
            name,
            where,
            f"0x{content[error.start]:02x} is not {encoding} text; say the encoding or fetch it again",
        ) from error


def line_of(content: bytes, at: int) -> int:
    """The line number, from 1, of byte offset `at`."""
    return content.count(b"\n", 0, at) + 1


def one_line(text: bytes | str, limit: int = 200) -> str:
    """A text as one line of at most `limit` characters, for a message."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
