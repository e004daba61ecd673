"""Reads workbooks with openpyxl; see `columns.py`. A location is `PATH#SHEET`; days and moments come
without a zone, a formula would come as its text.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import openpyxl
from columns import read_all


def value_of(value: Any, kind: str) -> Any:
    """A cell as the type of its column tells it apart; Excel has one type for days and moments."""
    if isinstance(value, datetime):
        return value.date() if kind == "date" else value.replace(tzinfo=UTC)
    return value


def read(table: Mapping[str, Any]) -> dict[str, list[Any]]:
    path, _, name = table["location"].partition("#")
    book = openpyxl.load_workbook(path, read_only=True)
    told = [row for row in book["Data dictionary"].iter_rows(values_only=True) if row[0] == name]
    header, *rows = book[name].iter_rows(values_only=True)
    assert list(header) == [row[1] for row in told], name
    kinds = table["types"]
    found = {
        row[2]: [value_of(cells[place], kinds[row[2]]) for cells in rows]
        for place, row in enumerate(told)
        if row[2]  # the others are labels
    }
    book.close()
    return found


read_all(read)
