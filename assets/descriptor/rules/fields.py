"""What must hold within one field of a descriptor: shared field, constraints, codes; and in every text.

Each function yields problems (place, found, allowed). Rules between fields belong to `dataset`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from assets.descriptor.profile import Problem, choices, quote_value
from assets.descriptor.shared import Shared
from assets.descriptor.yaml import Place

FIXED_BY_SHARED = ("type", "format", "title", "description", "title_translated", "description_translated")
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
CONSTRAINTS = {
    "string": ("required", "unique", "minLength", "maxLength", "pattern"),
    "integer": ("required", "unique", *BOUNDS),
    "number": ("required", "unique", *BOUNDS),
    "boolean": ("required",),
    "date": ("required", "unique", *BOUNDS),
    "datetime": ("required", "unique", *BOUNDS),
}


def field_problems(field: Mapping[str, Any], place: Place, shared: Shared) -> Iterator[Problem]:
    """All problems of one field that agrees with the profile."""
    name = field.get("innoregio:shared")
    if name is not None and name not in shared.fields:
        yield (*place, "innoregio:shared"), quote_value(name), choices(name, shared.fields)
        return
    base = shared.fields[name] if name else {}
    if name and field["name"] != name:
        yield (*place, "name"), quote_value(field["name"]), f"{name}, the name of the shared field"
    if not name and field["name"] in shared.fields:
        found = f"{field['name']} defined anew"
        yield (*place, "name"), found, f"innoregio:shared: {field['name']}, or another name"
    yield from redefinition_problems(field, base, place)
    if not name:
        yield from text_problems(field, place)
    kind = base.get("type", field.get("type"))
    yield from constraint_problems(field, base, kind, place)
    if "innoregio:decimals" in field and kind != "number":
        yield (*place, "innoregio:decimals"), f"decimals of the type {kind}", "only on the type number"
    if "format" in field and kind != "string":
        yield (*place, "format"), quote_value(field["format"]), f"no format on the type {kind}"
    for own, only in (("innoregio:flags", "obs_flag"), ("innoregio:status", "obs_status")):
        if own in field and field["name"] != only:
            yield (*place, own), f"{own} on {field['name']}", f"only on {only}"
    for language, text in field.get("innoregio:note", {}).items():
        if not text.rstrip().endswith("."):
            yield (*place, "innoregio:note", language), quote_value(text), "a sentence, with a full stop"
    yield from code_problems(field, base, kind, place, shared)


def redefinition_problems(
    field: Mapping[str, Any], base: Mapping[str, Any], place: Place
) -> Iterator[Problem]:
    """A shared field is used as it is; a resource may add to it only."""
    if not base:
        return
    for name in FIXED_BY_SHARED:
        if name in field:
            found = f"{name} of the shared field {field['innoregio:shared']} again"
            yield (*place, name), found, "constraints, a code list and innoregio:note beside innoregio:shared"
    for name in ("unit", "innoregio:codelist"):
        if name in base and field.get(name, base[name]) != base[name]:
            yield (*place, name), quote_value(field[name]), f"{base[name]}, as the shared field has it"
    for name, value in field.get("constraints", {}).items():
        if base.get("constraints", {}).get(name, value) != value:
            found = f"{quote_value(value)} in place of the shared field's"
            yield (*place, "constraints", name), found, f"{base['constraints'][name]}, or nothing"


def constraint_problems(
    field: Mapping[str, Any], base: Mapping[str, Any], kind: str, place: Place
) -> Iterator[Problem]:
    """Constraints fit the type, and some value can meet them."""
    own: Mapping[str, Any] = field.get("constraints", {})
    for name, value in own.items():
        where = (*place, "constraints", name)
        if name not in CONSTRAINTS[kind]:
            yield where, f"{name} on the type {kind}", choices(name, CONSTRAINTS[kind])
        elif name in BOUNDS and not _fits(value, kind):
            yield where, quote_value(value), f"a value of the type {kind}"
        elif name == "pattern":
            try:
                re.compile(value)
            except re.error as error:
                yield where, f"{quote_value(value)} ({error})", "a regular expression"
            if value.startswith("^") or value.endswith("$"):
                yield where, quote_value(value), "a pattern without anchors: it holds for the whole text"
    both = {**base.get("constraints", {}), **own}
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
        least, most = both.get(low), both.get(high)
        if least is not None and most is not None and type(least) is type(most) and least > most:
            yield (*place, "constraints", high), quote_value(most), f"at least {low}, {least}"


def code_problems(
    field: Mapping[str, Any], base: Mapping[str, Any], kind: str, place: Place, shared: Shared
) -> Iterator[Problem]:
    """Every code that the field names is in its code list, and every label has an owner."""
    name = field.get("innoregio:codelist", base.get("innoregio:codelist"))
    categories = field.get("categories", [])
    listed = shared.codelist(name) if name else {}
    if listed is None:
        yield (*place, "innoregio:codelist"), quote_value(name), choices(name, shared.codelist_names())
        return
    if (name or categories) and kind != "string":
        yield (*place, "type"), f"codes on the type {kind}", "the type string"
    known = {*listed, *(category["value"] for category in categories)}
    if "innoregio:use" in field and not known:
        yield (*place, "innoregio:use"), "codes of no list", "innoregio:codelist or categories beside it"
        return
    yield from owner_problems(categories, place)
    seen: set[str] = set()
    for position, category in enumerate(categories):
        where, value = (*place, "categories", position), category["value"]
        if value in listed:
            found = f"{quote_value(value)}, which the code list {name} has"
            yield (*where, "value"), found, "codes that the list does not have"
        if value in seen:
            yield (*where, "value"), f"{quote_value(value)} a second time", "every code once"
        seen.add(value)
        parent = category.get("innoregio:parent")
        if parent is not None and parent not in known:
            yield (*where, "innoregio:parent"), quote_value(parent), choices(parent, sorted(known))
        labels = category["innoregio:label_translated"]
        if category.get("label", labels["en"]) != labels["en"]:
            yield (
                (*where, "label"),
                quote_value(category["label"]),
                f"{labels['en']}, as in innoregio:label_translated",
            )
    for position, code in enumerate(field.get("innoregio:use", [])):
        if code not in known:
            yield (*place, "innoregio:use", position), quote_value(code), choices(code, sorted(known))
    use = set(field.get("innoregio:use", known)) | seen
    statuses = field.get("innoregio:status")
    for symbol, code in statuses.items() if isinstance(statuses, dict) else ():
        if known and code not in known:
            yield (*place, "innoregio:status", symbol), quote_value(code), choices(code, sorted(known))
    mapping, ignored = field.get("innoregio:codes", {}), field.get("innoregio:ignoreCodes", [])
    for theirs, ours in mapping.items():
        if known and ours not in use:
            yield (*place, "innoregio:codes", theirs), quote_value(ours), choices(ours, sorted(use & known))
    for position, code in enumerate(ignored):
        if code in mapping:
            found = f"{quote_value(code)}, which innoregio:codes maps"
            yield (*place, "innoregio:ignoreCodes", position), found, "codes that are not mapped"


def owner_problems(categories: list[Any], place: Place) -> Iterator[Problem]:
    """Every label has an owner: its source, or us who translated it. All that have none are one problem."""
    ownerless: dict[int, list[str]] = {}
    for position, category in enumerate(categories):
        ours = category.get("innoregio:translated", [])
        languages = [language for language in category["innoregio:label_translated"] if language not in ours]
        if languages and "innoregio:source" not in category:
            ownerless[position] = languages
    if not ownerless:
        return
    first, *others = ownerless
    found = f"labels in {', '.join(ownerless[first])} without a source"
    allowed = "innoregio:source, or the language in innoregio:translated"
    if others:
        names = [categories[position]["value"] for position in others]
        found += f", and of {', '.join(names[:5])}{' …' if len(names) > 5 else ''} too"
        allowed = "innoregio:labels on the field, for all, or source and translated on each"
    yield (*place, "categories", first), found, allowed


def text_problems(data: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """`title` and `description` are the English ones of the three languages."""
    for name in ("title", "description"):
        english = " ".join(data[f"{name}_translated"]["en"].split())
        if name in data and " ".join(data[name].split()) != english:
            yield (
                (*place, name),
                quote_value(data[name]),
                f"the text of {name}_translated.en: {quote_value(english)}",
            )


def _fits(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        return not isinstance(value, str) and (kind == "number" or isinstance(value, int))
    if not isinstance(value, str):
        return False
    try:
        if kind == "date":
            return date.fromisoformat(value).isoformat() == value
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
