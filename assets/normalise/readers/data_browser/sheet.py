"""One sheet of a Data Browser workbook -> rows: what stands above the table, the table, the legend below it.

Opening the workbook and putting its sheets together belongs to `workbook`.
"""

import re
from math import isfinite
from typing import NamedTuple, NoReturn

from assets.errors import SourceError
from assets.normalise.readers.text_checks import one_line

SIDED = re.compile(r"(.+) \((Codes|Labels)\)")
CODED = re.compile(r"(.+) \[([^\[\]]+)\]")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
LETTERS = re.compile(r"[A-Za-z|@]+")
SPECIAL_VALUES = "Special value"
LEGENDS = (SPECIAL_VALUES, "Observation flags:", "Confidentiality status:")
MISSING = ":"
OCCURRENCE = "_OCCURRENCE"
Line = list[str]
Labels = dict[str, dict[str, str]]
Row = tuple[str | float | None, ...]


class SheetPlace(NamedTuple):
    """A file and its sheet, for messages."""

    name: str
    sheet: str

    def refuse(self, line: int, problem: str) -> NoReturn:
        raise SourceError(self.name, f"{self.sheet}, line {line + 1}", problem)


class Side(NamedTuple):
    """A dimension along the rows: its name, and the columns of its codes and labels (None: it has none)."""

    name: str
    codes: int | None
    labels: int | None


class Head(NamedTuple):
    """The head of the table: dimensions along the rows, that along the columns, the values' columns and
    headings, whether a flag stands beside each, and the first line below."""

    sides: list[Side]
    across: str
    values: list[tuple[int, str]]
    flagged: bool
    first: int


class Sheet(NamedTuple):
    """The names of the dimensions, the rows (codes or labels, value, flag), and what they mean."""

    dimensions: list[str]
    rows: list[Row]
    labels: Labels
    flags: dict[str, str]


def read_sheet(lines: list[Line], place: SheetPlace) -> Sheet:
    """All of a sheet; raises `SourceError` at the first line that is not as the Data Browser writes it."""
    if not lines or not lines[0][0].startswith("Data extracted on"):
        place.refuse(0, "no sheet of the Data Browser, which begins with `Data extracted on`")
    blank = [i for i, line in enumerate(lines) if not any(line)]
    if len(blank) < 3:
        place.refuse(len(lines) - 1, "the sheet ends before its legend")
    start, above, end = blank[:3]
    labels: Labels = {}
    fixed = [_read_fixed(lines[i], i, place, labels) for i in range(start + 1, above)]
    head = _read_head(lines, above + 1, end, place)
    dimensions = [dimension for dimension, _ in fixed]
    for side in head.sides:
        dimensions += [side.name] if side.codes is not None else [side.name, side.name + OCCURRENCE]
    dimensions.append(head.across)
    if len(set(dimensions)) < len(dimensions):
        place.refuse(above + 1, f"a dimension stands twice among {', '.join(dimensions)}")
    rows: list[Row] = []
    seen: dict[tuple[str, ...], int] = {}
    for number in range(head.first, end):
        key = [code for _, code in fixed] + _side_codes(lines[number], number, head, place, labels, seen)
        rows += [(*key, *cell) for cell in _cells(lines[number], number, head, place)]
    return Sheet(dimensions, rows, labels, _read_legend(lines, end, place))


def _read_fixed(line: Line, number: int, place: SheetPlace, labels: Labels) -> tuple[str, str]:
    """A dimension above the table and its one code, or the labels of both."""
    cells = [cell for cell in line if cell]
    if len(cells) != 2:
        place.refuse(number, f"no dimension and its one code but `{one_line(', '.join(cells), 60)}`")
    dimension, code = (CODED.fullmatch(cell) for cell in cells)
    if not dimension or not code:
        return cells[0], cells[1]
    labels.setdefault(dimension[2], {})[code[2]] = code[1]
    return dimension[2], code[2]


