"""Connections: kept, timed from the first byte, verified, through proxies, never to private addresses."""

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from assets.fetch.errors import BadRedirect, FetchError, TooSlow, Unreachable
from assets.fetch.http import client, wire
from tests.fetch.live_runs import NOW, QUICK, quick_session
from tests.upstream.answers import Request, Response
from tests.upstream.faults import ALWAYS, ERROR, status
from tests.upstream.server import TRANSPORTS, Upstream, serve

Speak = Callable[[socket.socket, bytes], None]
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"


@contextmanager
def listening(speak: Speak, context: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """A server of bytes on the loopback: its host and port, and the heads of what was asked."""
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(connection: socket.socket) -> None:
            try:
                with context.wrap_socket(connection, server_side=True) if context else connection as plain:
                    heads.append(plain.recv(65536))
                    speak(plain, heads[-1])
            except OSError:
                pass  # the client hung up

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}", heads
        server.shutdown(socket.SHUT_RDWR)


def whole(connection: socket.socket, head: bytes) -> None:
    connection.sendall(WHOLE)


def test_a_connection_is_kept_for_the_next_question(tmp_path: Path) -> None:
    with serve(Upstream(files={"f": b"x"})) as upstream, quick_session(tmp_path, {}) as session:
        TRANSPORTS.clear()  # ports come back
        for _ in range(5):
            session.client.ask(f"{upstream.address}/cordis/f", "x")
        assert len(TRANSPORTS) == 1


def test_a_header_that_comes_byte_by_byte_ends_with_the_transfer(tmp_path: Path) -> None:
    def drip(connection: socket.socket, head: bytes) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 2000:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    policy = replace(QUICK, read=1.0, transfer=0.5)
    with listening(drip) as (place, heads), quick_session(tmp_path, {}, NOW, policy) as session:
        begun = time.monotonic()
        with pytest.raises(TooSlow, match="not whole after"):
            session.client.ask(f"http://{place}/f", "x")
        assert time.monotonic() - begun < 5
    assert len(heads) == 1, "another try would take as long"


def test_who_does_not_take_a_connection_is_left(tmp_path: Path) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        policy = replace(QUICK, connect=0.2, tries=2)
        with quick_session(tmp_path, {}, NOW, policy) as session:
            with pytest.raises(Unreachable, match="no answer in time"):
                session.client.ask(f"http://127.0.0.1:{full.getsockname()[1]}/f", "x")
            assert session.client.tally.retries == 1
        for one in waiting:
            one.close()


@pytest.mark.parametrize("number", [400, 401, 403, 404, 405, 406, 410, 413, 501])
def test_what_cannot_pass_is_asked_once(tmp_path: Path, number: int) -> None:
    assert asked(tmp_path, number) == 1


@pytest.mark.parametrize("number", [408, 425, 429, 500, 502, 503, 504])
def test_what_can_pass_is_asked_again_and_not_for_ever(tmp_path: Path, number: int) -> None:
    assert asked(tmp_path, number) == QUICK.tries


def asked(folder: Path, number: int) -> int:
    upstream = Upstream()
    upstream.break_it("/cordis/f", status(number, ERROR if number == 400 else b""), ALWAYS)
    with serve(upstream), quick_session(folder, {}) as session, pytest.raises(FetchError) as caught:
        session.client.ask(f"{upstream.address}/cordis/f", "x")
    assert caught.value.status == number
    return len(upstream.log)


def test_a_server_without_conditions_is_known_by_date_and_length(tmp_path: Path) -> None:
    def plain(connection: socket.socket, head: bytes) -> None:
        date = b"Last-Modified: Sun, 01 Mar 2026 00:00:00 GMT\r\n"
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n" + date + b"\r\n" + b"a" * 900_000)

    with listening(plain) as (place, _), quick_session(tmp_path, {}) as session:
        first = session.client.ask(f"http://{place}/f", "x")
        taken = session.client.tally.bytes
        again = session.client.ask(f"http://{place}/f", "x", cached=first.validators)
        assert (first.size, again.path, session.client.tally.bytes - taken) == (900_000, None, 0)


