"""PxWeb's own answers `json` and `csv` -> one row per cell. JSON-stat and PX, which the same servers answer,
have readers of their own.
"""

import re
from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.source_table import SourceTable, normalise_update, read_bytes, source_name
from assets.normalise.readers.strict_json import load_json
from assets.normalise.readers.text_checks import (
    UTF8_BOM,
    decode_text,
    one_line,
    refuse_cut_off,
    refuse_foreign,
    refuse_nul,
)

CONTENTS, HEADING = "ContentsCode", "heading"
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
SYMBOL = re.compile(r"\.{1,6}|-")
CELL = re.compile(r'"((?:[^"]++|"")*+)"|([^",\r\n]*+)')
Cell = tuple[float | None, str | None]


def read_pxweb_json(source: Path | bytes) -> SourceTable:
    """Read PxWeb's `json` answer.

    Columns: one String column per dimension and time column under its code; `ContentsCode` String, the code
    of the value column (the answer does not name this dimension); `OBS_VALUE` Float64, null where the text is
    a symbol; `OBS_FLAG` String, the symbol (`.` to `......`, `-`). An empty value is no row. Metadata:
    `label`, `source`, `updated` (RFC 3339), `updated_text`, `dimensions`, `roles`, `dimension_labels`,
    `labels` of the contents, `comments`.

    Raises `SourceError` with the place: no such answer, JSON cut off or invalid, a row with too many or too
    few keys or values, a value that is no number and no symbol, a key twice. Source: PxWeb API v1
    documentation, "json" format (Statistics Sweden).
    """
    name = source_name(source)
    answer = load_json(read_bytes(source), name, "PxWeb JSON")
    columns, data = _columns(answer, name)
    keys = [column for column in columns if column.get("type") != "c"]
    contents = [column for column in columns if column.get("type") == "c"]
    rows: list[tuple[Any, ...]] = []
    seen: set[tuple[str, ...]] = set()
    for number, row in enumerate(data):
        where = f"data {number}"
        key, values = (row.get("key"), row.get("values")) if isinstance(row, dict) else (None, None)
        if key is None or values is None or not (_texts(key, len(keys)) and _texts(values, len(contents))):
            raise SourceError(name, where, f"not {len(keys)} keys and {len(contents)} values, all text")
        if tuple(key) in seen:
            raise SourceError(name, where, f"the key `{one_line(', '.join(key), 60)}` stands twice")
        seen.add(tuple(key))
        for content, text in zip(contents, values, strict=True):
            value, flag = _cell(text, name, f"{where}, {content['code']}")
            if value is not None or flag is not None:
                rows.append((*key, content["code"], value, flag))
    dimensions = [*(column["code"] for column in keys), CONTENTS]
    description = _first(answer.get("metadata"))
    updated = description.get("updated") if isinstance(description.get("updated"), str) else None
    metadata = {
        "label": description.get("label"),
        "source": description.get("source"),
        "updated": normalise_update(updated),
        "updated_text": updated,
        "dimensions": dimensions,
        "roles": {
            "time": [column["code"] for column in keys if column.get("type") == "t"],
            "metric": [CONTENTS],
        },
        "dimension_labels": {column["code"]: column.get("text", column["code"]) for column in keys},
        "labels": {CONTENTS: {column["code"]: column.get("text", column["code"]) for column in contents}},
        "comments": answer.get("comments") or [],
    }
    return SourceTable(_frame(dimensions, rows).lazy(), metadata)


