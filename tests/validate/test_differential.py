"""Our verdict against frictionless-py's on random tables: the whole set of errors, not only their number."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.validate.made_tables import MadeTable, made_tables
from tests.validate.referee import frictionless_places, our_places, our_report


def compare(folder: Path, made: MadeTable) -> None:
    """Asserts that both verdicts are one."""
    path = folder / "table.csv"
    path.write_bytes(made.content)
    theirs = frictionless_places(path, made.schema, made.dialect)
    report = our_report(path, made.schema, made.dialect)
    ours = our_places(report)
    if not report.errors and report.totals:  # the table as a whole could not be read
        assert {kind for kind, *_ in theirs} == set(report.totals)
        return
    assert ours == theirs
    assert sum(report.totals.values()) == len(report.errors)


COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=300, **COMMON)
@given(made=made_tables())
def test_our_verdict_is_frictionless_verdict(
    tmp_path_factory: pytest.TempPathFactory, made: MadeTable
) -> None:
    compare(tmp_path_factory.mktemp("made"), made)
