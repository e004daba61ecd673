"""JSON-stat 2.0 datasets, in every dialect seen -> one row per observation.

Dense arrays (PxWeb, Statistics Finland) and sparse objects (Eurostat), status as object, array or one
string. Reading only: what a flag or a code means to us does not belong here, nor does what the message says
in words (`jsonstat_metadata`).
"""

import math
from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.jsonstat_metadata import cube_metadata
from assets.normalise.source_table import SourceTable, read_bytes, source_name
from assets.normalise.strict_json import load_json
from assets.normalise.text_checks import one_line

FORMAT = "JSON-stat 2.0"


def read_jsonstat(source: Path | bytes) -> SourceTable:
    """Read a JSON-stat 2.0 dataset, gzip or plain.

    Columns: one Enum column per dimension under its id, codes in the source's order; `OBS_VALUE` Float64,
    null where there is no value; `OBS_FLAG` String, the cell's status, null if none. Of Eurostat's two-part
    status (`e|C`) both parts are kept, without the bar (`eC`). A position with neither value nor status is
    no row; rows run in the order of positions. Metadata: see `jsonstat_metadata.cube_metadata`.

    Raises `SourceError` with the place: an `error` or `warning` message in place of data (also with HTTP
    200), HTML, JSON cut off or invalid, a key twice, NaN or numbers beyond float64, another class
    (`collection`, `dimension`), version 1, a dimension without categories, sizes that do not fit, a
    position outside the cube, a value that is no number. Source: JSON-stat 2.0 format,
    https://json-stat.org/format/ ("dataset", "value", "status", "dimension", "category", "index").
    """
    name = source_name(source)
    cube = load_json(read_bytes(source), name, FORMAT)
    _check_class(cube, name)
    codes = _read_codes(cube, name)
    sizes = [len(categories) for categories in codes.values()]
    cells = _read_cells(cube, name, math.prod(sizes))
    return SourceTable(_frame(codes, cells).lazy(), cube_metadata(cube, codes))


def _check_class(cube: Any, name: str) -> None:
    """Raise with what the message is when it is no version 2 dataset."""
    if not isinstance(cube, dict):
        raise SourceError(name, "", f"a JSON {type(cube).__name__} in place of a JSON-stat dataset")
    for key in ("error", "warning"):
        if key in cube and "value" not in cube:
            raise SourceError(
                name, key, f"the service answered `{one_line(str(cube[key]))}` in place of data"
            )
    if "status" in cube and "title" in cube and "dimension" not in cube:
        raise SourceError(name, "", f"the service answered `{one_line(str(cube['title']))}` in place of data")
    kind = cube.get("class", "dataset")
    if kind != "dataset":
        raise SourceError(
            name, "class", f"a JSON-stat {one_line(str(kind), 40)}, not a dataset; fetch the dataset itself"
        )
    if "dimension" not in cube:
        inner = [value for value in cube.values() if isinstance(value, dict) and "dimension" in value]
        problem = (
            "a version 1 bundle (format json-stat); ask for json-stat2"
            if inner
            else f"no {FORMAT} dataset (no `dimension`)"
        )
        raise SourceError(name, "dimension", problem)
    if "id" not in cube and isinstance(cube["dimension"], dict) and "id" in cube["dimension"]:
        raise SourceError(name, "dimension.id", "JSON-stat version 1; ask for json-stat2")


def _read_codes(cube: dict[str, Any], name: str) -> dict[str, list[str]]:
    """The codes of each dimension in the order of their positions."""
    ids, sizes, dimensions = cube.get("id"), cube.get("size"), cube["dimension"]
    if not isinstance(ids, list) or not isinstance(sizes, list) or len(ids) != len(sizes):
        raise SourceError(
            name, "id, size", "two arrays of one length are needed: a dimension's name and its size"
        )
    if len(set(map(str, ids))) < len(ids):
        raise SourceError(name, "id", "a dimension stands twice")
    codes: dict[str, list[str]] = {}
    for dimension, size in zip(ids, sizes, strict=True):
        entry = (
            dimensions.get(dimension) if isinstance(dimensions, dict) and isinstance(dimension, str) else None
        )
        where = f"dimension.{one_line(str(dimension), 60)}"
        category = entry.get("category") if isinstance(entry, dict) else None
        if not isinstance(category, dict):
            raise SourceError(name, where, "the dimension has no `category`")
        found = _category_codes(category, name, where)
        if type(size) is not int or len(found) != size:
            raise SourceError(
                name, where, f"{len(found)} categories where `size` says {one_line(str(size), 30)}"
            )
        codes[dimension] = found
    return codes


