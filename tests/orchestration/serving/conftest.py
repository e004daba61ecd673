"""The two servers that the tests ask: `innoregio serve`, and nginx as docs/nginx.conf sets it up."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.orchestration.serving.made_tree import make_tree
from tests.orchestration.serving.running_server import Server, free_port, running

ROOT = Path(__file__).parents[3]


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
