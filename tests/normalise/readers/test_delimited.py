"""Delimited text: what is read, what is refused and where, by hand-made texts."""

import csv
import gzip
import io
from pathlib import Path

import polars as pl
import pytest

from assets.csv.dialect import Dialect, dialect_of, plan_dialect
from assets.errors import DescriptorError, SourceError
from assets.normalise.readers.delimited.table import read_delimited

SEMICOLON = {"delimiter": ";"}


def rows(content: bytes, **options: object) -> list[tuple[str | None, ...]]:
    return read_delimited(content, options or SEMICOLON).frame.collect().rows()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'"a";"b"\n"1";""\n', [("1", None)]),
        (b'"a";"b"\n"1";"x ""y"" z"\n', [("1", 'x "y" z')]),
        (b'"a";"b"\n"1";""""\n', [("1", '"')]),
        (b'"a";"b"\n"1";"x;y"\n', [("1", "x;y")]),
        (b'"a";"b"\n"1";"x\n\ny"\n"2";"z"\n', [("1", "x\n\ny"), ("2", "z")]),
        (b'"a";"b"\r\n"1";"x\r\ny"\r\n', [("1", "x\r\ny")]),
        (b"a;b\n1;\n;2\n", [("1", None), (None, "2")]),
        (b'a;b\n"1";2\n', [("1", "2")]),
        (b"a;b\n", []),
        (b'"a";"b"\n', []),
        (b"\xef\xbb\xbfa;b\n1;2\n", [("1", "2")]),
        ("a;b\nPäijät-Häme;–\n".encode(), [("Päijät-Häme", "–")]),
        (b"a;b\n 1 ;\t\n", [(" 1 ", "\t")]),
        (b"a;b\nNA;null\n", [("NA", "null")]),
        (b"a;b\n007;1e400\n", [("007", "1e400")]),
    ],
)
def test_reads(content: bytes, expected: list[tuple[str | None, ...]]) -> None:
    assert rows(content) == expected
    assert rows(gzip.compress(content)) == expected


@pytest.mark.parametrize(
    ("content", "where", "problem"),
    [
        (b"", "", "empty"),
        (b" \n\n", "", "empty"),
        (b"<!DOCTYPE html><html>", "byte 1", "HTML"),
        (b"\n <HTML><body>", "byte 1", "HTML"),
        (b"a;b\n1;2\n1;\0\n", "line 3", "NUL"),
        (b"a;b\n1;2\n3\n4;5\n", "line 3", "1 cells where the header has 2"),
        (b"a;b\n1;2\n3;4;5\n", "line 3", "3 cells where the header has 2"),
        (b'"a";"b"\n"1";"2"\n"3"\n', "line 3", "1 cells where the header has 2"),
        (b'"a";"b"\n"1";"2"\n"3";"4";"5"\n', "line 3", "3 cells"),
        (b'"a";"b"\n"1";"x\ny"\n"3"\n', "line 4", "1 cells"),
        (b'"a";"b"\n"1";"2"\n\n"3";"4"\n', "line 3", "an empty line"),
        (b'"a";"b"\n"1";"2"\n\n', "line 3", "an empty line"),
        (b"a;b\n1;2", "line 2", "no line end"),
        (b'"a";"b"\n"1";"2', "line 2", "no line end"),
        (b'"a";"b"\n"1";"2\n', "line 2", "never closed"),
        (b'"a";"b"\n"1";"x"y"\n', "line 2", "stray quote"),
        (b'"a";"b"\n"1";""Name"" is a tool; really"\n', "line 2", "stray quote"),
        (b'a;b\n1;5" pipe\n', "line 2", "stray quote"),
        (b'"a";"b"\n"1"; "2"\n', "line 2", "stray quote"),
        (b'"a";"b"\n"1";"2" \n', "line 2", "stray quote"),
        (b"a;b\n1;2\r3;4\n", "line 2", "carriage return"),
        (b"a;b\n1;\xe4\n", "line 2, byte 7", "not utf-8"),
        (b"a;\xe4\n1;2\n", "line 1, byte 3", "not utf-8"),
        (b"a;a\n1;2\n", "line 1", "names a more than once"),
        (b"a;\n1;2\n", "line 1", "column 2 has no name"),
        (b'a;"b\n1;2\n', "line 1", "header cannot be cut"),
        (gzip.compress(b"a;b\n1;2\n", mtime=0)[:-9], "gzip", "cut off"),
    ],
)
def test_refuses(content: bytes, where: str, problem: str) -> None:
    with pytest.raises(SourceError, match=problem) as caught:
        rows(content)
    assert caught.value.where == where
    assert "\n" not in str(caught.value)


