"""A table's variables as fields of a descriptor: shared fields where one is meant, codes proposed.

What the whole descriptor is made of belongs to `descriptor`, how it is written to `text`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from assets.descriptor import LANGUAGES, Provider
from assets.descriptor.shared import Shared
from assets.fetch.connectors.table_metadata import DescribedVariable, TableMetadata
from assets.normalise.observations import sdmx_period

TODO = "TODO"  # begins a text that a person has to write; the descriptor's check finds it
NAMED = {"fi": "Finnish", "sv": "Swedish", "en": "English"}
# Variables by the names that offices give them, without numbers: the shared field that is meant.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "geo": ("geo", "alue", "region", "område", "maakunta", "kunta", "seutukunta", "landskap", "kommun"),
    "sex": ("sex", "sukupuoli", "kön", "kon", "kjonn", "sugu"),
    "age": ("age", "ikä", "ålder", "alder", "vanus", "vanuserühm"),
    "unit": ("unit", "yksikkö", "enhet"),
    "sector": ("sector", "sectperf", "sektori", "sektor"),
    "size_class": ("sizeclas", "size_emp", "kokoluokka", "storleksklass", "suuruusluokka"),
    "activity": ("nace_r2", "nace_r1", "toimiala", "näringsgren", "naring"),
    "training": ("training",),
    "work_status": ("wstatus",),
    "indicator": ("indic", "indic_sb", "indicator", "na_item", "tiedot", "contentscode", "tabellinnehåll"),
}  # fmt: skip
TIMES = ("time", "time_period", "timeperiod_y", "vuosi", "år", "tid", "year", "aasta", "kuukausi", "month")
TOTALS = ("yhteensä", "totalt", "total", "kaikki", "koko maa", "hela landet", "whole country", "both sexes")
TOTAL_CODES = ("SSS", "TOTAL", "TOT", "_T", "T")

Field = dict[str, Any]


def draft_fields(
    table: TableMetadata, provider: Provider, shared: Shared
) -> tuple[list[Field], dict[str, str]]:
    """The fields of a table in the order of the contracts, and its one-valued columns with their values."""
    fields: dict[str, Field] = {}
    fixed: dict[str, str] = {}
    for variable in table.variables:
        column = column_of(variable)
        codes = list(variable.labels)
        name = name_variable(variable, provider)
        if len(codes) == 1 and name not in ("geo", "time_period"):
            if provider.fixed.get(column) != codes[0]:
                fixed[column] = codes[0]
            stated = {codes[0]: codes[0]} if name == "unit" else {}
            if unit := units_of(variable, provider, shared, stated).get(codes[0]):
                fields["obs_value"] = {"name": "obs_value", "unit": unit}
            continue
        if name is None or name in fields:
            name = unused(slug(variable.label) or slug(variable.code) or "dimension", fields)
        fields[name] = draft_field(name, column, variable, table, provider, shared)
    order = [name for name in (*shared.fields, *fields) if name in fields]
    return [fields[name] for name in dict.fromkeys(order)], fixed


def draft_field(
    name: str,
    column: str,
    variable: DescribedVariable,
    table: TableMetadata,
    provider: Provider,
    shared: Shared,
) -> Field:
    """One field; its codes are those of the shared list where that has them, else proposals."""
    usual = provider.fields.get(name, {})
    field: Field = {"name": name}
    if name not in shared.fields:
        field |= {"type": "string", "title_translated": draft_texts(variable.label, table.language, "title")}
        field["description_translated"] = draft_texts("", table.language, "what the column says")
    if str(usual.get("innoregio:from", "")).casefold() not in (column.casefold(), variable.label.casefold()):
        field["innoregio:from"] = column
        usual = {}
    if name == "time_period":
        return field
    if name == "geo":
        known = usual.get("innoregio:codes", {})
        totals = {code: "FI" for code in variable.labels if code == "SSS" and code not in known}
        return field | ({"innoregio:codes": {**known, **totals}} if totals else {})
    listed = shared.fields.get(name, {}).get("innoregio:codelist")
    if listed is None and name in shared.fields and name in shared.codelist_names():
        field["innoregio:codelist"] = listed = name
    return field | draft_codes(
        name, listed, variable, table, provider, shared, usual.get("innoregio:codes", {})
    )


def draft_codes(
    name: str,
    listed: str | None,
    variable: DescribedVariable,
    table: TableMetadata,
    provider: Provider,
    shared: Shared,
    usual: Mapping[str, str],
) -> Field:
    """The codes of a field: those of its list by name, all others with the labels that the provider gives."""
    there = (shared.codelist(listed) or {}) if listed else {}
    total = next((code for code in ("TOTAL", "T") if code in there), "TOTAL")
    units = units_of(variable, provider, shared) if variable.units or variable.content else {}
    use: list[str] = []
    mapped: dict[str, str] = {}
    categories: dict[str, Field] = {}
    for code, label in variable.labels.items():
        ours = usual.get(code) or (code if code in there else None)
        if ours is None and (code in TOTAL_CODES or label.strip().casefold() in TOTALS):
            ours = total
        if ours in there:
            use.append(str(ours))
            if ours != code and code not in usual:
                mapped[code] = str(ours)
            continue
        ours = unused(ours or propose(code), categories)
        categories[ours] = {
            **({"from": code} if ours != code else {}),
            **({"unit": units.get(code, TODO)} if variable.content and name == "indicator" else {}),
            **{la: label if la == table.language and label else f"{TODO}: {code}" for la in LANGUAGES},
        }
    field: Field = {}
    if mapped:
        field["innoregio:codes"] = mapped
    if use:
        field["innoregio:use"] = list(dict.fromkeys(use))
    if categories:
        field["innoregio:labels"] = label_source(table, provider)
        field["categories"] = categories
    return field


def label_source(table: TableMetadata, provider: Provider) -> Field:
    """Where labels come from: the provider's in its language, the others a translation of ours."""
    name = provider.names.get("en", provider.name)
    others = [language for language in LANGUAGES if language != table.language]
    return {"source": f"{name}, table {table.table} ({table.language})", "translated": others}


