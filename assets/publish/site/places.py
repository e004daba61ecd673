"""The register's participations at the regions that the project places them in, and how many have none.

Reading the published tables for it, and the picture of the counts, belongs here; how a row is placed belongs
to `derive.register_places`. Once the places are a published table of their own, pages read that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from assets.derive.register_places import REGIONS_NEEDED, place_by_nuts
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.words import read_site_settings
from assets.publish.site.areas import Focus, area_names
from assets.publish.site.figures import Figure, count_rows
from assets.publish.site.territory import REGIONS
from assets.publish.site.views import read_table_of

REGISTER, TABLE = "framework-projects", "participations"
PLACED_COUNTRY = "FI"  # the only one whose names are in the tables of regions


@dataclass(frozen=True)
class Places:
    """The participations, `geo` being where they are placed, with the counts of the focus country's rows."""

    frame: pl.DataFrame
    rows: int
    country_only: int  # rows that the register itself has at no region
    without_region: int  # rows that have none after placing either


def read_places(out: Path, packages: Sequence[Package], focus: Focus) -> Places | None:
    """None where the register or the tables of regions are not published, or the country is another one."""
    named = {package.name: package for package in packages}
    parts, organisations = (
        read_table_of(out, named.get(REGISTER), name) for name in (TABLE, "organisations")
    )
    tables = {name: read_table_of(out, named.get(REGIONS), name) for name in REGIONS_NEEDED}
    known = {name: table for name, table in tables.items() if table is not None}
    if focus.country != PLACED_COUNTRY or parts is None or organisations is None or len(known) < len(tables):
        return None
    frame = place_by_nuts(parts, organisations, known)
    inside = frame.filter(pl.col("country").cast(pl.String) == focus.country)
    return Places(
        frame,
        inside.height,
        inside.filter(pl.col("register_geo") == focus.country).height,
        inside.filter(pl.col("geo") == focus.country).height,
    )


def placed_figures(
    out: Path, packages: Sequence[Package], places: Places | None, focus: Focus
) -> Mapping[tuple[str, str], Figure]:
    """The participations by region, as they are placed; empty where they are not."""
    register = next((package for package in packages if package.name == REGISTER), None)
    chart = next(
        (
            setting
            for setting in read_site_settings("figures.yaml")
            if setting["table"] == f"{REGISTER}/{TABLE}"
        ),
        None,
    )
    if register is None or places is None or chart is None:
        return {}
    codes = next(
        resource["path"] for resource in register.content["resources"] if resource["name"] == "codes-geo"
    )
    names = area_names(out / REGISTER / codes)
    figure = count_rows(REGISTER, TABLE, places.frame, names, focus, chart)
    counts = (places.rows, places.country_only, places.without_region)
    return {(REGISTER, TABLE): replace(figure, unplaced=counts)} if figure else {}
