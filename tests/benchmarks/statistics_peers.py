"""How the peers read the files that `made_files` makes: one function per peer, its own public way,
returning the rows.

Imported only by a case's process. What is measured and printed is `statistics_readers`' matter.
"""

import json
from pathlib import Path
from typing import Any


def orjson_loads(path: Path) -> int:
    import orjson

    return len(orjson.loads(path.read_bytes())["value"])


def pyjstat(path: Path) -> int:
    from pyjstat import pyjstat

    return len(pyjstat.from_json_stat(json.loads(path.read_text("utf-8")), naming="id")[0])


def polars_wide(path: Path) -> int:
    import polars as pl

    return pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False).height


def pandas_tsv(path: Path) -> int:
    """As the usual recipes do: split the key, melt, part value from flag."""
    import pandas as pd

    wide = pd.read_csv(path, sep="\t", dtype=str)
    key = wide.columns[0]
    names = key.split("\\")[0].split(",")
    wide[names] = wide[key].str.split(",", expand=True)
    long = wide.drop(columns=key).melt(id_vars=names, var_name="time", value_name="cell")
    parts = long["cell"].str.strip().str.split(" ", n=1, expand=True)
    long["value"] = pd.to_numeric(parts[0], errors="coerce")
    long["flag"] = parts[1]
    return len(long[long["value"].notna() | long["flag"].notna()])


def eurostat(path: Path) -> int:
    """The package's own parsing (it stays wide), fed with the file in place of a download."""
    from types import SimpleNamespace

    from eurostat import eurostat as module

    content = path.read_bytes()
    module.__get_dims_info__ = lambda code, detail: (None, "EUROSTAT", [])
    module.__get_resp__ = lambda url, **_: SimpleNamespace(content=content)
    frame: Any = module.get_data_df("MADE", flags=True)
    return len(frame)


def polars_strings(path: Path) -> int:
    import polars as pl

    return pl.read_csv(path, infer_schema=False).height


def polars_scan(path: Path) -> int:
    import polars as pl

    return pl.scan_csv(path, infer_schema=False).collect().height


def pysdmx(path: Path) -> int:
    from pysdmx.io import read_sdmx

    message = read_sdmx(path, validate=False)
    return sum(len(dataset.data) for dataset in message.data)


def pyaxis(path: Path) -> int:
    from pyaxis import pyaxis

    return len(pyaxis.parse(str(path), encoding="utf-8")["DATA"])
