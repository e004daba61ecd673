"""Jobs: which assets a run materialises. When runs happen belongs to `schedules`."""

import dagster as dg

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="Normalise, validate and publish every dataset; ask the providers first where the config "
    "says `fetch`.",
)
