"""What a descriptor in full still lacks: what neither the person nor the registry nor a note has said.

One omission is one problem here; the other rules look only at descriptors that lack nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from assets.descriptor.complete import STATISTICAL, source_entries
from assets.descriptor.notes import note_problems
from assets.descriptor.profile import Problem, choices
from assets.descriptor.shared import Shared
from assets.descriptor.yaml import Place

TEXTS = ("title_translated", "description_translated")
OWN_FIELD = ("type", *TEXTS)


def missing_problems(data: Mapping[str, Any], shared: Shared) -> Iterator[Problem]:
    """All that is missing in the dataset, its tables and their fields."""
    yield from _noted(data, (), shared)
    for position, resource in enumerate(data["resources"]):
        place: Place = ("resources", position)
        for name in ("name", *TEXTS):
            if name not in resource:
                yield place, f"no {name}", f"{name}: only the one table of a dataset has the dataset's"
        own = {name: value for name, value in resource.items() if not _is_of(data, name, value)}
        yield from _noted(own, place, shared)
        yield from _protocol_missing(resource, place, shared)
        for number, field in enumerate(resource["schema"]["fields"]):
            yield from _field_missing(field, (*place, "schema", "fields", number), shared)
        if unitless(resource):
            allowed = 'a field unit, or unit: "PC" on obs_value where all figures have one unit'
            yield (*place, "schema", "fields"), "no unit of the figures", allowed


def unsaid_problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What the registry of providers does not say of the dataset, and nobody else does."""
    if "licenses" not in data:
        yield (), "no licenses, and none of its providers in providers.yaml", "licenses with name and path"
    if "innoregio:citation" not in data and data["sources"]:
        found = "no innoregio:citation, and no form of it for each of its providers in providers.yaml"
        yield (), found, "the sentence that whoever uses the figures has to print"


def _protocol_missing(resource: Mapping[str, Any], place: Place, shared: Shared) -> Iterator[Problem]:
    listed = isinstance(resource["innoregio:source"], list)
    for number, source in enumerate(source_entries(resource)):
        if lacking := [name for name in ("connector", "format") if name not in source]:
            names = ", ".join(lacking)
            found = f"no {names}, and none for the provider {source['provider']} in providers.yaml"
            meant = choices(source["provider"], shared.providers)
            where = (*place, "innoregio:source", *((number,) if listed else ()))
            yield where, found, f"{names}, or the provider {meant}"


def unitless(resource: Mapping[str, Any]) -> bool:
    """Whether a statistic says nowhere what its figures are in."""
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    formats = [source.get("format") for source in source_entries(resource)]
    is_statistic = "obs_value" in fields and not {"innoregio:build", "innoregio:derive"} & resource.keys()
    stated = "unit" in fields or "unit" in fields.get("obs_value", {})
    return is_statistic and not stated and all(name in STATISTICAL for name in formats)


def _field_missing(field: Mapping[str, Any], place: Place, shared: Shared) -> Iterator[Problem]:
    yield from _noted(field, place, shared)
    if isinstance(field.get("innoregio:note"), str):
        yield from note_problems(field["innoregio:note"], (*place, "innoregio:note"), shared.notes)
    lacking = [name for name in OWN_FIELD if name not in field]
    if lacking and "innoregio:shared" not in field:
        found = f"{field['name']} without {', '.join(lacking)}"
        yield place, found, f"these, or the name of a shared field: {choices(field['name'], shared.fields)}"


def _is_of(dataset: Mapping[str, Any], name: str, texts: Any) -> bool:
    """Whether a table has the texts of its dataset, whose mistakes are said there."""
    return name in TEXTS and all(dataset[name][language].startswith(text) for language, text in texts.items())


def _noted(data: Mapping[str, Any], place: Place, shared: Shared) -> Iterator[Problem]:
    for name in (name for name in TEXTS if name in data):
        yield from note_problems(data[name], (*place, name), shared.notes)
    for position, name in enumerate(data.get("innoregio:notes", ())):
        if name not in shared.notes:
            yield (*place, "innoregio:notes", position), f"the note {name}", choices(name, shared.notes)
