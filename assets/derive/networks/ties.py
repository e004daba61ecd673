"""Ties between organisations: which pairs take part in the same projects, how often, and how heavily.

Forming pairs and weighing them belongs here; what the ties come to for an organisation or a region belongs to
`nodes` and `positions`. A project of n participants has n (n - 1) / 2 pairs, so that large ones would
outweigh all others: a pair weighs 1 / (n - 1) in each project (Newman 2001,
doi:10.1103/PhysRevE.64.016132), and projects above a stated size form none.
"""

import polars as pl

from assets.derive.networks.members import AMOUNT

PARTS = 10**12  # weights are added up as whole numbers of this part, so that no order of rows changes a sum
DECIMALS = 6


def select_forming(members: pl.DataFrame, largest: int) -> pl.DataFrame:
    """The members of projects with two to `largest` participants: those that form ties."""
    return members.filter(pl.col("size").is_between(2, largest))


def pair_members(members: pl.DataFrame, country: str, largest: int) -> pl.DataFrame:
    """One row for each organisation of `country`, project of the network, and other member of the project.

    Columns: `organisation`, `partner`, `partner_country`, `start_year`, `tie_weight` (Int64,
    1 / (size - 1) in parts of `PARTS`) and `ec_contribution` (Decimal, of both; null where one is not
    stated). A pair of which both are of the country has two rows in a project, one from each end.
    """
    forming = select_forming(members, largest)
    own = forming.filter(country=country).select(
        *("project", "start_year", "organisation", "ec_contribution"),
        tie_weight=(PARTS / (pl.col("size") - 1)).round().cast(pl.Int64),
    )
    others = forming.select(
        "project",
        partner="organisation",
        partner_country="country",
        partner_contribution="ec_contribution",
    )
    pairs = own.join(others, on="project").filter(pl.col("organisation") != pl.col("partner"))
    both = (pl.col("ec_contribution") + pl.col("partner_contribution")).cast(AMOUNT)
    kept = ("organisation", "partner", "partner_country", "start_year", "tie_weight")
    return pairs.select(*kept, ec_contribution=both)


def sum_weight(parts: pl.Expr) -> pl.Expr:
    """The sum of discounted weights as a number of projects (Float64)."""
    return parts.sum() / PARTS


def count_ties(pairs: pl.DataFrame, country: str) -> pl.DataFrame:
    """The ties of a network, one row per pair of `pair_members`.

    Columns: `organisation`, `partner`, `projects` (UInt32, the projects that the two share), `first_year`
    and `last_year` in which these begin, `tie_weight` (the sum of their weights, six decimals) and
    `joint_contribution` (Decimal; the amounts of both in these
    projects; null where one is not stated). A pair within the country stands once, under the organisation
    whose code is first.
    """
    amount = pl.col("ec_contribution")
    return (
        pairs.filter(~is_second(country))
        .group_by("organisation", "partner")
        .agg(
            projects=pl.len(),
            first_year=pl.col("start_year").min(),
            last_year=pl.col("start_year").max(),
            tie_weight=sum_weight(pl.col("tie_weight")).round(DECIMALS),
            joint_contribution=pl.when(~amount.has_nulls()).then(amount.sum()),
        )
        .sort("organisation", "partner")
    )


def is_second(country: str) -> pl.Expr:
    """Whether a row of `pair_members` is the second of a pair that is within the country."""
    return (pl.col("partner_country") == country).fill_null(False) & (
        pl.col("organisation") > pl.col("partner")
    )
