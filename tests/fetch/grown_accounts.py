"""A folder with a release of live regional accounts, which reach a year further than the bundle's."""

import pytest

from tests.fetch.grown_upstream import one_period_more
from tests.fetch.live_runs import made_upstream, quick_session, shipped
from tests.upstream.faults import ACCOUNTS
from tests.upstream.server import Upstream

CODE = "nama_10r_3gdp"


def grown_accounts() -> Upstream:
    """The made upstream, with a year more of regional accounts."""
    upstream = made_upstream()
    upstream.eurostat[CODE] = one_period_more(upstream.eurostat[CODE])
    return upstream


def settle(patch: pytest.MonkeyPatch) -> None:
    """The command line knows regional accounts without their bounds, and does not really wait."""
    patch.setattr("orchestration.fetching.open_session", quick_session)
    patch.setattr("assets.descriptor.load_datasets", lambda: (shipped("regions", ACCOUNTS), []))
