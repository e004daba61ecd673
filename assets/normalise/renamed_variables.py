"""A statistical table under the names that its descriptor knows, where the provider renamed variables.

Statistics Finland gave its variables codes in June 2026 and some contents a prefix; the labels stayed. Only
names are settled here, by the rule that the request was made by too (`descriptor.variables`); a name that
no rule finds stays as it is, and stops in `mapping`.
"""

import re

import polars as pl

from assets.descriptor import Resource
from assets.descriptor.variables import Variable, match_variables
from assets.normalise.readers.source_table import SourceTable


def restore_names(table: SourceTable, resource: Resource) -> pl.LazyFrame:
    """The rows of `table` with dimensions, and codes of contents, named as the descriptor of `resource` does.

    Columns and dtypes are those of the table; a dimension of contents that had its prefix removed is String.
    """
    columns = table.frame.collect_schema().names()
    mapped = {field.source_column for field in resource.fields if field.source_column}
    wanted = sorted((mapped | set(resource.fixed)).difference(columns))
    frame = table.frame
    if wanted:
        labels = table.metadata.get("dimension_labels") or {}
        times = (table.metadata.get("roles") or {}).get("time", ())
        known = mapped | set(resource.fixed) | set(resource.ignore)
        variables = [
            Variable(name, str(labels[name]), time=name in times)
            for name in columns
            if name in labels and name not in known
        ]
        found = match_variables(wanted, variables)
        frame = frame.rename({code: name for name, code in found.items()})
        columns = [{code: name for name, code in found.items()}.get(name, name) for name in columns]
    for column in columns:
        if codes := _known_codes(resource, column):
            frame = frame.with_columns(_without_prefix(column, codes, table, frame))
    return frame


def _known_codes(resource: Resource, column: str) -> set[str]:
    """The codes of a column that the descriptor names."""
    codes = {resource.fixed[column]} if column in resource.fixed else set()
    for field in resource.fields:
        if field.source_column == column:
            codes |= set(field.code_map) | set(field.ignored_codes)
    return codes


def _without_prefix(column: str, codes: set[str], table: SourceTable, frame: pl.LazyFrame) -> pl.Expr:
    """`vaerak-vaesto` as `vaesto`, where the descriptor names the one and not the other."""
    metric = (table.metadata.get("roles") or {}).get("metric", ())
    labels = table.metadata.get("labels") or {}
    renamed = {}
    for name in metric:
        for code in labels.get(name, {}):
            short = re.sub(r"^[a-z]+-", "", str(code))
            if short != code and short in codes and code not in codes:
                renamed[str(code)] = short
    short_ones = list(renamed.values())
    if not renamed or len(set(short_ones)) < len(short_ones):
        return pl.col(column)
    return pl.col(column).cast(pl.String).replace(renamed)
