"""One cell at a time: the exact readers against frictionless-py's, the vectorised pass against the exact
readers.
"""

from typing import Any

import pytest
from frictionless import Field
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.validate.cells.judge import cell_judge
from tests.examples import examples
from tests.validate.cells.made_cells import (
    FIELDS,
    TEXTS,
    cells,
    check_acceptance,
    compare_cell,
    described,
    plan_of,
)


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_every_odd_text_is_read_as_frictionless_reads_it(field: dict[str, Any]) -> None:
    judge = cell_judge(plan_of(field))
    read = Field.from_descriptor(described(field)).create_cell_reader()
    for text in TEXTS:
        compare_cell(judge, read, text)


@pytest.mark.usefixtures("extent")
@pytest.mark.parametrize("field", FIELDS, ids=str)
@settings(max_examples=examples(12), deadline=None)
@given(text=cells)
def test_every_text_is_read_as_frictionless_reads_it(field: dict[str, Any], text: str) -> None:
    judge = cell_judge(plan_of(field))
    compare_cell(judge, Field.from_descriptor(described(field)).create_cell_reader(), text)


@pytest.mark.usefixtures("extent")
@pytest.mark.parametrize("as_key", [False, True])
@pytest.mark.parametrize("field", FIELDS, ids=str)
@settings(max_examples=examples(6), deadline=None)
@given(texts=st.lists(cells, min_size=1, max_size=40))
def test_what_the_vectorised_pass_accepts_is_right(
    field: dict[str, Any], as_key: bool, texts: list[str]
) -> None:
    """Accepted cells are valid, and their values as keys are the exact reader's."""
    check_acceptance(field, as_key, [*texts, *TEXTS])
