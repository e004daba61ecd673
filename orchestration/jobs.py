"""Jobs: which assets a run materialises. When runs happen belongs to `schedules` and `sensors`."""

import dagster as dg

from orchestration.factory import CATALOGUE_KEY

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="Normalise, validate and publish every dataset; ask the providers first where the config "
    "says `fetch`.",
)

write_catalogue = dg.define_asset_job(
    "write_catalogue",
    selection=dg.AssetSelection.assets(CATALOGUE_KEY),
    description="Bring catalogue, feed and site up to the packages that are there.",
)
