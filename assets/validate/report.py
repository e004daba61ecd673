"""The verdict on one table. Only the shape of a report belongs here; how it is reached is `engine`'s
matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RowError:
    """One error in frictionless-py's words: type (`type-error`, `constraint-error`, `primary-key` …)
    and place.
    """

    type: str
    note: str
    row_number: int | None = None  # as frictionless counts: the header is row 1
    field_name: str | None = None
    field_number: int | None = None  # 1-based
    cell: str | None = None


@dataclass(frozen=True)
class ExpectationResult:
    """What became of one expectation of the descriptor.

    `result`: `met`, `failed`, `warned`, or `not compared` where there was nothing to compare with (no release
    before this one, no snapshot with a day). `compared` counts what was looked at: rows, values, sums, pairs.
    """

    rule: str
    result: str
    compared: int
    reason: str
    declared: Mapping[str, Any]  # the rule's properties as the descriptor has them
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """The verdict on one table: how many rows were read, exact totals by error type, and the listed
    errors.
    """

    resource: str
    rows: int
    errors: tuple[RowError, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # the header as it was read
    place: str = ""  # the file, as the descriptor names it
    expectations: tuple[ExpectationResult, ...] = ()  # all that the descriptor declares, in its order

    @property
    def valid(self) -> bool:
        """True when no error was found; warnings do not count."""
        return not self.totals
