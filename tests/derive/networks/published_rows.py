"""Rows of published tables, by the csv module alone."""

import csv
from pathlib import Path

HORIZON = {"register": "framework-projects", "framework_programme": "HORIZON", "window": "all"}


def read_rows(published: Path, table: str, **where: str) -> list[dict[str, str]]:
    """The rows of `dataset/resource` with these cells."""
    dataset, _, name = table.partition("/")
    with (published / dataset / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if where.items() <= row.items()]