def units_of(
    variable: DescribedVariable, provider: Provider, shared: Shared, stated: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Code -> our code of the unit that the provider states for it in words (`stated`, else the variable's
    units), marked where we do not know it.
    """
    ours = shared.codelist("unit") or {}
    by_label = {label.casefold(): code for code, entry in ours.items() for label in entry.labels.values()}
    found = {}
    for code, words in (stated or variable.units).items():
        unit = provider.units.get(words) or by_label.get(words.casefold())
        found[code] = unit or (words if words in ours else f"{TODO}: {words}")
    return found


def name_variable(variable: DescribedVariable, provider: Provider) -> str | None:
    """The shared field that a variable is, None where none is known."""
    if is_time(variable):
        return "time_period"
    if variable.geo:
        return "geo"
    if variable.content:
        return "indicator"
    names = {stem(variable.code), variable.label.strip().casefold()}
    for name, usual in provider.fields.items():
        if str(usual.get("innoregio:from", "")).casefold() in names:
            return str(name)
    return next((name for name, known in KNOWN.items() if names & set(known)), None)


def is_time(variable: DescribedVariable) -> bool:
    """Whether a variable is time: by its role, or by its name and the form of its codes."""
    names = {stem(variable.code), variable.label.strip().casefold()}
    return variable.time or bool(names & set(TIMES) and all(map(sdmx_period, variable.labels)))


def column_of(variable: DescribedVariable) -> str:
    """What `innoregio:from` says: the code, or the label where the code has a date that changes."""
    return variable.label if re.search(r"_\d{6,}$", variable.code) else variable.code


def stem(code: str) -> str:
    """A variable's code without the numbers at its end."""
    return re.sub(r"(_\d+)+$", "", code).casefold()


def slug(text: str) -> str:
    """A text as a field's name: lower-case ASCII words with underscores; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.casefold()).strip("_0123456789")[:40].strip("_")


def propose(code: str) -> str:
    """Our code for one of the provider's: itself where it reads like a code, else in capitals."""
    if re.fullmatch(r"[A-Z0-9][A-Z0-9_.-]*", code):
        return code
    plain = unicodedata.normalize("NFKD", code).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "_", plain.upper()).strip("_") or TODO


def unused(name: str, taken: Mapping[str, Any] | Sequence[str]) -> str:
    """`name`, with a number where it is taken."""
    number = 2
    found = name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def draft_texts(known: str, language: str, what: str) -> dict[str, str]:
    """A text in three languages: the provider's in its own, the others to be written."""
    return {
        code: known if known and code == language else f"{TODO}: {what} in {NAMED[code]}"
        for code in LANGUAGES
    }
