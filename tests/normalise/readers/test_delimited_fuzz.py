"""Delimited text of every kind: the same cells as the csv module and a plain reading, or a typed error."""

import csv
import gzip
import io
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.csv.dialect import Dialect
from assets.errors import SourceError
from assets.normalise.readers.delimited.table import read_delimited
from tests.examples import examples
from tests.normalise.readers.plain.plain_delimited import plain_table

# Without CR: the csv module of Python 3.11 writes it unquoted. The plain grammar below has it.
CELLS = st.text(st.sampled_from("aäž語 ;,\"\n\t'-.0"), max_size=6)
BUNDLE = Path(__file__).parents[3] / "assets" / "snapshots" / "cordis" / "horizon"


def reading(content: bytes, dialect: Dialect) -> tuple[list[str], list[list[str | None]]] | None:
    try:
        frame = read_delimited(content, dialect).frame.collect()
    except SourceError as error:
        assert "\n" not in str(error)
        return None
    return frame.columns, [list(row) for row in frame.rows()]


@pytest.mark.usefixtures("extent")
@settings(max_examples=examples(120), deadline=None)
@given(
    table=st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6)
    ),
    delimiter=st.sampled_from(";,\t"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_the_csv_module_writes_is_read(
    table: list[list[str]], delimiter: str, quoting: int, end: str
) -> None:
    width = len(table[0]) if table else 2
    header = [f"column {number}" for number in range(width)]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows([header, *table])
    expected = [[cell or None for cell in row] for row in table]
    assert reading(text.getvalue().encode(), Dialect(delimiter=delimiter)) == (header, expected)


@pytest.mark.usefixtures("extent")
@settings(max_examples=examples(500), deadline=None)
@given(
    body=st.text(st.sampled_from('a;"\n\rä'), max_size=24),
    header=st.sampled_from(["a;b\n", '"a";"b"\n', "a\n", '"a"\r\n', "\ufeffa;b;c\n", ""]),
    quote=st.sampled_from(['"', None]),
)
def test_any_text_is_read_as_the_grammar_says(body: str, header: str, quote: str | None) -> None:
    content = (header + body).encode()
    assert reading(content, Dialect(";", quote)) == plain_table(content, ";", quote)


@pytest.mark.usefixtures("extent")
@settings(max_examples=examples(120), deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_give_rows_or_a_typed_error(body: bytes) -> None:
    for content in (body, b"a;b\n" + body, b'"a";"b"\n' + body, gzip.compress(b"a;b\n" + body)[:-1]):
        reading(content, Dialect(";"))


@pytest.mark.parametrize("part", ["project", "organization"])
def test_damaged_copies_of_bundled_files(part: str) -> None:
    """Bytes of CORDIS's rows replaced, dropped, doubled, cut: as the plain reading has it, or an error."""
    [path] = (BUNDLE / part).glob("*.csv.gz")
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    chance = random.Random(part)
    dialect = Dialect(";")
    read = 0
    for _ in range(120):
        start = chance.randrange(1, len(lines) - 12)
        content = bytearray(lines[0] + b"".join(lines[start : start + 12]))
        for _ in range(chance.randrange(3)):
            at = chance.randrange(len(content))
            kind = chance.randrange(5)
            if kind == 0:
                content[at] = chance.choice(b'";\n\r\0\xffx')
            elif kind == 1:
                del content[at : at + chance.randrange(1, 40)]
            elif kind == 2:
                content[at:at] = chance.choice([b'"', b";", b"\n", b'";"', b'""', b'"\n"'])
            elif kind == 3:
                content[at:at] = content[at : at + 200]
            else:
                content = content[:at]
        expected = plain_table(bytes(content), ";", '"')
        assert reading(bytes(content), dialect) == expected
        read += expected is not None
    assert 24 < read < 100  # both ways are taken
