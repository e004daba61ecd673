"""A whole first descriptor out of a table's metadata, and what remains to be done on it.

Its fields belong to `fields`, its form in YAML to `text`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.authoring.bundled_areas import read_bundled_areas
from assets.authoring.draft.areas import guess_classification
from assets.authoring.draft.fields import TODO, column_of, draft_fields, draft_texts, is_time
from assets.authoring.draft.text import format_yaml
from assets.descriptor import DescriptorMistake, Provider, load_dataset
from assets.descriptor.shared import Shared
from assets.errors import DescriptorError, SettingError
from assets.fetch.connectors.table_metadata import TableMetadata
from assets.files import replace_if_new
from assets.normalise.observations import sdmx_period

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
FREQUENCIES = {"ANNUAL": r"\d{4}", "QUARTERLY": r"\d{4}-Q\d", "MONTHLY": r"\d{4}-\d\d"}
# "muuttujina Vuosi, Alue" and "efter region och år": how PxWeb ends the titles of its tables
ENDINGS = re.compile(r"\s+(?:muuttujina|efter|by|järgi)\s.*$|,?\s*\d{4}[-–]\d{4}$")


def draft_descriptor(
    name: str, table: TableMetadata, provider: Provider, shared: Shared, form: str, rows: int | None
) -> tuple[dict[str, Any], list[str]]:
    """The descriptor as plain data, and what a person has to decide that no text marks."""
    if not NAME.fullmatch(name):
        raise SettingError(f"{name!r} cannot name a dataset; use words with hyphens, like job-density")
    remains: list[str] = []
    fields, fixed = draft_fields(table, provider, shared)
    title = ENDINGS.sub("", table.title).strip()
    resource: dict[str, Any] = {"innoregio:source": draft_source(table, provider, form)}
    geo = next((variable for variable, field in pair_geo(table, fields)), None)
    if geo is not None:
        codes = next(field for field in fields if field["name"] == "geo").get("innoregio:codes", {})
        known = {**provider.fields.get("geo", {}).get("innoregio:codes", {}), **codes}
        year = int((table.updated or "9999")[:4])
        areas = {known.get(code, code) for code in geo.labels}
        found, lost = guess_classification(areas, read_bundled_areas(), year)
        resource["innoregio:classification"] = found or TODO
        if found:
            remains.append(f"innoregio:classification: {found} is a guess, it holds most of the areas")
        if lost:
            remains.append(f"{len(lost)} area codes are in no list: {', '.join(lost[:8])}")
    if fixed:
        resource["innoregio:fixed"] = fixed
    resource["schema"] = {"fields": [field["name"] if len(field) == 1 else field for field in fields]}
    periods = read_periods(table)
    resource["innoregio:expectations"] = draft_expectations(rows, periods)
    descriptor: dict[str, Any] = {
        "$schema": "../profile.json",
        "name": name,
        "title_translated": draft_texts(title, table.language, "title"),
        "description_translated": draft_texts(
            "", table.language, "what is measured, of whom, where and when,"
        ),
        "innoregio:keywords_translated": {la: [f"{TODO}: keywords"] for la in ("fi", "sv", "en")},
        "innoregio:themes": ["REGI"],
        "innoregio:updateFrequency": guess_frequency(periods),
    }
    remains.append("innoregio:themes: add the EU themes of the subject (ECON, EDUC, SOCI, TECH …) to REGI")
    if not provider.licence:
        descriptor["licenses"] = [{"name": f"{TODO}: licence", "path": "https://example.org/TODO"}]
    if not provider.source:
        shown = provider.names.get("en", provider.name)
        source = {
            "title": f"{shown}, table {table.table}",
            "path": provider.homepage or "https://example.org/TODO",
        }
        descriptor["sources"] = [source]
    if not provider.citation:
        descriptor["innoregio:citation"] = f"{TODO}: the citation that the provider asks for"
    descriptor["resources"] = [resource]
    if rows is None:
        remains.append("innoregio:expectations: add a minimum of rows once the first figures are there")
    return descriptor, remains


def write_descriptor(path: Path, descriptor: Mapping[str, Any]) -> list[str]:
    """Writes the descriptor and checks it: every mistake that is left, in lines. Raises `SettingError` where
    the file is there already.
    """
    if path.exists():
        raise SettingError(f"{path} is there already; give another --name, or another file with --out")
    table = descriptor["resources"][0]["innoregio:source"]
    whole = f"{table['provider']}/{table['table']}"
    head = f"# Of {whole}, as the table describes itself. Write what is marked {TODO}.\n"
    replace_if_new(path, (head + format_yaml(descriptor)).encode())
    try:
        load_dataset(path)
    except DescriptorMistake as mistake:
        return [str(problem) for problem in (mistake, *mistake.others)]
    except DescriptorError as error:
        return [str(error)]
    return []


def draft_source(table: TableMetadata, provider: Provider, form: str) -> dict[str, str]:
    """Provider and table, and what the registry does not say of them."""
    source = {"provider": table.provider, "table": table.table}
    usual = "eurostat" if form in ("tsv", "sdmx-csv") else "pxweb"
    if not provider.connector:
        source["connector"] = usual
    if provider.format != form:
        source["format"] = form
    return source


def draft_expectations(rows: int | None, periods: list[str]) -> list[dict[str, Any]]:
    """Bounds around what was seen: 80 % and twice the rows, the newest period."""
    rules: list[dict[str, Any]] = []
    if rows:
        reason = f"80 % and twice the {rows:,} rows of the recorded answer"
        rules.append(
            {"rule": "rows", "minimum": max(1, rows * 4 // 5), "maximum": rows * 2, "reason": reason}
        )
    if periods:
        newest = max(periods)
        reason = f"the table reaches {newest}; an update never takes periods away"
        rules.append({"rule": "newest_period", "minimum": newest, "reason": reason})
    return rules


def read_periods(table: TableMetadata) -> list[str]:
    """The table's periods in SDMX form, but for those of another."""
    codes = [code for variable in table.variables if is_time(variable) for code in variable.labels]
    return [period for code in codes if (period := sdmx_period(code))]


def guess_frequency(periods: list[str]) -> str:
    """How often the provider publishes, by the form of its periods."""
    newest = max(periods, default="")
    return next((name for name, form in FREQUENCIES.items() if re.fullmatch(form, newest)), "UNKNOWN")


def pair_geo(table: TableMetadata, fields: list[dict[str, Any]]) -> list[tuple[Any, dict[str, Any]]]:
    """The variable that the field `geo` is made from, if there is one, with the field."""
    found = [field for field in fields if field["name"] == "geo"]
    columns = {field.get("innoregio:from") for field in found}
    return [
        (variable, field)
        for field in found
        for variable in table.variables
        if variable.geo or column_of(variable) in columns or column_of(variable).casefold() in ("geo", "alue")
    ]
