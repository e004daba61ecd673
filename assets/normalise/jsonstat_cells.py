"""The cells of a JSON-stat dataset: `value` and `status` as Python objects, read plainly, and values and
flags joined.

What the standard allows is decided here; `jsonstat_spans` reads the same faster where the text is large and
plain.
"""

from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.cube import MOST_CELLS, position_type
from assets.normalise.text_checks import one_line

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


def join_cells(values: pl.DataFrame, flags: pl.DataFrame, count: int) -> pl.DataFrame:
    """`position` (ascending), `OBS_VALUE`, `OBS_FLAG` of the cells with a value or a flag or both.

    `values` may hold nulls; its positions and those of `flags` are ascending and below `count`. The flag is
    an Enum here, a byte per cell; the reader's frame casts it to String when it is collected.
    """
    kind = pl.Enum(flags["OBS_FLAG"].unique(maintain_order=True))
    names = pl.concat([pl.Series("OBS_FLAG", [None], dtype=kind), flags["OBS_FLAG"].cast(kind)])
    numbers = pl.int_range(1, flags.height + 1, dtype=pl.UInt32, eager=True)
    if not values.height:
        return flags.select("position", pl.lit(None, pl.Float64).alias("OBS_VALUE"), names.slice(1))
    if count <= 2 * values.height:
        return _join_dense(values, flags["position"], names, numbers, count)
    found = values["position"].search_sorted(flags["position"])
    known = values["position"].gather(found.clip(upper_bound=values.height - 1)) == flags["position"]
    place = pl.zeros(values.height, dtype=pl.UInt32, eager=True)
    place = place.scatter(found.filter(known), numbers.filter(known))
    cells = values.with_columns(names.gather(place)).filter(
        pl.col("OBS_VALUE").is_not_null() | pl.col("OBS_FLAG").is_not_null()
    )
    alone = flags.select("position", pl.lit(None, pl.Float64).alias("OBS_VALUE"), names.slice(1)).filter(
        ~known
    )
    return cells.merge_sorted(alone, key="position") if alone.height else cells


def _join_dense(
    values: pl.DataFrame, flagged: pl.Series, names: pl.Series, numbers: pl.Series, count: int
) -> pl.DataFrame:
    """Where most cells have a value, value and flag are set by position in columns of the whole cube."""
    value = values["OBS_VALUE"]
    if values.height < count:
        empty = pl.Series("OBS_VALUE", [None], dtype=pl.Float64).new_from_index(0, count)
        value = empty.scatter(values["position"], value)
    place = pl.zeros(count, dtype=pl.UInt32, eager=True).scatter(flagged, numbers)
    whole = pl.int_range(count, eager=True, dtype=position_type(count)).alias("position")
    cells = pl.DataFrame([whole, value, names.gather(place)])
    return cells.filter(value.is_not_null() | (place > 0)) if value.has_nulls() else cells


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
