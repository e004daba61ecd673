"""What the organisations of each Finnish region take part in, and whom with: counts of a register's rows.

Counting rows that are placed already, by seat and with campuses as an upper bound, belongs here. Where a row
is belongs to `register_places`, which organisations have a campus where to `campus_participations`; dividing
counts by something to `indicators`.
"""

from collections.abc import Sequence

import polars as pl

from assets.derive.conversion_weights import Geography
from assets.derive.placing import map_municipalities
from assets.derive.register_places import KEY

AREA = ("geo_classification", "geo")
COUNTRY = "FI"
COUNTS = {  # indicator -> unit
    "PARTICIPATIONS": "NR",
    "PROJECTS": "NR",
    "ORGANISATIONS": "NR",
    "NET_EC_CONTRIBUTION": "EUR",
    "FOREIGN_PARTICIPATIONS": "NR",
    "FOREIGN_PARTICIPATIONS_BALTIC": "NR",
    "PARTNER_COUNTRIES": "NR",
}


def place_in_areas(places: pl.DataFrame, geography: Geography, target: str) -> pl.DataFrame:
    """The rows of `register-places` once for each area of `target` that they are in: the NUTS 3 region, its
    NUTS 2 region, and the country, which has the rows without a region too. Columns: `KEY`,
    `geo_classification`, `geo`."""
    division = places["place_classification"].drop_nulls().first()
    same = geography.crosswalk.filter(
        from_classification=division, to_classification=target, kind="same"
    ).select(region="from_geo", geo="to_geo")
    parents = geography.areas.filter(geo_classification=target, level=3).select("geo", "parent")
    regions = places.select(*KEY, "region").join(same, on="region").join(parents, on="geo")
    smaller = [regions.select(*KEY, pl.lit(target).alias(AREA[0]), geo=name) for name in ("geo", "parent")]
    whole = places.select(*KEY, pl.lit("country").alias(AREA[0]), pl.lit(COUNTRY).alias(AREA[1]))
    return pl.concat([*smaller, whole])


def count_participations(
    participations: pl.DataFrame,
    projects: pl.DataFrame,
    places: pl.DataFrame,
    geography: Geography,
    target: str,
    baltic: Sequence[str],
) -> pl.DataFrame:
    """Counts by area, framework programme and year, each of all projects that began by the end of the year.

    `participations` and `projects` are tables of one register, `places` that of `register_places`. Columns:
    `geo_classification`, `geo`, `framework_programme`, `time_period`, `indicator` (`COUNTS`), `unit`,
    `obs_value` (Float64), `obs_status`; sorted. Every region of the country has a row of each year, an area
    without a participation with zeros. A contribution is null (status O) where no row of the area states one.
    Years that had not ended when the register was last updated are provisional (P).
    """
    years = pl.col("start_date").cast(pl.String).str.head(4).cast(pl.Int32)
    begun = projects.select("project", pl.col("framework_programme").cast(pl.String), year=years)
    rows = participations.with_columns(pl.col("country", "organisation").cast(pl.String)).join(
        begun, on="project"
    )
    updated = int(str(projects["updated"].cast(pl.String).max())[:4])
    areas = _list_areas(geography, target)
    own = place_in_areas(places, geography, target).join(rows, on=list(KEY), nulls_equal=True)
    abroad = rows.filter(pl.col("country") != COUNTRY)
    found = []
    for (programme,), seats in own.partition_by("framework_programme", as_dict=True).items():
        for year in range(seats["year"].min(), seats["year"].max() + 1):  # type: ignore[operator,arg-type]
            counted = _count(seats.filter(pl.col("year") <= year), abroad, areas, baltic)
            found.append(
                counted.with_columns(
                    framework_programme=pl.lit(programme),
                    time_period=pl.lit(str(year)),
                    is_open=pl.lit(year >= updated),
                )
            )
    long = pl.concat(found).unpivot(
        list(COUNTS),
        index=[*AREA, "framework_programme", "time_period", "is_open"],
        variable_name="indicator",
        value_name="obs_value",
    )
    status = (
        pl.when(pl.col("obs_value").is_null())
        .then(pl.lit("O"))
        .when(pl.col("is_open"))
        .then(pl.lit("P"))
        .otherwise(pl.lit("A"))
    )
    unit = pl.col("indicator").replace_strict(COUNTS)
    return (
        long.with_columns(unit=unit, obs_status=status)
        .drop("is_open")
        .sort(*AREA, "framework_programme", "time_period", "indicator")
    )


