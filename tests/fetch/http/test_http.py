"""The client's manners: limits over threads, addresses and their secrets, resuming, what is data."""

import gzip
import json
import threading
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.errors import StoreError
from assets.fetch.cache import TRUST, is_trusted
from assets.fetch.errors import (
    BadRedirect,
    CutOff,
    FetchError,
    NotData,
    NotFound,
    Queued,
    Refused,
    Throttled,
    TooManyCells,
    Unreachable,
)
from assets.fetch.http.addresses import follow_redirect, hide_secrets, is_private, join_address, mask_address
from assets.fetch.http.bodies import check_whole, find_fault
from assets.fetch.http.headers import retry_after
from assets.fetch.http.limits import RateLimit
from tests.examples import examples
from tests.fetch.live_runs import NOW, QUICK, quick_session
from tests.upstream.answers import Request, Response
from tests.upstream.server import Upstream, serve

SHARED_FOOTER = "upstream/eurostat/sdmx-ml/footer-413.xml"


@given(st.integers(1, 6), st.floats(0.1, 5), st.integers(1, 60))
def test_no_window_holds_more_calls_than_allowed(calls: int, seconds: float, many: int) -> None:
    now = [0.0]

    def sleep(some: float) -> None:
        now[0] += some

    window = RateLimit(calls, seconds, lambda: now[0], sleep)
    begun = []
    for _ in range(many):
        window.wait()
        begun.append(now[0])
    for first, later in zip(begun, begun[calls:], strict=False):
        assert later - first >= seconds - 1e-9
    assert begun[-1] <= (many - 1) // calls * seconds + 0.01 * many, "and no slower than the limit"


def test_a_window_is_shared_by_threads() -> None:
    window = RateLimit(5, 0.2)
    threads = [threading.Thread(target=window.wait) for _ in range(12)]
    import time

    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begun >= 0.4


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://me:secret@example.org/a?x=1", "https://example.org/a?x=1"),
        ("https://example.org/a?api_key=secret&x=1", "https://example.org/a?api_key=***&x=1"),
        ("https://example.org/a?X-Auth-Token=secret#secret", "https://example.org/a?X-Auth-Token=***"),
        ("http://[bad/secret", "(an address that cannot be read)"),
    ],
)
def test_secrets_of_an_address_are_not_shown(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("address", "echo"),
    [
        ("https://u:p!s%40x@example.org/", "p!s%40x p!s@x p%21s%40x"),
        ("https://token-abc@example.org/", "token-abc"),
        ("https://token-abc@example.org/", "dG9rZW4tYWJjOg=="),
        ("https://example.org/?api_key=ab%2fcd*e", "ab%2fcd*e ab/cd*e ab%2Fcd%2Ae"),
        ("https://example.org/?api_key=a+b*c&x=1", "a+b*c"),
        ("https://example.org/?token=hush&api_key=hush-more", "hush-more hush"),
    ],
)
def test_an_echo_of_a_secret_is_hidden_in_any_spelling(address: str, echo: str) -> None:
    assert set(hide_secrets(echo, [address]).split()) == {"***"}


def test_a_date_to_come_is_not_trusted() -> None:
    assert is_trusted(NOW.isoformat(), NOW) and is_trusted((NOW - TRUST).isoformat(), NOW)
    assert not is_trusted((NOW + 2 * TRUST).isoformat(), NOW)


def test_addresses_are_joined_with_one_slash_and_keep_the_parameters_of_the_base() -> None:
    assert join_address("https://e.org/a/?key=1", "/b/c.d+e", [("c[geo]", "FI*")]) == (
        "https://e.org/a/b/c.d+e?key=1&c[geo]=FI*"
    )


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True), ("10.1.2.3", True), ("169.254.169.254", True), ("::1", True),
        ("192.168.0.1", True), ("::ffff:10.0.0.1", True), ("0.0.0.0", True), ("93.184.216.34", False),
        ("name.example", False),
        ("inside.example", True), ("nowhere.example", False),
    ],
)  # fmt: skip
def test_private_addresses(host: str, private: bool) -> None:
    names = {"name.example": ["93.184.216.34"], "inside.example": ["93.184.216.34", "10.0.0.1"]}

    def resolve(name: str) -> list[str]:
        if name not in names:
            raise OSError
        return names[name]

    assert is_private(host, resolve) is private


