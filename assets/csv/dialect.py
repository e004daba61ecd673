"""How a delimited text is written: Table Dialect (Data Package v2) as far as registers need it, and more.

Names follow the standards where they have one: `delimiter`, `quoteChar`, `headerRows` of Table Dialect,
`decimalChar` and `groupChar` of Table Schema. What they do not know are registers' own habits: `encoding`,
`lineSuffix`, `recordPattern`, `numbers`, `unendedLastLine`. Reading a text by its dialect belongs to
`delimited`.
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
    """A dialect, checked; the defaults are RFC 4180's in UTF-8."""

    delimiter: str = ","  # one ASCII character
    quote: str | None = '"'  # one ASCII character; None: quotes are text like any other
    encoding: str = "utf-8"
    header_row: int = 1  # line of the header; what stands before it is no data
    line_suffix: str = ""  # what may stand at the end of a line and is no data
    record_pattern: str | None = None  # one line of data, a group for each column: for unquoted delimiters
    numbers: tuple[str, ...] = ()  # columns that hold numbers in the provider's notation
    decimal_char: str = "."
    group_char: str | None = None  # what groups the digits by three
    unended_last_line: bool = False  # RFC 4180 allows it, but then a file that was cut off cannot be told


def dialect_of(options: Mapping[str, Any]) -> Dialect:
    """The dialect that a descriptor states by `OPTIONS`.

    `recordPattern` is a regular expression for a whole line of data; it needs `quoteChar: null`, because a
    record is then a line. Raises `DescriptorError` for an unknown option or a value that is not allowed.
    """
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise DescriptorError(f"dialect: unknown option {unknown[0]}; allowed are {', '.join(OPTIONS)}")
    quoted = options.get("quoteChar", '"')
    dialect = Dialect(
        delimiter=_one_character("delimiter", options.get("delimiter", ",")),
        quote=None if quoted is None else _one_character("quoteChar", quoted),
        encoding=_encoding(options.get("encoding", "utf-8")),
        header_row=_header_row(options.get("headerRows", [1])),
        line_suffix=_text("lineSuffix", options.get("lineSuffix", "")),
        record_pattern=_pattern(options.get("recordPattern")),
        numbers=tuple(options.get("numbers", ())),
        decimal_char=_text("decimalChar", options.get("decimalChar", ".")),
        group_char=options.get("groupChar"),
        unended_last_line=options.get("unendedLastLine", False) is True,
    )
    if dialect.delimiter == dialect.quote:
        raise DescriptorError("dialect: delimiter and quoteChar are the same character")
    if dialect.record_pattern and dialect.quote:
        raise DescriptorError("dialect: recordPattern needs quoteChar: null, a record is then a line")
    if dialect.line_suffix and dialect.quote:
        raise DescriptorError("dialect: lineSuffix needs quoteChar: null, a line may else be inside a cell")
    return dialect


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


def _header_row(value: object) -> int:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], int) and value[0] >= 1:
        return value[0]
    raise DescriptorError(f"dialect: headerRows is {value!r}; allowed is a list of one line number from 1")


def _pattern(value: object) -> str | None:
    if value is None:
        return None
    try:
        return re.compile(str(value)).pattern
    except re.error as error:
        raise DescriptorError(f"dialect: recordPattern is no regular expression: {error}") from error
