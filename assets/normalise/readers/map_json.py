"""JSON behind maps: values by area code, as Eurostat's Regional yearbook ships them -> one row per area.

Colours, classes and texts of the map are no data; its title, note and source go to the metadata.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.source_table import SourceTable, read_bytes, source_name
from assets.normalise.readers.strict_json import load_json
from assets.normalise.readers.text_checks import one_line

TEXTS = ("title", "subtitle", "chapterTitle", "footnote", "source", "unitText", "nutsYear")
MISSING = ":"
SERIES = "series"
WANTED = "values of a map"


def read_map_json(source: Path | bytes) -> SourceTable:
    """Read the values of a map in any of three layouts: `{code: value}`; `options`, a list of series with
    `code`, `label` and `data` {code: value}; `stats`, {name of a series: {code: value}}.

    Columns: `geo` String, the area's code; `series` String, the code or name of the series (null in the first
    layout); `OBS_VALUE` Float64; `OBS_FLAG` String, always null. A value `:` or null is no row. Metadata: the
    map's own `title`, `subtitle`, `chapterTitle`, `footnote`, `source`, `unitText`, `nutsYear`, of the file
    or of its first series; `labels` {series: {code: label}}; `dimensions`.

    Raises `SourceError` for JSON that is cut off, holds a key twice or is no such map, and with series and
    area for a value that is no number. Source: Eurostat, Regional yearbook, interactive maps (2026).
    """
    name = source_name(source)
    found = load_json(read_bytes(source), name, WANTED)
    if not isinstance(found, dict) or not found:
        raise SourceError(name, "", f"no {WANTED} but `{one_line(str(found), 60)}`")
    options = found.get("options")
    series: dict[str | None, Any] = {None: found}
    labels: dict[str, str] = {}
    stated = found
    if isinstance(options, list) and options and all(isinstance(option, dict) for option in options):
        series = {option.get("code"): option.get("data") for option in options}
        labels = {str(option["code"]): str(option["label"]) for option in options if "label" in option}
        stated = options[0] | found
        if len(series) < len(options) or not all(isinstance(code, str) and code for code in series):
            raise SourceError(name, "options", "a series has no code, or two have one")
    elif isinstance(found.get("stats"), dict) and found["stats"]:
        series = dict(found["stats"])
    rows = [row for code, data in series.items() for row in _values(code, data, name)]
    schema = {"geo": pl.String, SERIES: pl.String, "OBS_VALUE": pl.Float64, "OBS_FLAG": pl.String}
    metadata = {text: stated[text] for text in TEXTS if text in stated}
    return SourceTable(
        pl.DataFrame(rows, schema=schema, orient="row").lazy(),
        {**metadata, "labels": {SERIES: labels}, "dimensions": ["geo", SERIES]},
    )


def _values(series: str | None, data: Any, name: str) -> Iterator[tuple[str, str | None, float, None]]:
    where = f"series {series}" if series else ""
    if not isinstance(data, dict) or not data:
        raise SourceError(name, where, f"no values by area code but `{one_line(str(data), 60)}`")
    for code, value in data.items():
        if value is None or value == MISSING:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            problem = f"{one_line(code, 40)}: `{one_line(str(value), 40)}` is no number and no `:`"
            raise SourceError(name, where, problem)
        yield code, series, float(value), None
