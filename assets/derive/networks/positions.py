"""What the ties of a region's organisations come to: how many, how far out, to how many, and where to.

Sums and shares of a region belong here; single organisations belong to `nodes` and `brokerage`. Bridging is
that of Bergé, Wanzenböck and Scherngell (2017, doi:10.1080/00343404.2016.1269885), in its three parts.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from assets.derive.networks.ties import DECIMALS, pair_members, sum_weight

AREA = ("geo", "geo_classification")


def measure_positions(
    members: pl.DataFrame, places: pl.DataFrame, programme_area: pl.Series, parameters: Mapping[str, Any]
) -> pl.DataFrame:
    """One row per area of the country in a network: NUTS 3 regions, its own regions, the country itself.

    `members` (of one network) and `places` as of the module `members`; `programme_area` are the codes whose
    areas, and all within them, make up the Baltic Sea region; `parameters` has `country`, `largest` and
    `placed` (the share of the weight whose partners' regions must be known for `diversity_regions` and
    `bridging`, and for `baltic_share`). The columns are those of the table `regional-position` in
    `schemas/datasets/collaboration-network.yaml`; an area without participant has no row.
    """
    country = parameters["country"]
    pairs = pair_members(members, country, parameters["largest"])
    own = members.filter(country=country)
    found = []
    for areas in _areas_of(own, places, country):
        partners = areas.select(partner="organisation", other="geo")
        where = places.select(partner="organisation", partner_geo="geo")
        ties = (
            pairs.join(areas, on="organisation")
            .join(partners, on="partner", how="left")
            .join(where, on="partner", how="left")
            .group_by(*AREA, "other", "partner_geo", "partner_country")
            .agg(sum_weight(pl.col("tie_weight")))
            .sort(*AREA, "other", "partner_geo", "partner_country")
        )
        counted = _count_own(own.join(areas, on="organisation"))
        within = _is_within(ties, programme_area.to_list()).alias("is_baltic")
        found.append(_measure(counted, ties.with_columns(within), country, parameters["placed"]))
    return pl.concat(found).sort(AREA)


def _areas_of(own: pl.DataFrame, places: pl.DataFrame, country: str) -> list[pl.DataFrame]:
    """`organisation`, `geo`, `geo_classification`: by NUTS 3 region, by national region, as the country."""
    everyone = own.select("organisation").unique()
    ours = everyone.join(places, on="organisation")
    return [
        ours.select("organisation", "geo", "geo_classification"),
        ours.select("organisation", geo="region", geo_classification="region_classification"),
        everyone.with_columns(geo=pl.lit(country), geo_classification=pl.lit("country")),
    ]


def _count_own(members: pl.DataFrame) -> pl.DataFrame:
    return members.group_by(AREA).agg(
        organisations=pl.col("organisation").n_unique(),
        participations=pl.len(),
        projects=pl.col("project").n_unique(),
    )


def _is_within(ties: pl.DataFrame, codes: list[str]) -> pl.Expr:
    """Whether the partner is in the area: by the code of its region, else by its country where that is wholly
    in or wholly out; null where the country is partly in and the region is not known."""
    regions = ties["partner_geo"].drop_nulls().unique()
    inside = [code for code in regions if code.startswith(tuple(codes))]
    partly = sorted({code[:2] for code in codes if len(code) > 2})
    whole = [code for code in codes if len(code) == 2]
    by_country = pl.when(~pl.col("partner_country").is_in(partly)).then(
        pl.col("partner_country").is_in(whole)
    )
    placed = pl.col("partner_geo").is_not_null()
    return pl.when(placed).then(pl.col("partner_geo").is_in(inside)).otherwise(by_country)


def _measure(counted: pl.DataFrame, ties: pl.DataFrame, country: str, least: float) -> pl.DataFrame:
    """The rows of one division, from the weights between its areas and the partners' regions."""
    is_inside = (pl.col("geo") == pl.col("other")).fill_null(False)
    is_abroad = (pl.col("partner_country") != country).fill_null(True)
    weight, placed = pl.col("tie_weight"), pl.col("partner_geo").is_not_null()
    sums = ties.group_by(AREA, maintain_order=True).agg(
        tie_weight_inside=weight.filter(is_inside).sum() / 2,  # from both ends
        tie_weight_country=weight.filter(~is_inside, ~is_abroad).sum(),
        tie_weight_abroad=weight.filter(is_abroad).sum(),
        weight_placed=weight.filter(~is_inside, placed).sum(),
        baltic_known=weight.filter(is_abroad, pl.col("is_baltic").is_not_null()).sum(),
        tie_weight_baltic=weight.filter(is_abroad, pl.col("is_baltic")).sum(),
    )
    joined = counted.join(sums, on=AREA, how="left").with_columns(
        pl.col(sums.columns[len(AREA) :]).fill_null(0)
    )
    outside = ties.filter(~is_inside)
    for name, by in (("regions", "partner_geo"), ("countries", "partner_country")):
        joined = joined.join(_count_partners(outside, by, name), on=AREA, how="left")
    return _share(joined.with_columns(pl.col("partner_regions", "partner_countries").fill_null(0)), least)


