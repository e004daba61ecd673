"""A Table Schema descriptor (v1 or v2) as plain frozen dataclasses, or the list of what is wrong with it.

How a cell is read or a rule is checked does not belong here; which properties exist, and what they mean when
they are absent or written in an older form, does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
LENGTHS = ("minLength", "maxLength")
ORDERED = ("integer", "number", "date", "time", "datetime", "duration", "year", "yearmonth")
TYPES: Mapping[str, tuple[str, ...]] = {  # type -> its constraints, in the order in which they are reported
    "any": ("required", "enum"),
    "array": ("required", *LENGTHS, "enum", "jsonSchema"),
    "boolean": ("required", "enum"),
    "geojson": ("required", "enum"),
    "geopoint": ("required", "enum"),
    "list": ("required", *LENGTHS, "enum"),
    "object": ("required", *LENGTHS, "enum", "jsonSchema"),
    "string": ("required", *LENGTHS, "pattern", "enum"),
    **dict.fromkeys(ORDERED, ("required", *BOUNDS, "enum")),
}
FORMATS: Mapping[str, tuple[str, ...]] = {  # types with a closed list of formats
    "string": ("default", "email", "uri", "binary", "uuid"),
    "geopoint": ("default", "array", "object"),
    "geojson": ("default", "topojson"),
}
ITEM_TYPES = ("string", "integer", "boolean", "number", "datetime", "date", "time")
FIELDS_MATCH = ("exact", "equal", "subset", "superset", "partial")
V2 = "https://datapackage.org/profiles/2."


@dataclass(frozen=True)
class FieldPlan:
    """One field: how its text is read and what its values must be. `options` are the type's own
    properties.
    """

    name: str
    type: str = "any"
    format: str = "default"
    missing: frozenset[str] = frozenset({""})
    constraints: tuple[tuple[str, Any], ...] = ()  # (name, as written), in the order of `TYPES`
    categories: tuple[Any, ...] | None = None
    unique: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """True when the field may not be null."""
        return dict(self.constraints).get("required") is True


@dataclass(frozen=True)
class ForeignKey:
    """Values of `fields` that must be found in `reference_fields` of `resource` ("" is the table itself)."""

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]


@dataclass(frozen=True)
class TablePlan:
    """A whole Table Schema; `problems` are the faults of the descriptor, each one line, none when it is
    good.
    """

    fields: tuple[FieldPlan, ...] = ()
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    fields_match: str = "exact"
    version: int = 1  # of the standard that `$schema` names; 1 where it names none
    problems: tuple[str, ...] = ()


def plan_table(schema: Mapping[str, Any]) -> TablePlan:
    """The plan of a Table Schema descriptor. Raises nothing: what is wrong with it stands in `problems`."""
    problems: list[str] = []
    described = schema.get("fields")
    if not isinstance(described, list) or not all(
        isinstance(f, Mapping) and f.get("name") for f in described
    ):
        return TablePlan(problems=('"fields" is not an array of objects with a "name"',))
    primary_key = name_list(schema.get("primaryKey"))
    missing = missing_values(schema.get("missingValues", [""]), problems)
    fields = tuple(plan_field(f, missing, problems) for f in described)
    unique_keys = tuple(name_list(key) for key in schema.get("uniqueKeys") or ())
    foreign_keys = tuple(plan_foreign_key(key, problems) for key in schema.get("foreignKeys") or ())
    names = [f.name for f in fields]
    if len(set(names)) < len(names):
        problems.append("names of the fields are not unique")
    keys = [primary_key, *unique_keys, *(key.fields for key in foreign_keys)]
    problems += [
        f'key field "{name}" is none of the fields {names}'
        for key in keys
        for name in key
        if name not in names
    ]
    version = 2 if str(schema.get("$schema", "")).startswith(V2) else 1
    match = fields_match(schema, problems)
    return TablePlan(fields, primary_key, unique_keys, foreign_keys, match, version, tuple(problems))


def plan_field(described: Mapping[str, Any], missing: frozenset[str], problems: list[str]) -> FieldPlan:
    """The plan of one field; a type, format or constraint that does not exist is added to `problems`."""
    name, kind = str(described["name"]), str(described.get("type") or "any")
    constraints = dict(described.get("constraints") or {})
    if kind not in TYPES:
        problems.append(f'field "{name}": type "{kind}" does not exist; allowed: {", ".join(sorted(TYPES))}')
        kind = "any"
    unsupported = [c for c in constraints if c not in (*TYPES[kind], "unique")]
    problems += [f'field "{name}": constraint "{c}" is not supported by type "{kind}"' for c in unsupported]
    form = str(described.get("format") or "default").removeprefix("fmt:")
    if form not in FORMATS.get(kind, (form,)):
        problems.append(f'field "{name}": format "{form}" is not supported by type "{kind}"')
    if kind == "list" and described.get("itemType", "string") not in ITEM_TYPES:
        problems.append(f'field "{name}": itemType "{described["itemType"]}" is not supported')
    if "missingValues" in described:
        missing = missing_values(described["missingValues"], problems)
    return FieldPlan(
        name=name,
        type=kind,
        format=form,
        missing=missing,
        constraints=tuple((c, constraints[c]) for c in TYPES[kind] if constraints.get(c) is not None),
        categories=allowed_values(described) if kind in ("string", "integer") else None,
        unique=bool(constraints.get("unique")),
        options=described,
    )


def plan_foreign_key(described: Mapping[str, Any], problems: list[str]) -> ForeignKey:
    """The plan of one foreign key; v1's plain strings count as lists of one."""
    reference = described.get("reference") or {}
    fields, referred = name_list(described.get("fields")), name_list(reference.get("fields"))
    if len(fields) != len(referred):
        problems.append(
            f"foreign key fields {list(fields)} do not pair with reference fields {list(referred)}"
        )
    return ForeignKey(fields, str(reference.get("resource") or ""), referred)


def name_list(value: Any) -> tuple[str, ...]:
    """A key as a tuple of names: v2 writes a list, v1 may write one string."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(name) for name in value)


def missing_values(values: Sequence[Any], problems: list[str]) -> frozenset[str]:
    """The texts that mean "no value": plain, or `{value, label}` objects (v2)."""
    texts = [value.get("value") if isinstance(value, Mapping) else value for value in values]
    if not all(isinstance(text, str) for text in texts):
        problems.append(f"missingValues {list(values)} are not strings")
    return frozenset(str(text) for text in texts)


def allowed_values(described: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The values that `categories` allows, from either of its two forms."""
    listed = described.get("categories")
    if not isinstance(listed, list):
        return None
    return tuple(item["value"] if isinstance(item, Mapping) else item for item in listed)


def fields_match(schema: Mapping[str, Any], problems: list[str]) -> str:
    """How fields and columns are paired; some texts show the word in an array."""
    value = schema.get("fieldsMatch", "exact")
    word = value[0] if isinstance(value, list) and len(value) == 1 else value
    if word not in FIELDS_MATCH:
        problems.append(f'fieldsMatch "{value}" does not exist; allowed: {", ".join(FIELDS_MATCH)}')
        return "exact"
    return str(word)
