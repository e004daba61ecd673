"""CORDIS's CSV files: the members of its project archives, in the layouts of FP7, H2020 and Horizon Europe.

Which table a file is, and the two decimal marks of its amounts, belong here; XML records belong to
`cordis_xml`, archives to `cordis_zip`, what the columns become to the descriptor and `framework_projects`.
"""

from pathlib import Path

import polars as pl

from assets.errors import SourceError
from assets.normalise.delimited import read_delimited
from assets.normalise.delimited_dialect import Dialect
from assets.normalise.source_table import SourceTable, source_name

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
    "webItem": frozenset({"uri", "represents"}),
    # Until 2015 the participants stood as a list in one cell of the project.
    "project-2015": frozenset({"reference", "acronym", "coordinator", "participants"}),
}
AMOUNTS = ("totalCost", "ecMaxContribution", "ecContribution", "netEcContribution")
_AMOUNT = r"^-?\d+(\.\d+)?$"


def read_cordis_csv(source: Path | bytes, dialect: Dialect = CORDIS_DIALECT) -> SourceTable:
    """Read one CSV member of a CORDIS archive whole, every column String, names as in the file, empty null.

    Columns are known by name, in any order. In the columns of amounts the decimal mark becomes a point (the
    files write `ecContribution` with a point, `totalCost` with a comma); nothing else is changed. `dialect`
    is for copies that other programs have written (comma instead of semicolon).

    Metadata: those of `read_delimited`, and `member` (project, organization, topics, legalBasis, euroSciVoc,
    policyPriorities, webLink, webItem, or project-2015 for the layout until 2015).
    Raises `SourceError` as `read_delimited` does, so also where a text that begins with a quotation mark was
    written with two quotes instead of three (a standard reader would split that record or lose it); further
    where the header is no member's, and for an amount with both marks or one that is no number.
    """
    name = source_name(source)
    frame, metadata = read_delimited(source, dialect)
    columns = frame.collect_schema().names()
    member = next((m for m, known in MEMBERS.items() if known.issubset(columns)), None)
    if member is None:
        shown = ", ".join(columns[:8])
        raise SourceError(name, "header", f"no table of CORDIS has these columns: {shown}; see `MEMBERS`")
    return SourceTable(_with_points(frame, columns, name), {**metadata, "member": member})


def _with_points(frame: pl.LazyFrame, columns: list[str], name: str) -> pl.LazyFrame:
    """The frame with a decimal point in every amount; stops at the first amount that is none."""
    amounts = [column for column in AMOUNTS if column in columns]
    if not amounts:
        return frame
    pointed = frame.with_columns(pl.col(amounts).str.replace(",", ".", literal=True)).collect()
    for column in amounts:
        wrong = pointed.select((~pl.col(column).str.contains(_AMOUNT)).arg_true()).to_series()
        if wrong.len():
            value = frame.select(pl.col(column).get(wrong[0])).collect().item()
            raise SourceError(
                name,
                f"record {wrong[0] + 1}, column {column}",
                f"{value!r} is no amount with one decimal mark ({wrong.len()} such values)",
            )
    return pointed.lazy()
