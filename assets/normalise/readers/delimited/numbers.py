"""Numbers in a provider's notation to plain ones: a point as decimal mark, no grouping, still text.

The notation belongs here; the dtype that the number becomes belongs to `typed_values`.
"""

from collections.abc import Sequence

import polars as pl

from assets.errors import SourceError


def plain_numbers(
    frame: pl.DataFrame,
    columns: Sequence[str],
    name: str,
    decimal_chars: str = ".",
    group_char: str | None = None,
) -> pl.DataFrame:
    """The frame with the numbers of `columns` (String, null stays null) as `-1234.5`.

    `decimal_chars` are the marks that may stand in a number, one at most; `group_char` groups the digits by
    three, or is absent. A minus may be U+2212. Raises `SourceError` with record and column for a cell that is
    no such number, so for one with two marks: `1.234,5` is never read as either.
    """
    digits = r"\d+"
    if group_char:
        digits = rf"(?:\d+|\d{{1,3}}(?:{_escaped(group_char)}\d{{3}})+)"
    whole = rf"^[-\x{{2212}}]?{digits}(?:[{''.join(map(_escaped, decimal_chars))}]\d+)?$"
    plain = frame.with_columns(_plain(column, decimal_chars, group_char) for column in columns)
    for column in columns:
        wrong = frame.select((~pl.col(column).str.contains(whole)).arg_true()).to_series()
        if wrong.len():
            marks = " or ".join(repr(mark) for mark in decimal_chars)
            problem = f"{frame[column][wrong[0]]!r} is no number with the decimal mark {marks}"
            where = f"record {wrong[0] + 1}, column {column}"
            raise SourceError(name, where, f"{problem} ({wrong.len()} such cells)")
    return plain


def _plain(column: str, decimal_chars: str, group_char: str | None) -> pl.Expr:
    text = pl.col(column)
    if group_char:
        text = text.str.replace_all(group_char, "", literal=True).str.replace("\u2212", "-", literal=True)
    for mark in decimal_chars:
        if mark != ".":
            text = text.str.replace(mark, ".", literal=True)
    return text


def _escaped(character: str) -> str:
    return f"\\x{{{ord(character):x}}}"
