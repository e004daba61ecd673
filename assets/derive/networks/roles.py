"""Roles of brokers after Gould and Fernandez (1989, doi:10.2307/270949), in a network without directions.

Counting for each broker the pairs of its partners that have no tie of their own, by the groups that the three
are in, belongs here: no library of networks has it. Where ties have no direction, gatekeeper and
representative are one role. Which groups those are (regions, sectors) is for the caller.
"""

import polars as pl

ROLES = ("coordinator", "gatekeeper", "itinerant", "liaison", "unknown")
ROWS_AT_ONCE = 20_000_000  # candidates of closed pairs in memory


def list_neighbours(edges: pl.DataFrame, brokers: pl.Series) -> pl.DataFrame:
    """`node` and `partner` for every tie of the brokers; `edges` has `first` and `second`, each pair once."""
    both = pl.concat([edges.select("first", "second"), edges.select(first="second", second="first")])
    return both.select(node="first", partner="second").filter(pl.col("node").is_in(brokers.implode()))


def count_roles(edges: pl.DataFrame, groups: pl.DataFrame, brokers: pl.Series) -> pl.DataFrame:
    """How often each broker stands between two partners that have no tie, by role and grouping.

    `edges`: `first` and `second` (UInt32), each pair once, in either order; `groups`: `node`, each node once
    in the order of its number from 0, and a column of groups (any type, null where not known) per grouping;
    `brokers`: the nodes to count. Columns: `node`, `pairs` and `closed` (Int64: the pairs of partners, and
    those that have a tie), then for each grouping and role `<grouping>_<role>`, of which the five add up to
    `pairs` - `closed`:

    - `coordinator`: both partners are in the broker's group;
    - `gatekeeper`: one of them is;
    - `itinerant`: both are in one other group;
    - `liaison`: the three are in three groups;
    - `unknown`: the group of one of the three is not known.
    """
    neighbours = list_neighbours(edges, brokers)
    names = [name for name in groups.columns if name != "node"]
    coded = groups.with_columns(pl.col(name).cast(pl.String).rank("dense") for name in names)
    degree = pl.col("partners")
    whole = neighbours.group_by("node").agg(partners=pl.len().cast(pl.Int64)).sort("node")
    result = whole.select("node", pairs=degree * (degree - 1) // 2)
    closed = _count_closed(edges, neighbours, coded, names)
    for name in names:
        every = _count_every(neighbours, coded.select("node", group=name))
        result = result.join(
            every.select("node", *(pl.col(role).alias(f"{name}_{role}") for role in ROLES)), on="node"
        )
    joined = result.join(closed, on="node", how="left", suffix=" closed").sort("node")
    return joined.select(
        "node",
        "pairs",
        pl.col("closed").fill_null(0),
        *(
            (pl.col(column) - pl.col(f"{column} closed").fill_null(0)).alias(column)
            for column in result.columns[2:]
        ),
    )


def _count_every(neighbours: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """All pairs of a broker's partners by role, from how many of its partners each group has."""
    own = groups.rename({"group": "own"})
    placed = neighbours.join(groups.rename({"node": "partner"}), on="partner").join(own, on="node")
    sizes = placed.group_by("node", "own", "group").agg(size=pl.len().cast(pl.Int64))
    size, known = pl.col("size"), pl.col("group").is_not_null()
    is_own = (pl.col("group") == pl.col("own")).fill_null(False)
    pairs = size * (size - 1) // 2
    sums = sizes.group_by("node", "own").agg(
        all=size.sum(),
        known=size.filter(known).sum(),
        inside=size.filter(is_own).sum(),
        coordinator=pairs.filter(is_own).sum(),
        itinerant=pairs.filter(known, ~is_own).sum(),
    )
    outside = pl.col("known") - pl.col("inside")
    roles = sums.with_columns(
        gatekeeper=pl.col("inside") * outside,
        liaison=outside * (outside - 1) // 2 - pl.col("itinerant"),
    )
    has_group = pl.col("own").is_not_null()
    roles = roles.with_columns(pl.when(has_group).then(pl.col(ROLES[:-1])).otherwise(0))
    every = pl.col("all") * (pl.col("all") - 1) // 2
    return roles.select("node", *ROLES[:-1], unknown=every - pl.sum_horizontal(ROLES[:-1]))


def _count_closed(
    edges: pl.DataFrame, neighbours: pl.DataFrame, groups: pl.DataFrame, names: list[str]
) -> pl.DataFrame:
    """The pairs of partners that have a tie, by role: triangles at the broker, block by block."""
    ahead = edges.select(
        partner=pl.min_horizontal("first", "second"), other=pl.max_horizontal("first", "second")
    )
    sizes = ahead.group_by("partner").agg(ahead=pl.len().cast(pl.Int64))
    work = neighbours.join(sizes, on="partner").group_by("node").agg(pl.col("ahead").sum()).sort("node")
    blocks = work.with_columns(block=pl.col("ahead").cum_sum() // ROWS_AT_ONCE)
    found = []
    for block in blocks.partition_by("block", maintain_order=True):
        own = neighbours.join(block.select("node"), on="node", how="semi")
        triangles = own.join(ahead, on="partner").join(
            own.rename({"partner": "other"}), on=["node", "other"], how="semi"
        )
        roles = triangles.with_columns(_name_role(groups, name).alias(name) for name in names)
        counts = [pl.len().cast(pl.Int64).alias("closed")]
        for name in names:
            for role in range(len(ROLES)):
                is_role = pl.col(name) == role
                counts.append(is_role.sum().cast(pl.Int64).alias(f"{name}_{ROLES[role]}"))
        found.append(roles.group_by("node").agg(counts))
    if not found:
        columns = ["closed", *(f"{name}_{role}" for name in names for role in ROLES)]
        return pl.DataFrame(schema={"node": pl.UInt32, **dict.fromkeys(columns, pl.Int64)})
    return pl.concat(found)


def _name_role(groups: pl.DataFrame, name: str) -> pl.Expr:
    """The number in `ROLES` of the role that `node` has between `partner` and `other`."""
    numbers = groups[name]
    own, one, two = (
        pl.col(column).map_batches(lambda nodes: numbers.gather(nodes), return_dtype=numbers.dtype)
        for column in ("node", "partner", "other")
    )
    unknown = own.is_null() | one.is_null() | two.is_null()
    return (
        pl.when(unknown)
        .then(pl.lit(4, pl.UInt8))
        .when((one == own) & (two == own))
        .then(pl.lit(0, pl.UInt8))
        .when((one == own) | (two == own))
        .then(pl.lit(1, pl.UInt8))
        .when(one == two)
        .then(pl.lit(2, pl.UInt8))
        .otherwise(pl.lit(3, pl.UInt8))
    )
