"""The published tree with its catalogue, served on the loopback interface."""

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from assets.descriptor import load_catalogue
from assets.publish.catalogue import write_catalogue


class Served(NamedTuple):
    out: Path
    base: str


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="session")
def served(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    out = tmp_path_factory.mktemp("served") / "public"
    shutil.copytree(published, out, copy_function=os.link)  # every write replaces: the links are not followed
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    assert write_catalogue(out, load_catalogue(), base)
    yield Served(out, base)
    server.shutdown()
