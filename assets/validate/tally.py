"""The errors of a table as they are found: exact totals by type, and a list of the first ones.

Finding errors does not belong here. Batches come in the order of their rows, so the list is full as soon as
it has its number; keys are found at the end and are merged in.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from assets.validate.report import RowError

AFTER_ALL_FIELDS = 1_000_000_000


class Found(NamedTuple):
    """One cell or row with its errors: row number, field number, the error's (type, note) pairs, the cell."""

    row: int
    number: int
    errors: tuple[tuple[str, str], ...]
    name: str | None
    cell: Any


@dataclass
class ErrorTally:
    """Totals and list. `limit` is the number of errors listed, not of those counted."""

    limit: int
    totals: Counter[str] = field(default_factory=Counter)
    listed: list[RowError] = field(default_factory=list)

    @property
    def room(self) -> int:
        """How many more errors the list takes."""
        return max(self.limit - len(self.listed), 0)

    def add_header(self, errors: Iterable[RowError]) -> None:
        """Counts and lists errors that belong to no row; they stand before all others."""
        for error in errors:
            self.merge(error.type, 1, [error])

    def list_batch(self, found: list[Found]) -> None:
        """Lists the errors of one batch by row, then field; counting them is the caller's matter."""
        for item in sorted(found, key=itemgetter(0, 1)):
            for kind, note in item.errors:
                if not self.room:
                    return
                cell = cell_text(item.cell) or "" if item.number else None
                self.listed.append(RowError(kind, note, item.row, item.name, item.number or None, cell))

    def merge(self, kind: str, count: int, errors: list[RowError]) -> None:
        """Counts `count` errors of one kind and merges the first of them into the list."""
        if not count:
            return
        self.totals[kind] += count
        self.listed = sorted([*self.listed, *errors], key=error_position)[: self.limit]


def error_position(error: RowError) -> tuple[int, int]:
    """Where an error stands in the list: by row, then field; those of the whole row after its cells."""
    return error.row_number or 0, error.field_number or (AFTER_ALL_FIELDS if error.row_number else 0)


def cell_text(cell: Any) -> str | None:
    """A cell as the published CSV has it, so that a table gives one report from every kind of file."""
    from datetime import datetime
    from decimal import Decimal

    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        text = repr(cell).removesuffix(".0")
        ordinary = "e" in text and 1e-15 <= abs(cell) < 1e21
        return format(Decimal(text), "f") if ordinary else text
    if isinstance(cell, datetime):
        whole = cell.microsecond % 1000
        part = "milliseconds" if cell.microsecond and not whole else "auto"  # as the table writer does
        return cell.isoformat(timespec=part).replace("+00:00", "Z")
    return str(cell)
