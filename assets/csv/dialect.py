"""How a delimited text is written: Table Dialect (Data Package v2) as a frozen dataclass, and what registers
need besides.

Names follow the standards where they have one: those of Table Dialect, `decimalChar` and `groupChar` of Table
Schema. What they do not know are registers' own habits: `encoding`, `lineSuffix`, `recordPattern`, `numbers`,
`unendedLastLine`. Dialects are never guessed from the data; reading a text by its dialect belongs to `scan`
and `rows`.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.errors import DescriptorError

OPTIONS = (
    "decimalChar",
    "delimiter",
    "encoding",
    "groupChar",
    "headerRows",
    "lineSuffix",
    "numbers",
    "quoteChar",
    "recordPattern",
    "unendedLastLine",
)


@dataclass(frozen=True)
class Dialect:
    """How a delimited text is written; the defaults are RFC 4180's in UTF-8.

    `header_case` false compares labels without regard to case (not in version 2).
    """

    delimiter: str = ","
    quote_char: str | None = '"'  # None: quotes are text like any other
    double_quote: bool = True
    escape_char: str | None = None
    line_terminator: str = "\r\n"  # a newline alone ends a row too
    null_sequence: str | None = None
    skip_initial_space: bool = False
    header: bool = True
    header_rows: tuple[int, ...] = (1,)
    header_join: str = " "
    header_case: bool = True
    comment_char: str | None = None
    comment_rows: frozenset[int] = frozenset()
    skip_blank_rows: bool = False
    # registers' own
    encoding: str = "utf-8"
    line_suffix: str = ""  # what may stand at the end of a line and is no data
    record_pattern: str | None = None  # one line of data, a group for each column: for unquoted delimiters
    numbers: tuple[str, ...] = ()  # columns that hold numbers in the provider's notation
    decimal_char: str = "."
    group_char: str | None = None  # what groups the digits by three
    unended_last_line: bool = False  # RFC 4180 allows it, but then a file that was cut off cannot be noticed
    problems: tuple[str, ...] = ()  # of a descriptor that was read by `plan_dialect`

    @property
    def last_header_row(self) -> int:
        """The number of the last header row, 0 without a header."""
        return self.header_rows[-1] if self.header and self.header_rows else 0


def dialect_of(options: Mapping[str, Any]) -> Dialect:
    """The dialect that a source of a dataset's descriptor states by `OPTIONS`; registers need no others.

    `recordPattern` is a regular expression for a whole line of data; it needs `quoteChar: null`, because a
    record is then a line. Raises `DescriptorError` for an unknown option or a value that is not allowed.
    """
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise DescriptorError(f"dialect: unknown option {unknown[0]}; allowed are {', '.join(OPTIONS)}")
    quoted = options.get("quoteChar", '"')
    dialect = Dialect(
        delimiter=_one_character("delimiter", options.get("delimiter", ",")),
        quote_char=None if quoted is None else _one_character("quoteChar", quoted),
        encoding=_encoding(options.get("encoding", "utf-8")),
        header_rows=_header_rows(options.get("headerRows", [1])),
        line_suffix=_text("lineSuffix", options.get("lineSuffix", "")),
        record_pattern=_pattern(options.get("recordPattern")),
        numbers=tuple(options.get("numbers", ())),
        decimal_char=_text("decimalChar", options.get("decimalChar", ".")),
        group_char=options.get("groupChar"),
        unended_last_line=options.get("unendedLastLine", False) is True,
    )
    if dialect.delimiter == dialect.quote_char:
        raise DescriptorError("dialect: delimiter and quoteChar are the same character")
    if dialect.record_pattern and dialect.quote_char:
        raise DescriptorError("dialect: recordPattern needs quoteChar: null, a record is then a line")
    if dialect.line_suffix and dialect.quote_char:
        raise DescriptorError("dialect: lineSuffix needs quoteChar: null, a line may else be inside a cell")
    return dialect


def plan_dialect(described: Mapping[str, Any] | None, tab_separated: bool = False) -> Dialect:
    """The dialect that a Data Package states, of whatever kind the standard knows; frictionless-py's nested
    `csv` object is read as well.

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


def _one_character(option: str, value: object) -> str:
    if isinstance(value, str) and len(value) == 1 and value.isascii() and value not in "\r\n\0":
        return value
    raise DescriptorError(f"dialect: {option} is {value!r}; allowed is one ASCII character, no line end")


def _text(option: str, value: object) -> str:
    if isinstance(value, str) and not set(value) & set("\r\n\0"):
        return value
    raise DescriptorError(f"dialect: {option} is {value!r}; allowed is a text without line ends")


def _encoding(value: object) -> str:
    try:
        return codecs.lookup(str(value)).name
    except LookupError as error:
        problem = f"dialect: encoding {value} is not known; use an IANA name such as utf-8"
        raise DescriptorError(problem) from error


def _header_rows(value: object) -> tuple[int]:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], int) and value[0] >= 1:
        return (value[0],)
    raise DescriptorError(f"dialect: headerRows is {value!r}; allowed is a list of one line number from 1")


def _pattern(value: object) -> str | None:
    if value is None:
        return None
    try:
        return re.compile(str(value)).pattern
    except re.error as error:
        raise DescriptorError(f"dialect: recordPattern is no regular expression: {error}") from error
