"""Rows of published tables, by the csv module alone: another route to a figure than the code that made it."""

import csv
from functools import lru_cache
from pathlib import Path

Row = dict[str, str]


def read_rows(published: Path, table: str, **where: str) -> list[Row]:
    """The rows of `dataset/resource` with these cells; a resource named like its dataset may be left out."""
    dataset, _, name = table.partition("/")
    return [
        dict(row)
        for row in _rows(published / dataset / f"{name or dataset}.csv")
        if where.items() <= row.items()
    ]


@lru_cache(maxsize=6)  # tests ask one large table many times; the published tree never changes
def _rows(path: Path) -> tuple[Row, ...]:
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
