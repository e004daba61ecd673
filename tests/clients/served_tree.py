"""The published tree with its catalogue, served on the loopback as `docs/portals.md` asks of a server:
HEAD, byte ranges, media types, ETag. No test writes into it.
"""

import functools
import os
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pytest

from assets.descriptor import load_catalogue
from assets.publish.catalogue import write_catalogue

MEDIA_TYPES = {
    ".ttl": "text/turtle",
    ".rdf": "application/rdf+xml",
    ".jsonld": "application/ld+json",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8; header=present",
    ".parquet": "application/vnd.apache.parquet",
    ".atom": "application/atom+xml",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}


class Served(NamedTuple):
    """A served tree: its folder, its address (ends with a slash), and which paths were asked for in parts."""

    out: Path
    base: str
    asked_in_parts: set[str]


class TreeHandler(SimpleHTTPRequestHandler):
    """Files of a folder, whole or one range of them (RFC 9110)."""

    protocol_version = "HTTP/1.1"
    asked_in_parts: set[str]

    def log_message(self, *arguments: object) -> None:
        pass

    def send_head(self) -> BinaryIO | None:  # type: ignore[override]
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return None
        content = path.read_bytes()
        start, end = 0, len(content) - 1
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if wanted and (wanted[1] or wanted[2]):
            self.asked_in_parts.add(self.path.lstrip("/"))
            start = int(wanted[1]) if wanted[1] else max(len(content) - int(wanted[2]), 0)
            end = min(int(wanted[2]), end) if wanted[1] and wanted[2] else end
            if start > end:
                self.send_error(416)
                return None
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Type", MEDIA_TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(end - start + 1))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Last-Modified", self.date_time_string(path.stat().st_mtime))
        self.send_header("ETag", f'"{path.stat().st_mtime_ns:x}-{len(content):x}"')
        self.end_headers()
        return BytesIO(content[start : end + 1])


@pytest.fixture(scope="session")
def served(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The tree of all datasets with a catalogue of the server's own address."""
    out = tmp_path_factory.mktemp("served") / "public"
    shutil.copytree(published, out, copy_function=os.link)  # every write replaces: the links are not followed
    parts: set[str] = set()
    handler = type("Handler", (TreeHandler,), {"asked_in_parts": parts})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(out)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    assert write_catalogue(out, load_catalogue(), base)
    yield Served(out, base, parts)
    server.shutdown()
