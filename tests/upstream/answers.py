"""What goes between a client and the made upstream: a request, a response, a fault that changes it."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


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
