"""Spreadsheets of Eurostat's Data Browser with fewer rows: those of the chosen areas, as the file has them.

The workbook stays one that the reader of the downloaded ones reads. Which areas stay is said in
`selections.yaml`; what a row means belongs to `normalise`.
"""

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import unescape
from typing import Any

from assets.errors import SourceError

SHEETS = re.compile(r"xl/worksheets/sheet(?!1\.)\d+\.xml")  # the first sheet is the summary
LABEL = re.compile(r'<c r="A\d+"[^>]*><is><t[^>]*>([^<]*)</t>')
ROW = re.compile(r'<row r="(\d+)">.*?</row>', re.DOTALL)
LEGEND = "Special value"  # after the table and a line that the file leaves out
TIME = (1980, 1, 1, 0, 0, 0)  # the same rows give the same bytes


def select_workbook(content: bytes, entry: Mapping[str, Any]) -> bytes:
    """The workbook with the rows of its sheets that `entry` keeps, and all that stands around them.

    `blocks` of the entry are pairs of labels: rows from the first label up to the one before the second;
    `also` are labels of single rows. Raises `SourceError` for a label of either that no row has.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(made, "w") as kept:
        for name in book.namelist():
            data = book.read(name)
            if SHEETS.fullmatch(name):
                data = _select_rows(data.decode(), entry).encode()
            kept.writestr(zipfile.ZipInfo(name, TIME), data, zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


def _select_rows(sheet: str, entry: Mapping[str, Any]) -> str:
    rows = list(ROW.finditer(sheet))
    labels = [unescape(found[1]) if (found := LABEL.search(row[0])) else "" for row in rows]
    blank = [number for number, label in enumerate(labels) if not label]
    if len(blank) < 2 or LEGEND not in labels:
        raise SourceError(entry["path"], "sheet", "no sheet of the Data Browser with head, table and legend")
    known = {label for block in entry["blocks"] for label in block} | set(entry.get("also", ()))
    if lacking := sorted(known - set(labels)):
        raise SourceError(entry["path"], "sheet", f"no row of {', '.join(lacking)}")
    first, end = blank[1] + 3, labels.index(LEGEND)  # below the blank line: the heads of columns and of rows
    chosen = set(_chosen(labels[first:end], entry["blocks"], entry.get("also", ())))
    kept = [n for n in range(len(rows)) if not first <= n < end or n - first in chosen]
    texts = [_renumber(rows[n], number + (n >= end)) for number, n in enumerate(kept, 1)]  # a gap, as it was
    return sheet[: rows[0].start()] + "\n".join(texts) + sheet[rows[-1].end() :]


def _chosen(labels: list[str], blocks: Sequence[tuple[str, str]], also: Collection[str]) -> Iterator[int]:
    """The places of the labels that stay."""
    ends = dict(blocks)
    until: str | None = None
    for place, label in enumerate(labels):
        if label == until:
            until = None
        if until is None:
            until = ends.get(label)
        if until is not None or label in also:
            yield place


def _renumber(row: re.Match[str], number: int) -> str:
    """The row under another number, and its cells."""
    text = row[0].replace(f'<row r="{row[1]}">', f'<row r="{number}">')
    return re.sub(rf'<c r="([A-Z]+){row[1]}"', rf'<c r="\g<1>{number}"', text)
