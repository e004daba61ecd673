"""A made upstream: one small ASGI program that speaks the providers' protocols over tables of figures, and
breaks them as a script says. Loopback only; made after the references, not recorded.
"""

import asyncio
import gzip
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote
from uuid import UUID

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.upstream.figures import Table

KEY = str(UUID(int=7))


@dataclass
class Request:
    """What was asked."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: Any = None


@dataclass
class Response:
    """What is answered; `wire` says how it goes over the wire: whole, reset, drip, cut, hang, endless,
    silent; raw: `body` is all that goes over it, and then the end; raw drip: byte by byte.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wire: str = "whole"


Fault = Callable[[Request, Response], Response]


@dataclass
class Upstream:
    """Tables, files, limits, and the faults that come next; `log` has every request."""

    eurostat: dict[str, Table] = field(default_factory=dict)
    statfin: dict[str, tuple[str, Table]] = field(default_factory=dict)  # code -> folder, table
    files: dict[str, bytes] = field(default_factory=dict)  # below /cordis
    companies: int = 250
    max_cells: int = 100_000
    at_once: int = 500_000
    window: tuple[int, float] = (1000, 1.0)
    faults: list[tuple[str, int, Fault]] = field(default_factory=list)  # path, how many times, what
    any_fault: Callable[[Request], Fault | None] = lambda request: None
    log: list[Request] = field(default_factory=list)
    latency: float = 0.0
    expires: bool = False  # Eurostat's queue loses the first answer
    keyless: bool = False  # it names no key: the question is asked again
    made: bytes = b""  # what the queue has made
    queue: dict[str, int] = field(default_factory=dict)
    address: str = ""

    def break_it(self, path: str, fault: Fault, times: int = 1_000_000) -> None:
        """The next `times` answers to addresses that hold `path` are broken."""
        self.faults.append((path, times, fault))

    def answer(self, request: Request) -> Response:
        """The answer, broken where the script says so."""
        self.log.append(request)
        response = self.route(request)
        target = request.path + "?" + "&".join(f"{k}={v}" for k, v in request.query)
        for at, (path, times, fault) in enumerate(self.faults):
            if path in target and times > 0:
                self.faults[at] = (path, times - 1, fault)
                return fault(request, response)
        chosen = self.any_fault(request)
        return chosen(request, response) if chosen else response

    def route(self, request: Request) -> Response:
        """The unbroken answer."""
        _, provider, *rest = request.path.split("/")
        handler = {"eurostat": self._eurostat, "statfin": self._statfin, "cordis": self._files,
                   "prh": self._prh, "pxweb2": self._pxweb2}.get(provider)  # fmt: skip
        return handler(request, [unquote(part) for part in rest]) if handler else Response(404)

    def _eurostat(self, request: Request, path: list[str]) -> Response:
        query = dict(request.query)
        if path[:2] == ["catalogue", "toc"]:
            names = ["title", "code", "type", "last update of data", "last table structure change"]
            names += ["data start", "data end", "values"]
            rows = ["\t".join(f'"{name}"' for name in names)]
            for code, table in self.eurostat.items():
                day = ".".join(reversed(table.updated[:10].split("-")))
                line = (
                    f'"    {code}"\t"{code}"\t"dataset"\t"{day}"\t"{day}"\t"2000"\t"2024"\t{len(table.cells)}'
                )
                rows += [line, line]
            return conditional(request, ("\n".join(rows) + "\n").encode(), etag=True)
        code = path[-1].lower() if path[2:3] != ["data"] else path[3].lower()
        if path[:3] == ["1.0", "async", "status"]:
            self.queue[KEY] = self.queue.get(KEY, 0) + 1
            words = ["SUBMITTED", "PROCESSING", *(["EXPIRED"] if self.expires else [])]
            word = words[self.queue[KEY] - 1] if self.queue[KEY] <= len(words) else "AVAILABLE"
            return Response(200, f"<status>{word}</status>".encode())
        if path[:3] == ["1.0", "async", "data"]:
            return Response(200, self.made)
        table = self.eurostat.get(code)
        if table is None:
            return Response(
                404, b'{"error":[{"status":404,"id":100,"label":"ERR_NOT_FOUND_4: no such dataset"}]}'
            )
        if path[2] == "datastructure":
            inner = "".join(
                f'<s:Dimension id="{name}" position="{at}"/>'
                for at, name in enumerate(table.dimensions[:-1], 1)
            )
            return Response(200, f'<m:Structure xmlns:m="m" xmlns:s="s">{inner}</m:Structure>'.encode())
        if path[2] == "contentconstraint":
            inner = ""
            for name in table.dimensions:
                values = "".join(f"<c:Value>{value}</c:Value>" for value in table.codes(name))
                inner += f'<c:KeyValue id="{name}">{values}</c:KeyValue>'
            return Response(200, f'<m:Structure xmlns:m="m" xmlns:c="c">{inner}</m:Structure>'.encode())
        box: dict[str, list[str]] = {}
        if len(path) > 4 and path[4]:
            for name, codes in zip(table.dimensions, path[4].split("."), strict=False):
                if codes:
                    box[name] = codes.split("+")
        times = [
            t for t in table.codes(table.time)
            if query.get("startPeriod", "") <= t <= query.get("endPeriod", "9999")
        ]  # fmt: skip
        box[table.time] = times
        if path[0] == "statistics":
            asked = [(table.time if name == "time" else name, code) for name, code in request.query]
            box = {name: [c for n, c in asked if n == name] for name, _ in asked if name in table.dimensions}
        cells = 1
        for codes in table.chosen(box):
            cells *= len(codes)
        if cells > 10 * self.at_once:
            words = b"EXTRACTION_TOO_BIG: The requested extraction is too big"
            fault = b"<S:Fault><faultcode>413</faultcode><faultstring>%b</faultstring></S:Fault>" % words
            return Response(413, fault)
        if path[0] == "statistics":
            answer = as_json(table.eurostat_json(box))
        else:
            body = table.tsv(box) if query["format"] == "TSV" else table.sdmx_csv(box)
            kind = {"content-type": "application/octet-stream"}  # gzip that no header tells of
            answer = Response(200, gzip.compress(body, mtime=0), kind)
        if cells <= self.at_once or (self.keyless and self.made == answer.body):
            return answer
        self.made = answer.body
        label = "ASYNCHRONOUS_RESPONSE. Your request will be treated asynchronously. "
        label += "Please try again later." if self.keyless else KEY
        return as_json({"warning": {"status": 413, "label": label}})

    def _statfin(self, request: Request, path: list[str]) -> Response:
        if any(name == "config" for name, _ in request.query):
            calls, seconds = self.window
            return as_json({"maxValues": self.max_cells, "maxCells": self.max_cells, "maxCalls": calls,
                            "timeWindow": seconds, "CORS": True})  # fmt: skip
        if search := dict(request.query).get("query"):
            return as_json([{"id": f"{code}.px", "path": f"/{folder}", "title": code, "score": 1}
                            for code, (folder, _) in self.statfin.items() if search in code])  # fmt: skip
        if not path[-1].endswith(".px"):
            inside = [(code, table) for code, (folder, table) in self.statfin.items() if folder == path[-1]]
            return as_json(
                [{"id": f"{c}.px", "type": "t", "text": c, "updated": t.updated} for c, t in inside]
            )
        found = self.statfin.get(path[-1].removesuffix(".px"))
        if found is None or found[0] != path[-2]:
            return Response(400, b"Bad Request", {"content-type": "text/plain"})
        table = found[1]
        if request.method == "GET":
            return as_json({"title": table.code, "variables": [
                {"code": name, "text": table.labels.get(name, name), "values": table.codes(name),
                 "valueTexts": table.codes(name)} | ({"time": True} if name == table.time else {})
                for name in table.dimensions
            ]})  # fmt: skip
        box = {one["code"]: one["selection"]["values"] for one in request.body["query"]}
        cells = 1
        for name in table.dimensions:
            if not set(box.get(name, [])) <= set(table.codes(name)):
                return Response(400, b"Bad Request", {"content-type": "text/plain"})
            cells *= len(box.get(name, [1]))
        if cells > self.max_cells:
            return Response(403, b"too many cells", {"content-type": "text/plain"})
        return as_json(table.jsonstat(box))

    def _pxweb2(self, request: Request, path: list[str]) -> Response:
        if path[0] == "config":
            return as_json({"maxDataCells": self.max_cells, "maxCallsPerTimeWindow": 100, "timeWindow": 1})
        if path[1] not in self.statfin:
            return Response(404, b'{"type":"Parameter error","title":"Non-existent table","status":404}')
        table = self.statfin[path[1]][1]
        if len(path) == 2:
            return as_json({"id": path[1], "label": table.code, "updated": f"{table.updated}Z"})
        if path[2] == "metadata":
            return as_json(table.jsonstat({}) | {"value": []})
        box = {one["variableCode"]: one["valueCodes"] for one in request.body["selection"]}
        cells = 1
        for codes in box.values():
            cells *= len(codes)
        if cells > self.max_cells:
            return Response(400, b'{"type":"Parameter error","title":"Too many cells selected","status":400}')
        return as_json(table.jsonstat(box))

    def _files(self, request: Request, path: list[str]) -> Response:
        content = self.files.get("/".join(path))
        return Response(404, b"not found") if content is None else conditional(request, content)

    def _prh(self, request: Request, path: list[str]) -> Response:
        page = int(dict(request.query).get("page", "1"))
        last = -(-self.companies // 100)
        first = 0 if page > last else (page - 1) * 100  # a page past the end is the first one again
        numbers = range(first, min(first + 100, self.companies))
        return as_json({"totalResults": self.companies,
                        "companies": [{"businessId": {"value": f"{n:07d}-0"}} for n in numbers]})  # fmt: skip

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        query = parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        request = Request(scope["method"], scope["path"], query, headers, json.loads(body) if body else None)
        if self.latency:
            await asyncio.sleep(self.latency)
        await self.deliver(scope, self.answer(request), receive, send)

    async def deliver(self, scope: Any, response: Response, receive: Any, send: Any) -> None:
        """Sends an answer, whole or broken."""
        transport = TRANSPORTS[tuple(scope["client"])]
        content, wire = response.body, response.wire
        if wire == "reset":
            transport.abort()
            return
        if wire in ("raw", "raw drip", "silent"):
            step = 1 if wire == "raw drip" else 1 << 16
            for at in range(0, len(content) if wire != "silent" else 0, step):
                transport.write(content[at : at + step])
                await asyncio.sleep(0.02 if wire == "raw drip" else 0)
            if wire == "raw":
                transport.close()
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        length = {"cut": len(content), "hang": len(content) + 1000, "endless": 0}.get(wire, len(content))
        headers = {"content-length": str(length), **response.headers}
        if wire == "endless" or headers.get("content-length") == "":
            headers.pop("content-length")
        start = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": start})
        if wire in ("cut", "hang"):
            part = content[: len(content) * 2 // 3] if wire == "cut" else content
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(0.02 if wire == "cut" else 3)
            transport.close()
        elif wire == "drip":
            for at in range(len(content)):
                await send({"type": "http.response.body", "body": content[at : at + 1], "more_body": True})
                await asyncio.sleep(0.05)
        elif wire == "endless":
            for _ in range(4000):
                await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        else:
            await send({"type": "http.response.body", "body": content})


def as_json(found: Any) -> Response:
    """An answer in JSON."""
    return Response(200, json.dumps(found, ensure_ascii=False).encode(), {"content-type": "application/json"})


def conditional(request: Request, content: bytes, etag: bool = False) -> Response:
    """An answer with validators, that knows conditional requests and ranges."""
    digest = hashlib.sha256(content).hexdigest()[:12]
    headers = {"etag": f'"{digest}"', "accept-ranges": "bytes"}
    if not etag:
        headers["last-modified"] = f"Sun, 01 Mar 2026 00:00:{int(digest[:2], 16) % 60:02d} GMT"
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(304, b"", headers)
    wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    if wanted and request.headers.get("if-range") in (headers["etag"], headers.get("last-modified")):
        begin = int(wanted[1])
        headers["content-range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        return Response(206, content[begin:], headers)
    return Response(200, content, headers)


TRANSPORTS: dict[tuple[str, int], Any] = {}


class Protocol(H11Protocol):
    """uvicorn's, with the connection kept where a fault can break it."""

    def connection_made(self, transport: Any) -> None:
        """Keeps the connection."""
        super().connection_made(transport)
        TRANSPORTS[tuple(transport.get_extra_info("peername"))] = transport


@contextmanager
def serve(upstream: Upstream) -> Iterator[Upstream]:
    """Runs it on a free port of the loopback, in a thread."""
    config = uvicorn.Config(
        upstream, host="127.0.0.1", port=0, http=Protocol, lifespan="off", log_level="critical", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.005)
    upstream.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield upstream
    finally:
        server.should_exit = server.force_exit = True  # it ends by itself, a tenth of a second later


def environment(upstream: Upstream) -> dict[str, str]:
    """The settings that lead every provider to the made upstream."""
    names = {"EUROSTAT": "eurostat", "STATFIN": "statfin", "CORDIS": "cordis", "PRH": "prh", "SCB": "pxweb2"}
    return {f"INNOREGIO_{name}_URL": f"{upstream.address}/{path}" for name, path in names.items()}
