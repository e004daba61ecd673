"""Publications through an upstream with faults, and what they left."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from assets.fetch.connectors.connector import Session
from assets.fetch.http.client import RetryPolicy
from tests.commands import tree_bytes
from tests.fetch.live_runs import NOW, QUICK, quick_session
from tests.upstream import fault_answers as more
from tests.upstream.server import Upstream


def renew(upstream: Upstream) -> None:
    """Every provider has a new figure, or a new title."""
    changed = [upstream.statfin["13tn"][1], upstream.statfin["12bs"][1], upstream.eurostat["nama_10r_3gdp"]]
    for table in changed:
        key = next(key for key, (value, _) in table.cells.items() if value)
        table.cells[key] = "57.5", table.cells[key][1]
        table.updated = "2026-06-11T06:00:00"
    more.another_title(upstream)


@contextmanager
def session(
    store: Path, environment: Mapping[str, str], policy: RetryPolicy = QUICK, days: int = 0
) -> Iterator[Session]:
    """A session for which the made upstream's name is one of the public internet."""
    with quick_session(store, environment, NOW + timedelta(days=days), policy) as opened:
        opened.client.resolve = lambda host: ["93.184.216.34" if host == "localhost" else "127.0.0.1"]
        yield opened


def tables_of(folder: Path) -> dict[str, bytes]:
    """Every table of every version; the ledger, and what tells of them, name the bytes that they are from."""
    found = tree_bytes(folder)
    kept = (name for name in found if name.endswith((".csv", ".parquet")) and "revisions" not in name)
    return {name: found[name] for name in kept}


@contextmanager
def later(store: Path, environment: Mapping[str, str]) -> Iterator[Session]:
    with session(store, environment, days=2) as opened:
        yield opened
