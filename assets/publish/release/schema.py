"""Table Schemas (Data Package v2) of published tables, from the descriptor's fields.

What stock readers accept decides the shape: frictionless-py reads the Parquet twin through pandas, so
nullable numbers and moments say there what pandas makes of a null. Packages and resources belong to
`datapackage`.
"""

from collections.abc import Collection
from typing import Any

from assets.descriptor import LANGUAGES, Code, Field, Resource
from assets.publish.release.tables import is_required, polars_type
from assets.publish.release.texts import english, translated_property

TABLE_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
GEO = ("geo_classification", "geo")


def table_schema(resource: Resource, code_lists: Collection[str], parquet: bool = False) -> dict[str, Any]:
    """The Table Schema of a resource's CSV, or of its Parquet twin.

    `code_lists`: names of the package's code list resources; a coded field refers to its own. Foreign keys
    stand on the CSV only: on both they would say the same and cost a reader the time twice.
    """
    schema: dict[str, Any] = {
        "$schema": TABLE_SCHEMA,
        "fields": [field_schema(field, parquet) for field in resource.fields],
    }
    if not parquet:
        schema["missingValues"] = [""]
    if resource.primary_key:
        schema["primaryKey"] = list(resource.primary_key)
    if resource.unique_keys:
        schema["uniqueKeys"] = [list(key) for key in resource.unique_keys]
    if not parquet and (keys := foreign_keys(resource, code_lists)):
        schema["foreignKeys"] = keys
    return schema


def field_schema(field: Field, parquet: bool) -> dict[str, Any]:
    """One field, with its codes as `categories` (labels) and as `enum` (what readers check)."""
    schema: dict[str, Any] = {"name": field.name, "type": field.type}
    if field.format:
        schema["format"] = field.format
    schema["title"] = english(field.titles) or field.name
    if description := english(field.descriptions):
        schema["description"] = description
    schema |= translated_property("title", field.titles) | translated_property(
        "description", field.descriptions
    )
    if field.unit:
        schema["unit"] = field.unit
    constraints = dict(field.constraints)
    if field.codes:
        constraints["enum"] = [code.code for code in field.codes]
    if constraints:
        schema["constraints"] = constraints
    if field.codes:
        schema["categories"] = [category(code, translations=not parquet) for code in field.codes]
    if parquet and (missing := parquet_missing(field)):
        schema["missingValues"] = missing
    if not parquet:
        if field.flags:
            schema["innoregio:flags"] = field.flags
        schema |= {key: value for key, value in field.raw.items() if key not in schema and _is_kept(key)}
    return schema


def _is_kept(key: str) -> bool:
    return key.startswith("innoregio:") or key in ("example", "rdfType", "categoriesOrdered")


def category(code: Code, translations: bool) -> dict[str, Any]:
    """One entry of `categories`: value, English label, the labels in every language."""
    entry: dict[str, Any] = {"value": code.code}
    if label := code.labels.get("en"):
        entry["label"] = label
    labels = {language: code.labels[language] for language in LANGUAGES if code.labels.get(language)}
    if translations and labels:
        entry["innoregio:label_translated"] = labels
    return entry


def parquet_missing(field: Field) -> list[str]:
    """What pandas makes of a null in the Parquet column, where frictionless needs to know."""
    if is_required(field) or polars_type(field).is_decimal():
        return []
    return {"integer": ["nan"], "number": ["nan"], "datetime": ["NaT"]}.get(field.type, [])


def foreign_keys(resource: Resource, code_lists: Collection[str]) -> list[dict[str, Any]]:
    """The descriptor's foreign keys, then one to each code list."""
    keys = [dict(key) for key in resource.raw.get("schema", {}).get("foreignKeys", ())]
    made = [([field.name], f"codes-{field.name}", ["code"]) for field in resource.fields if field.codes]
    if set(GEO) <= {field.name for field in resource.fields}:
        made.append((list(GEO), "codes-geo", ["geo_classification", "code"]))
    for fields, target, reference in made:
        if target in code_lists and not any(key["reference"]["resource"] == target for key in keys):
            keys.append({"fields": fields, "reference": {"resource": target, "fields": reference}})
    return keys
