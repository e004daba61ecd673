"""A descriptor in full: what a person need not write is derived from the rest, the notes and the registry.

What is derived here is checked by the same rules as what is written, and published like it. Fields belong to
`complete_fields`, reading YAML and judging it elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assets.descriptor.complete_fields import OBSERVATION, complete_fields
from assets.descriptor.derivation import build_derivation, input_sources
from assets.descriptor.notes import insert_notes
from assets.descriptor.providers import Provider
from assets.descriptor.shared import Shared
from assets.descriptor.yaml import Place

Places = dict[Place, Place]  # of what is derived or written in a short form -> its place in the file
STATISTICAL = ("area-shares", "data-browser", "json-stat", "map-json", "px", "sdmx-csv", "tsv")
# formats whose readers give observations; delimited text does where it is unpivoted
UNCOMPARED = ("geo", "geo_classification", "time_period", "unit", "activity")  # nested, or rightly alike
IGNORED = {  # columns of the format that say nothing of a row, or that its reader has read already
    "sdmx-csv": ["DATAFLOW", "LAST UPDATE", "STRUCTURE", "STRUCTURE_ID", "ACTION", "CONF_STATUS"]
}
TABLES, LISTS = "innoregio:tables", "innoregio:lists"
DEFAULT_RULES = {
    "duplicate_series": "two codes of one column never have the same figures; a wrong mapping gives them",
    "duplicate_dataset": "another dataset with the same figures is one of the two under a wrong name",
    "unit_jump": "a series that is 10, 100 or 1,000 times the last release is in another unit",
}


def complete_dataset(data: Mapping[str, Any], shared: Shared) -> tuple[dict[str, Any], Places]:
    """A descriptor that agrees with the profile, in full; and where in the file its parts stand."""
    places: Places = {}
    full = with_notes(data, shared)
    full["resources"] = [
        complete_resource(resource, full, ("resources", position), shared, places)
        for position, resource in enumerate(data["resources"])
    ]
    tables = {
        f"{source['provider']}/{source['table']}": source
        for resource in full["resources"]
        for source in source_entries(resource)
    }
    sources = complete_sources(data.get("sources", []), tables, shared.providers)
    for position, (_, written) in enumerate(sources):
        places["sources", position] = ("resources",) if written is None else ("sources", written)
    full["sources"] = [source for source, _ in sources]
    providers = [shared.providers.get(name) for name in _providers(tables)]
    licences = [dict(provider.licence) for provider in providers if provider and provider.licence]
    if "licenses" not in data and len(licences) == len(providers):
        named = {licence["name"]: licence for licence in licences}
        full["licenses"] = list(named.values())
    if "innoregio:citation" not in data and (citation := cite(full["sources"], shared.providers)):
        full["innoregio:citation"] = citation
    return full, places


def written_place(place: Place, places: Places) -> Place:
    """Where in the file that stands which stands at `place` of the full descriptor."""
    for length in range(len(place), 0, -1):
        if place[:length] in places:
            return (*places[place[:length]], *place[length:])
    return place


def with_notes(data: Mapping[str, Any], shared: Shared) -> dict[str, Any]:
    """Titles and descriptions of a dataset, resource or field with their notes."""
    full = dict(data)
    names = data.get("innoregio:notes", [])
    for name, paragraphs in (("title_translated", ()), ("description_translated", names)):
        if name in full:
            full[name] = insert_notes(full[name], shared.notes, paragraphs)
    if set(names) <= set(shared.notes):
        full.pop("innoregio:notes", None)
    return full


def complete_resource(
    resource: Mapping[str, Any], dataset: Mapping[str, Any], place: Place, shared: Shared, places: Places
) -> dict[str, Any]:
    """One table in full. The only table of a dataset has its name and texts from it where it has none."""
    resource = with_inputs(resource)
    full = with_notes({**_only_table(dataset), **resource}, shared)
    sources = [with_protocol(source, shared.providers) for source in source_entries(resource)]
    full["innoregio:source"] = sources if isinstance(resource["innoregio:source"], list) else sources[0]
    names = {source["provider"] for source in sources}
    mapped = not {"innoregio:build", "innoregio:derive"} & resource.keys()
    provider = shared.providers.get(names.pop()) if mapped and len(names) == 1 else None
    formats = [str(source.get("format")) for source in sources]
    statistic = mapped and all(
        source.get("format") in STATISTICAL or "unpivot" in source for source in sources
    )
    fields = complete_fields(
        resource["schema"]["fields"],
        (*place, "schema", "fields"),
        provider,
        shared,
        statistic=statistic,
        tagged=mapped and "innoregio:classification" in resource,
        stated_units="json-stat" in formats and statistic,
    )
    written = [with_notes(field, shared) for field, _ in fields]
    places |= {
        (*place, "schema", "fields", position): where
        for position, (_, where) in enumerate(fields)
        if where != (*place, "schema", "fields", position)
    }
    for position, (field, where) in enumerate(fields):
        original = _at(resource["schema"]["fields"], where[-1])
        if isinstance(original, dict) and isinstance(original.get("categories"), dict):
            for number, category in enumerate(field["categories"]):
                short = (*where, "categories", category["value"])
                places[(*place, "schema", "fields", position, "categories", number)] = short
    full["schema"] = {**resource["schema"], "fields": written}
    columns = [field["name"] for field in written]
    if statistic and not {"primaryKey", "uniqueKeys"} & resource["schema"].keys():
        key = [name for name in columns if name not in OBSERVATION]
        full["schema"] = {"primaryKey": key, **full["schema"]}
    if statistic:
        used = {field.get("innoregio:from") for field in written}
        full |= _unmapped(resource, provider, formats, used)
        full["innoregio:expectations"] = [
            *resource.get("innoregio:expectations", ()),
            *default_rules(columns, resource.get("innoregio:expectations", ())),
        ]
    full["innoregio:expectations"] = [
        rule for rule in full.get("innoregio:expectations", ()) if rule.get("severity") != "none"
    ]
    return {key: value for key, value in full.items() if value != []}


def with_protocol(source: Mapping[str, Any], providers: Mapping[str, Provider]) -> dict[str, Any]:
    """A source with the connector and the format that its provider's tables have."""
    provider = providers.get(source["provider"])
    usual = {"connector": provider.connector, "format": provider.format} if provider else {}
    usual = {key: value for key, value in usual.items() if value and key not in source}
    head = {key: source[key] for key in ("provider", "table")}
    return {**head, **usual, **source}


