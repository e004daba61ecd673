"""A checked descriptor to its dataclasses: shared fields merged, notes appended, codes gathered.

Nothing is judged here: what reaches this module has passed `profile`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assets.descriptor.classification import add_basis, build_classification
from assets.descriptor.codes import field_codes
from assets.descriptor.derivation import build_derivation
from assets.descriptor.model import (
    LANGUAGES,
    Catalogue,
    Dataset,
    Field,
    RejectRule,
    Resource,
    Source,
    Texts,
)
from assets.descriptor.rejected import rejected_resources
from assets.descriptor.shared import Shared

# The order of a field's properties in what is published: Table Schema's own first.
_FIELD_ORDER = (
    "name",
    "type",
    "format",
    "title",
    "description",
    "title_translated",
    "description_translated",
)


SOURCE_OPTIONS = ("unpivot", "member", "dialect", "repairQuotes", "path", "query", "eliminate")


def build_dataset(data: Mapping[str, Any], path: Path, shared: Shared) -> Dataset:
    """The dataset that the checked descriptor `data` describes."""
    resources = tuple(build_resource(resource, shared) for resource in data["resources"])
    resources += rejected_resources(resources)
    raw = with_texts(data)
    raw["resources"] = [dict(resource.raw) for resource in resources]
    return Dataset(
        name=data["name"],
        titles=raw["title_translated"],
        descriptions=raw["description_translated"],
        resources=resources,
        keywords={
            language: tuple(words) for language, words in data["innoregio:keywords_translated"].items()
        },
        themes=tuple(data["innoregio:themes"]),
        update_frequency=data["innoregio:updateFrequency"],
        citation=data["innoregio:citation"].strip(),
        revised=data.get("innoregio:revised"),
        path=path,
        raw=raw,
    )


def build_resource(data: Mapping[str, Any], shared: Shared) -> Resource:
    """One resource; the fields of its primary key become required."""
    schema = data["schema"]
    key = tuple(schema.get("primaryKey", ()))
    classification = build_classification(data.get("innoregio:classification"))
    described = [add_basis(field, classification) for field in schema["fields"]]
    fields = tuple(build_field(field, shared, field["name"] in key) for field in described)
    raw = with_texts(data)
    raw["schema"] = {**schema, "fields": [dict(field.raw) for field in fields]}
    sources = data.get("innoregio:source", [])
    return Resource(
        name=data["name"],
        titles=raw["title_translated"],
        descriptions=raw["description_translated"],
        sources=tuple(map(build_source, [sources] if isinstance(sources, dict) else sources)),
        fields=fields,
        primary_key=key,
        unique_keys=tuple(tuple(names) for names in schema.get("uniqueKeys", ())),
        classification=classification,
        moves_to=data.get("innoregio:movesTo"),
        ignore=tuple(data.get("innoregio:ignore", ())),
        fixed=dict(data.get("innoregio:fixed", {})),
        build=data.get("innoregio:build"),
        row_filter=data.get("innoregio:rowFilter"),
        derivation=build_derivation(data.get("innoregio:derive")),
        hook=data.get("innoregio:hook"),
        expectations=tuple(data.get("innoregio:expectations", ())),
        reject_rules=tuple(map(build_reject_rule, data.get("innoregio:reject", {}).get("rules", ()))),
        reject_key=tuple(data.get("innoregio:reject", {}).get("key", ())),
        raw=raw,
    )


def build_reject_rule(data: Mapping[str, Any]) -> RejectRule:
    """One rule of `innoregio:reject`."""
    rule = RejectRule(
        name=data["name"],
        rule=data["rule"],
        fields=tuple(data["fields"]),
        reasons=stripped(data["reason_translated"]),
    )
    return replace(rule, maximum=float(data["maximum"])) if "maximum" in data else rule


def build_source(data: Mapping[str, Any]) -> Source:
    """One entry of `innoregio:source`."""
    return Source(
        provider=data["provider"],
        table=data["table"],
        connector=data["connector"],
        format=data["format"],
        parts=tuple(data.get("parts", ())),
        options={name: data[name] for name in SOURCE_OPTIONS if name in data},
        optional=data.get("optional", False),
        optional_columns=tuple(data.get("optionalColumns", ())),
    )


def build_field(data: Mapping[str, Any], shared: Shared, required: bool) -> Field:
    """One field with its shared field merged in; `required` says that the primary key names it."""
    merged = merge_field(data, shared)
    if required:
        merged["constraints"] = {"required": True, **merged.get("constraints", {})}
    name = merged.get("innoregio:codelist")
    codes = field_codes(
        (shared.codelist(name) or {}) if name else {},
        merged.get("categories", ()),
        merged.get("innoregio:use", ()),
    )
    return Field(
        name=merged["name"],
        type=merged["type"],
        titles=merged["title_translated"],
        descriptions=merged["description_translated"],
        constraints=merged.get("constraints", {}),
        format=merged.get("format"),
        unit=merged.get("unit"),
        source_column=merged.get("innoregio:from"),
        code_map=merged.get("innoregio:codes", {}),
        ignored_codes=tuple(merged.get("innoregio:ignoreCodes", ())),
        area_names=merged.get("innoregio:areaNames"),
        codelist=name,
        codes=codes,
        flags=merged.get("innoregio:flags", {}),
        raw=merged,
    )


def merge_field(data: Mapping[str, Any], shared: Shared) -> dict[str, Any]:
    """The properties of a field as they are published: its shared field's, its own, its note in the texts."""
    name = data.get("innoregio:shared")
    base = shared.fields[name] if name else {}
    merged = with_texts({**base, **data})
    constraints = {**base.get("constraints", {}), **data.get("constraints", {})}
    if constraints:
        merged["constraints"] = constraints
    note = data.get("innoregio:note")
    if note:
        described = {
            language: f"{text} {note[language].strip()}"
            for language, text in merged["description_translated"].items()
        }
        merged = with_texts({**merged, "description": described["en"], "description_translated": described})
    ordered = {name: merged[name] for name in _FIELD_ORDER if name in merged}
    return {**ordered, **merged}


def with_texts(data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` with texts stripped of line ends, `title` and `description` being the English ones."""
    titles, descriptions = stripped(data["title_translated"]), stripped(data["description_translated"])
    return {
        **data,
        "title": titles["en"],
        "description": descriptions["en"],
        "title_translated": titles,
        "description_translated": descriptions,
    }


def stripped(texts: Texts) -> dict[str, str]:
    """The texts in the order of `LANGUAGES`, without the line end that YAML's folded style leaves."""
    return {language: texts[language].strip() for language in ordered_languages(texts)}


def ordered_languages(languages: Iterable[str]) -> list[str]:
    """The languages of a text in the project's order."""
    present = set(languages)
    return [language for language in LANGUAGES if language in present]


def build_catalogue(data: Mapping[str, Any]) -> Catalogue:
    """The catalogue that the checked `catalogue.yaml` describes."""
    return Catalogue(
        titles=stripped(data["title_translated"]),
        descriptions=stripped(data["description_translated"]),
        publisher=data["publisher"],
        contact=data["contact"],
        licence=data["licence"],
        languages=tuple(data["languages"]),
        base_url=data["base_url"],
        focus=data["focus"],
        raw=data,
    )
