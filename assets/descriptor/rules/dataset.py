"""What must hold between the properties of a descriptor, where JSON Schema cannot say it.

Datasets, resources, columns and keys belong here, one function per rule; each yields problems (place, found,
allowed). Rules about one field and its codes belong to `fields`, those about sources to
`sources`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from assets.descriptor.profile import Problem, choices, quote_value
from assets.descriptor.rules.classification import classification_problems
from assets.descriptor.rules.fields import field_problems, text_problems
from assets.descriptor.rules.missing import missing_problems, unsaid_problems
from assets.descriptor.rules.reject import reject_problems
from assets.descriptor.rules.sources import format_problems, optional_problems, source_problems
from assets.descriptor.shared import Shared
from assets.descriptor.yaml import Place

# The columns of statistics in order (contracts, section 1); other dimensions stand between the two.
FIRST = (
    "geo", "geo_classification", "time_period", "indicator", "sector", "sex", "age", "size_class", "activity",
    "training", "work_status",
)  # fmt: skip
LAST = ("unit", "obs_value", "obs_status", "obs_flag")
OBSERVATION = ("obs_value", "obs_status", "obs_flag")
MADE = ("geo_classification", "obs_status")  # by tagging and from the flag: no source column
KEYWORD = re.compile(r"[\w \-.]{2,100}")  # what CKAN's harvester takes; the profile knows ASCII's signs only
UNCODED = ("geo", "geo_classification", "time_period")  # dimensions whose codes are not a code list's


def dataset_problems(data: Mapping[str, Any], path: Path, shared: Shared) -> Iterator[Problem]:
    """All problems of a descriptor that agrees with the profile and is in full (`complete`)."""
    missing = list(missing_problems(data, shared))
    if missing:
        yield from missing
        return
    if data["name"] != path.stem:
        yield ("name",), quote_value(data["name"]), f"{path.stem}, the name of the file"
    yield from text_problems(data, ())
    english = data["innoregio:keywords_translated"]["en"]
    if data.get("keywords", english) != english:
        yield ("keywords",), "other keywords than innoregio:keywords_translated.en", ", ".join(english)
    yield from keyword_problems(data["innoregio:keywords_translated"])
    revised = data.get("innoregio:revised")
    if revised and not _is_date(revised):
        yield ("innoregio:revised",), quote_value(revised), "a date of the calendar"
    yield from unsaid_problems(data)
    for position, licence in enumerate(data.get("licenses", ())):
        for name in ("name", "path"):
            if name not in licence:
                yield ("licenses", position), f"no {name}", "name and path of the licence"
    yield from source_problems(data, shared)
    names: list[str] = []
    for position, resource in enumerate(data["resources"]):
        place: Place = ("resources", position)
        name = resource["name"]
        if name in names:
            yield (*place, "name"), f"{quote_value(name)} a second time", "every resource a name of its own"
        if name.startswith("codes-") or name.endswith("-parquet"):
            yield (
                (*place, "name"),
                quote_value(name),
                "a name that is not codes-… or …-parquet: publishing makes those",
            )
        names.append(name)
        yield from resource_problems(resource, place, data["resources"], shared)
    yield from reject_problems(data["resources"], shared)


def keyword_problems(keywords: Mapping[str, list[str]]) -> Iterator[Problem]:
    """Keywords are what strict portals take."""
    for language, words in keywords.items():
        for position, word in enumerate(words):
            if not KEYWORD.fullmatch(word):
                place = ("innoregio:keywords_translated", language, position)
                yield (
                    place,
                    quote_value(word),
                    "2 to 100 letters, digits, blanks, and - _ . as portals take them",
                )


def resource_problems(
    resource: Mapping[str, Any], place: Place, resources: list[Any], shared: Shared
) -> Iterator[Problem]:
    """All problems of one resource."""
    yield from text_problems(resource, place)
    fields = resource["schema"]["fields"]
    names = [field["name"] for field in fields]
    for position, field in enumerate(fields):
        where: Place = (*place, "schema", "fields", position)
        if field["name"] in names[:position]:
            yield (
                (*where, "name"),
                f"{quote_value(field['name'])} a second time",
                "every field a name of its own",
            )
        yield from field_problems(field, where, shared)
    if "innoregio:derive" in resource:  # its columns are made by code, of tables that were checked before
        yield from key_problems(resource, place, names)
        yield from expectation_problems(resource, place, names)
        return
    if not any("innoregio:from" in field for field in fields) and not {
        "innoregio:build",
        "innoregio:hook",
    } & set(resource):
        allowed = "innoregio:from on the fields, or innoregio:build, a function that makes the table"
        yield place, "no field that is made from a source column", allowed
        return
    yield from source_column_problems(resource, place)
    yield from optional_problems(resource, place)
    yield from format_problems(resource, place)
    yield from classification_problems(resource, place, names)
    if "obs_value" in names:
        yield from statistics_problems(resource, place, names, shared)
    yield from key_problems(resource, place, names)
    yield from foreign_key_problems(resource, place, names, resources)
    yield from expectation_problems(resource, place, names)


def source_column_problems(resource: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """A source column is mapped, fixed or ignored, one of them; a field is made from one, or by code."""
    ignored, fixed = resource.get("innoregio:ignore", []), resource.get("innoregio:fixed", {})
    by_code = [name for name in ("innoregio:build", "innoregio:hook") if name in resource]
    mapped = {}
    for position, field in enumerate(resource["schema"]["fields"]):
        column, where = field.get("innoregio:from"), (*place, "schema", "fields", position)
        if column is None:
            if field["name"] not in MADE and not by_code:
                yield where, f"no innoregio:from on {field['name']}", "the source column that it is made from"
        elif field["name"] in MADE and field.get("innoregio:shared"):
            yield (
                (*where, "innoregio:from"),
                quote_value(column),
                f"nothing: {field['name']} is made by the program",
            )
        else:
            mapped[column] = field["name"]
    for position, column in enumerate(ignored):
        if column in mapped:
            found = f"{quote_value(column)}, which {mapped[column]} is made from"
            yield (*place, "innoregio:ignore", position), found, "source columns that no field is made from"
    for column in fixed:
        other = (
            f"{mapped[column]} is made from"
            if column in mapped
            else "is ignored"
            if column in ignored
            else ""
        )
        if other:
            found = f"{quote_value(column)}, which {other}"
            yield (
                (*place, "innoregio:fixed", column),
                found,
                "source columns that are neither mapped nor ignored",
            )
    if "innoregio:build" in resource:
        for name in ("innoregio:ignore", "innoregio:fixed"):
            if name in resource:
                yield (
                    (*place, name),
                    f"{name} beside innoregio:build",
                    "a mapping or innoregio:build, not both",
                )


def statistics_problems(
    resource: Mapping[str, Any], place: Place, names: list[str], shared: Shared
) -> Iterator[Problem]:
    """Statistics have their columns in the agreed order, all dimensions as key, and a code list on each."""
    where: Place = (*place, "schema", "fields")
    for name in OBSERVATION:
        if name not in names:
            yield where, f"obs_value without {name}", ", ".join(OBSERVATION)
    order = sorted(names, key=_rank)
    wrong = next((n for n, (name, right) in enumerate(zip(names, order, strict=True)) if name != right), None)
    if wrong is not None:
        yield (*where, wrong, "name"), f"{names[wrong]} in place {wrong + 1}", f"the order {', '.join(order)}"
    dimensions = [name for name in names if name not in OBSERVATION]
    key = resource["schema"].get("primaryKey", [])
    if key and key != dimensions and set(key) <= set(names):
        allowed = f"all dimensions in their order: {', '.join(dimensions)}"
        yield (*place, "schema", "primaryKey"), ", ".join(key), allowed
    for position, field in enumerate(resource["schema"]["fields"]):
        base = shared.fields.get(field.get("innoregio:shared", ""), {})
        coded = {"innoregio:codelist", "innoregio:use", "categories"} & {*base, *field}
        if field["name"] in dimensions and field["name"] not in UNCODED and not coded:
            found = f"the dimension {field['name']} without codes"
            yield (*where, position), found, "innoregio:codelist, categories, or both"


def key_problems(resource: Mapping[str, Any], place: Place, names: list[str]) -> Iterator[Problem]:
    """Keys name fields of the table."""
    schema = resource["schema"]
    if not schema.get("primaryKey") and not schema.get("uniqueKeys"):
        allowed = "primaryKey, or uniqueKeys where a field of the key may be empty"
        yield (*place, "schema"), "no primaryKey", allowed
    keys: list[tuple[Place, list[str]]] = [(("primaryKey",), schema.get("primaryKey", []))]
    keys += [(("uniqueKeys", n), key) for n, key in enumerate(schema.get("uniqueKeys", ()))]
    for where, key in keys:
        for position, name in enumerate(key):
            if name not in names:
                yield (*place, "schema", *where, position), quote_value(name), choices(name, names)


def foreign_key_problems(
    resource: Mapping[str, Any], place: Place, names: list[str], resources: list[Any]
) -> Iterator[Problem]:
    """Foreign keys point at a key of a table of this dataset."""
    tables = {other["name"]: other["schema"] for other in resources}
    for position, key in enumerate(resource["schema"].get("foreignKeys", ())):
        where: Place = (*place, "schema", "foreignKeys", position)
        for number, name in enumerate(key["fields"]):
            if name not in names:
                yield (*where, "fields", number), quote_value(name), choices(name, names)
        reference = key["reference"]
        target = reference.get("resource", "") or resource["name"]
        if target not in tables:
            allowed = choices(target, tables)
            if target.startswith("codes-"):
                allowed += "; those to code lists are made when the dataset is published"
            yield (*where, "reference", "resource"), quote_value(target), allowed
            continue
        primary = tables[target].get("primaryKey")
        keys = [*([primary] if primary else []), *tables[target].get("uniqueKeys", ())]
        if not keys:
            continue  # that it has none is said of the other table
        if sorted(reference["fields"]) not in [sorted(fields) for fields in keys]:
            allowed = " or ".join(", ".join(fields) for fields in keys) + f": a key of {target}"
            yield (*where, "reference", "fields"), ", ".join(map(quote_value, reference["fields"])), allowed
        elif len(key["fields"]) != len(reference["fields"]):
            allowed = f"{len(reference['fields'])}, as many as reference.fields"
            yield (*where, "fields"), f"{len(key['fields'])} fields", allowed


def expectation_problems(resource: Mapping[str, Any], place: Place, names: list[str]) -> Iterator[Problem]:
    """Expectations have bounds that can be met, of columns that are there."""
    for position, rule in enumerate(resource.get("innoregio:expectations", ())):
        where: Place = (*place, "innoregio:expectations", position)
        if rule["rule"] == "rows" and rule.get("maximum", float("inf")) < rule.get("minimum", 0):
            yield (*where, "maximum"), str(rule["maximum"]), f"at least the minimum, {rule['minimum']}"
        if rule["rule"] == "newest_period":
            if ("minimum" in rule) == ("maximum_age" in rule):
                found = (
                    "both minimum and maximum_age" if "minimum" in rule else "neither minimum nor maximum_age"
                )
                yield where, found, "one of minimum and maximum_age"
            if "time_period" not in names:
                yield (*where, "rule"), "newest_period of a table without time_period", "rules of its columns"
        for property, column in expected_columns(rule):
            if column not in names:
                yield (*where, *property), repr(column), f"a field of the table: {', '.join(names)}"


def expected_columns(rule: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """The columns that an expectation names, each with its place in it."""
    yield from (((name,), str(rule[name])) for name in ("over", "field", "value") if name in rule)
    yield from (
        ((name, index), str(column))
        for name in ("by", "apart")
        for index, column in enumerate(rule.get(name, ()))
    )
    yield from (
        ((name, column), str(column)) for name in ("fields", "where") for column in rule.get(name, ())
    )


def _rank(name: str) -> tuple[int, int]:
    if name in FIRST:
        return 0, FIRST.index(name)
    return (2, LAST.index(name)) if name in LAST else (1, 0)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None
