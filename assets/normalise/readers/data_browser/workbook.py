"""A workbook that was downloaded from Eurostat's Data Browser -> one row per observation.

Each sheet holds one combination of the dimensions that are named above its table; below them stand areas by
periods (or another pair of dimensions), a flag beside each value or none in the whole sheet, and a legend.
With labels only, an area has no code: matching labels to codes does not belong here.
"""

import re
from pathlib import Path

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.data_browser.sheet import Labels, Row, SheetPlace, read_sheet
from assets.normalise.readers.source_table import SourceTable, normalise_update, read_bytes, source_name
from assets.normalise.readers.text_checks import one_line
from assets.normalise.readers.workbook_cells import read_workbook_cells

SHEET = re.compile(r"Sheet \d+")


def read_data_browser(source: Path | bytes) -> SourceTable:
    """Read an XLSX workbook of the Data Browser, all its sheets as one table.

    Columns, all String: the dimensions that stand above the tables, by code (`FREQ`) where the workbook has
    codes, else by label (`Time frequency`), with their codes or else labels; then the dimension of the rows
    (`GEO`) and that of the columns (`TIME`), likewise. A dimension of the rows that has labels only is
    followed by `<name>_OCCURRENCE`: the how-manieth row of the sheet it is with this label (`1`, `2` …), as
    an area and its only part have one name. Then `OBS_VALUE` (Float64, null: `:`) and `OBS_FLAG` (String).
    A cell with neither is no row. Metadata: `label`, `updated`, `dimensions`, `labels`, `flags`.

    Raises `SourceError` with sheet and line: no such workbook, a sheet that the summary lists and that is
    not there, other dimensions in one sheet than in another, a cell that is no number and no `:`, a line
    that is neither data nor legend, a key that stands twice.
    Source: Eurostat, Data Browser, "Download: spreadsheet", as written in 2024 and 2025.
    """
    name = source_name(source)
    sheets = {
        sheet: [["" if cell is None else cell.strip() for cell in row] for row in cells.drop("line").rows()]
        for sheet, cells in read_workbook_cells(read_bytes(source), name).items()
    }
    listed = {cell for row in sheets.get("Summary", []) for cell in row if SHEET.fullmatch(cell)}
    found = [sheet for sheet in sheets if SHEET.fullmatch(sheet)]
    if not found or listed != set(found):
        lacking = ", ".join(sorted(listed.symmetric_difference(found))) or "any sheet"
        problem = f"no whole workbook of the Data Browser: summary and sheets differ by {lacking}"
        raise SourceError(name, "Summary", problem)
    labels: Labels = {}
    flags: dict[str, str] = {}
    dimensions: list[str] = []
    rows: list[Row] = []
    for sheet in found:
        table = read_sheet(sheets[sheet], SheetPlace(name, sheet))
        if dimensions and table.dimensions != dimensions:
            problem = f"the dimensions {', '.join(table.dimensions)} where the sheets before it have others"
            raise SourceError(name, sheet, problem)
        dimensions = table.dimensions
        rows += table.rows
        flags |= table.flags
        for dimension, known in table.labels.items():
            labels.setdefault(dimension, {}).update(known)
    schema = {**dict.fromkeys(dimensions, pl.String), "OBS_VALUE": pl.Float64, "OBS_FLAG": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    if (twice := frame.select(dimensions).is_duplicated()).any():
        key = ", ".join(map(str, frame.row(int(twice.arg_max() or 0))[:-2]))
        raise SourceError(name, "", f"the key `{one_line(key, 100)}` stands twice")
    stated = {line[0].rstrip(": "): line[1] for line in sheets[found[0]][:4]}
    day, _, time = stated.get("Last updated", "").partition(" ")
    metadata = {
        "label": stated.get("Dataset") or None,
        "updated": normalise_update(f"{'-'.join(day.split('/')[::-1])} {time}", "Europe/Brussels"),
        "dimensions": dimensions,
        "labels": labels,
        "flags": flags,
    }
    return SourceTable(frame.lazy(), metadata)
