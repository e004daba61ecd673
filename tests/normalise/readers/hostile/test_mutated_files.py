"""Damaged files of the registers and of PxWeb: every reader refuses them with its typed error, or gives what
a plain reading of the damaged bytes gives. Never a crash, a short frame or a wrong cell."""

import csv
import random
from pathlib import Path
from typing import Any

import pytest

from assets.errors import DescriptorError, SourceError
from assets.normalise.readers.cordis.csv import read_cordis_csv
from tests.normalise.readers.hostile.made_mutations import damaged
from tests.normalise.readers.hostile.mutation_corpus import FORMS, TOPICS_MADE, Form, Rows, recorded, rows_of


def tidy(rows: Rows) -> Rows:
    """Cells with blanks as one space each: which characters are blanks is no matter of these tests."""
    return [tuple(" ".join(c.split()) if isinstance(c, str) else c for c in row) for row in rows]


def check_damages(name: str, form: Form, content: bytes, count: int) -> None:
    """`count` damages of the content, the same in every run."""
    table = form.read(content)
    assert tidy(rows_of(table)) == tidy(form.plain(content, table.metadata) or [])
    made = random.Random(name)
    refused = 0
    for _ in range(count):
        broken = damaged(content, made, form.delimiter)
        try:
            table = form.read(broken)
            rows = rows_of(table)
        except (SourceError, DescriptorError) as error:
            assert "\n" not in str(error)
            refused += 1
            continue
        plain = form.plain(broken, table.metadata)
        assert plain is not None, (name, broken[:3000])
        assert plain == [] or tidy(rows) == tidy(plain), (name, broken[:3000])
    assert 0 < refused < count


@pytest.mark.parametrize("name", FORMS)
def test_a_damaged_file_is_refused_or_read_as_it_stands(name: str) -> None:
    check_damages(name, FORMS[name], FORMS[name].made, 40)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_many_damages(name: str) -> None:
    check_damages(f"{name}, many", FORMS[name], FORMS[name].made, 3000)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.recorded])
def test_many_damages_of_a_recorded_file(shared: Path, name: str) -> None:
    csv.field_size_limit(10_000_000)
    content = recorded(FORMS[name], shared / "upstream")
    check_damages(f"{name}, recorded", FORMS[name], content, 600)


def text_of(table: Any) -> bytes:
    """A frame as CORDIS writes it, without quotes and carriage returns."""
    lines = (";".join(cell or "" for cell in row) + "\n" for row in rows_of(table))
    return "".join(lines).encode().translate(None, b'"\r')


@pytest.mark.parametrize("count", [60, pytest.param(3000, marks=pytest.mark.slow)])
def test_mending_loses_nothing_but_quotes(count: int) -> None:
    """Whatever is repaired, the text of the file is there cell for cell."""
    made = random.Random("repair")
    repaired = 0
    for _ in range(count):
        broken = damaged(TOPICS_MADE, made, b";")
        try:
            table = read_cordis_csv(broken, repair=True)
        except SourceError:
            continue
        text = broken.removeprefix(b"\xef\xbb\xbf").translate(None, b'"\r')
        assert text_of(table) == text, broken
        repaired += bool(table.metadata["repaired"])
    assert repaired > count // 10
