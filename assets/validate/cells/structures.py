"""Exact readers of the types with parts: object, array, list, geopoint, and geojson by way of `geojson`.

Values are Python's own dict, list and tuple of Decimal.
"""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from assets.validate.cells.geojson import is_geojson, is_topojson
from assets.validate.table_schema import FieldPlan

Reader = Callable[[Any], Any]


class GeoPoint(NamedTuple):
    """A place in degrees."""

    lon: Decimal
    lat: Decimal


def parse_json(cell: Any, kind: type) -> Any:
    """`cell`, or the JSON that it holds as text, when it is a `kind`; else None."""
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            return None
    return cell if isinstance(cell, kind) else None


def object_reader(field: FieldPlan) -> Reader:
    """Reads `dict`."""
    return lambda cell: parse_json(cell, dict)


def array_reader(field: FieldPlan) -> Reader:
    """Reads `list`."""
    return lambda cell: parse_json(list(cell) if isinstance(cell, tuple) else cell, list)


def list_reader(field: FieldPlan, item: Reader) -> Reader:
    """Reads `list`: the parts between delimiters, each read by `item`; one that cannot be read spoils all."""
    delimiter = str(field.options.get("delimiter") or ",")

    def read(cell: Any) -> list[Any] | None:
        parts = cell.split(delimiter) if isinstance(cell, str) else cell
        if not isinstance(parts, (list, tuple)):
            return None
        values = [item(part) for part in parts]
        return None if any(value is None for value in values) else values

    return read


def geopoint_reader(field: FieldPlan) -> Reader:
    """Reads `GeoPoint` within 180 degrees east and west, 90 north and south."""

    def read(cell: Any) -> GeoPoint | None:
        try:
            lon, lat = degrees(cell, field.format)
            point = GeoPoint(Decimal(lon), Decimal(lat))
            return point if -180 <= point.lon <= 180 and -90 <= point.lat <= 90 else None
        except (ArithmeticError, ValueError, TypeError, KeyError, RecursionError):
            return None

    return read


def degrees(cell: Any, form: str) -> tuple[Any, Any]:
    """Longitude and latitude as written in one of the three formats; raises when they are not there."""
    if isinstance(cell, str) and form == "default":
        lon, lat = cell.split(",")
        return lon.strip(), lat.strip()
    parts = json.loads(cell) if isinstance(cell, str) else cell
    if isinstance(parts, Mapping) or form == "object":
        if len(parts) != 2 or form == "array":
            raise ValueError("an object of two")
        return parts["lon"], parts["lat"]
    lon, lat = parts
    return lon, lat


def geojson_reader(field: FieldPlan) -> Reader:
    """Reads `dict` that is GeoJSON, or TopoJSON in the format `topojson`."""
    check = is_topojson if field.format == "topojson" else is_geojson

    def read(cell: Any) -> Any:
        value = parse_json(cell, dict)
        return value if value is not None and check(value) else None

    return read
