"""The table that the live check ends with: one row per endpoint. What is asked belongs to `live_table`."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

PROPERTY = "live"  # of a test's report: one row of the table


@dataclass(frozen=True)
class Row:
    """One endpoint; yes, no or - (nothing to tell) for each question."""

    endpoint: str
    there: str
    dimensions: str = "-"  # those of the descriptor, or the members that the connector reads
    figures: str = "-"  # the schema and the expectations of the descriptor hold
    message: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong with it."""
        return "no" not in (self.there, self.dimensions, self.figures)


def format_table(rows: Sequence[Sequence[str]]) -> str:
    """The rows below their header, in columns, each endpoint once."""
    head = ("endpoint", "there", "dimensions", "figures", "message")
    lines = [head, *sorted({tuple(row) for row in rows})]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head) - 1)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]
        ).rstrip()
        for line in lines
    )


def as_text(row: Row) -> tuple[str, ...]:
    """The cells of a row, each on one line."""
    return tuple(" ".join(cell.split()) for cell in astuple(row))
