"""The organisations of each network and what their ties come to; and what each network holds as a whole.

Counts of one organisation and of one network belong here; regions belong to `positions`, measures of what an
organisation links to `brokerage`.
"""

import polars as pl

from assets.derive.networks.members import AMOUNT, WHOLE
from assets.derive.networks.ties import DECIMALS, is_second, pair_members, sum_weight

OVER_ALL = ("partners", "partner_countries", "tie_weight")


def count_nodes(members: pl.DataFrame, country: str, largest: int) -> pl.DataFrame:
    """One row per organisation of a network.

    The columns are those of the table `nodes` in `schemas/datasets/collaboration-network.yaml`, but for name
    and area. What is counted over all partners (`OVER_ALL`) is null outside `country`: the register's
    selection has only those of their projects that have a member in it.
    """
    size, amount = pl.col("size"), pl.col("ec_contribution")
    own = members.group_by("organisation").agg(
        pl.col("country", "activity_type").first(),
        projects=pl.len(),
        projects_alone=(size == 1).sum(),
        projects_large=(size > largest).sum(),
        ec_contribution=pl.when(~amount.has_nulls()).then(amount.sum()).cast(AMOUNT),
    )
    pairs = pair_members(members, country, largest)
    outward = pairs.group_by("organisation").agg(
        partners=pl.col("partner").n_unique(),
        partner_countries=pl.col("partner_country").drop_nulls().n_unique(),
        tie_weight=sum_weight(pl.col("tie_weight")).round(DECIMALS),
    )
    inward = pairs.group_by(organisation="partner").agg(partners_in_country=pl.col("organisation").n_unique())
    is_own = (pl.col("country") == country).fill_null(False)
    counted = own.join(outward, on="organisation", how="left").join(inward, on="organisation", how="left")
    return counted.with_columns(
        pl.when(is_own).then(pl.col(OVER_ALL).fill_null(0)), pl.col("partners_in_country").fill_null(0)
    )


def drop_abroad(nodes: pl.DataFrame, country: str) -> pl.DataFrame:
    """The nodes without those of other countries in windows: abroad only whole programmes are told, so that
    the table stays small."""
    is_own = (pl.col("country") == country).fill_null(False)
    return nodes.filter(is_own | (pl.col("window") == WHOLE))


def describe_nodes(nodes: pl.DataFrame, places: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """The nodes with `name` of `names`, and `geo` and `geo_classification` of `places`: the NUTS 3 region, or
    the country where no region is known."""
    areas = places.select("organisation", "geo", "geo_classification")
    described = nodes.join(areas, on="organisation", how="left").join(names, on="organisation", how="left")
    unplaced = pl.col("geo").is_null() & pl.col("country").is_not_null()
    return described.with_columns(
        geo=pl.coalesce("geo", "country"),
        geo_classification=pl.when(unplaced).then(pl.lit("country")).otherwise("geo_classification"),
    )


def count_network(members: pl.DataFrame, country: str, largest: int) -> pl.DataFrame:
    """What a network holds and leaves out, one row.

    Columns: `projects`, `projects_alone` (one participant), `projects_large` (more than `largest`),
    `organisations`, `organisations_in_country` (of all projects), `pairs` (different pairs that share a
    project, with an end in the country), `tie_weight` (their discounted ties), `largest`.
    """
    sizes = members.unique("project")["size"]
    pairs = pair_members(members, country, largest).filter(~is_second(country))
    own = members.filter(country=country)
    row = {
        "projects": sizes.len(),
        "projects_alone": (sizes == 1).sum(),
        "projects_large": (sizes > largest).sum(),
        "organisations": members["organisation"].n_unique(),
        "organisations_in_country": own["organisation"].n_unique(),
        "pairs": pairs.select("organisation", "partner").n_unique(),
        "tie_weight": round(pairs.select(sum_weight(pl.col("tie_weight"))).item(), DECIMALS),
        "largest": largest,
    }
    return pl.DataFrame([row])
