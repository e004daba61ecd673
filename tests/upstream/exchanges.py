"""Exchanges: what a provider answers to exactly these questions, at its real address, without a network.

Each file of `exchanges/` is one meeting with a provider: a list of questions (`ask`, and `body` where it is a
POST) with their answers (`text`, `json` or `zip`; `status`, `headers`, `gzip`). All of them were written by
us after the providers' references; none was recorded.

A question that no exchange answers fails the test, also where the fetch itself would go on with another
table.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from assets.fetch.connectors.connector import Session
from tests.fetch.live_runs import NOW, quick_session

FOLDER = Path(__file__).parent / "exchanges"
PUBLIC = "93.184.216.34"  # every name counts as a public address: none is looked up


class Exchanges(httpx.BaseTransport):
    """Answers from the files of a folder; `asked` has each question, `missing` those without an answer.

    Where one question stands several times in a file its answers come in that order, the last one ever after.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.entries: list[dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))
        self.answered = [0] * len(self.entries)
        self.asked: list[str] = []
        self.missing: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the exchange with this method, address and body."""
        ask, content = f"{request.method} {request.url}", request.read()
        body = json.loads(content) if content else None
        self.asked.append(ask)
        fitting = [at for at, one in enumerate(self.entries) if one["ask"] == ask and one.get("body") == body]
        if not fitting:
            shown = f"{ask} {json.dumps(body, ensure_ascii=False)}" if content else ask
            self.missing.append(f"no exchange for {shown}: add it to {self.file.name}")
            raise AssertionError(self.missing[-1])
        at = next((at for at in fitting if not self.answered[at]), fitting[-1])
        self.answered[at] += 1
        return make_response(self.entries[at], request)

    def unused(self) -> list[str]:
        """The exchanges that nobody asked for."""
        return [one["ask"] for one, times in zip(self.entries, self.answered, strict=True) if not times]


def make_response(entry: Mapping[str, Any], request: httpx.Request) -> httpx.Response:
    """The answer as it goes over the wire."""
    headers = {name.lower(): str(value) for name, value in entry.get("headers", {}).items()}
    if "json" in entry:
        content = json.dumps(entry["json"], ensure_ascii=False).encode()
    elif "zip" in entry:
        content = pack(entry["zip"])
    else:
        content = entry.get("text", "").encode()
    if entry.get("gzip"):
        content = gzip.compress(content, mtime=0)
    status = entry.get("status", 200)
    if status == 200 and "etag" in headers and request.headers.get("if-none-match") == headers["etag"]:
        return httpx.Response(304, headers=headers, request=request)
    return httpx.Response(status, headers=headers, content=content, request=request)


def pack(members: Mapping[str, str]) -> bytes:
    """An archive of text files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@contextmanager
def exchanged(name: str, store: Path, complete: bool = True, **environment: str) -> Iterator[Session]:
    """A session that meets the exchanges of a file in the place of every provider.

    Fails at the end where a question had no exchange or, if `complete`, where an exchange was never used.
    """
    transport = Exchanges(FOLDER / f"{name}.yaml")
    with quick_session(store, environment, NOW) as session:
        client = session.client
        client.resolve = lambda host: [PUBLIC]
        client._client.close()
        client._client = httpx.Client(transport=transport, headers=client._client.headers, timeout=5)
        yield session
    assert not transport.missing, transport.missing
    assert not complete or not transport.unused(), transport.unused()
