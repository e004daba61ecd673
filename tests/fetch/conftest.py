"""Fixtures of the tests of fetching: the areas that codes are looked up in, made from the bundle."""

import polars as pl
import pytest

from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import bundle_root
from tests.fetch.live_runs import all_shipped


@pytest.fixture(scope="session")
def areas() -> pl.LazyFrame:
    """The table regions/areas."""
    regions = next(one for one in all_shipped() if one.name == "regions")
    resource = next(one for one in regions.resources if one.name == "areas")
    return normalise_resource(resource, fetch_snapshots(regions, (bundle_root(),)), None)
