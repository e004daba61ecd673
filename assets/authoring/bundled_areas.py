"""Every area of every classification as the bundle has them, for commands that need areas before a run
has made any.

A run's own table `regions/areas` belongs to `pipeline`; it is of the newest snapshots, this one is not.
"""

from functools import cache

import polars as pl

from assets.descriptor import load_dataset
from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.resource import normalise_resource
from assets.overlay import packaged_schemas
from assets.store.snapshots import bundle_root


@cache
def read_bundled_areas() -> pl.DataFrame:
    """The table `regions/areas` of the bundle."""
    dataset = load_dataset(packaged_schemas() / "datasets" / "regions.yaml", packaged_schemas())
    resource = next(resource for resource in dataset.resources if resource.name == "areas")
    return normalise_resource(resource, fetch_snapshots(dataset, [bundle_root()]), None).collect()
