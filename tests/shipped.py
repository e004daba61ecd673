"""What the program ships, counted from its files, so that a new dataset changes no test; and the sample of it
that the plain tests publish. The slow tests publish all of it.
"""

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet

from assets.overlay import packaged_schemas

# Of every reader with its options, rule, hook and kind of derivation one dataset at least, with what it is
# made from: `test_sample.py` says what is missing.
SAMPLE = (
    "access-to-services",
    "adult-learning-nuts2",
    "age-structure",
    "business-demography",
    "campus-participations",
    "collaboration-network",
    "commuting",
    "digital-use-nuts2",
    "education-and-training",
    "employment-by-industry",
    "employment-nuts3",
    "foreign-born",
    "framework-projects",
    "goods-exports",
    "h2020-participations",
    "health-resources-nuts2",
    "household-income-regions",
    "indicators",
    "indicators-newest",
    "labour-force-survey-regions",
    "labour-market-nuts2",
    "migration",
    "patent-applications",
    "peers",
    "population",
    "rd-expenditure",
    "rd-intensity-nuts2",
    "region-area",
    "regional-accounts",
    "regional-economy-nuts2",
    "regional-participations",
    "regions",
    "register-places",
    "specialisation",
    "tertiary-attainment-nuts2",
    "tourism-nights",
    "workplaces-by-industry",
    "yearbook-2026",
)


def shipped_names() -> list[str]:
    """The names of all shipped datasets, sorted."""
    return sorted(path.stem for path in (packaged_schemas() / "datasets").glob("*.yaml"))


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
