"""Jobs: which assets a run materialises. When runs happen belongs to `schedules`."""

import dagster as dg

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="Fetch, normalise, validate and publish every dataset.",
)
