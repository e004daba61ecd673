"""The fields of a table in full: what a descriptor leaves out because it follows from the rest of it.

The shared field that a name means, what the registry of providers says of a column, the columns that every
statistic has, codes and notes in their long form. Datasets and resources belong to `complete`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from assets.descriptor.providers import Provider
from assets.descriptor.shared import Shared
from assets.descriptor.yaml import Place

OBSERVATION = ("obs_value", "obs_status", "obs_flag")
UNIT = "UNIT"  # the column that a reader makes of the units that a JSON-stat answer states
LOST = "lost"  # obs_status of a copy without its flags
LABELLING = ("parent", "source", "translated", "definition")  # of a category in its short form
Written = list[tuple[dict[str, Any], Place]]  # fields, each with its place in the file


def complete_fields(
    written: Sequence[Any],
    place: Place,
    provider: Provider | None,
    shared: Shared,
    *,
    statistic: bool,
    tagged: bool,
    stated_units: bool,
) -> Written:
    """All fields in full, each with its place: that of the list for a field that is not in the file.

    `provider`: whose defaults hold, None for none. `tagged`: areas get their classification. `statistic`: the
    source gives observations; `stated_units`: its answers state units.
    """
    fields: Written = [
        ({"name": field} if isinstance(field, str) else dict(field), (*place, position))
        for position, field in enumerate(written)
    ]
    if tagged:
        fields = _add(fields, "geo_classification", "geo", place)
    if statistic:
        fields = _add_observation(fields, place, stated_units)
    lost = any(field.get("innoregio:status") == LOST for field, _ in fields)
    usual = _usual_fields(fields, provider, stated_units)
    return [
        (complete_field(field, usual.get(field["name"], {}), shared, lost), where) for field, where in fields
    ]


def complete_field(
    field: Mapping[str, Any], usual: Mapping[str, Any], shared: Shared, lost: bool
) -> dict[str, Any]:
    """One field in full. `usual`: what the field has that reads the usual column of the source; `lost`: the
    flags of its table are lost, so that no symbol has a meaning there.
    """
    name, given = field["name"], dict(usual)
    full = {"name": name}
    if name in shared.fields and not {"innoregio:shared", "type"} & field.keys():
        full["innoregio:shared"] = name
    if field.get("innoregio:from", given.get("innoregio:from")) != given.get("innoregio:from"):
        given = {}  # of another column of the source
    if name == "obs_flag" and (lost or "innoregio:flags" in field):
        given = {key: given[key] for key in ("innoregio:from", "constraints") if key in given}
        if lost:
            given.pop("constraints", None)
    full |= {**given, **field}
    constraints = {**given.get("constraints", {}), **field.get("constraints", {})}
    if constraints:
        full["constraints"] = constraints
    if isinstance(note := full.get("innoregio:note"), str) and note in shared.notes:
        full["innoregio:note"] = dict(shared.notes[note])
    if "categories" in full:
        if mapped := {theirs: ours for theirs, ours, _ in _theirs(full) if theirs}:
            full["innoregio:codes"] = {**mapped, **full.get("innoregio:codes", {})}
        full["categories"] = complete_categories(full["categories"], full.pop("innoregio:labels", {}))
    if full.get("innoregio:use") == "mapped":
        full["innoregio:use"] = list(dict.fromkeys(full.get("innoregio:codes", {}).values()))
    return full


def complete_categories(categories: Any, labels: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Codes with their labels in the long form; `labels` says where those come from that do not say it."""
    if isinstance(categories, dict):
        categories = [_long_category(code, texts) for code, texts in categories.items()]
    owner = {f"innoregio:{name}": value for name, value in labels.items()}
    return [
        category if {"innoregio:source", "innoregio:translated"} & category.keys() else {**category, **owner}
        for category in categories
    ]


def _long_category(code: str, given: Mapping[str, Any]) -> dict[str, Any]:
    labels = {language: given[language] for language in ("fi", "sv", "en") if language in given}
    others = {f"innoregio:{name}": given[name] for name in LABELLING if name in given}
    return {"value": code, "innoregio:label_translated": labels, **others}


def _theirs(field: Mapping[str, Any]) -> list[tuple[str | None, str, str | None]]:
    """Of each category in its short form: the provider's code, ours, and the unit of its figures."""
    categories = field.get("categories")
    if not isinstance(categories, dict):
        return []
    return [(given.get("from"), code, given.get("unit")) for code, given in categories.items()]


def _usual_fields(
    fields: Written, provider: Provider | None, stated_units: bool
) -> dict[str, dict[str, Any]]:
    """What fields have without saying: by the provider, and the unit by the categories that state one."""
    usual = {name: dict(given) for name, given in (provider.fields if provider else {}).items()}
    if stated_units and "unit" not in usual:
        codes = dict(provider.units) if provider else {}
        usual["unit"] = {"innoregio:from": UNIT}
        if codes:
            usual["unit"] |= {"innoregio:use": "mapped", "innoregio:codes": codes}
    for field, _ in fields:
        units = {theirs or ours: unit for theirs, ours, unit in _theirs(field) if unit}
        column = field.get("innoregio:from", usual.get(field["name"], {}).get("innoregio:from"))
        if units and column:
            usual["unit"] = {"innoregio:from": column, "innoregio:use": "mapped", "innoregio:codes": units}
    return usual


def _add(fields: Written, name: str, after: str, place: Place) -> Written:
    """The fields with `name` after `after`, where that is there and `name` is not."""
    names = [field["name"] for field, _ in fields]
    if name in names or after not in names:
        return fields
    position = names.index(after) + 1
    return [*fields[:position], ({"name": name}, place), *fields[position:]]


def _add_observation(fields: Written, place: Place, stated_units: bool) -> Written:
    """The fields of a statistic with those that each has, at the end and in their order."""
    found = {field["name"]: (field, where) for field, where in fields}
    rest = [(field, where) for field, where in fields if field["name"] not in OBSERVATION]
    stated = stated_units or any(unit for field, _ in fields for _, _, unit in _theirs(field))
    if stated and "unit" not in found and "unit" not in found.get("obs_value", ({}, ()))[0]:
        rest.append(({"name": "unit"}, place))
    if len(found) < len(fields):  # a name twice is a mistake, and shown as it is written
        return fields
    columns = {"obs_value": {"innoregio:from": "OBS_VALUE"}, "obs_flag": {"innoregio:from": "OBS_FLAG"}}
    return rest + [
        ({**columns.get(name, {}), **found[name][0]}, found[name][1])
        if name in found
        else ({"name": name, **columns.get(name, {})}, place)
        for name in OBSERVATION
    ]
