"""How much of a dataset is there, as its page draws it: a bar a year for each table and classification.

The table `coverage` of the package is read here; counting its rows belongs to `release.coverage`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.descriptor.coverage import COVERAGE
from assets.publish.catalogue.packages import Package

LOW = 0.8  # a figure of a table, classification and year of which less is there is marked
COUNTS = ("expected", "received", "confidential", "missing", "estimated")


@dataclass(frozen=True)
class Year:
    """One year of a table: the share that is there, and the counts behind it."""

    year: int
    share: float
    counts: Mapping[str, int]

    @property
    def is_low(self) -> bool:
        """Whether its figures are marked."""
        return self.share < LOW


@dataclass(frozen=True)
class Coverage:
    """A table in one classification, by year."""

    table: str
    classification: str
    years: Sequence[Year]


def read_coverage(folder: Path, package: Package) -> list[Coverage]:
    """What of a package's tables something is expected of; empty for a release without such a table."""
    entries = (entry for entry in package.content["resources"] if entry["name"] == COVERAGE)
    entry = next(entries, None)
    if entry is None or package.name == COVERAGE:
        return []
    rows = pl.read_csv(folder / entry["path"], schema_overrides={"geo_classification": pl.String})
    rows = rows.drop_nulls(["share", "year"]).sort("resource", "geo_classification", "year")
    names = ["resource", "geo_classification"]
    return [
        Coverage(
            str(table),
            str(classification),
            [
                Year(row["year"], row["share"], {name: row[name] for name in COUNTS})
                for row in own.iter_rows(named=True)
            ],
        )
        for (table, classification), own in rows.group_by(names, maintain_order=True)
    ]


def low_coverage(found: Sequence[Coverage], table: str, classification: str, period: str) -> float | None:
    """The share of the table, classification and year that a figure is of, where it is so low that the
    figure is marked; else None."""
    for one in found:
        if (one.table, one.classification) == (table, classification):
            return next(
                (year.share for year in one.years if str(year.year) == period[:4] and year.is_low), None
            )
    return None
