"""How long conversion takes, and how much more than the plain Polars join that it stands on.

Run: python -m tests.benchmarks.geography PUBLISHED [ROWS…] with the folder of a published tree (`public`).
Goals on two cores: 100,000 rows in 50 ms, 10 million in 3 s, at most 2.5 times the plain join.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from assets.derive.conversion import convert
from assets.derive.conversion_weights import Geography, find_weights, read_geography

RUNS = 5


def made_frame(codes: list[str], rows: int) -> pl.DataFrame:
    """Figures of made-up units and years for every area, in the columns of our statistics."""
    areas, years = len(codes), 25
    number = pl.int_range(rows, eager=True)
    period = number // areas % years
    return pl.DataFrame(
        {
            "geo": pl.Series(codes)[number % areas],
            "geo_classification": pl.Series(["nuts-2021"])[number * 0],
            "time_period": (2000 + period).cast(pl.String),
            "unit": "U" + (number // areas // years).cast(pl.String),
            "obs_value": (number % 9973).cast(pl.Float64),
            "obs_status": pl.Series(["A"])[number * 0],
        }
    )


def measure_pair(*works: Callable[[], pl.DataFrame]) -> list[tuple[float, float]]:
    """Median wall and processor seconds of each, all in turn: a shared machine is slow for all of them."""
    spent: list[list[tuple[float, float]]] = [[] for _ in works]
    for _ in range(RUNS):
        for clocks, work in zip(spent, works, strict=True):
            before, start = time.process_time(), time.perf_counter()
            work()
            clocks.append((time.perf_counter() - start, time.process_time() - before))
    medians = [[statistics.median(clock) for clock in zip(*clocks, strict=True)] for clocks in spent]
    return [(wall, processor) for wall, processor in medians]


def compare(geography: Geography, source: str, target: str, rows: int) -> None:
    """Print what one conversion takes, and the join of the same frame with the weights; where figures are
    summed, that join with the sum.
    """
    weights = find_weights(geography, source, target)
    codes = weights.table["from_geo"].unique().sort().to_list()
    table = weights.table.select("from_geo", "to_geo", "weight")
    frame = made_frame(codes, rows).with_columns(geo_classification=pl.lit(source))

    def convert_frame() -> pl.DataFrame:
        return convert(frame, weights, ["obs_value"])

    def join_frame() -> pl.DataFrame:
        return frame.join(table, left_on="geo", right_on="from_geo", how="left")

    def sum_frame() -> pl.DataFrame:
        figure = (pl.col("obs_value") * pl.col("weight")).sum()
        return join_frame().group_by("to_geo", "time_period", "unit", maintain_order=True).agg(figure)

    converted, joined, summed = measure_pair(convert_frame, join_frame, sum_frame)
    print(f"{source} to {target}, {rows:,} rows")
    for index, name in enumerate(("wall", "processor")):
        ours, join, total = converted[index], joined[index], summed[index]
        print(f"  {name} {ours:.3f} s; join {join:.3f} s, {ours / join:.1f} x; ", end="")
        print(f"join and sum {total:.3f} s, {ours / total:.1f} x")


def main(published: str, *sizes: str) -> None:
    """Regions of which most stay what they are; and municipalities, every one of which is added to others."""
    geography = read_geography(Path(published) / "regions")
    start = time.process_time()
    find_weights(geography, "nuts-2021", "nuts-2024")
    print(f"find_weights: {time.process_time() - start:.3f} s of the processor")
    for rows in map(int, sizes or ("100000", "10000000")):
        compare(geography, "nuts-2021", "nuts-2024", rows)
        compare(geography, "kunta-2022", "maakunta-2026", rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
