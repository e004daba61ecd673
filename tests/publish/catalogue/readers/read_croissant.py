"""Reads every dataset of a served tree through its Croissant file and prints JSON.

Run by `test_catalogue_readers.py` with an interpreter that has `mlcroissant`: `read_croissant.py TREE BASE`.
For each dataset: what the reader complains of, and of each table the rows, the first record and the last.
"""

import json
import sys
from pathlib import Path
from typing import Any

import mlcroissant as mlc


def plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def read(address: str) -> dict[str, Any]:
    dataset = mlc.Dataset(jsonld=address)
    issues = dataset.metadata.ctx.issues
    tables = {}
    for record_set in dataset.metadata.record_sets:
        rows, first, last = 0, None, None
        for record in dataset.records(record_set.uuid):
            first = first or record
            last = record
            rows += 1
        tables[record_set.uuid] = {
            "rows": rows,
            "records": [
                {name.split("/", 1)[1]: plain(value) for name, value in record.items()}
                for record in (first, last)
                if record
            ],
        }
    return {"issues": sorted([*issues.errors, *issues.warnings]), "tables": tables}


out, base = Path(sys.argv[1]), sys.argv[2]
print(
    json.dumps(
        {
            path.parent.name: read(f"{base}{path.parent.name}/{path.name}")
            for path in sorted(out.glob("*/croissant.json"))
        }
    )
)
