"""Our verdict against frictionless-py's on random packages whose tables refer to each other."""

from collections import Counter
from pathlib import Path

import pytest
from frictionless import Package
from hypothesis import HealthCheck, given, settings

from assets.validate.package.check import validate_package
from tests.validate.package.made_packages import MadePackage, made_packages
from tests.validate.referee import Place, comparable, our_places

COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def frictionless_package(path: Path) -> dict[str, Counter[Place]]:
    """Every error that frictionless-py finds in the package, by table."""
    report = Package(str(path)).validate(limit_errors=1_000_000)
    assert report.errors == []
    return {
        task.name: Counter(
            (e["type"], e.get("rowNumber"), e.get("fieldNumber"), comparable(e["type"], e["note"]))
            for e in (error.to_descriptor() for error in task.errors)
        )
        for task in report.tasks
    }


def compare(folder: Path, made: MadePackage) -> None:
    """Asserts that both verdicts are one."""
    path = made.write(folder)
    reports = validate_package(path, limit=1_000_000)
    assert {report.resource: our_places(report) for report in reports} == frictionless_package(path)
    assert all(sum(report.totals.values()) == len(report.errors) for report in reports)


@settings(max_examples=12, **COMMON)
@given(made=made_packages())
def test_our_verdict_on_packages_is_frictionless_verdict(tmp_path: Path, made: MadePackage) -> None:
    compare(tmp_path, made)


@pytest.mark.slow
@settings(max_examples=2000, **COMMON)
@given(made=made_packages())
def test_our_verdict_on_packages_is_frictionless_verdict_thousands_of_times(
    tmp_path: Path, made: MadePackage
) -> None:
    compare(tmp_path, made)
