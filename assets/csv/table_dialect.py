"""A Table Dialect descriptor for delimited text as a frozen dataclass, with the standard's defaults.

What the properties do to the bytes of a file belongs to `rows`. Dialects are never guessed from the data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written. `header_case` false compares labels without regard to case (not in v2)."""

    delimiter: str = ","
    line_terminator: str = "\r\n"
    quote_char: str | None = '"'
    double_quote: bool = True
    escape_char: str | None = None
    null_sequence: str | None = None
    skip_initial_space: bool = False
    header: bool = True
    header_rows: tuple[int, ...] = (1,)
    header_join: str = " "
    header_case: bool = True
    comment_char: str | None = None
    comment_rows: frozenset[int] = frozenset()
    skip_blank_rows: bool = False
    problems: tuple[str, ...] = ()

    @property
    def last_header_row(self) -> int:
        """The number of the last header row, 0 without a header."""
        return self.header_rows[-1] if self.header and self.header_rows else 0


def plan_dialect(described: Mapping[str, Any] | None, tab_separated: bool = False) -> Dialect:
    """The dialect of a descriptor; frictionless-py's nested `csv` object is read as well.

    Raises nothing: what is wrong with the descriptor stands in `problems`.
    """
    properties = dict(described or {})
    properties |= properties.pop("csv", {})
    delimiter = str(properties.get("delimiter", "\t" if tab_separated else ","))
    quote, escape = properties.get("quoteChar", '"'), properties.get("escapeChar")
    problems = [
        f'dialect: {name} "{value}" is not one character'
        for name, value in (
            ("delimiter", delimiter),
            ("quoteChar", quote or '"'),
            ("escapeChar", escape or "x"),
        )
        if len(str(value)) != 1
    ]
    return Dialect(
        delimiter=delimiter,
        line_terminator=str(properties.get("lineTerminator", "\r\n")),
        quote_char=quote or None,
        double_quote=bool(properties.get("doubleQuote", True)),
        escape_char=escape or None,
        null_sequence=properties.get("nullSequence"),
        skip_initial_space=bool(properties.get("skipInitialSpace", False)),
        header=bool(properties.get("header", True)),
        header_rows=tuple(int(row) for row in properties.get("headerRows", [1])),
        header_join=str(properties.get("headerJoin", " ")),
        header_case=bool(properties.get("headerCase", properties.get("caseSensitiveHeader", True))),
        comment_char=properties.get("commentChar") or None,
        comment_rows=frozenset(int(row) for row in properties.get("commentRows", ())),
        skip_blank_rows=bool(properties.get("skipBlankRows", False)),
        problems=tuple(problems),
    )
