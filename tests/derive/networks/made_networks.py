"""Networks made by hand in the form of `members`: projects with their members, and seats."""

from collections.abc import Iterable, Mapping

import networkx as nx
import polars as pl

SCHEMA = {
    "register": pl.String,
    "framework_programme": pl.String,
    "project": pl.String,
    "start_year": pl.Int32,
    "organisation": pl.String,
    "ec_contribution": pl.Decimal(18, 2),
    "country": pl.String,
    "activity_type": pl.String,
    "size": pl.UInt32,
    "window": pl.String,
}


def make_members(
    projects: Mapping[str, Iterable[str]],
    countries: Mapping[str, str] | None = None,
    sectors: Mapping[str, str] | None = None,
    amounts: Mapping[tuple[str, str], str | None] | None = None,
) -> pl.DataFrame:
    """The members of projects (name -> organisations), of FI and PRC where nothing else is said, 10 euros
    each."""
    rows = [
        {
            "register": "made",
            "framework_programme": "HORIZON",
            "project": project,
            "start_year": 2022,
            "organisation": organisation,
            "ec_contribution": (amounts or {}).get((project, organisation), "10"),
            "country": (countries or {}).get(organisation, "FI"),
            "activity_type": (sectors or {}).get(organisation, "PRC"),
            "size": len(set(members)),
            "window": "all",
        }
        for project, members in projects.items()
        for organisation in sorted(set(members))
    ]
    frame = pl.DataFrame(rows, schema={**SCHEMA, "ec_contribution": pl.String})
    return frame.with_columns(pl.col("ec_contribution").cast(pl.Decimal(18, 2)))


def make_places(regions: Mapping[str, str]) -> pl.DataFrame:
    """Seats (organisation -> NUTS 3 region); those of FI have the national region `MK` and the last two."""
    rows = [
        {
            "organisation": organisation,
            "geo": geo,
            "geo_classification": "nuts-2024",
            "region": f"MK{geo[-2:]}" if geo.startswith("FI") else None,
            "region_classification": "maakunta-2026" if geo.startswith("FI") else None,
        }
        for organisation, geo in regions.items()
    ]
    columns = ("organisation", "geo", "geo_classification", "region", "region_classification")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))


def draw_ties(ties: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """The members of a network where each tie is a project of two."""
    return make_members({f"{one}-{other}": (one, other) for one, other in ties})


def project_graph(members: pl.DataFrame) -> nx.Graph:
    """The network of organisations as networkx has it, weights discounted; built project by project."""
    graph = nx.Graph()
    for _, rows in members.group_by("project"):
        found = rows["organisation"].to_list()
        size = rows["size"][0]
        graph.add_nodes_from(found)
        for place, one in enumerate(found):
            for other in found[place + 1 :]:
                weight = graph.get_edge_data(one, other, {"weight": 0})["weight"]
                graph.add_edge(one, other, weight=weight + 1 / (size - 1))
    return graph