def _read_head(lines: list[Line], at: int, end: int, place: SheetPlace) -> Head:
    """One line, or one or two with the columns' dimension and then one with the rows'."""
    last = at
    while last + 1 < end and SIDED.fullmatch(lines[last + 1][0]):
        last += 1
    bottom, tops = lines[last], lines[at : max(last, at + 1)]
    sides: dict[str, Side] = {}
    left = 0
    for column, cell in enumerate(bottom):
        found = SIDED.fullmatch(cell)
        if not found or column != left:
            continue
        left += 1
        side = sides.get(found[1], Side(found[1], None, None))
        codes = found[2] == "Codes"
        sides[side.name] = side._replace(codes=column) if codes else side._replace(labels=column)
    if not left or (last > at and any(bottom[left:])):
        place.refuse(last, f"no `GEO (Labels)` or the like alone but `{one_line(', '.join(bottom), 60)}`")
    across = SIDED.sub(r"\1", tops[0][0]) if last > at else "TIME"
    top = next((line for line in tops if line[0].endswith("(Codes)")), tops[0])
    values = [(column, cell) for column, cell in enumerate(top) if column >= left and cell]
    columns = {column for column, _ in values}
    flagged = len(top) > left + 1 and left + 1 not in columns
    if not values or columns != set(range(left, left + len(values) * (1 + flagged), 1 + flagged)):
        place.refuse(at, "values and flags do not take turns at the head of the table")
    return Head(list(sides.values()), across, values, flagged, last + 1)


def _side_codes(
    line: Line, number: int, head: Head, place: SheetPlace, labels: Labels, seen: dict[tuple[str, ...], int]
) -> list[str]:
    """Codes of the row's dimensions; where one has labels only, its label and the how-manieth row it is with
    these cells."""
    columns = [side.labels if side.codes is None else side.codes for side in head.sides]
    cells = tuple(line[column] for column in columns if column is not None)
    if not all(cells):
        place.refuse(number, f"no {head.sides[cells.index('')].name} at the begin of the row")
    seen[cells] = seen.get(cells, 0) + 1
    codes: list[str] = []
    for side, cell in zip(head.sides, cells, strict=True):
        codes += [cell] if side.codes is not None else [cell, str(seen[cells])]
        if side.codes is not None and side.labels is not None:
            labels.setdefault(side.name, {})[cell] = line[side.labels]
    return codes


def _cells(
    line: Line, number: int, head: Head, place: SheetPlace
) -> list[tuple[str, float | None, str | None]]:
    """Heading, value and flag of each cell that has one of the two."""
    cells: list[tuple[str, float | None, str | None]] = []
    for column, heading in head.values:
        value = line[column]
        flag = line[column + 1] if head.flagged and column + 1 < len(line) else ""
        good = value == MISSING or (NUMBER.fullmatch(value) and isfinite(float(value)))
        if not good or (flag and not LETTERS.fullmatch(flag)):
            written = one_line(f"{value} {flag}", 40)
            place.refuse(number, f"{head.across} {heading}: `{written}` is no number, no `:` and no flag")
        if value != MISSING or flag:
            cells.append((heading, None if value == MISSING else float(value), flag or None))
    beyond = head.values[-1][0] + head.flagged + 1
    if any(line[beyond:]):
        place.refuse(number, "a cell beside the table")
    return cells


def _read_legend(lines: list[Line], end: int, place: SheetPlace) -> dict[str, str]:
    """{flag: meaning}; what stands below the table and is no legend may be data, and is refused."""
    meanings: dict[str, str] = {}
    block = ""
    for number in range(end, len(lines)):
        cells = [cell for cell in lines[number] if cell]
        if len(cells) == 1 and cells[0] in LEGENDS:
            block = cells[0]
        elif block and len(cells) == 2:
            meanings |= {cells[0]: cells[1]} if block != SPECIAL_VALUES else {}
        elif cells:
            place.refuse(number, f"neither data nor legend: `{one_line(', '.join(cells), 60)}`")
    return meanings
