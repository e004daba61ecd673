"""Measures the brokerage of a made register: `python tests/benchmarks/networks.py`, in the project's folder.

100,000 organisations and a million ties, in consortia of 2 to 50; a few organisations are in many, as in
CORDIS. One organisation in twenty is of the focus country, and one of these is in every project. Printed are
processor seconds and the peak of memory.
"""

import argparse
import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import polars as pl

from assets.derive.networks.brokerage import (
    join_pairs,
    measure_brokerage,
    number_members,
)
from assets.derive.networks.ties import count_ties, pair_members

ORGANISATIONS, TIES = 100_000, 1_000_000


def make_register(organisations: int, ties: int, seed: int = 1) -> pl.DataFrame:
    """Members of projects until their pairs are `ties` or more, and every organisation is in one."""
    source = random.Random(seed)
    rows: list[tuple[str, str, int]] = []
    pairs = project = unused = 0
    while pairs < ties * 1.02 or unused < organisations:
        wanted = min(50, max(2, int(source.lognormvariate(2.4, 0.6))))
        finnish = int(source.random() ** 3 * organisations / 20)
        members = {finnish}
        while len(members) < wanted:
            if unused < organisations and source.random() < 0.75:
                members.add(unused)
                unused += 1
            else:
                members.add(int(source.random() ** 3 * organisations))
        rows += [(f"p{project}", f"o{member:06}", len(members)) for member in members]
        pairs += len(members) * (len(members) - 1) // 2
        project += 1
    frame = pl.DataFrame(rows, schema=["project", "organisation", "size"], orient="row")
    number = pl.col("organisation").str.tail(6).cast(pl.Int64)
    return frame.with_columns(
        pl.col("size").cast(pl.UInt32),
        country=pl.when(number < organisations // 20).then(pl.lit("FI")).otherwise(pl.lit("DE")),
        activity_type=(number % 5).cast(pl.String),
        start_year=pl.lit(2022, pl.Int32),
        ec_contribution=pl.lit("1").cast(pl.Decimal(18, 2)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=ORGANISATIONS)
    parser.add_argument("--ties", type=int, default=TIES)
    told = parser.parse_args()
    members = make_register(told.organisations, told.ties)
    places = (
        members.select("organisation")
        .unique()
        .with_columns(geo=pl.format("R{}", pl.col("organisation").str.tail(6).cast(pl.Int64) % 1000))
    )
    edges = join_pairs(number_members(members, 50))
    print(f"{members['organisation'].n_unique()} organisations, {edges.height} ties")
    del edges
    before = time.process_time()
    ties = count_ties(pair_members(members, "FI", 50), "FI")
    between = time.process_time()
    brokers = measure_brokerage(members, places, "FI", 50)
    after = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"edges: {ties.height} rows in {between - before:.1f} s")
    print(f"brokerage: {brokers.height} rows in {after - between:.1f} s")
    print(f"peak memory {peak:.2f} GB")


if __name__ == "__main__":
    main()