@pytest.mark.parametrize(
    "target", ["ftp://e.org/", "file:///etc/passwd", "http://10.0.0.1/", "http://[", "data:x"]
)
def test_redirects_that_are_not_followed(target: str) -> None:
    with pytest.raises(BadRedirect):
        follow_redirect("http://e.org/a", target, False, lambda host: ["93.184.216.34"])
    with pytest.raises(BadRedirect, match="from https"):
        follow_redirect("https://e.org/a", "http://e.org/b", False, lambda host: ["93.184.216.34"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'<!DOCTYPE html><html>', NotData),
        (b'\xef\xbb\xbf \n<html lang="fi">', NotData),
        (b'{"warning":{"status":413,"label":"ASYNCHRONOUS_RESPONSE. Please try again later."}}', Queued),
        (b'{"error":[{"status":413,"label":"ASYNCHRONOUS_RESPONSE"}]}', Queued),
        (b'{"error":[{"status":404,"id":100,"label":"ERR_NOT_FOUND_4"}]}', NotFound),
        (b'{"type":"Parameter error","title":"Too many cells selected","status":400}', TooManyCells),
        (b'{"type":"Parameter error","title":"Non-existent table","status":404}', NotFound),
        (b'{"message":"no","errorcode":1005}', Refused),
        (b'<S:Fault><faultcode>413</faultcode><faultstring>TOO_BIG</faultstring></S:Fault>', TooManyCells),
        (b'<S:Fault><faultcode>429</faultcode></S:Fault>', Throttled),
        (b'<e:Envelope><e:Body><queued><id>a-1</id></queued></e:Body></e:Envelope>', Queued),
        (b'<S:Fault><faultcode>100</faultcode><faultstring>DATA_NOT_YET_AVAILABLE</faultstring>', Queued),
        (b'<S:Fault><faultcode>100</faultcode><faultstring>UNKNOWN_REQUEST: x</faultstring>', NotFound),
    ],
)  # fmt: skip
def test_an_error_is_known_whatever_the_status(body: bytes, kind: type[FetchError]) -> None:
    assert type(find_fault(body, "x")) is kind
    assert find_fault(b'{"version":"2.0","class":"dataset","error":1}', "x") is None
    assert find_fault(b"freq,geo\\TIME_PERIOD\t2020\n", "x") is None


@pytest.mark.parametrize("key", ["job-1", "98de05ea-540a-43d3-903b-7c9e14faf808", "../../secret"])
def test_the_key_of_a_queued_answer_is_no_path(key: str) -> None:
    body = f"<e:Body><x:queued><x:id>{key}</x:id><x:status>SUBMITTED</x:status></x:queued></e:Body>"
    found = find_fault(body.encode(), "x")
    assert isinstance(found, Queued)
    assert found.key == (None if "/" in key else key)


def test_the_recorded_footer_is_a_queued_answer(shared: Path) -> None:
    found = find_fault((shared / SHARED_FOOTER).read_bytes(), "x")
    assert isinstance(found, Queued)
    assert found.key == "wHsvjs7hQCy7Dqf4"


@pytest.mark.parametrize(
    ("form", "content", "kind"),
    [
        ("tsv", b"freq,geo\\TIME_PERIOD\t2020 \r\nA,FI\t1 \r\n", None),
        ("tsv", b"freq,geo\\TIME_PERIOD\t2020 \r\nA,FI\t1", CutOff),
        ("tsv", b"a,b\n1,2\n", NotData),
        ("tsv", gzip.compress(b"geo\\time\t2020\nFI\t1\n"), None),
        ("tsv", gzip.compress(b"geo\\time\t2020\nFI\t1\n")[:-5], CutOff),
        ("tsv", gzip.compress(b"geo\\time\t2020\n") + gzip.compress(b"FI\t1\n"), None),
        ("tsv", b"\x1f\x8bx", CutOff),
        ("sdmx-csv", b"DATAFLOW,geo\nx,y\n", None),
        ("sdmx-csv", b"geo,DATAFLOW\nx,y\n", NotData),
        ("json-stat", b'{"class":"dataset"}', None),
        ("json-stat", b'{"class":"data', CutOff),
        ("json-stat", b"Bad Request", NotData),
        ("csv", b"", CutOff),
        ("zip", b"Bad Request", NotData),
        ("px", b"DATA=1 2;", None),
        ("px", b"DATA=1 2", CutOff),
    ],
)  # fmt: skip
def test_a_file_is_whole_in_its_format(
    tmp_path: Path, form: str, content: bytes, kind: type[FetchError] | None
) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    if kind is None:
        check_whole(path, form, "x")
    else:
        with pytest.raises(kind):
            check_whole(path, form, "x")


@given(st.binary(min_size=1, max_size=3000), st.integers(0, 200), st.integers(0, 255))
def test_no_damage_of_a_gzip_file_is_taken(content: bytes, at: int, byte: int) -> None:
    import tempfile

    packed = bytearray(gzip.compress(content, mtime=0))
    at = 10 + at % (len(packed) - 10)  # the header's own bytes mean nothing for the content
    packed[at] = byte
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(packed)
        try:
            whole = gzip.decompress(packed) == content
        except (OSError, EOFError, zlib.error):
            whole = False
        if not whole:
            with pytest.raises(FetchError):
                check_whole(path, "csv", "x")


