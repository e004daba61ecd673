"""What working out the derived tables costs: a made table of many regions, and those of the bundle.

Run: python -m tests.benchmarks.indicators PUBLISHED with the folder of a published tree (`public`).
Goals on two cores: 1,000 regions x 60 indicators x 25 years in 5 s and 1 GB; all derived datasets of the
bundle together in 1.5 s of processor time. A process each, so that none has another's memory; the made inputs
are Parquet files, as those of a tree are.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from assets.derive.conversion_weights import read_geography
from assets.derive.indicators import build_indicators
from assets.derive.resource import derive_resource
from assets.descriptor import Resource, load_datasets
from assets.descriptor.derivation import RELEASES, build_derivation
from assets.store.snapshots import Provenance, Snapshot

DATASETS = (
    *("register-places", "campus-participations", "regional-participations"),
    *("indicators", "indicators-newest", "peers"),
)
REGIONS, INDICATORS, YEARS = 1_000, 60, 25
TEXTS = {"fi": "teksti", "sv": "text", "en": "text"}


def made_side(codes: list[str], classification: str, factor: float) -> pl.DataFrame:
    """A figure of every region, indicator and year; the older half of the years is of NUTS 2021."""
    rows = len(codes) * INDICATORS * YEARS
    number = pl.int_range(rows, eager=True)
    year = number // len(codes) % YEARS
    return pl.DataFrame(
        {
            "geo": pl.Series(codes)[number % len(codes)],
            "geo_classification": pl.Series([classification])[number * 0],
            "time_period": (2000 + year).cast(pl.String),
            "indicator": "I" + (number // len(codes) // YEARS).cast(pl.String),
            "obs_value": (number % 9973).cast(pl.Float64) * factor + 1,
            "obs_status": pl.Series(["A"])[number * 0],
        }
    )


def write_inputs(published: Path, folder: Path) -> None:
    geography = read_geography(published / "regions")
    regions = geography.areas.filter(pl.col("geo_classification").is_in(["nuts-2021", "nuts-2024"]), level=3)
    codes = {
        name: regions.filter(geo_classification=name)["geo"].sort().head(REGIONS).to_list()
        for name in ("nuts-2021", "nuts-2024")
    }
    middle = str(2000 + YEARS // 2)
    for name, factor in (("above", 1.0), ("below", 3.0)):
        old, new = (made_side(codes[one], one, factor) for one in codes)
        both = [old.filter(pl.col("time_period") < middle), new.filter(pl.col("time_period") >= middle)]
        pl.concat(both).write_parquet(folder / f"{name}.parquet")


def measure_made(published: Path, folder: Path) -> None:
    geography = read_geography(published / "regions")
    tables = {f"made/{name}": pl.scan_parquet(folder / f"{name}.parquet") for name in ("above", "below")}
    entries = [
        {
            "code": f"I{number}",
            "title_translated": TEXTS,
            "method_translated": TEXTS,
            "unit": "PC",
            "decimals": 2,
            "numerator": {"input": "made/above", "where": {"indicator": f"I{number}"}},
            "denominator": {"input": "made/below", "where": {"indicator": f"I{number}"}},
            "factor": 100,
            "minimum": 10,
        }
        for number in range(INDICATORS)
    ]
    asked = {"build": "indicators.build_indicators", "territory": "nuts-2024", "indicators": entries}
    derivation = build_derivation(asked)
    assert derivation is not None
    before = time.perf_counter(), time.process_time()
    found = build_indicators(derivation, tables, geography)
    wall, processor = time.perf_counter() - before[0], time.process_time() - before[1]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"made: {found.height:,} rows, {wall:.2f} s, processor {processor:.2f} s, at most {memory} MiB")


def read_inputs(published: Path, table: Resource) -> list[Snapshot]:
    """The tables of the tree that a derived one is worked out of; tables of coverage are CSV alone."""
    found = []
    for source in table.sources:
        for part in source.parts:
            path = published / source.table / f"{part}.parquet"
            path = path if path.is_file() else path.with_suffix(".csv")
            found.append(Snapshot(path, Provenance(RELEASES, source.table, part, "", "", "")))
    return found


def measure_bundle(published: Path, folder: Path) -> None:
    together = 0.0
    for dataset in load_datasets()[0]:
        if dataset.name not in DATASETS:
            continue
        before = time.process_time()
        for table in dataset.resources:
            derive_resource(table, read_inputs(published, table)).collect()
        spent = time.process_time() - before
        together += spent
        print(f"{dataset.name}: processor {spent:.2f} s")
    print(f"together: processor {together:.2f} s")


STEPS = {"write": write_inputs, "made": measure_made, "bundle": measure_bundle}

if __name__ == "__main__":
    if len(sys.argv) == 2:
        with tempfile.TemporaryDirectory() as made:
            for step in STEPS:
                again = [sys.executable, "-m", "tests.benchmarks.indicators", sys.argv[1], step, made]
                subprocess.run(again, check=True)
    else:
        STEPS[sys.argv[2]](Path(sys.argv[1]), Path(sys.argv[3]))