def _category_codes(category: dict[str, Any], name: str, where: str) -> list[str]:
    """Codes from `index` as array or object, or from the one `label` where there is no index."""
    index, label = category.get("index"), category.get("label")
    if index is None and isinstance(label, dict) and len(label) == 1:
        return list(label)
    if isinstance(index, list) and all(isinstance(code, str) for code in index):
        if len(set(index)) < len(index):
            raise SourceError(name, f"{where}.category.index", "a code stands twice")
        return index
    if isinstance(index, dict):
        ordered = sorted(index.items(), key=lambda item: item[1] if type(item[1]) is int else -1)
        if [position for _, position in ordered] != list(range(len(ordered))):
            raise SourceError(
                name, f"{where}.category.index", f"the positions are not 0 to {len(ordered) - 1}, each once"
            )
        return [code for code, _ in ordered]
    raise SourceError(
        name, f"{where}.category.index", "no object or array of codes, and not one single label"
    )


def _read_cells(cube: dict[str, Any], name: str, count: int) -> pl.DataFrame:
    """`position` (Int64, ascending), `OBS_VALUE`, `OBS_FLAG` of the cells with a value or a flag."""
    if "value" not in cube:
        raise SourceError(name, "value", "the dataset has no values")
    values = _positions(cube["value"], name, "value", count)
    for position, value in values.items():
        if type(value) not in (int, float):
            raise SourceError(name, f"value {position}", f"`{one_line(str(value), 40)}` is no number")
    status = cube.get("status")
    if isinstance(status, list) and len(status) == 1:
        status = status[0]
    if isinstance(status, str):
        flags: dict[int, Any] = dict.fromkeys(range(count), status)
    else:
        flags = _positions({} if status is None else status, name, "status", count)
    for position, flag in flags.items():
        if not isinstance(flag, str):
            raise SourceError(name, f"status {position}", f"`{one_line(str(flag), 40)}` is no text")
    positions = sorted(values.keys() | {position for position, flag in flags.items() if flag.strip("| ")})
    return pl.DataFrame(
        {
            "position": pl.Series(positions, dtype=pl.Int64),
            "OBS_VALUE": pl.Series([values.get(p) for p in positions], dtype=pl.Float64),
            "OBS_FLAG": pl.Series(
                [flags[p].replace("|", "").strip() or None if p in flags else None for p in positions],
                dtype=pl.String,
            ),
        }
    )


def _positions(found: Any, name: str, what: str, count: int) -> dict[int, Any]:
    """{position: content} of an array or object, nulls left out."""
    if isinstance(found, list):
        if len(found) != count:
            hint = " (metadata of a table, not its data?)" if not found else ""
            raise SourceError(name, what, f"{len(found)} cells where `size` makes {count}{hint}")
        return {position: content for position, content in enumerate(found) if content is not None}
    if not isinstance(found, dict):
        raise SourceError(name, what, f"no array or object but `{one_line(str(found), 40)}`")
    positions: dict[int, Any] = {}
    for key, content in found.items():
        if (
            not (key.isascii() and key.isdigit() and (key == "0" or key[0] != "0"))
            or len(key) > 18
            or int(key) >= count
        ):
            raise SourceError(
                name, f"{what} `{one_line(key, 30)}`", f"no position in a cube of {count} cells"
            )
        if content is not None:
            positions[int(key)] = content
    return positions


def _frame(codes: dict[str, list[str]], cells: pl.DataFrame) -> pl.DataFrame:
    """Positions as one Enum column per dimension; the last dimension runs fastest."""
    stride = math.prod(len(categories) for categories in codes.values())
    columns: list[pl.Series] = []
    for dimension, categories in codes.items():
        if not stride:
            columns.append(pl.Series(dimension, [], dtype=pl.Enum(categories)))
            continue
        stride //= len(categories)
        places = cells["position"] // stride % len(categories)
        columns.append(pl.Series(dimension, categories, dtype=pl.Enum(categories)).gather(places))
    return pl.DataFrame([*columns, cells["OBS_VALUE"], cells["OBS_FLAG"]])
