"""JSON-stat 2.0 datasets, in every dialect seen -> one row per observation.

Dense arrays (PxWeb, Statistics Finland) and sparse objects (Eurostat), status as object, array or one
string. Reading only: what a flag or a code means to us does not belong here, nor does what the message says
in words (`metadata`).
"""

import math
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.jsonstat.cells import join_cells, plain_flags, plain_values
from assets.normalise.readers.jsonstat.metadata import cube_metadata
from assets.normalise.readers.jsonstat.spans import (
    ByteSpan,
    cut_spans,
    find_spans,
    read_flags,
    read_values,
    spans_are_members,
)
from assets.normalise.readers.source_table import SourceTable, read_bytes, source_name
from assets.normalise.readers.strict_json import load_json
from assets.normalise.readers.text_checks import one_line

FORMAT = "JSON-stat 2.0"
MOST_POSITIONS = 2**62
READ_BODY: dict[str, Callable[[bytes, ByteSpan, int], Any]] = {"value": read_values, "status": read_flags}


def read_jsonstat(source: Path | bytes) -> SourceTable:
    """Read a JSON-stat 2.0 dataset, gzip or plain.

    Columns: one Enum column per dimension under its id, codes in the source's order; `OBS_VALUE` Float64,
    null where there is no value; `OBS_FLAG` String, the cell's status, null if none. Of Eurostat's two-part
    status (`e|C`) both parts are kept, without the bar (`eC`). A position with neither value nor status is
    no row; rows run in the order of positions. Metadata: see `jsonstat_metadata.cube_metadata`.

    Raises `SourceError` with the place: an `error` or `warning` message in place of data (also with HTTP
    200), HTML, JSON cut off or invalid, a key twice, NaN or numbers beyond float64, another class
    (`collection`, `dimension`), version 1, a dimension without categories, sizes that do not fit, a
    position outside the cube, a value that is no number.

    Source: JSON-stat 2.0 format, https://json-stat.org/format/ ("dataset", "value", "status", "dimension",
    "category", "index").
    """
    name = source_name(source)
    content = read_bytes(source)
    cube, spans = _decode(content, name)
    _check_class(cube, name)
    codes = _read_codes(cube, name)
    count = math.prod(len(categories) for categories in codes.values())
    if count > MOST_POSITIONS:
        raise SourceError(name, "size", f"a cube of {count} cells; no table is so large")
    bodies = [READ_BODY[span.member](content, span, count) for span in spans]
    read: dict[str, Any] = dict(zip((span.member for span in spans), bodies, strict=True))
    if any(body is None for body in bodies):
        cube, read = load_json(content, name, FORMAT), {}
    del content, bodies
    values = read.pop("value", None) or [plain_values(cube, name, count)]
    flags = read.pop("status", None)
    frame = join_cells(values, plain_flags(cube, name, count) if flags is None else flags, codes)
    observed = frame.lazy().with_columns(pl.col("OBS_FLAG").cast(pl.String))
    return SourceTable(observed, cube_metadata(cube, codes))


def _decode(content: bytes, name: str) -> tuple[Any, list[ByteSpan]]:
    """The dataset without its large bodies, and where those are; the whole dataset where they cannot be cut
    out.
    """
    spans = find_spans(content)
    marker = token_hex(8)
    rest = cut_spans(content, spans, marker)
    if spans:
        try:
            cube = load_json(rest, name, FORMAT)
        except SourceError:  # the whole text is decoded below, and the error then says where in it
            cube = None
        if spans_are_members(cube, spans, marker):
            return cube, spans
    return load_json(content, name, FORMAT), []


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