def test_a_public_name_that_leads_to_a_private_address_gets_no_question(tmp_path: Path) -> None:
    """The name is judged when the redirect comes, the address when it is reached: they may differ."""

    def moved(request: Request, response: Response) -> Response:
        return Response(302, b"", {"location": f"http://localhost:{port}/secret"})

    with serve(Upstream()) as upstream, listening(whole) as (place, heads):
        port = place.rpartition(":")[2]
        upstream.break_it("/cordis/f", moved)
        with quick_session(tmp_path, {}) as session:
            session.client.resolve = lambda host: ["93.184.216.34"]
            address = upstream.address.replace("127.0.0.1", "localhost")
            with pytest.raises(BadRedirect, match="private address"):
                session.client.ask(f"{address}/cordis/f", "x")
        assert [head for head in heads if head] == []


def test_a_password_goes_to_its_own_host_only(tmp_path: Path) -> None:
    def moved(request: Request, response: Response) -> Response:
        return Response(302, b"", {"location": f"http://{place}/elsewhere"})

    with serve(Upstream()) as upstream, listening(whole) as (place, heads):
        upstream.break_it("/cordis/f", moved)
        with quick_session(tmp_path, {}) as session:
            base = upstream.address.replace("://", "://person:hunter2@")
            assert session.client.ask(f"{base}/cordis/f", "x").content() == b"abc"
    assert "authorization" in upstream.log[0].headers
    assert b"GET /elsewhere" in heads[0] and b"uthorization" not in heads[0]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody signed, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    subprocess.run(
        [*command, "-days", "2", *names, "-keyout", str(path), "-out", f"{path}.cert"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + Path(f"{path}.cert").read_text())
    return path


def test_certificates_are_verified_against_those_that_the_environment_names(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listening(whole, context) as (place, heads):
        with quick_session(tmp_path, {}) as session, pytest.raises(Unreachable, match="CERTIFICATE_VERIFY"):
            session.client.ask(f"https://{place}/f", "x")
        assert heads == [], "nothing was said to it"
        monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.cert")
        with quick_session(tmp_path, {}) as session:
            assert session.client.ask(f"https://{place}/f", "x").content() == b"abc"


def test_proxies_are_those_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(whole) as (place, heads):
        monkeypatch.setenv("HTTP_PROXY", f"http://person:hunter2@{place}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with serve(Upstream(files={"f": b"x"})) as upstream, quick_session(tmp_path, {}) as session:
            assert session.client.ask("http://data.example/f", "x").content() == b"abc"
            assert session.client.ask(f"{upstream.address}/cordis/f", "x").content() == b"x"
    assert heads[0].startswith(b"GET http://data.example/f HTTP/1.1")
    assert b"Proxy-Authorization: Basic" in heads[0]
    assert len(heads) == len(upstream.log) == 1


def test_a_proxy_s_password_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("HTTP_PROXY", "http://person:hunter2@127.0.0.1:9")
    with quick_session(tmp_path, {}) as session, pytest.raises(Unreachable) as caught:
        session.client.ask("http://data.example/f", "x")
    assert "hunter2" not in str(caught.value) + caplog.text


def test_the_password_of_a_proxy_without_a_scheme_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that repeats what it got."""

    def echo(connection: socket.socket, head: bytes) -> None:
        answer = b"HTTP/1.1 400 Bad\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhunter2 bad"
        connection.sendall(answer)

    with listening(echo) as (place, _):
        monkeypatch.setenv("HTTP_PROXY", f"person:hunter2@{place}")
        with quick_session(tmp_path, {}) as session, pytest.raises(FetchError) as caught:
            session.client.ask("http://data.example/f", "x")
    assert "*** bad" in str(caught.value)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_what_is_encrypted_goes_through_a_tunnel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    with listening(refuse) as (place, heads):
        monkeypatch.setenv(name, f"http://{place}")
        with quick_session(tmp_path, {}) as session, pytest.raises(Unreachable, match="403 Forbidden"):
            session.client.ask("https://data.example/f", "x")
    assert heads[0].startswith(b"CONNECT data.example:443 HTTP/1.1")


def test_nothing_private_of_httpx_is_used() -> None:
    source = Path(wire.__file__).read_text("utf-8") + Path(client.__file__).read_text("utf-8")
    assert re.findall(r"\b(?!self\b|time\b)\w+\._[a-z]\w*", source) == []
