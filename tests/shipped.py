"""What the program ships, counted from its files, so that a new dataset changes no test; and the sample of it
that the plain tests publish. The slow tests publish all of it.
"""

from collections.abc import Iterable
from functools import cache

import pytest
from _pytest.mark import ParameterSet

from assets.descriptor import Dataset, load_datasets
from assets.fetch.waiting import is_shipped_without_figures
from assets.overlay import packaged_schemas

# Of every reader with its options, rule, hook and kind of derivation one dataset at least, with what it is
# made from: `test_sample.py` says what is missing.
SAMPLE = (
    "campus-participations",
    "education-and-training",
    "employment-by-industry",
    "employment-nuts3",
    "foreign-born",
    "framework-projects",
    "household-income-regions",
    "population",
    "rd-expenditure",
    "regional-accounts",
    "regional-participations",
    "regions",
    "register-places",
    "yearbook-2026",
)

# Derived datasets that only the slow tests publish, as they are dear or made from most of the others. The
# code that makes them has plain tests on made tables.
SLOW = ("collaboration-network", "indicators", "indicators-newest", "peers", "specialisation", "strategy")


def described_names() -> list[str]:
    """The names of all shipped datasets, sorted: also of those that wait for their first fetch."""
    return sorted(path.stem for path in (packaged_schemas() / "datasets").glob("*.yaml"))


@cache
def with_figures() -> tuple[Dataset, ...]:
    """The shipped datasets that a run publishes without a fetch, by name."""
    return tuple(dataset for dataset in load_datasets()[0] if not is_shipped_without_figures(dataset))


def shipped_names() -> list[str]:
    """The names of the shipped datasets that a run publishes without a fetch, sorted."""
    return [dataset.name for dataset in with_figures()]


def with_gathered(names: Iterable[str]) -> list[str]:
    """The names of the datasets in a tree that `names` were published to: those gathered of all too."""
    gathered = (path.stem for path in (packaged_schemas() / "gathered").glob("*.yaml"))
    return sorted([*names, *gathered])


def slow_beyond_sample(
    cases: Iterable[tuple[object, ...]], sample: Iterable[str] = SAMPLE
) -> list[ParameterSet]:
    """Cases that begin with a dataset's name, as parameters of a test: those of the `sample` are plain."""
    kept = frozenset(sample)
    return [
        pytest.param(
            *case,
            marks=() if getattr(case[0], "name", case[0]) in kept else pytest.mark.slow,
            id="-".join(str(getattr(value, "name", value)) for value in case),
        )
        for case in cases
    ]
