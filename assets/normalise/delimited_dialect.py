"""How a delimited text is written: Table Dialect (Data Package v2) as far as registers need it, and encoding.

Names follow the standard where it has one (`delimiter`, `quoteChar`, `headerRows`). Reading a text by its
dialect belongs to `delimited`.
"""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.errors import DescriptorError


@dataclass(frozen=True)
class Dialect:
    """Delimiter and quote (one ASCII character each; quote None: quotes are text), encoding, header line."""

    delimiter: str = ","
    quote: str | None = '"'
    encoding: str = "utf-8"
    header_row: int = 1


def dialect_of(options: Mapping[str, Any]) -> Dialect:
    """The dialect of a descriptor: `delimiter`, `quoteChar`, `encoding`, `headerRows` ([line], from 1).

    Defaults are RFC 4180's, in UTF-8; `decimalChar` is for the numbers' mapping and only allowed here. Raises
    `DescriptorError` for an unknown option or a value that is not allowed.
    """
    known = {"delimiter", "quoteChar", "encoding", "headerRows", "decimalChar"}
    unknown = sorted(set(options) - known)
    if unknown:
        raise DescriptorError(f"dialect: unknown option {unknown[0]}; allowed are {', '.join(sorted(known))}")
    delimiter = _one_character("delimiter", options.get("delimiter", ","))
    quoted = options.get("quoteChar", '"')
    quote = None if quoted is None else _one_character("quoteChar", quoted)
    encoding = str(options.get("encoding", "utf-8"))
    try:
        encoding = codecs.lookup(encoding).name
    except LookupError as error:
        raise DescriptorError(
            f"dialect: encoding {encoding} is not known; use an IANA name such as utf-8"
        ) from error
    rows = options.get("headerRows", [1])
    if not (isinstance(rows, list) and len(rows) == 1 and isinstance(rows[0], int) and rows[0] >= 1):
        raise DescriptorError(f"dialect: headerRows is {rows!r}; allowed is a list of one line number from 1")
    if delimiter == quote:
        raise DescriptorError("dialect: delimiter and quoteChar are the same character")
    return Dialect(delimiter, quote, encoding, rows[0])


def _one_character(option: str, value: object) -> str:
    if isinstance(value, str) and len(value) == 1 and value.isascii() and value not in "\r\n\0":
        return value
    raise DescriptorError(f"dialect: {option} is {value!r}; allowed is one ASCII character, no line end")
