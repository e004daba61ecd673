"""What is GeoJSON and what is TopoJSON, as the JSON Schemas behind frictionless-py define them.

Only the shape of a decoded object is judged here; decoding belongs to `structures`.
"""

from collections.abc import Callable
from typing import Any

Check = Callable[[Any], bool]


def is_geojson(value: dict[str, Any]) -> bool:
    """One geometry, collection of geometries, feature or collection of features."""
    shapes = {"GeometryCollection": is_collection, "Feature": is_feature, "FeatureCollection": is_features}
    if not is_frame(value):
        return False
    kind = value.get("type")
    return shapes.get(kind, is_geometry)(value) if isinstance(kind, str) else False


def is_geometry(value: Any) -> bool:
    """A geometry with `type` and `coordinates` that belong together."""
    if not isinstance(value, dict) or "coordinates" not in value or not isinstance(value.get("type"), str):
        return False
    check = COORDINATES.get(value["type"])
    return check is not None and check(value["coordinates"])


def is_collection(value: Any) -> bool:
    """A GeometryCollection; the collections in it are not nested."""
    return array_of(is_geometry)(value.get("geometries"))


def is_feature(value: Any) -> bool:
    """A Feature: geometry or null, properties or null."""
    if not isinstance(value, dict):
        return True  # the schema's `feature` says nothing of things that are not objects
    if not {"geometry", "properties"} <= value.keys() or value.get("type", "Feature") != "Feature":
        return False
    geometry = value["geometry"]
    return (geometry is None or is_geometry(geometry)) and isinstance(value["properties"], dict | None)


def is_features(value: Any) -> bool:
    """A FeatureCollection."""
    return array_of(is_feature)(value.get("features"))


def is_frame(value: dict[str, Any]) -> bool:
    """The members that every GeoJSON object may have: `bbox`, `crs`."""
    return ("bbox" not in value or array_of(is_number)(value["bbox"])) and (
        "crs" not in value or is_crs(value["crs"])
    )


def is_crs(value: Any) -> bool:
    """A coordinate reference system, by name or by link (GeoJSON 2008; null is "unknown")."""
    if value is None:
        return True
    if not isinstance(value, dict) or value.keys() != {"type", "properties"}:
        return False
    properties = value["properties"]
    if not isinstance(properties, dict):
        return False
    if value["type"] == "name":
        return properties.keys() == {"name"} and isinstance(properties["name"], str)
    texts = [properties.get("href"), properties.get("type", "")]
    return value["type"] == "link" and all(isinstance(text, str) for text in texts)


def is_topojson(value: dict[str, Any]) -> bool:
    """A Topology, or one TopoJSON geometry."""
    if "bbox" in value and not is_list(value["bbox"], array_of(is_number), 2, 2):
        return False
    if value.get("type") != "Topology":
        return is_arc_geometry(value)
    objects, arcs = value.get("objects"), value.get("arcs")
    return (
        isinstance(objects, dict)
        and all(is_arc_geometry(part) for part in objects.values())
        and array_of(lambda arc: is_list(arc, lambda p: p is None or is_list(p, is_number, 2), 2))(arcs)
        and ("transform" not in value or is_transform(value["transform"]))
    )


def is_transform(value: Any) -> bool:
    """How quantised positions become degrees."""
    return isinstance(value, dict) and all(
        is_list(value.get(name), is_number, 2) for name in ("scale", "translate")
    )


def is_arc_geometry(value: Any) -> bool:
    """A geometry of TopoJSON: points by position, lines and areas by the numbers of their arcs."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    name = value.get("id", "")
    if not (isinstance(name, str) or is_integer(name)) or not isinstance(value.get("properties", {}), dict):
        return False
    if value["type"] == "GeometryCollection":
        return array_of(is_arc_geometry)(value.get("geometries"))
    member, check = ARCS.get(value["type"], ("", lambda part: False))
    return check(value.get(member))


def is_number(value: Any) -> bool:
    """A JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: Any) -> bool:
    """A JSON number written without a fraction."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_list(value: Any, item: Check, least: int = 0, most: int | None = None) -> bool:
    """A JSON array of so many items that all pass."""
    if not isinstance(value, list) or len(value) < least or (most is not None and len(value) > most):
        return False
    return all(item(part) for part in value)


def array_of(item: Check, least: int = 0) -> Check:
    """The check that a value is an array of at least so many items that all pass."""
    return lambda value: is_list(value, item, least)


def is_position(value: Any) -> bool:
    """Two numbers (the schema allows no height)."""
    return is_list(value, is_number, 2, 2)


POLYGON = array_of(array_of(is_position, 4))
COORDINATES: dict[str, Check] = {
    "Point": is_position,
    "MultiPoint": array_of(is_position),
    "LineString": array_of(is_position, 2),
    "MultiLineString": array_of(array_of(is_position, 2)),
    "Polygon": POLYGON,
    "MultiPolygon": array_of(POLYGON),
}
LINE = array_of(is_integer)
ARCS: dict[str, tuple[str, Check]] = {
    "Point": ("coordinates", array_of(is_number, 2)),
    "MultiPoint": ("coordinates", array_of(array_of(is_number, 2))),
    "LineString": ("arcs", LINE),
    "MultiLineString": ("arcs", array_of(LINE)),
    "Polygon": ("arcs", array_of(LINE)),
    "MultiPolygon": ("arcs", array_of(array_of(LINE))),
}
