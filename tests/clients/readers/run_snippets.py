"""Runs code of the dataset pages in Python or DuckDB and says what it loaded: `script FOLDER`.

FOLDER holds a file for each piece of code: `.polars` and `.pandas` leave a `table`, `.duckdb` is a query. A
line for each column is printed: file, rows, column, then values, distinct values, and the sum of numbers.
"""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_httpfs
import pandas as pd
import polars as pl

# a user's DuckDB fetches it when it meets the first address
EXTENSION = next(Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension"))


def load(path: Path) -> dict[str, list[Any]]:
    """Name and values of each column; None for a missing value."""
    code = path.read_text("utf-8")
    if path.suffix == ".duckdb":
        database = duckdb.connect()
        database.execute(f"LOAD '{EXTENSION}'")
        found = database.execute(code)
        names, rows = [column[0] for column in found.description], found.fetchall()
        return {name: [row[place] for row in rows] for place, name in enumerate(names)}
    names_made: dict[str, Any] = {}
    exec(compile(code, path.name, "exec"), names_made)
    table = names_made["table"]
    if path.suffix == ".polars":
        assert isinstance(table, pl.DataFrame)
        return table.to_dict(as_series=False)
    return {name: [None if pd.isna(value) else value for value in table[name]] for name in table.columns}


for path in sorted(Path(sys.argv[1]).iterdir()):
    if path.suffix in (".polars", ".pandas", ".duckdb"):
        for name, values in load(path).items():
            told = [value for value in values if value is not None]
            is_number = told and all(isinstance(value, int | float | Decimal) for value in told)
            total = repr(float(sum(told))) if is_number else ""
            print(path.name, len(values), name, len(told), len(set(told)), total, sep="\t")
