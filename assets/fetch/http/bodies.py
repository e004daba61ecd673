"""What an answer's body is: an error in place of data, or data whole in its own format.

Recognising belongs here, whatever the HTTP status was: providers answer errors with 200 and pages for people
with any status. Reading data into rows belongs to `normalise`.
"""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import orjson

from assets.fetch.errors import (
    CutOff,
    FetchError,
    NotData,
    NotFound,
    Queued,
    Refused,
    ServerFault,
    Throttled,
    TooLarge,
    TooManyCells,
)

HEAD = 65536  # how much of a body is looked at for an error
MOST_UNPACKED, MOST_RATIO = 256 * 1024 * 1024, 100  # of a gzip file; what the readers take too
_CHUNK = 1 << 18
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|script)\b", re.I | re.S)
_FAULT = re.compile(rb"<(?:\w+:)?faultcode>\s*(.*?)\s*</(?:\w+:)?faultcode>", re.S)
_FAULT_TEXT = re.compile(rb"<(?:\w+:)?faultstring[^>]*>\s*(.*?)\s*</(?:\w+:)?faultstring>", re.S)
_FOOTER = re.compile(rb"<(?:\w+:)?Footer>.*?<(?:\w+:)?Message\s+code=\"(\d+)\"(.*?)</(?:\w+:)?Footer>", re.S)
_QUEUED = re.compile(rb"<(?:\w+:)?queued\b.*?</(?:\w+:)?queued>", re.S)
_KEY = re.compile(rb"<(?:\w+:)?id>\s*([A-Za-z0-9][A-Za-z0-9._-]{0,99})\s*</")
_BOM = b"\xef\xbb\xbf"
# SDMX's own fault codes (100 … 510) and HTTP's, to what they mean.
_MEANING: dict[int, type[FetchError]] = {
    100: NotFound, 110: Refused, 130: TooManyCells, 140: Refused, 150: NotFound, 404: NotFound, 410: NotFound,
    413: TooManyCells, 429: Throttled, 500: ServerFault, 501: Refused, 503: ServerFault, 510: TooManyCells,
}  # fmt: skip


def find_fault(head: bytes, where: str) -> FetchError | None:
    """The error that a body is, or None: HTML, a JSON `error` or `warning`, problem JSON, a SOAP fault, a
    SOAP envelope that says "queued", an SDMX footer. `head` is the body's beginning (all of it, where it is
    small).
    """
    head = head.removeprefix(_BOM)
    if _HTML.match(head):
        return NotData(f"{where}: a web page in place of data; look at the address in a browser")
    text = head.lstrip()
    if text.startswith(b"{"):
        return _json_fault(text, where)
    if text.startswith(b"<"):
        return _xml_fault(text, where)
    return None


def _json_fault(text: bytes, where: str) -> FetchError | None:
    """A small JSON object with `error`, `warning`, or the members of problem JSON."""
    if len(text) >= HEAD or re.match(rb'\{\s*"(?:version|class|totalResults)"\s*:', text):
        return None
    try:
        found = orjson.loads(text)
    except ValueError:
        return None
    for kind in ("warning", "error"):
        entry = found.get(kind)
        entry = entry[0] if isinstance(entry, list) and entry else entry
        if isinstance(entry, dict):
            status, label = (
                _number(entry.get("status")),
                str(entry.get("label") or entry.get("message") or ""),
            )
            if "ASYNC" in label.upper():
                key = _UUID.search(text.decode("utf-8", "replace"))
                return Queued(f"{where}: the answer is being made ({_line(label)})", key[0] if key else None)
            return _meaning(status)(f"{where}: {_line(label) or 'an error object in place of data'}")
        if isinstance(entry, str):
            return Refused(f"{where}: {_line(entry)}")
    if "title" in found and ("status" in found or "type" in found) and "variables" not in found:
        title, status = str(found["title"]), _number(found.get("status"))
        error = TooManyCells if "too many cells" in title.lower() else _meaning(status)
        error = NotFound if title.lower().startswith("non-existent") else error
        return error(f"{where}: {_line(title)}")
    if "errorcode" in found:
        return Refused(f"{where}: {_line(str(found.get('message', 'an error object in place of data')))}")
    return None


def _xml_fault(text: bytes, where: str) -> FetchError | None:
    if queued := _QUEUED.search(text):
        key = _KEY.search(queued[0])
        return Queued(f"{where}: the answer is being made", key[1].decode() if key else None)
    if code := _FAULT.search(text):
        words = _FAULT_TEXT.search(text)
        label = (words[1] if words else b"a SOAP fault").decode("utf-8", "replace")
        number = _number(code[1].decode("ascii", "replace").rpartition(":")[2])
        if label.startswith("DATA_NOT_YET_AVAILABLE"):
            return Queued(f"{where}: {_line(label)}")
        return _meaning(number)(f"{where}: {_line(label)}")
    if footer := _FOOTER.search(text):
        key = re.search(rb"https?://\S+?/file/([A-Za-z0-9]+)", footer[2])
        label = f"{where}: message {footer[1].decode()} in place of data"
        if footer[1] == b"413":
            return Queued(f"{label}: the answer is being made", key[1].decode() if key else None)
        return _meaning(_number(footer[1].decode()))(label)
    return None


