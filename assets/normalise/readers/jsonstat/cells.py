"""The cells of a JSON-stat dataset: `value` and `status` as Python objects, read plainly, and values and
flags joined.

What the standard allows is decided here; `spans` reads the same faster where the text is large and
plain.
"""

import math
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.cube import MOST_CELLS, Codes, cube_columns, position_type
from assets.normalise.readers.text_checks import one_line

LARGE = 4_000_000  # cells


def plain_values(cube: dict[str, Any], name: str, count: int) -> pl.DataFrame:
    """`position` (ascending) and `OBS_VALUE` of the cells with a value."""
    if "value" not in cube:
        raise SourceError(name, "value", "the dataset has no values")
    values = _positions(cube["value"], name, "value", count)
    for position, value in values.items():
        if type(value) not in (int, float):
            raise SourceError(name, f"value {position}", f"`{one_line(str(value), 40)}` is no number")
    positions = sorted(values)
    columns = {
        "position": pl.Series(positions, dtype=position_type(count)),
        "OBS_VALUE": pl.Series([values[position] for position in positions], dtype=pl.Float64),
    }
    return pl.DataFrame(columns)


def plain_flags(cube: dict[str, Any], name: str, count: int) -> pl.DataFrame:
    """`position` (ascending) and `OBS_FLAG` of the cells with a status; one text, alone or in an array, is
    every cell's.
    """
    status = cube.get("status")
    if isinstance(status, list) and len(status) == 1:
        status = status[0]
    if isinstance(status, str):
        if count > MOST_CELLS:
            raise SourceError(name, "status", f"one status for {count} cells; no table is so large")
        whole = pl.int_range(count, eager=True, dtype=position_type(count))
        return _flag_frame(whole, pl.Series([status], dtype=pl.String).new_from_index(0, count))
    flags = _positions({} if status is None else status, name, "status", count)
    for position, flag in flags.items():
        if not isinstance(flag, str):
            raise SourceError(name, f"status {position}", f"`{one_line(str(flag), 40)}` is no text")
    positions = sorted(flags)
    texts = pl.Series([flags[position] for position in positions], dtype=pl.String)
    return _flag_frame(pl.Series(positions, dtype=position_type(count)), texts)


def join_cells(values: list[pl.DataFrame], flags: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """One row per cell with a value or a flag or both: the dimensions, `OBS_VALUE`, `OBS_FLAG`.

    `values` are parts of `position` and `OBS_VALUE`, which may hold nulls; their positions run on from part
    to part, ascending, as those of `flags` do. Parts are taken off the list one by one, so that the values
    do not stand in memory twice. In a large cube the flag is an Enum, a byte per cell in place of 16; the
    reader's frame casts it to String when it is collected.
    """
    large = sum(part.height for part in values) + flags.height > LARGE
    kind = pl.Enum(flags["OBS_FLAG"].unique(maintain_order=True)) if large else pl.String()
    flags = flags.with_columns(pl.col("OBS_FLAG").cast(kind))
    kind_of_position = position_type(math.prod(len(categories) for categories in codes.values()))
    frames: list[pl.DataFrame] = []
    first = 0
    at = 0
    while values:
        part = values.pop(0)
        if "position" not in part.columns:
            place = pl.int_range(at, at + part.height, dtype=kind_of_position)
            part, at = part.select(place.alias("position"), "OBS_VALUE"), at + part.height
        last = flags.height
        if values and part.height:
            last = first + flags["position"][first:].search_sorted(part["position"][-1], side="right")
        cells = _join_part(part, flags[first:last])
        columns = cube_columns(codes, cells["position"])
        frames.append(pl.DataFrame([*columns, cells["OBS_VALUE"], cells["OBS_FLAG"]]))
        first = last
    return pl.concat(frames)


def _join_part(values: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """`position` (ascending), `OBS_VALUE`, `OBS_FLAG`: each flag is looked up among the values, those of
    cells without value are merged in.
    """
    alone = flags.select("position", pl.lit(None, pl.Float64).alias("OBS_VALUE"), "OBS_FLAG")
    if not values.height:
        return alone
    found = values["position"].search_sorted(flags["position"])
    known = values["position"].gather(found.clip(upper_bound=values.height - 1)) == flags["position"]
    numbers = pl.int_range(1, flags.height + 1, dtype=pl.UInt32, eager=True)
    place = pl.Series([0], dtype=pl.UInt32).new_from_index(0, values.height)
    place = place.scatter(found.filter(known), numbers.filter(known))
    names = pl.concat([flags["OBS_FLAG"].clear(1), flags["OBS_FLAG"]])
    cells = values.hstack(pl.DataFrame(names)[place])
    if cells["OBS_VALUE"].has_nulls():
        cells = cells.filter(pl.col("OBS_VALUE").is_not_null() | pl.col("OBS_FLAG").is_not_null())
    return cells if known.all() else cells.merge_sorted(alone.filter(~known), key="position")


def _flag_frame(positions: pl.Series, texts: pl.Series) -> pl.DataFrame:
    """Flags without Eurostat's bar between status and confidentiality, and without empty ones."""
    flag = texts.str.replace_all("|", "", literal=True).str.strip_chars()
    return pl.DataFrame({"position": positions, "OBS_FLAG": flag}).filter(pl.col("OBS_FLAG") != "")


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
        digits = key.isascii() and key.isdigit() and (key == "0" or key[0] != "0") and len(key) <= 18
        if not digits or int(key) >= count:
            raise SourceError(
                name, f"{what} `{one_line(key, 30)}`", f"no position in a cube of {count} cells"
            )
        if content is not None:
            positions[int(key)] = content
    return positions
