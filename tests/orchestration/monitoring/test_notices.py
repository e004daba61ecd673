"""One message a run, by webhook and mail, without secrets; none where nothing failed or nobody asked."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assets.fetch.states import QUARANTINED, STALE, SourceState
from orchestration.monitoring.notices import send_notices
from orchestration.monitoring.run_summary import summarise_run
from orchestration.outcomes import Outcome
from tests.orchestration.monitoring.loopback_mail import open_mail_server

PLACE = "https://data.example.org/"
PASSWORD, KEY = "tulppaani-7", "k-123456789"
OUTCOMES = [
    Outcome("population", "unchanged", version="1.0.0"),
    Outcome("rd-expenditure", "failed", message=f"asked http://u:{PASSWORD}@127.0.0.1/?{KEY}\nin vain"),
]
STATES = [
    SourceState("tourism-nights", "statfin", "142g", STALE, "connection refused"),
    SourceState("job-seekers", "statfin", "12tk", QUARANTINED, "another layout"),
]


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted; answers as the path says."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(500 if self.path.endswith("broken") else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def hook() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        server.posted = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


def test_a_summary_is_a_line_with_what_is_not_well() -> None:
    summary = summarise_run(OUTCOMES, STATES)
    assert summary.line == (
        "failed: 1 unchanged, 1 failed, 1 sources stale but served, 1 sources failed or in quarantine "
        "(job-seekers, rd-expenditure, tourism-nights)"
    )
    assert len(summary.problems) == 3 and not any("\n" in line for line in summary.problems)
    assert summarise_run(OUTCOMES[:1], STATES[:1]).result == "served stale"
    assert summarise_run(OUTCOMES[:1], []).line == "good: 1 unchanged"


def test_one_message_by_each_way_without_secrets(hook: ThreadingHTTPServer) -> None:
    with open_mail_server() as mail:
        environment = {
            "INNOREGIO_NOTICE_URL": f"http://127.0.0.1:{hook.server_port}/services/T0KENT0KEN",
            "INNOREGIO_NOTICE_MAIL": "oncall@example.org, data@example.org",
            "INNOREGIO_NOTICE_FROM": "innoregio@example.org",
            "INNOREGIO_SMTP_URL": f"smtp://robot:salakala@127.0.0.1:{mail.port}",
            "INNOREGIO_STATFIN_URL": f"http://u:{PASSWORD}@127.0.0.1/?{KEY}",
        }
        assert send_notices(summarise_run(OUTCOMES, STATES), PLACE, environment) == []
        (posted,), (mailed,) = hook.posted, mail.mails  # type: ignore[attr-defined]
        assert base64.b64decode(mail.logins[0]) == b"\0robot\0salakala"
    assert posted["text"].startswith(f"innoregio at {PLACE}: failed: ")
    assert [line.split(" ")[0] for line in posted["problems"]] == [
        "tourism-nights",
        "job-seekers",
        "rd-expenditure",
    ]
    assert "To: oncall@example.org, data@example.org" in mailed and "rd-expenditure failed: asked" in mailed
    for text in (json.dumps(posted), mailed):
        for secret in (PASSWORD, KEY, "salakala", "T0KENT0KEN"):
            assert secret not in text


def test_nothing_is_sent_unasked_or_where_nothing_failed(hook: ThreadingHTTPServer) -> None:
    environment = {"INNOREGIO_NOTICE_URL": f"http://127.0.0.1:{hook.server_port}/"}
    assert send_notices(summarise_run(OUTCOMES, STATES), PLACE, {}) == []
    assert send_notices(summarise_run(OUTCOMES[:1], STATES[:1]), PLACE, environment) == []
    assert hook.posted == []  # type: ignore[attr-defined]


def test_who_takes_no_notice_is_named_without_the_address(hook: ThreadingHTTPServer) -> None:
    summary = summarise_run(OUTCOMES, STATES)
    address = f"http://127.0.0.1:{hook.server_port}/broken"
    (problem,) = send_notices(summary, PLACE, {"INNOREGIO_NOTICE_URL": address})
    assert problem == "INNOREGIO_NOTICE_URL: 127.0.0.1 took no notice (status 500)"
    closed = {"INNOREGIO_NOTICE_MAIL": "a@example.org", "INNOREGIO_SMTP_URL": "smtp://127.0.0.1:1"}
    (problem,) = send_notices(summary, PLACE, closed)
    assert problem == "INNOREGIO_NOTICE_MAIL: 127.0.0.1 took no mail (ConnectionRefusedError)"
