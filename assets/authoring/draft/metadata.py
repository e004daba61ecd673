"""What a table says of itself: its title, its variables, their codes and labels.

Reading that from a recorded file belongs here; asking a provider belongs to
`assets.fetch.connectors.table_metadata`, what a descriptor makes of it to the modules beside this one.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from assets.descriptor import Source
from assets.errors import SettingError, SourceError
from assets.fetch.connectors.table_metadata import DescribedVariable, TableMetadata, read_pxweb_metadata
from assets.normalise.readers.formats import READERS
from assets.normalise.readers.source_table import SourceTable, read_bytes

OBSERVATION = ("OBS_VALUE", "OBS_FLAG", "UNIT")
FORMATS = ("json-stat", "tsv", "sdmx-csv", "px")  # of statistics; registers are described by hand


def read_recorded(path: Path, provider: str, table: str) -> tuple[TableMetadata, str, int | None]:
    """The metadata in a recorded answer, its format, and how many rows it has (None: it is metadata alone).

    An answer is JSON-stat, PX, Eurostat's TSV or SDMX-CSV, or what PxWeb v1 says of a table. Raises
    `SettingError` where it is none of these, `SourceError` where it is cut off.
    """
    if not path.is_file():
        raise SettingError(f"{path}: no such file")
    form = guess_format(path)
    if form == "pxweb":
        return read_pxweb_metadata(orjson.loads(path.read_bytes()), provider, table), "json-stat", None
    read = READERS[form](path, Source(provider, table, "", form))
    rows = int(read.frame.select("OBS_VALUE").collect().height)
    return describe_source_table(read, provider, table), form, rows


def guess_format(path: Path) -> str:
    """The format of a statistical answer by its first bytes; `pxweb` for the metadata of PxWeb v1."""
    head = read_bytes(path)[:4000].lstrip(b"\xef\xbb\xbf \r\n\t")
    first = head.partition(b"\n")[0]
    if head.startswith(b"{"):
        try:
            found = orjson.loads(read_bytes(path))
        except ValueError as error:
            raise SourceError(str(path), "", "the JSON is cut off or damaged") from error
        return "pxweb" if isinstance(found.get("variables"), list) else "json-stat"
    if re.search(rb"\\ ?(?:TIME_PERIOD|time)\b", first):
        return "tsv"
    if re.match(rb'"?(?:DATAFLOW|STRUCTURE)\b', first):
        return "sdmx-csv"
    if re.match(rb"(?:CHARSET|AXIS-VERSION|CODEPAGE|LANGUAGE|MATRIX|TABLEID)\b", head):
        return "px"
    raise SettingError(f"{path}: is no statistical answer in {', '.join(FORMATS)}")


def describe_source_table(read: SourceTable, provider: str, table: str) -> TableMetadata:
    """The metadata that a reader found in an answer with figures."""
    metadata = read.metadata
    roles: Mapping[str, Any] = metadata.get("roles") or {}
    labels: Mapping[str, Any] = metadata.get("labels") or {}
    names: Mapping[str, Any] = metadata.get("dimension_labels") or {}
    units: Mapping[str, Any] = metadata.get("units") or {}
    variables = []
    for name in metadata.get("dimensions") or read.frame.collect_schema().names():
        if name in OBSERVATION:
            continue
        codes = labels.get(name) or dict.fromkeys(
            sorted(map(str, read.frame.select(name).unique().collect()[name].drop_nulls().to_list())), ""
        )
        variables.append(
            DescribedVariable(
                code=name,
                label=str(names.get(name) or name),
                labels={str(code): str(text or "") for code, text in codes.items()},
                time=name in roles.get("time", ()) or name == "TIME_PERIOD",
                content=name in roles.get("metric", ()),
                geo=name in roles.get("geo", ()),
                units={str(code): str(unit) for code, unit in (units.get(name) or {}).items()},
            )
        )
    language = str(metadata.get("language") or "en")[:2]
    return TableMetadata(
        provider, table, str(metadata.get("label") or ""), language, tuple(variables), metadata.get("updated")
    )
