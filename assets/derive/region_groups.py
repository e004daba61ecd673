"""Groups of regions that are listed and not worked out: neighbours, programme areas (`schemas/regions`).

Reading the lists as tables of areas of one classification belongs here; which regions are statistically alike
belongs to `peers`.
"""

import polars as pl

from assets.derive.conversion_weights import Geography, GeographyError
from assets.normalise.regions.lists import read_region_list


def list_bordering_areas(geography: Geography, territory: str) -> pl.DataFrame:
    """The areas that each region of Finland has a border with, by `neighbours.csv`.

    Columns (String): `geo`, `geo_classification`, `neighbour` (an area of the same classification), `basis`
    (how the border is known). Raises `GeographyError` where a code is no area of the territory, and where a
    border between two regions of the list is said of one alone.
    """
    listed = read_region_list("neighbours")
    known = _codes(geography, territory)
    if lost := sorted({*listed["geo"], *listed["neighbour"]} - known):
        raise GeographyError(f"neighbours.csv: {', '.join(lost)} is no area of {territory}")
    pairs = set(listed.select("geo", "neighbour").iter_rows())
    one_sided = sorted(
        f"{one} {other}" for one, other in pairs if (other, one) not in pairs and other in set(listed["geo"])
    )
    if one_sided:
        raise GeographyError(f"neighbours.csv: the other side of {', '.join(one_sided)} is not there")
    return listed.with_columns(geo_classification=pl.lit(territory))


def list_programme_area(geography: Geography, territory: str, programme: str) -> pl.DataFrame:
    """The NUTS 3 regions of a programme's area, by the countries and larger regions of `programme_areas.csv`.

    Columns (String): `geo`, `geo_classification`, `programme`; sorted. Raises `GeographyError` where the list
    has no such programme, or names an area that holds none of the territory.
    """
    larger = read_region_list("programme_areas").filter(programme=programme)["geo"]
    if larger.is_empty():
        raise GeographyError(f"programme_areas.csv has no programme {programme}")
    regions = geography.areas.filter(geo_classification=territory, level=3)
    code = regions["geo"].cast(pl.String)
    if lost := [area for area in larger if not code.str.starts_with(area).any()]:
        raise GeographyError(f"programme_areas.csv: no region of {territory} lies in {', '.join(lost)}")
    inside = pl.any_horizontal(pl.col("geo").cast(pl.String).str.starts_with(area) for area in larger)
    return (
        regions.filter(inside)
        .select(pl.col("geo", "geo_classification").cast(pl.String), programme=pl.lit(programme, pl.String))
        .sort("geo")
    )


def _codes(geography: Geography, territory: str) -> set[str]:
    return set(geography.areas.filter(geo_classification=territory)["geo"].cast(pl.String))
