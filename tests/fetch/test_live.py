"""Is each endpoint there, and are its tables what the descriptors say? Asks the real providers; run only by
`python -m pytest -m live -n0 -s tests/fetch/test_live.py`, which prints a table.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from assets.fetch.acquire import acquire, open_session
from assets.fetch.connector import Session
from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.states import FAILED, QUARANTINED, STALE
from assets.normalise.resource import normalise_resource
from assets.store import bundle_root
from tests.fetch.live_runs import all_shipped, figures

DATASETS = Path(__file__).parents[2] / "schemas" / "datasets"
SETTINGS = {name: value for name, value in os.environ.items() if name.startswith("INNOREGIO_")}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    store = tmp_path_factory.mktemp("live")
    with open_session(store, SETTINGS) as opened:
        yield opened


@pytest.fixture(scope="module")
def areas() -> pl.LazyFrame:
    regions = next(one for one in all_shipped() if one.name == "regions")
    resource = next(one for one in regions.resources if one.name == "areas")
    return normalise_resource(resource, fetch_snapshots(regions, (bundle_root(),)), None)


@pytest.mark.live
@pytest.mark.parametrize("name", sorted(path.stem for path in DATASETS.glob("*.yaml")))
def test_a_dataset_live(name: str, session: Session, areas: pl.LazyFrame) -> None:
    dataset = next(one for one in all_shipped() if one.name == name)
    states = acquire(dataset, session.store, SETTINGS, session)
    for state in states:
        print(
            f"\n{state.dataset:24} {state.provider}/{state.table:20} {state.state:18} {state.message}", end=""
        )
    assert not [state for state in states if state.state in (STALE, QUARANTINED, FAILED)]
    found = figures(dataset, session.store, areas)
    print("" if isinstance(found, dict) else f"\n{'':24} {found}", end="")
    assert isinstance(found, dict), found