def test_retry_after_as_seconds_and_as_a_date() -> None:
    assert retry_after({"retry-after": "7"}) == 7
    assert retry_after({"retry-after": "Mon, 01 Jan 2001 00:00:00 GMT"}) == 0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None


def test_a_cut_download_is_continued_also_by_the_next_run(tmp_path: Path) -> None:
    content = bytes(range(256)) * 4000
    upstream = Upstream(files={"f": content})
    upstream.break_it("/cordis/f", lambda q, r: replace(r, wire="cut"), 1)
    with serve(upstream):
        address = f"{upstream.address}/cordis/f"
        with quick_session(tmp_path, {}, NOW, replace(QUICK, tries=1)) as session, pytest.raises(CutOff):
            session.client.ask(address, "x", resume=True)
        with quick_session(tmp_path, {}) as session:
            answer = session.client.ask(address, "x", resume=True)
            assert answer.content() == content
            assert session.client.tally.bytes == len(content) - len(content) * 2 // 3
    assert upstream.log[-1].headers["range"] == f"bytes={len(content) * 2 // 3}-"
    assert list((tmp_path / ".fetch").iterdir()) == []


def test_a_file_that_changed_is_not_continued(tmp_path: Path) -> None:
    upstream = Upstream(files={"f": b"a" * 90_000})
    upstream.break_it("/cordis/f", lambda q, r: replace(r, wire="cut"), 1)
    with serve(upstream):
        with quick_session(tmp_path, {}, NOW, replace(QUICK, tries=1)) as session, pytest.raises(CutOff):
            session.client.ask(f"{upstream.address}/cordis/f", "x", resume=True)
        upstream.files["f"] = b"b" * 50_000
        with quick_session(tmp_path, {}) as session:
            answer = session.client.ask(f"{upstream.address}/cordis/f", "x", resume=True)
            assert answer.content() == b"b" * 50_000


def test_secrets_stand_in_no_error_log_or_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    upstream = Upstream()
    upstream.faults = []
    errors = []
    with serve(upstream):
        base = upstream.address.replace("http://", "http://user:hush-secret@")
        with quick_session(tmp_path, {}) as session:
            for path in ("cordis/none?token=hush-secret", "cordis/none?api_key=hush-secret"):
                with pytest.raises(NotFound) as caught:
                    session.client.ask(f"{base}/{path}", "x")
                errors.append(str(caught.value))
            with pytest.raises(Unreachable) as refused:
                session.client.ask("http://user:hush-secret@127.0.0.1:9/?key=hush-secret", "x")
            errors.append(str(refused.value))
    assert "hush" not in " ".join(errors) + caplog.text + "".join(capfd.readouterr())
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and b"hush" in p.read_bytes()]


def test_a_folder_that_takes_nothing_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".fetch").write_text("in the way")
    with pytest.raises(StoreError) as caught, quick_session(tmp_path, {}):
        pass
    assert "make room or give another folder" in str(caught.value)


def test_an_agent_with_a_contact(tmp_path: Path) -> None:
    upstream = Upstream(files={"f": b"x"})
    with (
        serve(upstream),
        quick_session(tmp_path, {"INNOREGIO_CONTACT": "mailto:data@example.org"}) as session,
    ):
        session.client.ask(f"{upstream.address}/cordis/f", "x")
    assert "innoregio" in upstream.log[0].headers["user-agent"]
    assert "+mailto:data@example.org" in upstream.log[0].headers["user-agent"]


def test_a_moved_question_with_a_body_is_not_asked_elsewhere(tmp_path: Path) -> None:
    def moved(request: Request, response: Response) -> Response:
        return Response(302, b"", {"location": "/cordis/f"})

    upstream = Upstream(files={"f": json.dumps({}).encode()})
    upstream.break_it("/statfin", moved)
    with serve(upstream), quick_session(tmp_path, {}) as session, pytest.raises(BadRedirect):
        session.client.ask(f"{upstream.address}/statfin/fi/x.px", "x", body={"query": []})


WORDS = st.sampled_from(
    [
        "error",
        "warning",
        "status",
        "label",
        "id",
        "title",
        "type",
        "message",
        "errorcode",
        "²",
        "413",
        "ASYNC",
    ]
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)  # JSON has neither
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.usefixtures("extent")
@settings(max_examples=examples(30), deadline=None)
@example({"status": "²", "label": "x"})
@given(JSON)
def test_whatever_stands_in_an_object_is_judged_without_a_defect(found: object) -> None:
    fault = find_fault(json.dumps({"error": found, "title": found, "status": found}).encode(), "x")
    assert isinstance(fault, FetchError) and "\n" not in str(fault)
    find_fault(json.dumps(found).encode(), "x")


@settings(max_examples=40)
@example("²")
@given(st.text(max_size=20))
def test_whatever_retry_after_says_it_is_seconds_or_nothing(said: str) -> None:
    found = retry_after({"retry-after": said})
    assert found is None or found >= 0
