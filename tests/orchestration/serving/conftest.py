"""The two servers that the tests ask: `innoregio serve`, and nginx as docs/nginx.conf sets it up."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.orchestration.serving.made_tree import make_tree

ROOT = Path(__file__).parents[3]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Server(NamedTuple):
    """A server that answers from the tree in `out`."""

    kind: str
    out: Path
    port: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """The answer to a request whose path is sent as written; `_` in a header's name stands for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            got = connection.getresponse()
            body = got.read()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, body)
        finally:
            connection.close()


@contextmanager
def running(command: list[str], cwd: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A server process, asked to stop at the end."""
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    try:
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        assert process.poll() is None, process.communicate()
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nginx_command(folder: Path, out: Path, port: int) -> list[str]:
    """nginx with the documented configuration; only the lines marked as the reader's own are changed."""
    settings = (ROOT / "docs" / "nginx.conf").read_text("utf-8")
    for line, ours in (
        ("listen      80;", f"listen 127.0.0.1:{port};"),
        ("root        /srv/innoregio/public;", f"root {out};"),
    ):
        assert settings.count(line) == 1
        settings = settings.replace(line, ours)
    (folder / "innoregio.conf").write_text(settings)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\ndaemon off;\npid {folder}/pid;\nerror_log stderr;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}include {folder}/innoregio.conf;\n}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


@pytest.fixture(scope="module", params=["serve", pytest.param("nginx", marks=pytest.mark.slow)])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("serving")
    out, port = make_tree(folder), free_port()
    if request.param == "nginx":
        if shutil.which("nginx") is None:
            pytest.skip("nginx is not here; .ci/run installs it")
        command = nginx_command(folder, out, port)
    else:
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
    with running(command, folder, port):
        yield Server(request.param, out, port)
