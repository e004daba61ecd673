"""The table `coverage` of every package: its columns and texts, as `schemas/gathered/coverage.yaml` has them.

They are read here, for the packages without the column `dataset`; how the rows are counted belongs to
`publish.release.coverage`, the dataset that holds those of all packages to `gathered_coverage`.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from assets.descriptor import load_dataset
from assets.descriptor.derivation import COVERAGE
from assets.descriptor.model import Dataset, Resource
from assets.overlay import find_schema

__all__ = ["COVERAGE", "OF", "coverage_dataset", "coverage_resource"]

OF = "innoregio:coverageOf"  # of the table in a package: the tables that it tells of


def coverage_dataset() -> Dataset:
    """The dataset `coverage`, of all packages."""
    path = find_schema(f"gathered/{COVERAGE}.yaml")
    assert path is not None, "the packaged schemas have it"
    return _load(path)


@cache
def _load(path: Path) -> Dataset:
    return load_dataset(path)


def coverage_resource(tables: Sequence[str]) -> Resource:
    """The resource `coverage` of a package, about its `tables`."""
    whole = coverage_dataset().resources[0]
    return replace(
        whole,
        sources=(),
        fields=tuple(field for field in whole.fields if field.name != "dataset"),
        derivation=None,
        expectations=(),
        raw={OF: list(tables)},
    )
