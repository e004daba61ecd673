"""The rows of a CSV file in batches of text columns, with what is wrong with their structure.

Two readers give the same batches: Polars, where the bytes prove that it reads as the csv module does
(`structure`), and the csv module for everything else. What stands in the cells does not belong here.
"""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import polars as pl

from assets.csv.dialect import Dialect
from assets.csv.structure import Structure, count_inside, scan_structure

BATCH = 100_000
EXACT_BATCH = 20_000
SMALL = 1 << 22  # bytes of a file that is counted before it is read


class NotPlain(Exception):
    """The rows do not have the widths that were promised; the csv module must read the file from its
    start.
    """


@dataclass(frozen=True)
class Batch:
    """Some rows, one column per field. `first` is the number of the first row, as frictionless-py
    counts: records from 1 with the header; `numbers` are all of them where rows were left out in
    between.

    `extra` are cells beyond the last field (row, number, text), `missing` the rows that end early (row,
    cells).
    """

    frame: pl.DataFrame
    first: int
    numbers: Sequence[int] | None = None
    extra: Sequence[tuple[int, int, str]] = ()
    missing: Sequence[tuple[int, int]] = ()


@dataclass
class CsvFile:
    """A file with its dialect, its labels, and how many lines and rows stand before the data."""

    path: Path
    dialect: Dialect
    encoding: str
    labels: list[str] = field(default_factory=list)
    lines: int = 0
    label_delimiters: int = 0


def open_csv(path: Path, dialect: Dialect, encoding: str = "utf-8") -> CsvFile:
    """The file with its labels read. Raises `UnicodeDecodeError`, `csv.Error`, `LookupError`, `OSError`."""
    opened = CsvFile(path, dialect, encoding)
    if not dialect.last_header_row:
        return opened
    before: dict[int, str] = {}
    with text_file(opened) as text:
        lines = Lines(text, own_terminator(dialect))
        for number, cells in enumerate(islice(records(lines, dialect), dialect.last_header_row), start=1):
            opened.label_delimiters += max(len(cells) - 1, 0)
            if number in dialect.header_rows and not is_comment(dialect, number, cells):
                join_labels(opened.labels, before, [cell.strip() for cell in cells], dialect.header_join)
        opened.lines = lines.count
    return opened


def join_labels(labels: list[str], before: dict[int, str], cells: list[str], joint: str) -> None:
    """Adds one header row to the labels; a cell that repeats the one above it (merged cells) is not
    joined.
    """
    for index, cell in enumerate(cells):
        if before.get(index) == cell:
            continue
        before[index] = cell
        if index < len(labels):
            labels[index] = joint.join([labels[index], cell])
        else:
            labels.append(cell)


def read_batches(file: CsvFile, width: int, exact: bool, empty_is_missing: bool) -> Iterator[Batch]:
    """The rows of the file as `width` text columns c0, c1, …

    Raises `NotPlain`, at the latest after the last batch, when Polars cannot be trusted with the file; then
    `exact` must be used. Raises `UnicodeDecodeError` and `csv.Error` when exact. `empty_is_missing`: an
    empty cell counts as missing in every field, so that an empty line of a table of one column is a
    blank row either way.
    """
    if exact:
        yield from exact_batches(file, width)
        return
    if not is_simple(file) or width == 0 or (width == 1 and not empty_is_missing):
        raise NotPlain
    arguments = file.path, file.dialect.delimiter, file.dialect.quote_char
    if file.path.stat().st_size < SMALL:
        structure: Future[Structure] = Future()
        structure.set_result(scan_structure(*arguments))
        yield from fast_batches(file, width, structure)
        return
    with ThreadPoolExecutor(1) as pool:  # the bytes are counted while the rows are read
        yield from fast_batches(file, width, pool.submit(scan_structure, *arguments))


def is_simple(file: CsvFile) -> bool:
    """True when Polars' reader has words for the dialect."""
    dialect = file.dialect
    quote = dialect.quote_char
    return (
        file.encoding.lower().replace("_", "-") in ("utf-8", "utf8")
        and dialect.delimiter.isascii()
        and dialect.delimiter not in ("\r", "\n", quote)
        and (quote is None or (quote.isascii() and dialect.double_quote))
        and dialect.line_terminator in ("\r\n", "\n")
        and dialect.escape_char is None
        and dialect.comment_char is None
        and not (dialect.comment_rows or dialect.skip_initial_space or dialect.skip_blank_rows)
    )


def fast_batches(file: CsvFile, width: int, structure: "Future[Structure]") -> Iterator[Batch]:
    """Batches by Polars. Its reader stops at a cell too many, but fills rows that end early with empty
    cells; as such a row ends with one, the count of delimiters settles whether there are any.
    """
    scan = pl.scan_csv(
        file.path,
        has_header=False,
        separator=file.dialect.delimiter,
        quote_char=file.dialect.quote_char,
        skip_lines=file.lines,
        schema={f"c{index}": pl.String for index in range(width)},
        empty_string_is_null=False,
        glob=False,
    )
    rows, first, open_ended = 0, file.dialect.last_header_row + 1, False
    if not (structure.done() and data_lines(file, structure.result()) == 0):
        try:
            for frame in scan.collect_batches(chunk_size=BATCH, maintain_order=True):
                if structure.done() and not structure.result().plain:
                    raise NotPlain
                open_ended = open_ended or bool((frame.to_series(width - 1) == "").any())
                yield Batch(frame, first + rows)
                rows += len(frame)
        except pl.exceptions.PolarsError as error:
            raise NotPlain from error
    if not rows_are_whole(file, structure.result(), rows, width, open_ended):
        raise NotPlain


