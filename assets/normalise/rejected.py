"""Rows of a register that are not published: which they are, how many they may be, what is reported of them.

The rules are declared in the descriptor (`innoregio:reject`) and look at the source's text before anything is
read from it. A row that no rule names stops the dataset as ever, and so do more rows than a rule's ceiling.
Columns and texts of the table `rejected` belong to `descriptor.rejected`.
"""

import re

import polars as pl

from assets.descriptor import Field, RejectRule, Resource, Source
from assets.errors import MappingError
from assets.normalise.mapping import decimal_comma, leave_out
from assets.normalise.typed_values import dtype_of, parse_text

ROW = "source.row"  # the row's number in its part of the source; leaves with the other source columns
COLUMNS = {
    "resource": pl.String,
    "source_part": pl.String,
    "source_row": pl.Int64,
    "reason": pl.String,
    "key": pl.String,
}


def split_rows(
    resource: Resource, source: Source, rows: pl.DataFrame, part: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that stay, and those that a rule of the resource rejects as the table `rejected` has them.

    `rows` have their number as `source.row`. Raises `MappingError` where a rule rejects a greater share of
    them than its ceiling; no cell is shown.
    """
    fields = {field.name: field for field in resource.fields}
    if any(field.source_column and field.source_column not in rows.columns for field in resource.fields):
        return rows.drop(ROW), pl.DataFrame(schema=COLUMNS)  # what is missing is reported when it is mapped
    rows = leave_out(resource, rows)
    comma = decimal_comma(source)
    reason = pl.Series("reason", [None] * rows.height, dtype=pl.String)
    for rule in resource.reject_rules:
        wrong = pl.Series([False] * rows.height, dtype=pl.Boolean)
        for name in rule.fields:
            wrong |= faulty(source_texts(rows, fields[name]), rule.rule, fields[name], comma)
        check_ceiling(resource, rule, rows.filter(wrong), rows.height, part)
        first = wrong & reason.is_null()
        reason = reason.set(first, rule.name)
    gone = reason.is_not_null()
    rejected = pl.DataFrame(
        {
            "resource": [resource.name] * int(gone.sum()),
            "source_part": [part or "data"] * int(gone.sum()),
            "source_row": rows[ROW].filter(gone).cast(pl.Int64),
            "reason": reason.filter(gone),
            "key": row_keys(rows.filter(gone), [fields[name] for name in resource.reject_key], comma),
        },
        schema=COLUMNS,
    )
    return rows.filter(~gone).drop(ROW), rejected


def source_texts(rows: pl.DataFrame, field: Field) -> pl.Series:
    """The source's text for a field without blanks around it; null where there is none."""
    assert field.source_column is not None
    text = rows[field.source_column].cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def faulty(text: pl.Series, rule: str, field: Field, comma: bool) -> pl.Series:
    """Where a text is what the rule rejects."""
    if rule == "missing":
        return text.is_null()
    return text.is_not_null() & ~well_formed(text, rule, field, comma)


def well_formed(text: pl.Series, rule: str, field: Field, comma: bool) -> pl.Series:
    """Where a text is of the field's pattern (rule `malformed`), else where it is a value of its type."""
    if rule == "malformed":
        pattern = re.compile(str(field.constraints["pattern"]))
        distinct = text.drop_nulls().unique()
        good = [value for value in distinct.to_list() if pattern.fullmatch(value)]
        return text.is_in(good).fill_null(False)
    parsed = text.to_frame("text").select(parse_text(pl.col("text"), field, dtype_of(field), comma))
    return parsed.to_series().is_not_null()


def check_ceiling(resource: Resource, rule: RejectRule, found: pl.DataFrame, rows: int, part: str) -> None:
    """Stop where a rule rejects more than it may: then the source has changed, not a row of it."""
    if found.height > rule.maximum * rows:
        raise MappingError(
            f"{resource.name}: the rule '{rule.name}' rejects {found.height} of {rows} rows of the part "
            f"'{part}', the first in row {found[ROW][0]}; at most {rule.maximum:.4%} may be rejected "
            "(maximum of innoregio:reject)"
        )


def row_keys(rows: pl.DataFrame, fields: list[Field], comma: bool) -> pl.Series:
    """What names each row: `project=101000001, order=3`, without the parts that are not well formed."""
    parts = []
    for field in fields:
        text = source_texts(rows, field)
        rule = "malformed" if "pattern" in field.constraints else "unreadable"
        good = text.set(~(text.is_not_null() & well_formed(text, rule, field, comma)), None)
        parts.append((f"{field.name}=" + good).alias(field.name))
    joined = pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=", ", ignore_nulls=True))
    key = joined.to_series()
    return key.set(key == "", None)