def test_a_last_line_without_end_is_read_where_the_dialect_says_so() -> None:
    assert rows(b"a;b\n1;2", delimiter=";", unendedLastLine=True) == [("1", "2")]
    assert rows(b"a;b\n1;2\n", delimiter=";", unendedLastLine=True) == [("1", "2")]


def test_error_counts_the_other_lines() -> None:
    with pytest.raises(SourceError, match=r"line 3: 1 cells .*2 more such lines"):
        rows(b"a;b\n1;2\n3\n4;5\n6\n7;8;9\n")


def test_error_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"a,b\n1\n")
    with pytest.raises(SourceError, match=r"^list\.csv: line 2: 1 cells where the header has 2$"):
        read_delimited(path)


@pytest.mark.parametrize("columns", [1, 2, 7])
def test_a_record_cut_at_any_byte_is_never_a_short_frame(columns: int) -> None:
    """Cut inside a record, a text is refused; cut between records it cannot be told from a whole one."""
    table = [[f"r{row} c{column}\n;" for column in range(columns)] for row in range(4)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([[f"n{column}" for column in range(columns)], *table])
    content = text.getvalue().encode()
    ends = {at for at in range(len(content)) if content[:at].endswith(b'"\n')}
    for cut in range(content.index(b"\n") + 1, len(content)):
        if cut in ends:
            frame = read_delimited(content[:cut], SEMICOLON).frame.collect()
            assert frame.rows() == [tuple(row) for row in table[: frame.height]]
        else:
            with pytest.raises(SourceError):
                read_delimited(content[:cut], SEMICOLON)


def test_encodings_are_checked() -> None:
    content = "nimi,paikka\nPäijät-Häme,Lahti – Lahtis\n"
    windows = content.encode("windows-1252")
    assert rows(windows, encoding="windows-1252") == [("Päijät-Häme", "Lahti – Lahtis")]
    with pytest.raises(SourceError, match="line 2, byte 14: 0xe4 is not utf-8"):
        rows(windows, delimiter=",")
    with pytest.raises(SourceError, match="declared cp1252, but the bytes are UTF-8"):
        rows(content.encode(), encoding="windows-1252")
    with pytest.raises(SourceError, match="line 2, byte 13: 0x81 is not cp1252"):
        rows(b"nimi,paikka\n\x81,\xe4\n", encoding="windows-1252")
    with pytest.raises(SourceError, match="NUL"):
        rows(content.encode("utf-16"))


def test_metadata() -> None:
    table = read_delimited(b"\xef\xbb\xbfa,b\n1,2\n3,4\n")
    assert table.metadata == {"rows": 2, "encoding": "utf-8", "bom": True}
    assert table.frame.collect_schema() == {"a": pl.String, "b": pl.String}


def test_preamble_and_suffix() -> None:
    """Statistics Finland's classification files have lines in front of the header, Kohesio a last tab."""
    preamble = b"\n\nToimialaluokitus;2008\ncode;name\n01;Maatalous\n"
    assert rows(preamble, delimiter=";", headerRows=[4]) == [("01", "Maatalous")]
    with pytest.raises(SourceError, match="line 6: 1 cells"):
        rows(preamble + b"02\n", delimiter=";", headerRows=[4])
    with pytest.raises(SourceError, match="shorter than line 9"):
        rows(preamble, delimiter=";", headerRows=[9])
    tabbed = b'a\tb\t\n1\t"x" y\t\n2\t\t\n'
    assert rows(tabbed, delimiter="\t", quoteChar=None, lineSuffix="\t") == [("1", '"x" y'), ("2", None)]


def test_numbers_in_a_notation() -> None:
    content = "n,v\nx,1\u00a0234\u00a0567\ny,-19\u00a0692\nz,\n".encode()
    options = {"numbers": ["v"], "groupChar": "\u00a0"}
    assert rows(content, **options) == [("x", "1234567"), ("y", "-19692"), ("z", None)]
    assert rows(b"n;v\nx;1,5\n", delimiter=";", numbers=["v"], decimalChar=",") == [("x", "1.5")]
    for wrong in ("12\u00a034", "1\u00a0234,5", "1.234.567", "n/a", " 1", "1e5"):
        with pytest.raises(SourceError, match=r"record 2, column v: .* is no number"):
            rows(
                f"n,v\nx,1\ny,{wrong!s}\n".encode()
                if "," not in wrong
                else f'n,v\nx,1\ny,"{wrong}"\n'.encode(),
                **options,
            )
    with pytest.raises(SourceError, match="no column w"):
        rows(content, numbers=["w"])


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": ";;"},
        {"delimiter": "\n"},
        {"delimiter": "ä"},
        {"delimiter": '"'},
        {"quoteChar": ""},
        {"encoding": "latin-99"},
        {"headerRows": [0]},
        {"headerRows": [1, 2]},
        {"recordPattern": "(.*)"},
        {"recordPattern": "(", "quoteChar": None},
        {"lineSuffix": ";"},
        {"lineSuffix": "\n", "quoteChar": None},
        {"comment": "#"},
    ],
)
def test_a_wrong_dialect_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(DescriptorError, match=r"^dialect: "):
        dialect_of(options)


