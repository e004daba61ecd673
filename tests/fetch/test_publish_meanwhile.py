"""One source that takes long does not hold up the others: they are published while it is still waited for."""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from assets.fetch.http.client import RetryPolicy
from tests.fetch.live_runs import QUICK, made_upstream, quick_session, shipped
from tests.fetch.person import Person, states
from tests.upstream import fault_answers as more
from tests.upstream.answers import Request, Response
from tests.upstream.eurostat_answers import KEY, status_message
from tests.upstream.server import serve

RESEARCH, ACCOUNTS = "rd-expenditure", "regional-accounts"
LONG: RetryPolicy = replace(QUICK, source=1e9)


@pytest.mark.slow
@pytest.mark.parametrize("ends", [True, False], ids=["until it is there", "for ever"])
def test_a_neighbour_is_published_while_a_source_is_queued(
    ends: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = LONG if ends else replace(QUICK, source=100_000)
    monkeypatch.setattr("orchestration.fetching.open_session", partial(quick_session, policy=policy))
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (shipped(), []))
    monkeypatch.setattr("assets.fetch.acquire.PATIENCE", 0.2)
    upstream, until, seen = made_upstream(), time.monotonic() + 60, []
    more.make_queue(upstream)
    upstream.queue.form = "timed"
    neighbour = tmp_path / "public" / RESEARCH / "datapackage.json"

    def queued(request: Request, response: Response) -> Response:
        seen.append(neighbour.exists())
        is_there = ends and (seen[-1] or time.monotonic() > until)
        return response if is_there else Response(200, status_message(KEY, "PROCESSING"))

    upstream.break_it("async/status", queued)
    with serve(upstream):
        person = Person(tmp_path, upstream)
        code, found = person.run("publish", ACCOUNTS, RESEARCH, "--fetch")
        assert found[RESEARCH]["state"] == "published", person.said
        assert found[ACCOUNTS]["state"] == "published", person.said
        state = states(person.public)["nama_10r_3gdp"]["state"]
        if ends:
            assert (seen[0], seen[-1], code, state) == (False, True, 0, "updated")
        else:
            assert (code, state) == (3, "stale-but-served"), "the bundle's figures"
    assert "Traceback" not in person.said
