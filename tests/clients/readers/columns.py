"""How each reader hands over what it read: a file for each column, a line for each cell.

A cell is text: empty for a missing value, ISO dates, `true` and `false`, any exact form of a number. A line
end inside a cell is written `\\n` or `\\r`, a backslash doubled.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any


def cell_text(value: Any) -> str:
    """A value as the text of a cell."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value.tzinfo else f"{value} no zone"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return str(value)


def write_columns(folder: Path, columns: Mapping[str, Iterable[Any]]) -> None:
    """Write a table: `columns.json` with the names, and `0.txt`, `1.txt` … in that order."""
    folder.mkdir(parents=True)
    (folder / "columns.json").write_text(json.dumps(list(columns)), encoding="utf-8")
    for number, values in enumerate(columns.values()):
        text = "".join(f"{cell_text(value)}\n" for value in values)
        (folder / f"{number}.txt").write_bytes(text.encode())


def read_all(read: Callable[[Mapping[str, Any]], Mapping[str, Sequence[Any]]]) -> None:
    """Read every table of the manifest named on the command line and write what was found.

    `script MANIFEST FOLDER [ARGUMENT…]`; the manifest is a list of tables with `name`, `format`, `location`
    and `types` (column -> Table Schema type).
    """
    for table in json.loads(Path(sys.argv[1]).read_bytes()):
        write_columns(Path(sys.argv[2]) / table["name"], read(table))
