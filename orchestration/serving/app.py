"""The ASGI application that answers from a published tree. Listening and stopping belong to `server`."""

import os
import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assets.publish.release.layout import published_datasets
from orchestration.serving.addresses import (
    INDEX,
    OpenFile,
    is_folder,
    open_file,
    page_of,
    preferred_languages,
    split_address,
)
from orchestration.serving.headers import EVERYWHERE, MEDIA_TYPES, PREFLIGHT, REVALIDATE, Tags, file_headers

MISSING = "404.html"
HEALTH = "/healthz"
RANGES = re.compile(r"bytes=(?:(?:\d+-\d*|-\d+)(?:\s*,\s*|$))+")


def build_app(out: Path) -> ASGIApp:
    """The application for the tree in `out`, which may be published into at any time."""
    tags: Tags = {}

    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        return await run_in_threadpool(find_answer, out, request, tags)

    async def health(_request: Request) -> Response:
        return await run_in_threadpool(health_answer, out)

    routes = [
        Route(HEALTH, health, methods=["GET", "HEAD"]),
        Route("/{path:path}", answer, methods=["GET", "HEAD", "OPTIONS"]),
    ]
    app = Starlette(routes=routes)
    return with_headers(app, EVERYWHERE)


def health_answer(out: Path) -> Response:
    """Whether the tree can be served: its catalogue and how many packages are there; 503 where not."""
    try:
        packages = len(published_datasets(out))
        catalogue = (out / "catalog.ttl").is_file()
    except OSError:
        packages, catalogue = 0, False
    good = packages > 0 and catalogue
    body = {"status": "ok" if good else "no published tree", "packages": packages}
    return JSONResponse(body, 200 if good else 503, {"Cache-Control": "no-store"})


def find_answer(out: Path, request: Request, tags: Tags) -> Response:
    """The file of the address, the way to what it names, or the page that says there is nothing."""
    path: str = request.scope["path"]
    names = split_address(path)
    if names is None:
        return missing(out)
    if path.endswith("/"):
        file = open_file(out, [*names, INDEX])
    else:
        file = open_file(out, names)
        if file is None and is_folder(out, names) and out.joinpath(*names, INDEX).is_file():
            return see([names[-1]], "/", 308)
    if file:
        return file_answer(file, request, tags)
    languages = preferred_languages(request.headers.get("accept-language", ""))
    if is_folder(out, names) and (page := page_of(out, names, languages)):
        steps = len(names) - (not path.endswith("/"))
        return see([*[".."] * steps, *page.split("/")], "", 303)
    return missing(out)


def see(names: Sequence[str], end: str, status: int) -> Response:
    """A way to another address of the tree, relative: the tree may stand below a prefix of a proxy."""
    where = "/".join(quote(name) for name in names) + end
    headers = {"Location": where, "Vary": "Accept-Language", "Cache-Control": REVALIDATE}
    return Response(status_code=status, headers=headers)


def file_answer(file: OpenFile, request: Request, tags: Tags) -> Response:
    """The file, a part of it, or that the asker has it already."""
    headers = file_headers(file, tags)
    if is_known(headers, request.headers):
        os.close(file.descriptor)
        kept = {name: headers[name] for name in ("ETag", "Last-Modified", "Cache-Control")}
        return Response(status_code=304, headers=kept)
    return HeldFileResponse(file, headers)


class HeldFileResponse(FileResponse):
    """A file answered from the descriptor that it was opened with, which is closed whatever happens.

    A `Range` header that is none (another unit, turned bounds) is ignored, as RFC 9110, 14.2 says.
    """

    def __init__(self, file: OpenFile, headers: Mapping[str, str]) -> None:
        self.descriptor = file.descriptor  # the opened file itself, whatever has its name by now
        path = f"/proc/self/fd/{file.descriptor}"
        super().__init__(path, headers=headers, media_type=headers["Content-Type"], stat_result=file.facts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers."""
        headers = [(name, value) for name, value in scope["headers"] if name != b"range" or is_range(value)]
        try:
            await super().__call__({**scope, "headers": headers}, receive, send)
        finally:
            os.close(self.descriptor)


def is_range(value: bytes) -> bool:
    """Whether a `Range` header asks for parts of a file in bytes."""
    text = value.decode("latin-1").strip()
    bounds = re.findall(r"(\d+)-(\d+)", text)
    return bool(RANGES.fullmatch(text)) and all(int(first) <= int(last) for first, last in bounds)


def is_known(headers: Mapping[str, str], conditions: Mapping[str, str]) -> bool:
    """Whether the conditions of a request (RFC 9110, 13.1) say that the asker has this file."""
    if (tags := conditions.get("if-none-match")) is not None:
        return tags.strip() == "*" or headers["ETag"] in re.findall(r'"[^"]*"', tags)
    try:
        since = parsedate_to_datetime(conditions["if-modified-since"])
        return parsedate_to_datetime(headers["Last-Modified"]) <= since
    except (KeyError, ValueError, TypeError):
        return False


def missing(out: Path) -> Response:
    """The tree's own page for what is not there; a line of text where it has none."""
    headers = {"Cache-Control": REVALIDATE}
    if (file := open_file(out, [MISSING])) is None:
        return PlainTextResponse("404: there is nothing at this address\n", 404, headers)
    with os.fdopen(file.descriptor, "rb") as content:
        return Response(content.read(), 404, headers, media_type=MEDIA_TYPES[".html"])


def with_headers(app: ASGIApp, headers: Mapping[str, str]) -> ASGIApp:
    """The application with `headers` on each of its answers."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await app(scope, receive, send_more)

    return wrapped
