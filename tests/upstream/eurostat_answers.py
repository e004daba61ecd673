"""What the made upstream answers in the place of Eurostat: listing, structures, tables, and the queue that a
question is sent to which is too large, or comes at a busy time.

The queue speaks as Eurostat does: a SOAP envelope with status 200 in the place of the data, whatever format
was asked for, then envelopes with the status, and faults where a key is not known. The older warning in JSON
is spoken too. Made after the references.
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from tests.upstream.answers import Request, Response, as_json, conditional
from tests.upstream.figures import Table

if TYPE_CHECKING:
    from tests.upstream.server import Upstream

KEY = str(UUID(int=7))
SUBMITTED, PROCESSING, AVAILABLE = "SUBMITTED", "PROCESSING", "AVAILABLE"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Header/><env:Body>{}'
    "</env:Body></env:Envelope>"
)


@dataclass
class Queue:
    """How Eurostat's queue speaks, and what it has made.

    `form`: bare (an answer with the queued request alone), timed (the time that it took before it), packed
    (the same as a gzip file), warning (JSON), keyless (JSON without a key: the question is asked again).
    """

    form: str = "warning"
    key: str = KEY
    statuses: Sequence[str] = (SUBMITTED, PROCESSING)  # before it is there
    made: bytes = b""
    polls: int = 0
    tickets: int = 0  # how often something was put into it

    def put(self, body: bytes) -> Response:
        """Says that the answer will be made."""
        self.made, self.tickets = body, self.tickets + 1
        if self.form in ("warning", "keyless"):
            label = "ASYNCHRONOUS_RESPONSE. Your request will be treated asynchronously. "
            label += "Please try again later." if self.form == "keyless" else self.key
            return as_json({"warning": {"status": 413, "label": label}})
        queued = f"<queued><id>{self.key}</id><status>{SUBMITTED}</status></queued>"
        if self.form != "bare":
            queued = f"<processingTime>111</processingTime>{queued}"
        text = ENVELOPE.format(
            f'<ns0:syncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/extraction">{queued}'
            "</ns0:syncResponse>"
        ).encode()
        return Response(200, gzip.compress(text, mtime=0) if self.form == "packed" else text)

    def status(self, key: str) -> Response:
        """What has become of it; of a key that is not ours, a fault."""
        if key != self.key or not self.made:
            return fault("100", "UNKNOWN_REQUEST: Unknown request.")
        self.polls += 1
        found = self.statuses[self.polls - 1] if self.polls <= len(self.statuses) else AVAILABLE
        return Response(200, status_message(key, found))

    def data(self, key: str) -> Response:
        """What was made; a fault where it is not there yet."""
        if key != self.key or not self.made:
            return fault("100", "UNKNOWN_REQUEST: Unknown request.")
        if self.polls <= len(self.statuses):
            return fault("100", "DATA_NOT_YET_AVAILABLE: Requested data is not yet available.")
        return Response(200, self.made)


def status_message(key: str, status: str) -> bytes:
    """What the queue says of a key."""
    inner = f"<ns1:status><ns1:key>{key}</ns1:key><ns1:status>{status}</ns1:status></ns1:status>"
    names = 'xmlns:ns0="urn:async" xmlns:ns1="urn:status"'
    return ENVELOPE.format(f"<ns0:asyncResponse {names}>{inner}</ns0:asyncResponse>").encode()


def fault(code: str, words: str) -> Response:
    """A SOAP fault with the status that goes with its code."""
    inner = f"<faultcode>{code}</faultcode><faultstring>{words}</faultstring>"
    text = f'<S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">{inner}</S:Fault>'
    return Response({"413": 413}.get(code, 404), text.encode())


def answer_eurostat(upstream: "Upstream", request: Request, path: list[str]) -> Response:
    """The answer to a question below Eurostat's base address."""
    if path[:2] == ["catalogue", "toc"]:
        return conditional(request, list_tables(upstream.eurostat), etag=True)
    if path[:3] == ["1.0", "async", "status"]:
        return upstream.queue.status(path[3])
    if path[:3] == ["1.0", "async", "data"]:
        return upstream.queue.data(path[3])
    code = path[-1].lower() if path[2:3] != ["data"] else path[3].lower()
    table = upstream.eurostat.get(code)
    if table is None:
        words = b'{"error":[{"status":404,"id":100,"label":"ERR_NOT_FOUND_4: no such dataset"}]}'
        return Response(404, words)
    if path[2] in ("datastructure", "contentconstraint"):
        return Response(200, describe_table(table, path[2]))
    box = read_box(table, request, path)
    cells = 1
    for codes in table.chosen(box):
        cells *= len(codes)
    if cells > 10 * upstream.at_once:
        return fault("413", "EXTRACTION_TOO_BIG: The requested extraction is too big")
    if path[0] == "statistics":
        answer = as_json(table.eurostat_json(box))
    else:
        body = table.tsv(box) if dict(request.query)["format"] == "TSV" else table.sdmx_csv(box)
        kind = {"content-type": "application/octet-stream"}  # gzip that no header tells of
        answer = Response(200, gzip.compress(body, mtime=0), kind)
    is_made = upstream.queue.form == "keyless" and upstream.queue.made == answer.body
    return answer if cells <= upstream.at_once or is_made else upstream.queue.put(answer.body)


def list_tables(tables: dict[str, Table]) -> bytes:
    """The table of contents; the same code stands at several places of it."""
    names = ["title", "code", "type", "last update of data", "last table structure change"]
    names += ["data start", "data end", "values"]
    rows = ["\t".join(f'"{name}"' for name in names)]
    for code, table in tables.items():
        day = ".".join(reversed(table.updated[:10].split("-")))
        line = f'"    {code}"\t"{code}"\t"dataset"\t"{day}"\t"{day}"\t"2000"\t"2024"\t{len(table.cells)}'
        rows += [line, line]
    return ("\n".join(rows) + "\n").encode()


def describe_table(table: Table, kind: str) -> bytes:
    """The order of its dimensions, or the codes that occur."""
    if kind == "datastructure":
        inner = "".join(
            f'<s:Dimension id="{name}" position="{at}"/>' for at, name in enumerate(table.dimensions[:-1], 1)
        )
        return f'<m:Structure xmlns:m="m" xmlns:s="s">{inner}</m:Structure>'.encode()
    inner = ""
    for name in table.dimensions:
        values = "".join(f"<c:Value>{value}</c:Value>" for value in table.codes(name))
        inner += f'<c:KeyValue id="{name}">{values}</c:KeyValue>'
    return f'<m:Structure xmlns:m="m" xmlns:c="c">{inner}</m:Structure>'.encode()


def read_box(table: Table, request: Request, path: list[str]) -> dict[str, list[str]]:
    """The codes that are asked for, by dimension."""
    query = dict(request.query)
    if path[0] == "statistics":
        asked = [(table.time if name == "time" else name, code) for name, code in request.query]
        return {name: [c for n, c in asked if n == name] for name, _ in asked if name in table.dimensions}
    box: dict[str, list[str]] = {}
    if len(path) > 4 and path[4]:
        for name, codes in zip(table.dimensions, path[4].split("."), strict=False):
            if codes:
                box[name] = codes.split("+")
    first, last = query.get("startPeriod", ""), query.get("endPeriod", "9999")
    box[table.time] = [period for period in table.codes(table.time) if first <= period <= last]
    return box
