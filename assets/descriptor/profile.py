"""Checks a descriptor against `schemas/profile.json` and says every mistake: where, found, allowed.

What the JSON Schema can say belongs here. Relations between properties belong to `rules.dataset`, what
YAML itself gets wrong to `yaml`.
"""

import difflib
import functools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assets.descriptor.yaml import DescriptorMistake, Document, Place

# A mistake before it has a line: its place, what was found, what is allowed.
Problem = tuple[Place, str, str]

_STANDARD = "datapackage-v2.json"  # beside the profile: answers offline for the standard's addresses
_TYPES = {
    "string": "text, in quotes where it looks like a number",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


def check_profile(document: Document, profile: Path, definition: str = "") -> list[DescriptorMistake]:
    """The mistakes of a document by the profile, or by its `definition` (`catalogue`, `sharedFields`)."""
    validator = _validator(profile, definition)
    errors = validator.iter_errors(document.data)
    return placed(document, (problem for error in errors for problem in _problems(error, validator.schema)))


def placed(document: Document, problems: Iterable[Problem]) -> list[DescriptorMistake]:
    """Problems with their lines, each once, in the order of the file."""
    return sorted((document.mistake(*problem) for problem in dict.fromkeys(problems)), key=lambda m: m.line)


def quote_value(value: Any) -> str:
    """How a message quotes a value: text in quotes, other things by their kind."""
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else f"{value[:57]}…")
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"{str(value).lower()} (true or false, without quotes)"
    if isinstance(value, int | float):
        return f"{value} (a number, without quotes)"
    return ("a list" if isinstance(value, list) else "a mapping") + ("" if value else " that is empty")


def choices(found: Any, allowed: Iterable[str]) -> str:
    """The allowed words, with the one that was probably meant."""
    words = list(allowed)
    meant = difflib.get_close_matches(found, words, 1, 0.7) if isinstance(found, str) else []
    listed = ", ".join(words[:30]) + (f" … ({len(words)} in all)" if len(words) > 30 else "")
    return (listed or "nothing here") + (f" (did you mean {meant[0]}?)" if meant else "")


@functools.cache
def _validator(profile: Path, definition: str) -> Any:
    from jsonschema import Draft202012Validator  # a tenth of a second; `--help` does without
    from referencing import Registry, Resource

    contents = [json.loads(path.read_bytes()) for path in (profile, profile.with_name(_STANDARD))]
    resources = [(content["$id"], Resource.from_contents(content)) for content in contents]
    registry: Any = Registry().with_resources(resources).crawl()
    found = registry.resolver().lookup(contents[0]["$id"] + (f"#/$defs/{definition}" if definition else ""))
    return Draft202012Validator(_inlined(found.contents, found.resolver))


def _inlined(schema: Any, resolver: Any) -> Any:
    """A schema with every `$ref` replaced by what it refers to, so that an error's path leads to texts."""
    if isinstance(schema, list):
        return [_inlined(item, resolver) for item in schema]
    if not isinstance(schema, dict):
        return schema
    own = {name: _inlined(value, resolver) for name, value in schema.items() if name not in ("$ref", "$defs")}
    if "$ref" not in schema:
        return own
    resolved = resolver.lookup(schema["$ref"])
    target = _inlined(resolved.contents, resolved.resolver)
    if set(own) & set(target) - {"description"}:
        return {**own, "allOf": [*own.get("allOf", []), target]}
    return {**target, **own}


def _problems(error: Any, schema: Any) -> Iterator[Problem]:
    place, found = tuple(error.absolute_path), error.instance
    rule, value = error.validator, error.validator_value
    guideline = _guideline(error, schema)
    if rule == "additionalProperties":
        known = [name for name in error.schema["properties"] if name not in found]
        for name in sorted(set(found) - set(error.schema["properties"])):
            yield (*place, name), f"the unknown property {name}", choices(name, known)
    elif rule == "required":
        missing = next((name for name in value if error.message.startswith(f"{name!r} is")), value[0])
        described = error.schema.get("properties", {}).get(missing, {}).get("description", guideline)
        yield place, f"no {missing}", f"{missing}: {described} Required are {', '.join(value)}"
    elif rule == "enum":
        yield place, quote_value(found), choices(found, value)
    elif rule == "const":
        yield place, quote_value(found), str(value)
    elif rule == "type":
        kinds = " or ".join(_TYPES[kind] for kind in ([value] if isinstance(value, str) else value))
        yield place, quote_value(found), f"{kinds}. {guideline}"
    elif rule == "uniqueItems":
        position = next(n for n, item in enumerate(found) if item in found[:n])
        yield (*place, position), f"{quote_value(found[position])} a second time", "every entry once"
    elif error.absolute_schema_path and "propertyNames" in error.absolute_schema_path:
        yield (*place, str(found)), f"the name {quote_value(found)}", guideline
    elif rule in ("minimum", "maximum"):
        yield place, str(found), f"{'at least' if rule == 'minimum' else 'at most'} {value}. {guideline}"
    else:  # pattern, minLength, minItems, minProperties, anyOf: the guideline says it best
        yield place, quote_value(found), guideline


def _guideline(error: Any, schema: Any) -> str:
    """The text of the innermost property that the error is in."""
    text = ""
    for step in error.absolute_schema_path:
        schema = schema[step]
        if isinstance(schema, dict):
            text = schema.get("description") or text
    return text
