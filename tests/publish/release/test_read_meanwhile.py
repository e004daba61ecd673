"""What a reader over HTTP sees while releases are published into the tree that it reads.

Descriptors, the newest one and those of versions, always name files that are there, with these bytes; so do
the catalogue's addresses. The newest copies are whole files of one release each.
"""

import functools
import http.server
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest

from assets.descriptor import load_catalogue
from assets.publish.catalogue.verify import verify_catalogue
from assets.publish.catalogue.write import write_catalogue
from assets.publish.release.verify import verify_tree
from assets.publish.site.write import write_site
from tests.orchestration.serving.running_server import Answer, Server, free_port, running
from tests.publish.release.made_releases import VINTAGES, publish

BASE = "https://data.example.org/"
DATASET = "made-data"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files as they are, by Python's own server."""

    def log_message(self, *told: object) -> None:
        """Nothing."""


@contextmanager
def plain_server(out: Path) -> Iterator[Server]:
    """Python's server in this process."""
    handler = functools.partial(Quiet, directory=str(out))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield Server("files", out, server.server_port)
        finally:
            server.shutdown()


@contextmanager
def our_server(out: Path) -> Iterator[Server]:
    """`innoregio serve` in a process of its own."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "orchestration.cli.main",
        "serve",
        "--out",
        str(out),
        "--port",
        str(port),
    ]
    with running(command, out.parent, port):
        yield Server("serve", out, port)


class Reader(threading.Thread):
    """Reads descriptors and what they name, over and over, and keeps what was wrong."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.stop = threading.Event()
        self.wrong: list[str] = []
        self.versions: set[str] = set()
        self.copies: set[str] = set()

    def run(self) -> None:
        """Until told to stop, and once more."""
        while not self.wrong:
            last = self.stop.is_set()
            try:
                self.read_package(f"/{DATASET}/")
                self.read_catalogue()
                for name in ("made-figures.csv", "made-figures.parquet"):
                    self.copies.add(digest(self.get(f"/{DATASET}/{name}")))
            except Exception as error:
                self.wrong.append(repr(error))
            if last:
                return

    def get(self, path: str) -> Answer:
        """An answer that has to be good."""
        answer = self.server.ask(path)
        if answer.status != 200:
            self.wrong.append(f"{path}: {answer.status}")
        return answer

    def read_package(self, folder: str) -> None:
        """A descriptor and every file that it names; the newest one's version too."""
        package = json.loads(self.get(f"{folder}datapackage.json").body)
        for entry in package["resources"]:
            answer = self.get(folder + entry["path"])
            if digest(answer) != entry["hash"] or len(answer.body) != entry.get("bytes", len(answer.body)):
                self.wrong.append(
                    f"{folder}{entry['path']}: not what the descriptor of {package['version']} says"
                )
        if folder == f"/{DATASET}/":
            self.versions.add(package["version"])
            self.read_package(f"{folder}{package['version']}/")
        else:
            for entry in package["innoregio:files"]:
                if digest(self.get(folder + entry["path"])) != entry["hash"]:
                    self.wrong.append(f"{folder}{entry['path']}: another file")

    def read_catalogue(self) -> None:
        """Every file and release of the catalogue and of the feed is there."""
        found = re.findall(r"dcat:downloadURL <([^>]*)>", self.get("/catalog.ttl").body.decode())
        feed = self.get("/feed.atom").body.decode()
        found += re.findall(rf'href="({BASE}{DATASET}/[^"]*)"', feed)
        if len(found) < 6:
            self.wrong.append(f"the catalogue names {found}")
        for address in dict.fromkeys(found):
            self.get("/" + unquote(address.removeprefix(BASE)))


def digest(answer: Answer) -> str:
    return f"sha256:{sha256(answer.body).hexdigest()}"


def publish_all(out: Path, version: str, number: int) -> None:
    """A whole run: release, pages, catalogue."""
    assert publish(out, VINTAGES[version], f"{number:x}" * 64).version == version
    write_site(out, load_catalogue(), BASE, set())
    write_catalogue(out, load_catalogue(), BASE, set())


@pytest.mark.parametrize("serve", [plain_server, pytest.param(our_server, marks=pytest.mark.slow)])
def test_two_publications_while_it_is_read(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    out = tmp_path / "public"
    first, *later = VINTAGES
    publish_all(out, first, 0)
    with serve(out) as server:
        reader = Reader(server)
        reader.start()
        try:
            wait_for(lambda: first in reader.versions)
            for number, version in enumerate(later[:2], 1):
                publish_all(out, version, number)
                wait_for(lambda version=version: version in reader.versions or bool(reader.wrong))  # type: ignore[misc]
        finally:
            reader.stop.set()
            reader.join(30)
    assert reader.wrong == []
    assert reader.versions == {first, *later[:2]}
    whole = {
        f"sha256:{sha256(path.read_bytes()).hexdigest()}"
        for path in (out / DATASET).glob("*.*.*/made-figures.*")
    }
    assert reader.copies <= whole and len(reader.copies) >= 4
    assert verify_tree(out) + verify_catalogue(out) == []


def wait_for(holds) -> None:  # type: ignore[no-untyped-def]
    """At most half a minute."""
    until = time.monotonic() + 30
    while not holds() and time.monotonic() < until:
        time.sleep(0.005)