def default_rules(columns: Sequence[str], written: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The expectations that every statistic has, but for those whose rule the descriptor states itself."""
    stated = {rule["rule"] for rule in written}
    compared = [name for name in columns if name not in (*UNCOMPARED, *OBSERVATION)]
    for rule, reason in DEFAULT_RULES.items():
        if rule == "duplicate_series":
            found: list[dict[str, Any]] = [{"rule": rule, "over": name} for name in compared]
        else:
            found = [{"rule": rule}]
        yield from ({**expectation, "reason": reason} for expectation in found if rule not in stated)


def is_default_rule(rule: Mapping[str, Any]) -> bool:
    """Whether an expectation is one that every statistic has: it may find nothing to compare."""
    return "reason" in rule and rule["reason"] == DEFAULT_RULES.get(str(rule["rule"]))


def complete_sources(
    written: Sequence[Mapping[str, Any]],
    tables: Mapping[str, Mapping[str, Any]],
    providers: Mapping[str, Provider],
) -> list[tuple[dict[str, Any], int | None]]:
    """The sources with the tables that each is, and with those that the registry can name; each with its
    position in the file. They are in the order of the tables, those that are lists only at their place.
    """
    found = [dict(source) for source in written]
    open_tables = [name for name in tables if not any(name in source.get(TABLES, ()) for source in found)]
    waiting = [source for source in found if not {TABLES, LISTS} & source.keys()]
    for source in waiting:
        mine = [name for name in open_tables if is_named(name, source)]
        if not mine and len(waiting) == 1:
            mine = [name for name in open_tables if not _usual_source(tables[name], providers)]
        if mine:
            source[TABLES] = mine
            open_tables = [name for name in open_tables if name not in mine]
    result: list[tuple[dict[str, Any], int | None]] = [
        (source_entry, n) for n, source_entry in enumerate(found)
    ]
    for name in open_tables:
        if usual := _usual_source(tables[name], providers):
            before = _rank(name, tables)
            position = next(
                (n for n, (other, _) in enumerate(result) if _first_rank(other, tables) > before), len(result)
            )
            result.insert(position, ({**usual, TABLES: [name]}, None))
    return result


def is_named(name: str, source: Mapping[str, Any]) -> bool:
    """Whether the title of a source, or its address, ends with the code of the table `provider/table`."""
    code = name.partition("/")[2].casefold()
    words = [str(source[key]).casefold().rstrip("/.") for key in ("title", "path")]
    return any(text.endswith(code) and not text[: -len(code)][-1:].isalnum() for text in words)


def cite(sources: Sequence[Mapping[str, Any]], providers: Mapping[str, Provider]) -> str | None:
    """The sentence that names the sources as their providers ask for; None where a provider does not say."""
    parts = []
    for source in sources:
        names = _providers(source.get(TABLES, ()))
        forms = {providers[name].citation for name in names if name in providers}
        if len(forms) != 1 or not (form := forms.pop()):
            return None
        parts.append(form.format(title=source["title"], path=source["path"]))
    word = "Source" if len(parts) == 1 else "Sources"
    return f"{word}: {'; '.join(parts)}. Selected and recoded by innoregio." if parts else None


def source_entries(resource: Mapping[str, Any]) -> list[Any]:
    """The entries of `innoregio:source`, one or many."""
    sources = resource["innoregio:source"]
    return sources if isinstance(sources, list) else [sources]


def with_inputs(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """A derived table with the releases that it is worked out of as its sources."""
    derivation = build_derivation(resource.get("innoregio:derive"))
    if derivation is None:
        return resource
    names = ("provider", "table", "connector", "format")
    sources = [
        {name: getattr(source, name) for name in names} | {"parts": list(source.parts)}
        for source in input_sources(derivation)
    ]
    return {**resource, "innoregio:source": sources}


def _only_table(dataset: Mapping[str, Any]) -> dict[str, Any]:
    if len(dataset["resources"]) != 1:
        return {}
    texts = {language: text.split("\n", 1)[0] for language, text in dataset["description_translated"].items()}
    titles = dataset["title_translated"]
    return {"name": dataset["name"], "title_translated": titles, "description_translated": texts}


def _unmapped(
    resource: Mapping[str, Any],
    provider: Provider | None,
    formats: Sequence[str],
    used: set[Any],
) -> dict[str, Any]:
    """The source columns that are fixed or ignored with those of every table of the provider or format."""
    fixed, ignored = resource.get("innoregio:fixed", {}), resource.get("innoregio:ignore", [])
    usual = {
        column: value
        for column, value in (provider.fixed if provider else {}).items()
        if column not in used and column not in ignored
    }
    dull = [column for name in set(formats) for column in IGNORED.get(name, [])]
    more = [column for column in dull if column not in (*used, *fixed, *ignored)]
    full = {"innoregio:ignore": [*ignored, *more], "innoregio:fixed": {**usual, **fixed}}
    return {key: value for key, value in full.items() if value}


def _usual_source(source: Mapping[str, Any], providers: Mapping[str, Provider]) -> dict[str, str] | None:
    provider = providers.get(source["provider"])
    if not provider or not provider.source:
        return None
    names = {"table": source["table"], "TABLE": source["table"].upper()}
    return {key: text.format(**names) for key, text in provider.source.items()}


def _providers(tables: Any) -> list[str]:
    return list(dict.fromkeys(name.partition("/")[0] for name in tables))


def _rank(name: str, tables: Mapping[str, Any]) -> int:
    return list(tables).index(name) if name in tables else len(tables)


def _first_rank(source: Mapping[str, Any], tables: Mapping[str, Any]) -> int:
    return min((_rank(name, tables) for name in source.get(TABLES, ())), default=-1)


def _at(items: Sequence[Any], position: Any) -> Any:
    return items[position] if isinstance(position, int) and position < len(items) else None
