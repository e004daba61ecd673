"""What must hold of `innoregio:reject` in a descriptor, where JSON Schema cannot say it.

How rows are rejected belongs to `normalise.rejected`, the table that they go to to `rejected`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from assets.descriptor.profile import Problem, choices, quote_value
from assets.descriptor.rejected import REJECTED
from assets.descriptor.shared import Shared
from assets.descriptor.yaml import Place

PROPERTY = "innoregio:reject"


def reject_problems(resources: list[Any], shared: Shared) -> Iterator[Problem]:
    """All problems of the tables of a dataset with the rows that they reject."""
    names: list[str] = []
    declared = [n for n, resource in enumerate(resources) if PROPERTY in resource]
    for position, resource in enumerate(resources):
        if declared and resource["name"] == REJECTED:
            yield (
                ("resources", position, "name"),
                quote_value(REJECTED),
                f"another name: {PROPERTY} makes that table",
            )
    for position in declared:
        resource, place = resources[position], ("resources", position, PROPERTY)
        fields = {field["name"]: merged(field, shared) for field in resource["schema"]["fields"]}
        if "innoregio:build" in resource or "obs_value" in fields:
            kind = "a table that innoregio:build makes" if "innoregio:build" in resource else "a statistic"
            yield place, f"{PROPERTY} on {kind}", "a register whose columns are mapped"
            continue
        yield from reject_key_problems(resource[PROPERTY]["key"], (*place, "key"), fields)
        for number, rule in enumerate(resource[PROPERTY]["rules"]):
            where: Place = (*place, "rules", number)
            if rule["name"] in names:
                yield (
                    (*where, "name"),
                    f"{quote_value(rule['name'])} a second time",
                    "every rule a name of its own",
                )
            names.append(rule["name"])
            yield from reject_rule_problems(rule, (*where, "fields"), fields)


def merged(field: Mapping[str, Any], shared: Shared) -> dict[str, Any]:
    """A field with the type and the constraints of its shared field."""
    base = shared.fields.get(field.get("innoregio:shared", ""), {})
    constraints = {**base.get("constraints", {}), **field.get("constraints", {})}
    return {**base, **field, "constraints": constraints}


def reject_key_problems(key: list[str], place: Place, fields: Mapping[str, Any]) -> Iterator[Problem]:
    """The key is published, so no free text may be in it."""
    for position, name in enumerate(key):
        if name not in fields:
            yield (*place, position), quote_value(name), choices(name, fields)
        elif "innoregio:from" not in fields[name]:
            yield (*place, position), quote_value(name), "a field that is made from a source column"
        elif fields[name].get("type") not in ("integer", "date") and not has_pattern(fields[name]):
            allowed = "fields with a pattern, or of the type integer or date: no free text"
            yield (*place, position), quote_value(name), allowed


def reject_rule_problems(
    rule: Mapping[str, Any], place: Place, fields: Mapping[str, Any]
) -> Iterator[Problem]:
    """A rule looks at fields in which it can find something."""
    for position, name in enumerate(rule["fields"]):
        where: Place = (*place, position)
        if name not in fields:
            yield where, quote_value(name), choices(name, fields)
        elif "innoregio:from" not in fields[name]:
            yield where, quote_value(name), "a field that is made from a source column"
        elif rule["rule"] == "unreadable" and fields[name].get("type") == "string":
            yield where, f"{quote_value(name)}, a string", "fields of another type: every text is a string"
        elif rule["rule"] == "malformed" and not has_pattern(fields[name]):
            yield where, f"{quote_value(name)} without a pattern", "fields with the constraint pattern"


def has_pattern(field: Mapping[str, Any]) -> bool:
    """Whether the texts of a field have a form; codes that are mapped have it only afterwards."""
    return "pattern" in field["constraints"] and "innoregio:codes" not in field
