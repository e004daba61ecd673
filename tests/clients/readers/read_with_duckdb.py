"""Reads tables with DuckDB, over HTTP with its own `httpfs` extension; see `columns.py`.

DuckDB would fetch the extension from its makers; here it comes from a package of the registry.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_httpfs
from columns import read_all

TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "year": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMPTZ",
}

database = duckdb.connect()
extension = next(Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension"))
database.execute(f"LOAD '{extension}'")
database.execute("SET TimeZone = 'UTC'")


def read(table: Mapping[str, Any]) -> dict[str, list[Any]]:
    if table["format"] == "parquet":
        found = database.execute("SELECT * FROM read_parquet(?)", [table["location"]])
    else:
        types = {name: TYPES[kind] for name, kind in table["types"].items()}
        found = database.execute(
            f"SELECT * FROM read_csv(?, header = true, types = {types})", [table["location"]]
        )
    names = [column[0] for column in found.description]
    rows = found.fetchall()
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in names]
    return dict(zip(names, columns, strict=True))


read_all(read)