def test_dialect_defaults_are_those_of_the_standard() -> None:
    assert dialect_of({}) == Dialect() == plan_dialect({})


def test_large_cells_and_many_records() -> None:
    """A cell of 10 MB, and more records than are matched at once, by both ways of reading."""
    large = "x" * 10_000_000
    assert rows(f'"a";"b"\n"1";"{large}"\n'.encode()) == [("1", large)]
    assert rows(f"a;b\n1;{large}\r\n".encode()) == [("1", large)]
    many = b"a;b\r\n" + b'1;"2\n3"\r\n' * 1201
    assert rows(many) == [("1", "2\n3")] * 1201
    with pytest.raises(SourceError, match="line 2404: 1 cells"):
        rows(many + b"4\r\n")


def test_an_unclosed_quote_in_a_long_text_is_found_soon() -> None:
    content = b'"a";"b"\n' + b'"1";"2"\n' * 200_000 + b'"1";"' + b"x\n" * 200_000
    with pytest.raises(SourceError, match="line 200002: column b: a quote is opened and never closed"):
        rows(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        # Polars pads the first and drops quotes in the other: one fault must not make up for the other
        (b'"0"}"T";"x"\n"1";"T";""One ""2"" of them""\n', "line 2: column a: a stray quote"),
        (b'"0";"T";""One ""2"" of them""\n1;T;"x"\n', "line 2: column c: a stray quote"),
        (b'"0";"T";"a"b"\n1;"T";"x"\n', "line 2: column c: a stray quote"),
        (b'"0";";";"x"\n"1";"T"\n', "line 3: 2 cells where the header has 3"),
        (b'"0";"T";"x";"y"\n"1";"T"\n', "line 2: 4 cells where the header has 3"),
    ],
)
def test_two_faults_that_make_up_for_each_other_are_refused(content: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        read_delimited(b'"a";"b";"c"\n' + content, Dialect(";"))


@pytest.mark.parametrize("cell", ["\r\n", "x\r", "\r", '"', '""', '"""', ";", '";"', '"\n"', '"x"', 'x"', ""])
def test_quotes_delimiters_and_line_ends_at_the_edge_of_a_cell(cell: str) -> None:
    doubled = cell.replace('"', '""')
    content = f'"a";"b"\n"{doubled}";"x"\n"x";"{doubled}"\n'.encode()
    frame = read_delimited(content, Dialect(";")).frame.collect()
    assert frame.rows() == [(cell or None, "x"), ("x", cell or None)]