def status_fault(status: int, where: str, retry_after: float | None = None) -> FetchError | None:
    """The error that an HTTP status alone says, or None for 2xx and 304."""
    if status < 300 or status == 304:
        return None
    kind: type[FetchError]
    if status >= 500:
        kind = Refused if status == 501 else ServerFault
    else:
        kind = {
            404: NotFound,
            416: CutOff,
            408: ServerFault,
            410: NotFound,
            413: TooManyCells,
            425: ServerFault,
        }.get(status, Throttled if status == 429 else Refused)
    words = {404: "not there", 410: "gone for good", 429: "too many calls"}.get(status, "")
    return kind(f"{where}: HTTP {status}{' (' + words + ')' if words else ''}", retry_after)


def judge_answer(head: bytes, status: int, where: str, retry_after: float | None = None) -> None:
    """Raises the error that an answer is, by what its body says where that is more exact, else by status."""
    by_body, by_status = find_fault(head, where), status_fault(status, where, retry_after)
    if by_status is None:
        fault = by_body
    elif by_body is None or by_status.can_pass or isinstance(by_body, NotData):
        fault = by_status
        if by_body is None and (words := _words(head)):
            fault.args = (f"{by_status}: {words}",)
    else:
        fault = by_body
    if fault is not None:
        fault.status = status
        raise fault


def _words(head: bytes) -> str:
    """The words of a short body, for an error's text."""
    text = head[:2000].decode("utf-8", "replace")
    return "" if "<" in text or "{" in text else _line(text)


def _meaning(status: int | None) -> type[FetchError]:
    return _MEANING.get(status or 0, Refused)


def _number(found: Any) -> int | None:
    return int(found) if re.fullmatch(r"[0-9]{1,9}", str(found)) else None


def _line(text: str) -> str:
    """A provider's words on one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:197]}..."


def check_whole(path: Path, form: str, where: str) -> None:
    """Raises `NotData`, `CutOff` or `TooLarge` where the file is not one whole file of the format `form`
    (a `format` of the descriptor, or `zip`). A text that was cut at the end of a line cannot be noticed.
    """
    if form == "zip":
        if not zipfile.is_zipfile(path) and not _has_members(path):
            raise NotData(f"{where}: no zip archive")
        return
    if path.stat().st_size == 0:
        raise CutOff(f"{where}: an empty answer")
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    head, tail = _ends_of_gzip(path, where) if packed else _ends(path)
    if fault := find_fault(head, where):
        raise fault
    start = head.removeprefix(_BOM).lstrip()
    first = start.partition(b"\n")[0]
    if form == "json-stat":
        if not start.startswith(b"{"):
            raise NotData(f"{where}: no JSON")
        _check_json(path, packed, where)
    elif form == "tsv" and not re.search(rb"\\ ?(?:TIME_PERIOD|time)\b", first):
        raise NotData(f"{where}: no TSV table (its header names no time)")
    elif form == "sdmx-csv" and not re.match(rb'"?(?:DATAFLOW|STRUCTURE)\b', first):
        raise NotData(f"{where}: no SDMX-CSV (its header does not begin with DATAFLOW)")
    if form in ("tsv", "sdmx-csv", "cordis-csv") and not tail.endswith((b"\n", b"\r")):
        raise CutOff(f"{where}: the last line has no end")
    if form == "px" and not tail.rstrip().endswith(b";"):
        raise CutOff(f"{where}: the last keyword has no end")


def _has_members(path: Path) -> bool:
    """A zip whose directory is broken: readers of the archive find the members by their own headers."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _ends(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - 64))
        return head, file.read()


def _ends_of_gzip(path: Path, where: str) -> tuple[bytes, bytes]:
    """The beginning and end of what a gzip file holds, unpacked in steps; its checksums are verified."""
    most = max(MOST_UNPACKED, MOST_RATIO * path.stat().st_size)
    head, tail, size = b"", b"", 0
    stream = zlib.decompressobj(wbits=31)
    try:
        with path.open("rb") as file:
            rest = file.read(_CHUNK)
            while True:
                chunk = stream.decompress(rest, _CHUNK)
                size += len(chunk)
                head, tail = head + chunk[: HEAD - len(head)], (tail + chunk)[-64:]
                if size > most:
                    raise TooLarge(f"{where}: unpacks to more than {most} bytes; no table packs so well")
                if stream.eof:
                    rest = (stream.unused_data + file.read(_CHUNK)).lstrip(b"\0")
                    if not rest:
                        break
                    stream = zlib.decompressobj(wbits=31)
                else:
                    rest = stream.unconsumed_tail or file.read(_CHUNK)
                    if not rest and not chunk:
                        break
    except zlib.error as error:
        raise CutOff(f"{where}: the gzip stream is damaged ({error})") from error
    if not stream.eof:
        raise CutOff(f"{where}: the gzip stream is cut off")
    return head, tail


def check_json(path: Path, where: str) -> None:
    """Raises `NotData` or `CutOff` where the file is not JSON to its end."""
    with path.open("rb") as file:
        start = file.read(64).removeprefix(_BOM).lstrip()
    if not start.startswith((b"{", b"[")):
        raise NotData(f"{where}: no JSON")
    _check_json(path, False, where)


def _check_json(path: Path, packed: bool, where: str) -> None:
    content = path.read_bytes()
    try:
        orjson.loads(zlib.decompress(content, wbits=31) if packed else content.removeprefix(_BOM))
    except ValueError as error:
        raise CutOff(f"{where}: the JSON is cut off or damaged ({_line(str(error))})") from error