def _list_areas(geography: Geography, target: str) -> pl.DataFrame:
    own = geography.areas.filter(geo_classification=target, country=COUNTRY)
    regions = own.filter(pl.col("level").is_in([2, 3]) & ~pl.col("geo").str.contains("Z"))
    whole = pl.DataFrame({AREA[0]: ["country"], AREA[1]: [COUNTRY]})
    return pl.concat([regions.select(pl.col(AREA).cast(pl.String)), whole])


def _count(
    seats: pl.DataFrame, abroad: pl.DataFrame, areas: pl.DataFrame, baltic: Sequence[str]
) -> pl.DataFrame:
    """One row per area with a column for each of `COUNTS`."""
    amount = pl.col("net_ec_contribution").cast(pl.Float64)
    own = seats.group_by(AREA).agg(
        PARTICIPATIONS=pl.len(),
        PROJECTS=pl.col("project").n_unique(),
        ORGANISATIONS=pl.col("organisation").drop_nulls().n_unique(),
        NET_EC_CONTRIBUTION=pl.when(amount.count() > 0).then(amount.sum().round(2)),
    )
    joint = seats.select(*AREA, "project").unique()
    partners = (
        joint.join(abroad, on="project")
        .group_by(AREA)
        .agg(
            FOREIGN_PARTICIPATIONS=pl.len(),
            FOREIGN_PARTICIPATIONS_BALTIC=pl.col("country").is_in(list(baltic)).sum(),
            PARTNER_COUNTRIES=pl.col("country").n_unique(),
        )
    )
    counted = areas.join(own, on=AREA, how="left").join(partners, on=AREA, how="left")
    none = pl.col("PARTICIPATIONS").is_null()
    return counted.select(
        *AREA,
        *(
            pl.when(none | (pl.lit(name) != "NET_EC_CONTRIBUTION"))
            .then(pl.col(name).fill_null(0))
            .otherwise(name)
            .cast(pl.Float64)
            .alias(name)
            for name in COUNTS
        ),
    )


def count_partners(
    participations: pl.DataFrame,
    projects: pl.DataFrame,
    places: pl.DataFrame,
    campuses: pl.DataFrame,
    geography: Geography,
    target: str,
) -> pl.DataFrame:
    """Whom a region's organisations take part with, by country: each project once, with its foreign rows.

    Two counts that are never added up (`basis`): `seat`, projects with a participant seated in the region,
    and `upper bound`, those and the projects of organisations with a campus there (`campuses`, the table of
    `campus_participations`), for regions that have one in the list. Columns: `geo_classification`, `geo`,
    `framework_programme`, `basis`, `partner_country`, `projects`, `participations`, `organisations` (Int64;
    different ones, those withheld not counted); sorted.
    """
    seated = place_in_areas(places, geography, target)
    home = map_municipalities(geography)
    division = places["place_classification"].drop_nulls().first()
    there = campuses.select(
        *KEY,
        region=pl.col("municipality").replace_strict(home, default=None, return_dtype=pl.String),
        place_classification=pl.lit(division, pl.String),
    )
    every = place_in_areas(there, geography, target)
    at_campus = every.filter(
        pl.col("geo").str.len_chars() == 5
    )  # the NUTS 3 region, as the campus is not all
    wider = pl.concat([seated.join(at_campus.select(AREA).unique(), on=AREA, how="semi"), at_campus])
    programmes = projects.select("project", pl.col("framework_programme").cast(pl.String))
    abroad = (
        participations.with_columns(pl.col("country", "organisation").cast(pl.String))
        .filter(pl.col("country") != COUNTRY)
        .join(programmes, on="project")
    )
    found = []
    for basis, rows in (("seat", seated), ("upper bound", wider)):
        joint = rows.select(*AREA, "project").unique().join(abroad, on="project")
        counted = joint.group_by(*AREA, "framework_programme", partner_country="country").agg(
            projects=pl.col("project").n_unique().cast(pl.Int64),
            participations=pl.len().cast(pl.Int64),
            organisations=pl.col("organisation").drop_nulls().n_unique().cast(pl.Int64),
        )
        found.append(counted.with_columns(basis=pl.lit(basis)))
    return pl.concat(found).sort(*AREA, "framework_programme", "basis", "partner_country")