def read_pxweb_csv(source: Path | bytes, encoding: str = "utf-8", separator: str = ",") -> SourceTable:
    """Read PxWeb's `csv` answer: a title, an empty line, a header in which contents and time are joined, then
    rows.

    Columns: one String column per stub variable under its name, with the labels that the format has in place
    of codes; `heading` String, the name of the value column as it stands (`2023`, `Väestö 2023`); `OBS_VALUE`
    Float64, null where the cell is a symbol; `OBS_FLAG` String, the symbol. An empty cell is no row.
    Metadata: `label` (the title), `dimensions`. Stub columns are the leading ones whose cells are quoted
    text. `encoding` is never guessed: servers wrote ISO-8859-1 for years and write UTF-8 today.

    Raises `SourceError` with line and column: HTML or JSON in place of data, bytes that are not in the
    encoding, NUL, a last line without line end, a row with too many or too few cells, a cell that is no
    number and no symbol, a key twice. Source: PxWeb API v1 documentation, "csv" format (Statistics Sweden).
    """
    name = source_name(source)
    content = read_bytes(source).removeprefix(UTF8_BOM)
    refuse_foreign(content, name, "PxWeb CSV")
    refuse_nul(content, name)
    refuse_cut_off(content, name)
    lines = decode_text(content, name, encoding).replace("\r\n", "\n").split("\n")[:-1]
    titled = len(lines) > 1 and not lines[1].strip()
    first = 2 if titled else 0
    records = [_record(line, name, first + i + 1, separator) for i, line in enumerate(lines[first:])]
    if not records:
        raise SourceError(name, f"line {first + 1}", "no header; the file is cut off or no PxWeb CSV")
    header = [text for text, _ in records[0]]
    for i, record in enumerate(records):
        if len(record) != len(header):
            raise SourceError(
                name, f"line {first + i + 1}", f"{len(record)} cells where the header has {len(header)}"
            )
    stub = min((_leading_texts(record) for record in records[1:]), default=len(header))
    dimensions = [*header[:stub], HEADING]
    if len(set(header)) < len(header) or len(set(dimensions)) < len(dimensions) or not all(header):
        raise SourceError(name, f"line {first + 1}", "a column stands twice or has no name")
    rows: list[tuple[Any, ...]] = []
    seen: set[tuple[str, ...]] = set()
    for number, record in enumerate(records[1:], first + 2):
        key = tuple(text for text, _ in record[:stub])
        if key in seen:
            raise SourceError(
                name, f"line {number}", f"the key `{one_line(', '.join(key), 60)}` stands twice"
            )
        seen.add(key)
        for column, (text, _) in zip(header[stub:], record[stub:], strict=True):
            value, flag = _cell(text, name, f"line {number}, column `{one_line(column, 40)}`")
            if value is not None or flag is not None:
                rows.append((*key, column, value, flag))
    label = _record(lines[0], name, 1, separator)[0][0] if titled else None
    return SourceTable(
        _frame(dimensions, rows).lazy(), {"label": label, "dimensions": dimensions, "roles": {}}
    )


def _columns(answer: Any, name: str) -> tuple[list[dict[str, Any]], list[Any]]:
    """The columns and data of a `json` answer."""
    columns, data = (answer.get("columns"), answer.get("data")) if isinstance(answer, dict) else (None, None)
    if not isinstance(columns, list) or not isinstance(data, list):
        raise SourceError(
            name, "", f"no PxWeb JSON (`columns` and `data`) but `{one_line(str(answer), 100)}`"
        )
    codes = [column.get("code") if isinstance(column, dict) else None for column in columns]
    if not all(isinstance(code, str) and code for code in codes) or len(set(codes)) < len(codes):
        raise SourceError(name, "columns", "a column has no code or stands twice")
    if not any(column.get("type") == "c" for column in columns) or CONTENTS in codes:
        raise SourceError(name, "columns", f"no column of type `c` (values), or one is named {CONTENTS}")
    return columns, data


def _cell(text: str, name: str, where: str) -> Cell:
    """Value and flag of a cell's text."""
    text = text.strip()
    if SYMBOL.fullmatch(text) or not text:
        return None, text or None
    value = float(text) if NUMBER.fullmatch(text) else float("inf")
    if value in (float("inf"), float("-inf")):
        raise SourceError(name, where, f"`{one_line(text, 40)}` is no number and no symbol")
    return value, None


def _record(line: str, name: str, number: int, separator: str) -> list[tuple[str, bool]]:
    """The cells of a line, each with whether it is quoted."""
    cells: list[tuple[str, bool]] = []
    at = 0
    pattern = CELL if separator == "," else re.compile(CELL.pattern.replace(",", re.escape(separator)))
    while True:
        found = pattern.match(line, at)
        end = found.end() if found else at
        if not found or line[end : end + 1] not in ("", separator):
            raise SourceError(name, f"line {number}", f"no CSV cell at `{one_line(line[at:], 40)}`")
        quoted = found[1] is not None
        cells.append((found[1].replace('""', '"') if quoted else found[2], quoted))
        if end == len(line):
            return cells
        at = end + 1


def _leading_texts(record: list[tuple[str, bool]]) -> int:
    """How many cells at the start are quoted text and no symbol."""
    for i, (text, quoted) in enumerate(record):
        if not quoted or SYMBOL.fullmatch(text):
            return i
    return len(record)


def _texts(found: Any, count: int) -> bool:
    return isinstance(found, list) and len(found) == count and all(isinstance(text, str) for text in found)


def _first(found: Any) -> dict[str, Any]:
    return found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}


def _frame(dimensions: list[str], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    schema = {**dict.fromkeys(dimensions, pl.String), "OBS_VALUE": pl.Float64, "OBS_FLAG": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
