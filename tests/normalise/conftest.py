"""Fixtures of this stage: the tables of the dataset regions, made once from the bundle."""

from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import load_dataset
from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.conversion_weights import Geography
from assets.normalise.resource import normalise_resource
from assets.store import bundle_root


@pytest.fixture(scope="session")
def tables() -> dict[str, pl.DataFrame]:
    """All tables of the dataset regions, from the bundle, as the pipeline makes them."""
    dataset = load_dataset(Path(__file__).parents[2] / "schemas/datasets/regions.yaml")
    found = fetch_snapshots(dataset, [bundle_root()])
    return {r.name: normalise_resource(r, found, None).collect() for r in dataset.resources}


@pytest.fixture(scope="session")
def areas(tables: dict[str, pl.DataFrame]) -> pl.LazyFrame:
    """The table regions/areas, which tagging looks codes up in."""
    return tables["areas"].lazy()


@pytest.fixture(scope="session")
def geography(tables: dict[str, pl.DataFrame]) -> Geography:
    """The tables of the dataset regions that conversion stands on."""
    return Geography(*(tables[name.replace("_", "-")] for name in Geography._fields))
