"""CSV structure: the fast reader gives what the csv module gives, or hands over to it."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.csv import byte_columns
from assets.csv.dialect import plan_dialect
from assets.csv.rows import NotPlain, open_csv, read_batches
from assets.csv.structure import count_inside, scan_structure
from tests.examples import examples
from tests.validate.referee import our_places, our_report

Rows = list[tuple[str, ...]]


def rows_of(
    path: Path, width: int, exact: bool, dialect: dict[str, Any] | None = None
) -> tuple[Rows, list[Any], list[Any]]:
    """All cells (a cell that is not there is empty), and what is too much and too little."""
    rows: Rows = []
    extra: list[Any] = []
    missing: list[Any] = []
    for batch in read_batches(open_csv(path, plan_dialect(dialect)), width, exact, empty_is_missing=True):
        rows += [tuple(cell or "" for cell in row) for row in batch.frame.rows()]
        extra += batch.extra
        missing += batch.missing
    return rows, extra, missing


def agree(path: Path, width: int) -> bool:
    """True when the fast reader took the file; asserts that it then gave what the csv module gives."""
    try:
        fast = rows_of(path, width, exact=False)
    except NotPlain:
        return False
    rows, extra, missing = rows_of(path, width, exact=True)
    blank = [row for row in missing if row[1] == 0 and width == 1]  # an empty line is one empty cell
    assert (fast[0], extra, missing) == (rows, [], blank)
    return True


@pytest.mark.usefixtures("extent")
@settings(max_examples=examples(150), deadline=None)
@given(text=st.text(alphabet='ab,"\n\r ;', max_size=40), width=st.integers(1, 3))
def test_the_fast_reader_is_right_or_declines(
    tmp_path_factory: pytest.TempPathFactory, text: str, width: int
) -> None:
    path = tmp_path_factory.mktemp("made") / "table.csv"
    path.write_bytes((",".join("abc"[:width]) + "\n" + text).encode())
    agree(path, width)


cell = st.text(alphabet='ab,"\n é', max_size=6)


@pytest.mark.usefixtures("extent")
@settings(max_examples=examples(25), deadline=None)
@given(
    rows=st.lists(st.tuples(cell, cell, st.text(alphabet="ab,é", min_size=1, max_size=4)), max_size=30),
    end=st.sampled_from(["\n", "\r\n"]),
    chunk=st.integers(5, 60),
)
def test_well_written_files_are_never_declined(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, end: str, chunk: int
) -> None:
    """Whatever stands in the cells, and wherever a piece of the file ends."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=end).writerows([("a", "b", "c"), *rows])
    path = tmp_path_factory.mktemp("made") / "table.csv"
    path.write_text(file.getvalue(), "utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_columns, "CHUNK", chunk)
        assert agree(path, 3)
        structure = scan_structure(path, ",", '"')
        assert structure.delimiters - count_inside(path, ",", '"')[0] == 2 * (len(rows) + 1)


@pytest.mark.parametrize(
    "body",
    [
        '1,2\n""a"",b\n',  # Polars drops the quotes that the csv module keeps
        '1,2\n5" x,6" y\n3,4\n',
        "1,2\r3,4\n",
        '1,2\n"a\n',
        "1,2\n3\n",
        "1,2\n3,4,\n",
        "1,2\n\n3,4\n",
        "1,2,\n3\n",  # one cell too many and one too few: the count of delimiters is right
        '"1,x",2\n3\n',
    ],
)
def test_a_file_that_is_not_plain_is_left_to_the_csv_module(tmp_path: Path, body: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(f"a,b\n{body}".encode())
    with pytest.raises(NotPlain):
        rows_of(path, 2, exact=False)
    schema = {"fields": [{"name": "a"}, {"name": "b"}]}
    assert our_places(our_report(path, schema)).total() >= 0


def test_dialects_are_read_as_they_are_stated(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"x;y;# note\nid|name|\n#1|2\n1|'a|b'|\n")
    stated = {
        "delimiter": "|",
        "quoteChar": "'",
        "lineTerminator": "\n",
        "headerRows": [2],
        "commentChar": "#",
    }
    file = open_csv(path, plan_dialect(stated))
    assert file.labels == ["id", "name", ""]
    assert rows_of(path, 3, True, stated)[0] == [("1", "a|b", "")]


def test_a_line_terminator_of_its_own_ends_rows(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b'id,name;1,apple;2,"a;b";3,"c"')
    assert rows_of(path, 2, True, {"lineTerminator": ";"})[0] == [("1", "apple"), ("2", "a;b"), ("3", "c")]


def test_header_rows_are_joined_and_merged_cells_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"fruit,fruit\nid,name\n1,apple\n")
    assert open_csv(path, plan_dialect({"headerRows": [1, 2], "headerJoin": "-"})).labels == [
        "fruit-id",
        "fruit-name",
    ]
