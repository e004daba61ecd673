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
    header, *rows = book[name].iter_rows(values_only=True)
    kinds = table["types"]
    found = {
        column: [value_of(row[place], kinds[column]) for row in rows] for place, column in enumerate(header)
    }
    book.close()
    return found


read_all(read)
