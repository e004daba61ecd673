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


def frame_columns(header: list[str], paired: dict[int, int]) -> list[str]:
    """A name for every column: the component's id, or for a name column what it names and its place."""
    columns: list[str] = []
    labelled = not paired and _has_labels(header)
    for i, column in enumerate(header):
        match = LABELLED.fullmatch(column) if labelled else None
        columns.append(f"{header[paired[i]]}: name {i}" if i in paired else match[1] if match else column)
    return columns


def move_name_columns(
    raw: pl.DataFrame, header: list[str], paired: dict[int, int]
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The frame without name columns, and labels. A name column in which one code has two names stays."""
    labels: dict[str, dict[str, str]] = {}
    dimension_labels: dict[str, str] = {}
    moved: list[str] = []
    for i, named in paired.items():
        code, column = raw.columns[named], raw.columns[i]
        if i != 2 and header[i]:
            dimension_labels[code] = header[i]
        pairs = raw.select(code, column).drop_nulls().unique(maintain_order=True)
        if pairs[code].is_unique().all():
            moved.append(column)
            if pairs.height:
                labels[code] = {str(key): label for key, label in pairs.iter_rows()}
    return raw.drop(moved), {"dimension_labels": dimension_labels, "labels": labels}


def split_labels(raw: pl.DataFrame, header: list[str]) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The frame with codes, and labels where header or cells read `id: label` (`labels=both`).

    A column is split only when all its filled cells have the form and no code has two labels: free text
    with a colon stays whole.
    """
    if not _has_labels(header):
        return raw, {}
    found = [LABELLED.fullmatch(column) for column in header]
    labels: dict[str, dict[str, str]] = {}
    dimension_labels = {match[1]: match[2] for match in found if match}
    columns: list[pl.Series] = []
    for cells in raw.get_columns():
        if cells.dtype == pl.String:
            distinct = cells.drop_nulls().unique(maintain_order=True)
            parts = {cell: re.match(CODED_CELL, cell) for cell in distinct}
            codes = {cell: part[1] for cell, part in parts.items() if part}
            if parts and len(codes) == len(parts) and len(set(codes.values())) == len(codes):
                labels[cells.name] = {part[1]: part[2] for part in parts.values() if part}
                cells = cells.replace(list(codes), list(codes.values()))
        columns.append(cells)
    return pl.DataFrame(columns), {"dimension_labels": dimension_labels, "labels": labels}


def _has_labels(header: list[str]) -> bool:
    """Whether the header's cells read `id: label`: then that of the value does too."""
    return any(match[1] == "OBS_VALUE" for column in header if (match := LABELLED.fullmatch(column)))
