"""A published tree over HTTP on the loopback interface: ETags, and a list of what was asked for."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple


class TreeServer(NamedTuple):
    """`asked`: path and status of each answer. `replaced`: bytes to give for a path instead of the file's."""

    address: str
    asked: list[tuple[str, int]]
    replaced: dict[str, bytes]


@contextmanager
def serve_tree(folder: Path) -> Iterator[TreeServer]:
    """Serves `folder` until the end of the block."""
    asked: list[tuple[str, int]] = []
    replaced: dict[str, bytes] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, folder, asked, replaced))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield TreeServer(f"http://127.0.0.1:{server.server_port}/", asked, replaced)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, folder: Path, asked: list[tuple[str, int]], replaced: dict[str, bytes], *more: object):
        self.folder, self.asked, self.replaced = folder, asked, replaced
        super().__init__(*more)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        file = self.folder / self.path.lstrip("/")
        content = self.replaced.get(self.path) or (file.read_bytes() if file.is_file() else None)
        if content is None:
            return self._answer(404, b"", "")
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        same = self.headers.get("If-None-Match") == tag
        return self._answer(304 if same else 200, b"" if same else content, tag)

    def _answer(self, status: int, content: bytes, tag: str) -> None:
        self.asked.append((self.path, status))
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
