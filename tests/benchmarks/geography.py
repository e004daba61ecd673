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

from assets.normalise.conversion import convert
from assets.normalise.conversion_weights import find_weights, read_geography

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


def measure(work: Callable[[], pl.DataFrame]) -> float:
    """Median seconds."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main(published: str, *sizes: str) -> None:
    """Print seconds of the conversion, of the join, and their relation."""
    geography = read_geography(Path(published) / "regions")
    start = time.perf_counter()
    weights = find_weights(geography, "nuts-2021", "nuts-2024")
    print(f"find_weights: {time.perf_counter() - start:.3f} s")
    codes = weights.table["from_geo"].unique().sort().to_list()
    table = weights.table.select("from_geo", "to_geo", "weight")
    for rows in map(int, sizes or ("100000", "10000000")):
        frame = made_frame(codes, rows)
        converted = measure(lambda frame=frame: convert(frame, weights, ["obs_value"]))  # type: ignore[misc]
        joined = measure(
            lambda frame=frame: frame.join(table, left_on="geo", right_on="from_geo", how="left")  # type: ignore[misc]
        )
        print(f"{rows:>10,} rows: convert {converted:.3f} s, join {joined:.3f} s, {converted / joined:.1f} x")


if __name__ == "__main__":
    main(*sys.argv[1:])
