"""Our verdict against frictionless-py's on random tables: the whole set of errors, not only their number,
and the value of every cell that both can read.
"""

from pathlib import Path
from typing import Any

import pytest
from frictionless import Field
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.validate.cells.judge import cell_judge
from tests.validate.cells.made_cells import FIELDS, cells, check_acceptance, compare_cell, described, plan_of
from tests.validate.made_tables import MadeTable, made_tables
from tests.validate.referee import (
    frictionless_verdict,
    our_places,
    our_report,
    our_values,
)


def compare(folder: Path, made: MadeTable) -> None:
    """Asserts that both verdicts are one."""
    path = folder / "table.csv"
    path.write_bytes(made.content)
    theirs, their_values = frictionless_verdict(path, made.schema, made.dialect)
    report = our_report(path, made.schema, made.dialect)
    ours = our_places(report)
    if not report.errors and report.totals:  # the table as a whole could not be read
        assert {kind for kind, *_ in theirs} == set(report.totals)
        return
    assert ours == theirs
    assert sum(report.totals.values()) == len(report.errors)
    again, values = our_values(path, made.schema, made.dialect)
    assert our_places(again) == ours
    assert values == their_values


COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=30, **COMMON)
@given(made=made_tables())
def test_our_verdict_is_frictionless_verdict(tmp_path: Path, made: MadeTable) -> None:
    compare(tmp_path, made)


@pytest.mark.parametrize("end", ["a,a,", 'a,a,""', "a,a,a", "a,", ","])
def test_a_cell_too_many_at_the_end_makes_up_for_none_that_is_missing(tmp_path: Path, end: str) -> None:
    """Polars passes over an empty cell after the last delimiter of a file without a last line end."""
    schema = {"fields": [{"name": name, "type": "string"} for name in "ab"]}
    compare(tmp_path, MadeTable(schema, {}, f"a,b\nx,y\na\n{end}".encode()))


@pytest.mark.slow
@settings(max_examples=3000, **COMMON)
@given(made=made_tables())
def test_our_verdict_is_frictionless_verdict_thousands_of_times(tmp_path: Path, made: MadeTable) -> None:
    compare(tmp_path, made)


@pytest.mark.slow
@pytest.mark.parametrize("field", FIELDS, ids=str)
@settings(max_examples=300, deadline=None)
@given(texts=st.lists(cells, min_size=20, max_size=60))
def test_cells_are_read_alike_thousands_of_times(field: dict[str, Any], texts: list[str]) -> None:
    judge = cell_judge(plan_of(field))
    read = Field.from_descriptor(described(field)).create_cell_reader()
    for text in texts:
        compare_cell(judge, read, text)
    check_acceptance(field, False, texts)
    check_acceptance(field, True, texts)
