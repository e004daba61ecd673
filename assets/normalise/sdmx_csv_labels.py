"""Labels in SDMX-CSV: taken out of the rows into `{column: {code: label}}`, so that the frame holds codes
only.

Reading the rows and checking values does not belong here.
"""

import re
from typing import Any

import polars as pl

BEFORE_COMPONENTS = ("STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY")
LABELLED = re.compile(r"([A-Za-z_@$][\w@$.\-\[\]]*): ?(.+)", re.DOTALL)
CODED_CELL = r"(?s)^([\w@$.+\-:()]+): (.*)$"


def name_columns(header: list[str]) -> dict[int, int]:
    """{index of a name column: index of the column it names} of a message with `labels=name`; empty for
    others.

    Such a message has a `STRUCTURE_NAME`, and from there on every component is followed by its name column.
    """
    if header[:3] != ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME"] and not (
        len(header) > 2 and header[0].startswith("STRUCTURE[") and header[2] == "STRUCTURE_NAME"
    ):
        return {}
    start = 3
    while start < len(header) and header[start] in BEFORE_COMPONENTS:
        start += 1
    components = header[start:]
    fixed = [components.index(column) for column in ("TIME_PERIOD", "OBS_VALUE") if column in components]
    if len(components) % 2 or not fixed or any(index % 2 for index in fixed):
        return {}
    return {2: 1, **{start + i + 1: start + i for i in range(0, len(components), 2)}}


def component_ids(header: list[str], paired: dict[int, int]) -> list[str]:
    """The ids of all columns that are no name columns."""
    found = {column: LABELLED.fullmatch(column) for column in header}
    return [
        match[1] if not paired and (match := found[column]) else column
        for i, column in enumerate(header)
        if i not in paired
    ]


def move_name_columns(
    raw: pl.DataFrame, header: list[str], paired: dict[int, int]
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The frame without name columns, and labels. A name column in which one code has two names stays."""
    labels: dict[str, dict[str, str]] = {}
    dimension_labels: dict[str, str] = {}
    kept: list[pl.Expr] = []
    for i, column in enumerate(header):
        if i not in paired:
            kept.append(_nullable(f"c{i}").alias(column))
            continue
        coded = header[paired[i]]
        if i != 2 and column:
            dimension_labels[coded] = column
        pairs = raw.select(f"c{paired[i]}", f"c{i}").filter(pl.col(f"c{i}") != "").unique(maintain_order=True)
        if pairs[f"c{paired[i]}"].is_unique().all():
            if pairs.height:
                labels[coded] = dict(pairs.iter_rows())
        else:
            kept.append(_nullable(f"c{i}").alias(f"{coded}: {column}"))
    return raw.select(kept), {"dimension_labels": dimension_labels, "labels": labels}


def split_labels(raw: pl.DataFrame, header: list[str]) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The frame under the header's ids, and labels where header or cells read `id: label` (`labels=both`).

    A column is split only when all its filled cells have the form and no code has two labels: free text
    with a colon stays whole.
    """
    labels: dict[str, dict[str, str]] = {}
    dimension_labels: dict[str, str] = {}
    found = [LABELLED.fullmatch(column) for column in header]
    if not any(found):
        return raw.select(_nullable(f"c{i}").alias(column) for i, column in enumerate(header)), {}
    columns: list[pl.Series] = []
    for i, column in enumerate(header):
        match = found[i]
        identifier = match[1] if match else column
        if match:
            dimension_labels[identifier] = match[2]
        cells = raw[f"c{i}"]
        distinct = cells.unique(maintain_order=True)
        parts = {cell: re.match(CODED_CELL, cell) for cell in distinct if cell}
        codes = {cell: part[1] for cell, part in parts.items() if part}
        if parts and len(codes) == len(parts) and len(set(codes.values())) == len(codes):
            labels[identifier] = {part[1]: part[2] for part in parts.values() if part}
            cells = cells.replace(list(codes), list(codes.values()))
        columns.append(cells.replace("", None).alias(identifier))
    return pl.DataFrame(columns), {"dimension_labels": dimension_labels, "labels": labels}


def _nullable(column: str) -> pl.Expr:
    """A column of text with empty as null."""
    return pl.col(column).replace("", None)