def _count_partners(ties: pl.DataFrame, by: str, name: str) -> pl.DataFrame:
    """How many partner regions or countries, and one less the sum of their squared shares (Herfindahl)."""
    sums = ties.drop_nulls(by).group_by(*AREA, by, maintain_order=True).agg(pl.col("tie_weight").sum())
    share = pl.col("tie_weight") / pl.col("tie_weight").sum()
    return sums.group_by(AREA, maintain_order=True).agg(
        pl.len().alias(f"partner_{name}"), (1 - (share**2).sum()).alias(f"diversity_{name}")
    )


def _share(sums: pl.DataFrame, least: float) -> pl.DataFrame:
    outside = pl.col("tie_weight_country") + pl.col("tie_weight_abroad")
    whole = outside + pl.col("tie_weight_inside")

    def ratio(part: pl.Expr, total: pl.Expr) -> pl.Expr:
        return pl.when(total > 0).then(part / total)

    shares = sums.with_columns(
        tie_weight=whole,
        tie_weight_per_organisation=whole / pl.col("organisations"),
        outward_share=ratio(outside, whole),
        abroad_share=ratio(pl.col("tie_weight_abroad"), whole),
        placed_share=ratio(pl.col("weight_placed"), outside),
        baltic_known_share=ratio(pl.col("baltic_known"), pl.col("tie_weight_abroad")),
    )
    is_placed = pl.col("placed_share") >= least
    is_known = pl.col("baltic_known_share") >= least
    figures = shares.with_columns(
        pl.when(is_placed).then("diversity_regions").alias("diversity_regions"),
        baltic_share=pl.when(is_known).then(ratio(pl.col("tie_weight_baltic"), pl.col("baltic_known"))),
    ).with_columns(bridging=outside * pl.col("outward_share") * pl.col("diversity_regions"))
    return figures.drop("weight_placed", "baltic_known").with_columns(pl.selectors.float().round(DECIMALS))


def add_inhabitants(positions: pl.DataFrame, people: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """The positions with `inhabitants` (Int64), `population_year` (String) and `tie_weight_per_100000`.

    `people`: `geo`, `geo_classification`, `time_period` and `obs_value`, the inhabitants; of each area the
    newest year with a figure is taken. A national region has the figure of the NUTS 3 region that `places`
    has at the same seats. Null where there is no figure.
    """
    area = list(AREA)
    newest = people.drop_nulls("obs_value").sort("time_period").unique(area, keep="last", maintain_order=True)
    counted = newest.select(
        *area, inhabitants=pl.col("obs_value").cast(pl.Int64), population_year=pl.col("time_period")
    )
    same = places.drop_nulls("region").select(*area, "region", "region_classification").unique()
    national = same.join(counted, on=area).select(
        "inhabitants", "population_year", geo="region", geo_classification="region_classification"
    )
    every = pl.concat([counted, national.select(counted.columns)])
    per_100000 = 100_000 * pl.col("tie_weight") / pl.col("inhabitants")
    joined = positions.join(every, on=area, how="left", maintain_order="left")
    return joined.with_columns(tie_weight_per_100000=per_100000.round(DECIMALS))
