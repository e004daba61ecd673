"""Fixtures of this stage: the tables of the dataset regions, made once from the bundle."""

import fcntl
import os
from pathlib import Path

import polars as pl
import pytest

from assets.derive.conversion_weights import Geography
from assets.descriptor import load_dataset
from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import bundle_root


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """All tables of the dataset regions, from the bundle, as the pipeline makes them; made once for all test
    processes.
    """
    dataset = load_dataset(Path(__file__).parents[2] / "schemas/datasets/regions.yaml")
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    files = {resource.name: base / f"regions-{resource.name}.arrow" for resource in dataset.resources}
    with (base / "regions.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / "regions.done").exists():
            found = fetch_snapshots(dataset, [bundle_root()])
            for resource in dataset.resources:
                normalise_resource(resource, found, None).collect().write_ipc(files[resource.name])
            (base / "regions.done").touch()
    return {name: pl.read_ipc(file) for name, file in files.items()}


@pytest.fixture(scope="session")
def areas(tables: dict[str, pl.DataFrame]) -> pl.LazyFrame:
    """The table regions/areas, which tagging looks codes up in."""
    return tables["areas"].lazy()


@pytest.fixture(scope="session")
def geography(tables: dict[str, pl.DataFrame]) -> Geography:
    """The tables of the dataset regions that conversion stands on."""
    return Geography(*(tables[name.replace("_", "-")] for name in Geography._fields))
