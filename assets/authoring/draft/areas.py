"""Which classification a table's area codes are of, judged by the lists of areas that are bundled."""

from collections.abc import Collection

import polars as pl

from assets.normalise.geography import tag_areas


def guess_classification(
    codes: Collection[str], areas: pl.DataFrame, year: int
) -> tuple[str | None, list[str]]:
    """The classification that holds most of `codes`, of equals the newest up to `year`; and the codes that
    have no place in it, in an earlier or later version of it, or outside all regions. None where no list has
    any of them.
    """
    wanted = pl.DataFrame({"geo": sorted(codes)})
    dated = pl.col("geo_classification").str.extract(r"-(\d{4})$").cast(pl.Int32)
    held = (
        areas.filter(dated <= year)
        .join(wanted, on="geo", how="semi")
        .group_by("geo_classification")
        .len()
        .sort("len", "geo_classification", descending=True)
    )
    if held.is_empty():
        return None, []
    found = str(held["geo_classification"][0])
    return found, tag_areas(wanted.lazy(), areas.lazy(), found).unplaced["geo"].sort().to_list()
