"""CORDIS's CSV files: the members of its project archives, in the layouts of FP7, H2020 and Horizon Europe.

Which table a file is, and the two decimal marks of its amounts, belong here; XML records belong to
`xml`, archives to `zip`, what the columns become to the descriptor and `framework_projects`.
"""

from pathlib import Path
from typing import Any

import polars as pl

from assets.csv.dialect import Dialect
from assets.errors import SourceError
from assets.normalise.readers.cordis.quotes import repair_quotes
from assets.normalise.readers.delimited.numbers import plain_numbers
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.source_table import SourceTable, read_bytes, source_name
from assets.normalise.readers.text_checks import UTF8_BOM

# Seen in all raw files of 2012 to 2025: semicolon, every cell quoted, LF; a byte order mark in some (FP7).
CORDIS_DIALECT = Dialect(delimiter=";")

# The columns by which a member is known. Order differs between releases and further columns come and go.
MEMBERS: dict[str, frozenset[str]] = {
    "project": frozenset({"id", "acronym", "title", "status", "frameworkProgramme", "ecMaxContribution"}),
    "organization": frozenset({"projectID", "organisationID", "role", "order", "country"}),
    "topics": frozenset({"projectID", "topic"}),
    "legalBasis": frozenset({"projectID", "legalBasis", "title"}),
    "euroSciVoc": frozenset({"projectID", "euroSciVocCode"}),
    "policyPriorities": frozenset({"projectID", "digitalAgenda"}),
    "webLink": frozenset({"projectID", "physUrl"}),
    "reportSummaries": frozenset({"id", "title", "projectID", "projectAcronym", "attachment"}),
    "webItem": frozenset({"uri", "represents"}),
    # Until 2015 the participants stood as a list in one cell of the project.
    "project-2015": frozenset({"reference", "acronym", "coordinator", "participants"}),
}
AMOUNTS = ("totalCost", "ecMaxContribution", "ecContribution", "netEcContribution")


def read_cordis_csv(
    source: Path | bytes, dialect: Dialect = CORDIS_DIALECT, repair: bool = False
) -> SourceTable:
    """Read one CSV member of a CORDIS archive whole, every column String, names as in the file, empty null.

    Columns are known by name, in any order. In the columns of amounts the decimal mark becomes a point (the
    files write `ecContribution` with a point, `totalCost` with a comma); nothing else is changed. `dialect`
    is for copies that other programs have written (comma instead of semicolon).

    A text that begins with a quotation mark is written with two quotes instead of three, and a standard
    reader would split that record or lose it. With `repair` they are repaired where that is unambiguous
    (`quotes`); without it the file is refused.

    Metadata: those of `read_delimited`; `member` (project, `organization`, topics, legalBasis, euroSciVoc,
    policyPriorities, webLink, reportSummaries, webItem, or project-2015 for the layout until 2015);
    `repaired`, the lines of the records repaired.
    Raises `SourceError` as `read_delimited` does; further where the header is no member's, and for an amount
    with both marks or one that is no number. Source: RFC 4180; the data dictionary in the
    archives' `information.zip`.
    """
    name = source_name(source)
    repaired: list[int] = []
    try:
        frame, metadata = read_delimited(source, dialect)
    except SourceError:
        if not repair:
            raise
        frame, metadata, repaired = _read_repaired(source, dialect, name)
    columns = frame.collect_schema().names()
    member = next((m for m, known in MEMBERS.items() if known.issubset(columns)), None)
    if member is None:
        shown = ", ".join(columns[:8])
        nearest = max(MEMBERS, key=lambda m: len(MEMBERS[m] & set(columns)))
        lacking = ", ".join(sorted(MEMBERS[nearest] - set(columns))[:8])
        raise SourceError(
            name,
            "header",
            f"no table of CORDIS has these columns: {shown}; the table {nearest} lacks {lacking}",
        )
    amounts = [column for column in AMOUNTS if column in columns]
    if amounts:
        frame = plain_numbers(frame.collect(), amounts, name, decimal_chars=".,").lazy()
    return SourceTable(frame, {**metadata, "member": member, "repaired": repaired})


def _read_repaired(source: Path | bytes, dialect: Dialect, name: str) -> tuple[pl.LazyFrame, Any, list[int]]:
    raw = read_bytes(source)
    content = raw.removeprefix(UTF8_BOM)
    bom = raw[: len(raw) - len(content)]
    header = content.partition(b"\n")[0]
    content, lines = repair_quotes(content, header.count(b'";"') + 1, dialect)
    try:
        frame, metadata = read_delimited(bom + content, dialect)
    except SourceError as error:
        raise SourceError(name, error.where, error.problem) from error
    return frame, metadata, lines
