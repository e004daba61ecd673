"""What an organisation links: structural holes around it, paths through it, roles between groups.

Building the graphs and asking the library for its measures belongs here; roles, which no library has, to
`roles`. igraph was taken after a trial with the network of Horizon Europe (11,000 organisations, 300,000
ties): rustworkx has neither constraint nor betweenness from some nodes only, and takes 97 s for all nodes.
"""

import igraph
import polars as pl

from assets.derive.networks.roles import count_roles
from assets.derive.networks.ties import DECIMALS, select_forming


def number_members(members: pl.DataFrame, largest: int) -> pl.DataFrame:
    """The members that form ties, with `node` (UInt32, organisations in the order of their codes from 0) and
    `event` (UInt32, projects in the order of theirs)."""
    forming = select_forming(members, largest)
    return forming.with_columns(
        (pl.col(column).rank("dense") - 1).cast(pl.UInt32).alias(name)
        for column, name in (("organisation", "node"), ("project", "event"))
    )


def join_pairs(numbered: pl.DataFrame) -> pl.DataFrame:
    """All ties of a network: `first` < `second` (UInt32) and `tie_weight` (Float64), sorted."""
    one = numbered.select("event", "node", weight=1 / (pl.col("size") - 1)).sort("event", "node")
    pairs = one.join(one.select("event", second="node"), on="event").filter(pl.col("node") < pl.col("second"))
    ties = pairs.group_by("node", "second").agg(tie_weight=pl.col("weight").sort().sum())
    return ties.select("second", "tie_weight", first="node").sort("first", "second")


def measure_brokerage(
    members: pl.DataFrame, places: pl.DataFrame, country: str, largest: int
) -> pl.DataFrame:
    """One row for each organisation of `country` that has a tie in the network, sorted.

    `members` (of one network) and `places` as of the module `members`. Columns:

    - `organisation`, `partners` (its ties);
    - `constraint` (Burt 1992): the sum over partners j of (p_ij + sum over q of p_iq p_qj)², where p_ij is
      the share of j in the discounted ties of i; low where it links many that are not linked;
    - `effective_size`: partners less their mean number of ties to each other (Borgatti 1997), not weighted;
    - `betweenness`: of the shortest paths that begin at an organisation of the country and lead to any other,
      how many go through it, where a step leads from organisation to project or back (three decimals);
    - `pairs`, `closed`: pairs of partners, and those with a tie; `<grouping>_<role>` as `count_roles` has
      them, by `region` (NUTS 3) and `sector` (type of activity).
    """
    numbered = number_members(members, largest)
    nodes = (
        numbered.unique("node")
        .sort("node")
        .join(places, on="organisation", how="left", maintain_order="left")
    )
    edges = join_pairs(numbered)
    brokers = nodes.filter(pl.col("country") == country)["node"]
    groups = nodes.select("node", region="geo", sector="activity_type")
    roles = count_roles(edges, groups, brokers)
    graph = igraph.Graph(nodes.height, edges.select("first", "second").rows())
    measured = roles["node"].to_list()
    partners = pl.Series(graph.degree(measured), dtype=pl.Int64)
    found = roles.with_columns(
        partners=partners,
        constraint=pl.Series(graph.constraint(measured, edges["tie_weight"].to_list()), dtype=pl.Float64),
        betweenness=pl.Series(_count_paths(numbered, nodes, brokers, measured), dtype=pl.Float64),
        effective_size=partners - 2 * pl.col("closed") / partners,
    )
    named = found.join(nodes.select("node", "organisation"), on="node").drop("node")
    return named.with_columns(pl.selectors.float().round(DECIMALS)).sort("organisation")


def _count_paths(
    numbered: pl.DataFrame, nodes: pl.DataFrame, brokers: pl.Series, measured: list[int]
) -> list[float]:
    """Betweenness of `measured` over the paths from `brokers` to every organisation, in the graph of
    organisations and projects."""
    steps = numbered.select("node", pl.col("event") + nodes.height).sort("node", "event").rows()
    graph = igraph.Graph(nodes.height + numbered["event"].n_unique(), steps)
    halves = graph.betweenness(measured, sources=brokers.to_list(), targets=list(range(nodes.height)))
    return [round(2 * half, 3) for half in halves]  # igraph halves the sum, as if each path were met twice
