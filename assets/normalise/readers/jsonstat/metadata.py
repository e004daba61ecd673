"""What a JSON-stat dataset says about itself in words: labels, notes, units, roles, update time. The cells
do not belong here."""

from typing import Any

from assets.normalise.readers.source_table import normalise_update


def cube_metadata(cube: dict[str, Any], codes: dict[str, list[str]]) -> dict[str, Any]:
    """The metadata of a dataset under names of our own; a key whose content the source does not have is
    null or empty.

    `id` (dataset or table id), `label`, `source`, `updated` (RFC 3339, null where the text has no zone),
    `updated_text` (as written), `language`, `notes` [text], `dimensions` [id], `roles` {time, geo, metric:
    [id]}, `dimension_labels` {id: label}, `labels` {id: {code: label}}, `dimension_notes` {id: [text]},
    `code_notes` {id: {code: [text]}}, `units` {id: {code: text}}, `decimals` {id: {code: digits}},
    `children` {id: {code: [code]}}, `flags` {flag: label}; as they stand: `extension`,
    `dimension_extensions` {id: extension}, `unit_details` {id: {code: unit}}, `coordinates`
    {id: {code: [longitude, latitude]}}.
    """
    extension = _object(cube.get("extension"))
    px = _object(extension.get("px"))
    entries = {name: _object(_object(cube["dimension"]).get(name)) for name in codes}
    categories = {name: _object(entry.get("category")) for name, entry in entries.items()}
    units = {name: _object(category.get("unit")) for name, category in categories.items()}
    roles = {role: found for role, found in _object(cube.get("role")).items() if isinstance(found, list)}
    updated = cube.get("updated") if isinstance(cube.get("updated"), str) else None
    return {
        "id": extension.get("id") or px.get("tableid"),
        "label": cube.get("label"),
        "source": cube.get("source"),
        "updated": normalise_update(updated),
        "updated_text": updated,
        "language": extension.get("lang") or px.get("language"),
        "notes": _texts(cube.get("note")),
        "dimensions": list(codes),
        "roles": roles,
        "dimension_labels": {name: entry.get("label") or name for name, entry in entries.items()},
        "labels": {
            name: {code: _object(categories[name].get("label")).get(code, code) for code in found}
            for name, found in codes.items()
        },
        "dimension_notes": {
            name: _texts(entry["note"]) for name, entry in entries.items() if entry.get("note")
        },
        "code_notes": {
            name: {code: _texts(text) for code, text in _object(category["note"]).items()}
            for name, category in categories.items()
            if category.get("note")
        },
        "units": {
            name: {code: unit for code, entry in found.items() if (unit := _unit(entry)) is not None}
            for name, found in units.items()
            if found
        },
        "decimals": {
            name: {code: entry["decimals"] for code, entry in found.items() if "decimals" in _object(entry)}
            for name, found in units.items()
            if found
        },
        "children": {
            name: category["child"] for name, category in categories.items() if category.get("child")
        },
        "flags": _object(_object(extension.get("status")).get("label"))
        or _object(extension.get("missingValueDescriptions")),
        "extension": extension,
        "dimension_extensions": {
            name: entry["extension"] for name, entry in entries.items() if entry.get("extension")
        },
        "unit_details": {name: found for name, found in units.items() if found},
        "coordinates": {
            name: category["coordinates"]
            for name, category in categories.items()
            if category.get("coordinates")
        },
    }


def _unit(entry: Any) -> str | None:
    """A unit's words: PxWeb says `base`, the standard and Statistics Finland's charting tools `label`, some
    `symbol`."""
    unit = _object(entry)
    return unit.get("base") or unit.get("label") or unit.get("symbol")


def _texts(found: Any) -> list[str]:
    return (
        [found]
        if isinstance(found, str)
        else [str(text) for text in found]
        if isinstance(found, list)
        else []
    )


def _object(found: Any) -> dict[str, Any]:
    """`found` if it is an object, else an empty one: words that are not as the standard has them must not
    stop the figures."""
    return found if isinstance(found, dict) else {}
