"""Eurostat's table of contents: in one answer, what changed when.

Reading the listing belongs here; asking for a table belongs to `eurostat`.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from assets.fetch.errors import CutOff, NotData, NotFound

LISTING = "catalogue/toc/txt"
_DATE = "%d.%m.%Y"


class Entry(NamedTuple):
    """A dataset's line: the days of the last update and of the last change of structure, ISO dates or "", and
    its title."""

    updated: str
    structure: str
    title: str = ""

    @property
    def change_token(self) -> str:
        """What is the same as long as nothing changed, as far as days show."""
        return f"{self.updated}|{self.structure}"


def check_listing(path: Path) -> None:
    """Raises `NotData` or `CutOff` where the file is no whole table of contents."""
    content = path.read_bytes()
    header = content.partition(b"\n")[0].replace(b'"', b"").split(b"\t")
    if [name.strip() for name in header[1:4]] != [b"code", b"type", b"last update of data"]:
        raise NotData("Eurostat's table of contents: another header than expected; look at the address")
    if not content.endswith(b"\n"):
        raise CutOff("Eurostat's table of contents: the last line has no end")


def find_entry(listing: bytes, code: str) -> Entry:
    """The dataset's line in the listing; the same code stands at several places of the tree.

    Raises `NotFound` where it is not there: renamed, ended, or never there.
    """
    for row in _rows(listing, code):
        if row[1].strip().lower() == code.lower() and row[2].strip() in ("dataset", "table"):
            return Entry(_day(row[3]), _day(row[4]) if len(row) > 4 else "", row[0].strip())
    raise NotFound(
        f"eurostat/{code}: not in Eurostat's table of contents any more; "
        "look for its successor and edit table of innoregio:source"
    )


def may_have_changed_since(entry: Entry, checked: str) -> bool:
    """Whether data of the listed day could be newer than what was asked for at `checked` (RFC 3339).

    The listing knows days only and data change twice a day: a table asked for on the day of its update, in
    any time zone, may have been updated once more.
    """
    if not entry.updated or not checked:
        return True
    day_is_over = datetime.fromisoformat(entry.updated).replace(tzinfo=UTC) + timedelta(days=1, hours=2)
    return datetime.fromisoformat(checked) < day_is_over


def _rows(listing: bytes, code: str) -> Iterator[list[str]]:
    lines = listing.decode("utf-8-sig", "replace").splitlines()
    wanted = (line for line in lines if code.lower() in line.lower())  # 20,000 lines: parse few of them
    return (row for row in csv.reader(wanted, delimiter="\t") if len(row) > 3)


def _day(text: str) -> str:
    try:
        return datetime.strptime(text.strip(), _DATE).date().isoformat()
    except ValueError:
        return ""
