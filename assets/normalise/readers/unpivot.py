"""A wide table, a column per year or indicator -> one row per observation, as statistics readers give it.

Which columns hold values is the descriptor's word (`unpivot`); reading the text belongs to `delimited`.
"""

import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from assets.errors import DescriptorError, SourceError
from assets.normalise.readers.delimited.numbers import plain_numbers
from assets.normalise.readers.source_table import SourceTable
from assets.normalise.readers.text_checks import one_line

NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
SYMBOL = r"^(?:\.{1,6}|-)$"
MISSING = ("", ":")


def unpivot(
    table: SourceTable, options: Mapping[str, Any], name: str, decimal: str = ".", group: str | None = None
) -> SourceTable:
    r"""The table of a register's reader with a row for each cell of the columns that hold values.

    `options` are `columns`, a regular expression for the whole heading of those columns, and `into`, the name
    of the column that gets the heading, or what the expression's one group finds in it: `{into: year,
    columns: "(\\d{4})"}`; with more groups `into` is a list, a column for each. The other columns stay, then
    come those of `into`, `OBS_VALUE` (Float64) and `OBS_FLAG`
    (String: the symbols `.` to `......` and `-` in place of a value). A cell that is empty or `:` is no row.
    `decimal` and `group` are the marks of the numbers. Metadata: the table's, and `dimensions`.

    Raises `SourceError` where no column or each is one of values, two columns give one heading, or a cell is
    no number and no symbol; `DescriptorError` where the expression is none.
    """
    into = [str(column) for column in _listed(options["into"])]
    try:
        pattern = re.compile(str(options["columns"]))
    except re.error as error:
        raise DescriptorError(f"unpivot: columns is no regular expression: {error}") from error
    frame = table.frame.collect()
    found = {column: match for column in frame.columns if (match := pattern.fullmatch(column))}
    headings = {column: match.groups() or (match[0],) for column, match in found.items()}
    kept = [column for column in frame.columns if column not in found]
    if not found or not kept:
        shown = one_line(", ".join(frame.columns), 100)
        problem = f"{'no' if not found else 'every'} column is `{one_line(pattern.pattern, 40)}`: {shown}"
        raise SourceError(name, "header", f"{problem}; correct unpivot")
    if len(into) != (pattern.groups or 1):
        problem = f"unpivot has {len(into)} columns into for {pattern.groups} groups of columns"
        raise DescriptorError(problem)
    lacking = any(None in heading for heading in headings.values())
    if len(set(headings.values())) < len(headings) or lacking or set(into) & set(kept):
        problem = f"unpivot gives two columns one heading, or {', '.join(into)} is there already"
        raise SourceError(name, "header", f"{problem}; correct unpivot")
    # a symbol is no number in any notation, so it waits outside while the notation is made plain
    texts = [pl.col(column).str.strip_chars() for column in found]
    symbols = frame.select(pl.when(text.str.contains(SYMBOL)).then(text) for text in texts)
    numbers = frame.select(
        pl.when(~text.str.contains(SYMBOL) & ~text.is_in(MISSING)).then(text) for text in texts
    )
    if (decimal, group) != (".", None):
        numbers = plain_numbers(numbers, list(found), name, decimal, group)
    values = numbers.select(pl.all().cast(pl.Float64, strict=False))
    for column in found:
        good = numbers[column].is_null() | (numbers[column].str.contains(NUMBER) & values[column].is_finite())
        if not good.all():
            row = int((~good.fill_null(False)).arg_max() or 0)
            problem = f"`{one_line(numbers[column][row], 40)}` is no number and no symbol"
            raise SourceError(name, f"record {row + 1}, column {one_line(column, 60)}", problem)
    keys = frame.select(kept).with_row_index("\0row")
    parts = [
        keys.with_columns(
            *(pl.lit(text).alias(name) for name, text in zip(into, heading, strict=True)),
            values[column].alias("OBS_VALUE"),
            symbols[column].alias("OBS_FLAG"),
        )
        for column, heading in headings.items()
    ]
    rows = (
        pl.concat(parts)
        .filter(pl.col("OBS_VALUE").is_not_null() | pl.col("OBS_FLAG").is_not_null())
        .sort("\0row", maintain_order=True)
        .drop("\0row")
    )
    return SourceTable(rows.lazy(), {**table.metadata, "dimensions": [*kept, *into]})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
