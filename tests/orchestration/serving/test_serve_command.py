"""`innoregio serve`: starts, says where, stops; answers whole files while a run publishes."""

import hashlib
import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.files import replace_by_copy, replace_file
from orchestration.cli.main import main
from orchestration.serving.headers import MEDIA_TYPES
from tests.orchestration.serving.made_tree import make_tree
from tests.orchestration.serving.running_server import Server

Started = tuple[subprocess.Popen[str], Server]
SERVE = [sys.executable, "-m", "orchestration.cli.main", "serve", "--out", "public", "--port", "0"]


@contextmanager
def serving(folder: Path) -> Iterator[Started]:
    """The command on any free port, as soon as it has said which."""
    process = subprocess.Popen(SERVE, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        told = process.stdout.readline()
        assert told.startswith("serving public on http://127.0.0.1:") and told.endswith("/ (Ctrl-C stops)\n")
        yield process, Server("serve", folder / "public", int(told.split(":")[2].split("/")[0]))
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_and_stops_clean(tmp_path: Path, sign: signal.Signals) -> None:
    make_tree(tmp_path)
    with serving(tmp_path) as (process, server):
        assert server.ask("/").status == 200
        idle = socket.create_connection(("127.0.0.1", server.port))  # who says nothing does not hold it up
        process.send_signal(sign)
        _, errors = process.communicate(timeout=10)
        idle.close()
        assert (process.returncode, errors) == (0, "")


def refused(folder: Path, *arguments: str) -> str:
    """The one line with which the command refuses to serve `folder/public`."""
    run = CliRunner().invoke(main, ["serve", "--out", str(folder / "public"), *arguments])
    assert run.exit_code == 1 and run.stdout == ""
    assert len(run.stderr.splitlines()) == 1 and run.stderr.startswith("innoregio: ")
    return run.stderr


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    make_tree(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused(tmp_path, "--port", str(port))
    assert f"127.0.0.1 port {port} is in use" in told and "--port" in told


def test_an_address_of_another_machine_is_one_line(tmp_path: Path) -> None:
    make_tree(tmp_path)
    told = refused(tmp_path, "--host", "192.0.2.1")
    assert "192.0.2.1 port 8000 cannot be listened on" in told


def test_without_a_tree_it_says_how_to_make_one(tmp_path: Path) -> None:
    assert "innoregio publish" in refused(tmp_path)
    (tmp_path / "public" / "photos" / "1.0.0").mkdir(parents=True)
    (tmp_path / "public" / "photos" / "1.0.0" / "datapackage.json").write_text('{"name": "photos"}')
    (tmp_path / "public" / "photos" / "datapackage.json").write_text('{"name": "photos"}')
    assert "no package is published here" in refused(tmp_path)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_tree(tmp_path)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert "uvicorn, which is not installed: pip install 'innoregio[serve]'" in refused(tmp_path)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("started")
    make_tree(folder)
    with serving(folder) as started:
        yield started


def test_a_file_that_is_replaced_while_it_is_sent_comes_whole(started: Started, tmp_path: Path) -> None:
    """The bytes of an answer have the answer's length and hash, whatever a run does to the name meanwhile."""
    server = started[1]
    out = server.out
    contents = [bytes([65 + count]) * (3_000_000 + 500_000 * count) for count in range(4)]
    path, source = out / "made" / "made.csv", tmp_path / "source.csv"
    replace_file(path, contents[0])
    stop = threading.Event()

    def publish() -> None:
        count = 0
        while not stop.is_set():
            count += 1
            if count % 2:
                replace_file(path, contents[count % 4])
            else:
                source.write_bytes(contents[count % 4])
                replace_by_copy(source, path)

    run = threading.Thread(target=publish)
    run.start()
    try:
        seen = set()
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            connection.request("GET", "/made/made.csv")
            got = connection.getresponse()
            body = got.read(1000)
            time.sleep(0.01)  # the file is another one by now
            body += got.read()
            connection.close()
            assert json.loads(got.headers["ETag"]) == hashlib.sha256(body).hexdigest()
            seen.add(got.headers["ETag"])
    finally:
        stop.set()
        run.join()
    assert len(seen) > 1


def test_a_version_is_there_when_it_is_whole(started: Started) -> None:
    _, server = started
    assert server.ask("/made/1.1.0/made.csv").status == 404
    replace_file(server.out / "made" / "1.1.0" / "datapackage.json", b"{}")
    assert server.ask("/made/1.1.0/made.csv").status == 200


def test_no_file_stays_open(started: Started) -> None:
    process, server = started
    (server.out / "made" / "big.csv").write_bytes(b"x" * 30_000_000)
    server.ask("/")
    before = open_files(process)
    tag = server.ask("/made/made.csv").headers["etag"]
    for _ in range(20):
        server.ask("/made/made.csv", If_None_Match=tag)
        server.ask("/made/made.csv", Range="bytes=99999999-")
        server.ask("/made/made.csv", Range="bytes=0-1")
        server.ask("/none")
        server.ask("/made/pipe.csv")
        with socket.create_connection(("127.0.0.1", server.port)) as impatient:
            impatient.sendall(b"GET /made/big.csv HTTP/1.1\r\nHost: x\r\n\r\n")
            impatient.recv(10)
    deadline = time.monotonic() + 10
    while open_files(process) > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert open_files(process) <= before


def open_files(process: subprocess.Popen[str]) -> int:
    return len(list(Path(f"/proc/{process.pid}/fd").iterdir()))


@pytest.mark.usefixtures("extent")
def test_every_published_file_has_a_media_type_and_its_descriptors_hash(published: Path) -> None:
    files = [path for path in published.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert {path.suffix for path in files} <= MEDIA_TYPES.keys()
    with serving(published.parent) as (_, server):
        for descriptor in published.glob("*/datapackage.json"):
            for entry in json.loads(descriptor.read_bytes())["resources"]:
                head = server.ask(f"/{descriptor.parent.name}/{entry['path']}", "HEAD").headers
                assert head["content-type"].startswith(entry["mediatype"]), entry["path"]
                assert head["etag"] == f'"{entry["hash"].removeprefix("sha256:")}"', entry["path"]
        for path in {path.suffix: path for path in files}.values():
            assert server.ask(f"/{path.relative_to(published)}", "HEAD").status == 200, path
