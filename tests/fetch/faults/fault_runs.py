"""How the fault tests ask, and the rows that they compare."""

from dataclasses import replace
from pathlib import Path

from tests.fetch.live_runs import (
    QUICK,
)

DOCS = Path(__file__).parents[3] / "docs" / "fetching.md"


IMPATIENT = replace(QUICK, read=0.25, transfer=0.5, tries=2)


SLOW = ("slow drip", "wrong Content-Length", "connection without a word", "header drip")


def rows() -> list[tuple[str, str]]:
    """Fault and state of each row of the table."""
    section = DOCS.read_text("utf-8").split("## Faults")[1].split("\n## ")[0]
    cells = [[c.strip() for c in line.split("|")[1:-1]] for line in section.splitlines() if "|" in line]
    return [(row[0], row[1]) for row in cells[2:]]
