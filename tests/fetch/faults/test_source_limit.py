"""How long one source may take: the setting, and that no wait of any kind goes beyond it."""

from dataclasses import replace
from pathlib import Path

import pytest

from assets.errors import SettingError
from assets.fetch.acquire import acquire, open_session
from assets.fetch.http.client import SOURCE_SETTING, RetryPolicy
from assets.fetch.states import STALE
from tests.fetch.live_runs import NOW, made_upstream, quick_session, shipped
from tests.upstream.faults import ALWAYS, status
from tests.upstream.server import environment, serve

SLOW = replace(RetryPolicy(), tries=100, first_wait=4.0)


@pytest.mark.parametrize("limit", ["ten", "-1", "0", "1.5", "٣"])
def test_a_limit_that_is_none_is_refused(limit: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="whole seconds"), open_session(tmp_path, {SOURCE_SETTING: limit}):
        pass


@pytest.mark.parametrize(
    ("path", "number", "wait"),
    [("/data/nama_10r_3gdp", 503, None), ("/data/nama_10r_3gdp", 429, "20"), ("catalogue/toc", 429, None)],
)
def test_retries_end_with_the_time_for_the_source(
    path: str, number: int, wait: str | None, tmp_path: Path
) -> None:
    (dataset,), upstream = shipped("regional-accounts"), made_upstream()
    headers = {"retry_after": wait} if wait else {}
    upstream.break_it(path, status(number, **headers), ALWAYS)
    with serve(upstream):
        settings = environment(upstream) | {SOURCE_SETTING: "60"}
        with quick_session(tmp_path, settings, NOW, SLOW) as session:
            begun = session.client.clock()
            (state,) = acquire(dataset, tmp_path, settings, session)
            assert session.client.clock() - begun < 60
    assert state.state == STALE
    assert str(number) in state.message, "the last error says why"
