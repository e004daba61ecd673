"""Reads every dataset of a served tree through its Croissant file with mlcroissant; see `columns.py`.

`read_croissant.py TREE BASE FOLDER`: writes every table into FOLDER and prints JSON, dataset -> what
the reader complains of.
"""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import mlcroissant as mlc
from columns import write_columns


def plain(value: Any, kind: str) -> Any:
    """A value of a record as Python has it: text comes as bytes, a day as a moment."""
    if isinstance(value, bytes):
        return value.decode()
    return value.date() if isinstance(value, datetime) and kind.endswith("/Date") else value


def read(address: str, folder: Path) -> list[str]:
    dataset = mlc.Dataset(jsonld=address)
    for record_set in dataset.metadata.record_sets:
        kinds: Mapping[str, str] = {field.uuid: str(field.data_types[-1]) for field in record_set.fields}
        columns: dict[str, list[Any]] = {name: [] for name in kinds}
        for record in dataset.records(record_set.uuid):
            for name, value in record.items():
                columns[name].append(plain(value, kinds[name]))
        tables = {name.split("/", 1)[1]: values for name, values in columns.items()}
        write_columns(folder / f"{record_set.uuid}-parquet", tables)
    issues = dataset.metadata.ctx.issues
    return sorted([*issues.errors, *issues.warnings])


out, base, found = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
print(
    json.dumps(
        {
            path.parent.name: read(f"{base}{path.parent.name}/{path.name}", found / path.parent.name)
            for path in sorted(out.glob("*/croissant.json"))
        }
    )
)
