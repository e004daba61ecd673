"""A made upstream: one small ASGI program that speaks the providers' protocols over tables of figures, and
breaks them as a script says. Loopback only; made after the references, not recorded.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.upstream.answers import Fault, Request, Response, as_json, conditional
from tests.upstream.eurostat_answers import Queue, answer_eurostat
from tests.upstream.figures import Table


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
    queue: Queue = field(default_factory=Queue)  # Eurostat's
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
        if provider == "eurostat":
            return answer_eurostat(self, request, [unquote(part) for part in rest])
        handler = {"statfin": self._statfin, "cordis": self._files,
                   "prh": self._prh, "pxweb2": self._pxweb2}.get(provider)  # fmt: skip
        return handler(request, [unquote(part) for part in rest]) if handler else Response(404)

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
                 "valueTexts": table.codes(name)}
                | ({"time": True} if name == table.time else {})
                | ({"elimination": True} if name in table.eliminated else {})
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
        return as_json(table.eliminate(box).jsonstat(box))

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
        return as_json(table.eliminate(box).jsonstat(box))

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
