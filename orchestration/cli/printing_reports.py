"""Reports on tables as text for people, as Markdown for a comment or a wiki, as JSON for programs.

What the other commands print belongs to `printing`; this module is apart so that `validate` starts at once.
"""

import json
from collections.abc import Iterator, Sequence

import click

from assets.validate.frictionless_report import to_frictionless_report
from assets.validate.report import Report, RowError

LONGEST_CELL = 80


def print_reports(reports: Sequence[Report], form: str, seconds: float) -> None:
    """The verdict on each table and its listed errors; as JSON in the shape of frictionless-py's report."""
    if form == "json":
        click.echo(json.dumps(to_frictionless_report(reports, seconds), ensure_ascii=False, indent=2))
        return
    lines = markdown_lines(reports) if form == "markdown" else text_lines(reports)
    click.echo("\n".join(lines))


def text_lines(reports: Sequence[Report]) -> Iterator[str]:
    """A line for each table, below it one for each listed error and warning, and the sum at the end."""
    for report in reports:
        yield f"{printable(report.place or report.resource)}: {verdict(report)}"
        yield from (f"  {where(error)}{format_note(error)}" for error in report.errors)
        if left := errors_of(report) - len(report.errors):
            yield f"  {left:,} more errors are counted and not listed (see --limit-errors)"
        yield from (f"  warning: {printable(warning)}" for warning in report.warnings)
    if len(reports) > 1:
        broken = sum(not report.valid for report in reports)
        state = f"{broken} of {len(reports)} invalid" if broken else "all valid"
        yield f"{len(reports)} tables, {sum(report.rows for report in reports):,} rows: {state}"


def markdown_lines(reports: Sequence[Report]) -> Iterator[str]:
    """A table of tables, and a table of errors for each that has some."""
    yield "| table | verdict | rows | errors |"
    yield "|---|---|---:|---:|"
    for report in reports:
        state = "valid" if report.valid else "**invalid**"
        name = escape_markdown(report.place or report.resource)
        yield f"| {name} | {state} | {report.rows:,} | {errors_of(report):,} |"
    for report in reports:
        if report.errors:
            listed = "" if len(report.errors) == errors_of(report) else f", {len(report.errors):,} listed"
            yield f"\n### {escape_markdown(report.place or report.resource)}: {counts(report)}{listed}\n"
            yield "| row | field | type | cell | what is wrong |"
            yield "|---:|---|---|---|---|"
            for error in report.errors:
                cell = "" if error.cell is None else escape_markdown(shortened_cell(error.cell))
                field = escape_markdown(error.field_name or "")
                note = escape_markdown(error.note)
                yield f"| {error.row_number or ''} | {field} | {error.type} | {cell} | {note} |"
        if report.warnings:
            yield ""
            yield from (f"- warning: {escape_markdown(warning)}" for warning in report.warnings)


def verdict(report: Report) -> str:
    """Valid or not, in a few words."""
    rows = f"{report.rows:,} row{'' if report.rows == 1 else 's'}"
    return f"valid, {rows}" if report.valid else f"invalid, {rows}, {counts(report)}"


def counts(report: Report) -> str:
    """The exact numbers of errors by type, the most frequent first."""
    totals = sorted(report.totals.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {kind}" for kind, count in totals)


def errors_of(report: Report) -> int:
    """How many errors a table has, listed or not."""
    return sum(report.totals.values())


def where(error: RowError) -> str:
    """The place of an error, its type and the cell."""
    row = f"row {error.row_number}, " if error.row_number else ""
    field = f"field {printable(error.field_name)}, " if error.field_name else ""
    cell = f" {shortened_cell(error.cell)!r}" if error.cell else ""
    return f"{row}{field}{error.type}{cell}"


def format_note(error: RowError) -> str:
    """What there is to say beside the type."""
    return f": {printable(error.note)}" if error.note else ""


def shortened_cell(cell: str) -> str:
    """A cell that fits on a line."""
    return cell if len(cell) <= LONGEST_CELL else f"{cell[:LONGEST_CELL]}…"


def printable(text: str) -> str:
    """Text from a file without what would steer a terminal or break the line."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def escape_markdown(text: str) -> str:
    """Text from a file as it stands in a cell of a Markdown table, whatever marks it holds."""
    plain = printable(text).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{letter}" if letter in "\\`*_[]|~#!" else letter for letter in plain)