def data_lines(file: CsvFile, structure: Structure) -> int:
    """How many lines follow the header."""
    return structure.newlines + (not structure.ends_with_newline) - file.lines


def rows_are_whole(file: CsvFile, structure: Structure, rows: int, width: int, open_ended: bool) -> bool:
    """Whether the bytes prove that the rows which Polars gave are all there, and none ended early.

    `open_ended`: some row ends with an empty cell.
    """
    if not structure.plain:
        return False
    lines, delimiters = data_lines(file, structure), structure.delimiters - file.label_delimiters
    if structure.quotes and (open_ended or rows != lines):
        inside, breaks = count_inside(file.path, file.dialect.delimiter, file.dialect.quote_char or "")
        lines += file.lines - file.dialect.last_header_row - breaks
        delimiters -= inside
    elif structure.quotes:
        return rows == lines
    return rows == lines and delimiters == rows * (width - 1)


def exact_batches(file: CsvFile, width: int) -> Iterator[Batch]:
    """Batches by the csv module, in any dialect and encoding."""
    dialect = file.dialect
    with text_file(file) as text:
        rows: list[list[str | None]] = []
        numbers: list[int] = []
        extra: list[tuple[int, int, str]] = []
        missing: list[tuple[int, int]] = []
        for number, cells in enumerate(records(Lines(text, own_terminator(dialect)), dialect), start=1):
            if number <= dialect.last_header_row or is_comment(dialect, number, cells):
                continue
            if dialect.skip_blank_rows and not any(cells):
                continue
            row: list[str | None] = list(cells)
            if len(row) > width:
                extra += [(number, n, cell) for n, cell in enumerate(cells[width:], start=width + 1)]
                del row[width:]
            elif len(row) < width:
                missing.append((number, len(row)))
                row += [None] * (width - len(row))
            rows.append(row)
            numbers.append(number)
            if len(rows) == EXACT_BATCH:
                yield exact_batch(rows, numbers, extra, missing, width)
                rows, numbers, extra, missing = [], [], [], []
        if rows:
            yield exact_batch(rows, numbers, extra, missing, width)


def exact_batch(
    rows: list[list[str | None]],
    numbers: list[int],
    extra: list[tuple[int, int, str]],
    missing: list[tuple[int, int]],
    width: int,
) -> Batch:
    """A batch of rows of equal width."""
    columns = zip(*rows, strict=True) if width else ()
    frame = pl.DataFrame([pl.Series(f"c{i}", column, dtype=pl.String) for i, column in enumerate(columns)])
    return Batch(frame, numbers[0], numbers, extra, missing)


def text_file(file: CsvFile) -> io.TextIOWrapper:
    """The file as text, line ends as they are, a byte-order mark left out."""
    encoding = file.encoding
    with file.path.open("rb") as raw:
        start = raw.read(4)
    if encoding.lower() in ("utf-8", "utf8") and start.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    if encoding.lower() in ("utf-16-le", "utf-16-be") and start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    return file.path.open("r", encoding=encoding, newline="")


class Lines:
    """The lines of a text as the csv module is fed with them; `count` is how many it has taken."""

    def __init__(self, text: io.TextIOWrapper, terminator: str | None) -> None:
        self.count = 0
        self.lines = iter(text) if terminator is None else cut(text, terminator)

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.count += 1
            yield line


def cut(text: io.TextIOWrapper, terminator: str) -> Iterator[str]:
    """A text in chunks that end with `terminator`."""
    rest = ""
    while block := text.read(1 << 16):
        *whole, rest = (rest + block).split(terminator)
        yield from (chunk + terminator for chunk in whole)
    if rest:
        yield rest


def records(lines: Lines, dialect: Dialect) -> Iterator[list[str]]:
    """The records of a text. A line terminator of the dialect's own is taken off the last cell."""
    csv.field_size_limit(sys.maxsize)
    terminator = own_terminator(dialect)
    reader = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote_char,
        doublequote=dialect.double_quote,
        escapechar=dialect.escape_char,
        skipinitialspace=dialect.skip_initial_space,
        quoting=csv.QUOTE_MINIMAL if dialect.quote_char else csv.QUOTE_NONE,
    )
    for cells in reader:
        if terminator and cells:
            cells[-1] = cells[-1].removesuffix(terminator)
        yield cells


def own_terminator(dialect: Dialect) -> str | None:
    """The line terminator, unless it is one of those that end a line of text anyway."""
    return None if dialect.line_terminator in ("\r\n", "\n", "\r") else dialect.line_terminator


def is_comment(dialect: Dialect, number: int, cells: Sequence[str]) -> bool:
    """True for a row that the dialect leaves out."""
    if number in dialect.comment_rows:
        return True
    return bool(dialect.comment_char and cells and cells[0].startswith(dialect.comment_char))
