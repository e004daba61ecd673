"""What must hold between the `sources` of a descriptor and the tables that its resources are made from.

Each table stands in one source and each source says what of it is here, so that a dated snapshot dates the
right one. What is published of it belongs to `publish.provenance`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assets.descriptor.profile import Problem, choices, quote_value
from assets.descriptor.shared import Shared
from assets.descriptor.yaml import Place
from assets.overlay import find_schema

TABLES = "innoregio:tables"
LISTS = "innoregio:lists"
# options of a source that only some formats' readers know, and those that a reader cannot do without
OPTION_FORMATS = {
    "dialect": ("csv", "pxweb-csv"),
    "unpivot": ("csv",),
    "member": ("cordis-xml", "cordis-zip"),
    "repairQuotes": ("cordis-csv", "cordis-zip"),
}
NEEDED = {"cordis-xml": "member", "cordis-zip": "member"}


def source_problems(data: Mapping[str, Any], shared: Shared) -> Iterator[Problem]:
    """All problems of the links between sources, tables and lists."""
    read = dict(read_tables(data["resources"]))
    named: dict[str, str] = {}
    for position, source in enumerate(data["sources"]):
        place: Place = ("sources", position)
        if (TABLES in source) == (LISTS in source):
            found = f"both {TABLES} and {LISTS}" if TABLES in source else f"neither {TABLES} nor {LISTS}"
            allowed = f"{TABLES}: which of {', '.join(read)} it is; or {LISTS}, where it has no snapshot"
            yield place, found, allowed
        for number, table in enumerate(source.get(TABLES, ())):
            where: Place = (*place, TABLES, number)
            if table not in read:
                yield where, f"{quote_value(table)}, which no table is made from", choices(table, read)
            elif table in named:
                yield where, f"{quote_value(table)}, which is in {named[table]}", "every table in one source"
            named.setdefault(table, str(source["title"]))
        for number, name in enumerate(source.get(LISTS, ())):
            if find_schema(name, shared.folders) is None:
                yield (
                    (*place, LISTS, number),
                    quote_value(name),
                    "a file below schemas/, such as codelists/sex.csv",
                )
        if LISTS in source and "version" not in source:
            yield place, f"{LISTS} without version", "the edition that the lists were taken from, in quotes"
        if TABLES in source and "version" in source:
            found = f"version beside {TABLES}"
            yield (*place, "version"), found, "nothing: the published version is the one of its snapshots"
    left = [table for table in read if table not in named]
    if left:
        found = f"{', '.join(left)}, which {'are' if len(left) > 1 else 'is'} in no source"
        named_there = f"{left[0]} in {TABLES} of one of the sources, or the end of its title or path"
        yield read[left[0]], found, named_there


def read_tables(resources: list[Any]) -> Iterator[tuple[str, Place]]:
    """The tables, `provider/table`, that the resources are made from, each with a place that says so."""
    seen = set()
    for position, resource in enumerate(resources):
        sources = resource["innoregio:source"]
        place: Place = ("resources", position, "innoregio:source")
        for number, source in enumerate(sources if isinstance(sources, list) else [sources]):
            table = f"{source['provider']}/{source['table']}"
            if table not in seen:
                yield table, (*place, number) if isinstance(sources, list) else place
            seen.add(table)


def optional_problems(resource: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """What a source may lack is mapped; a table has a source that is not optional."""
    sources = resource.get("innoregio:source", [])
    if not isinstance(sources, list):
        sources = [sources]
    mapped = {field.get("innoregio:from") for field in resource["schema"]["fields"]}
    where: Place = (*place, "innoregio:source")
    for position, source in enumerate(sources):
        for column in source.get("optionalColumns", []):
            if column not in mapped:
                found = f"{quote_value(column)}, which no field is made from"
                yield (*where, position, "optionalColumns"), found, "source columns that fields are made from"
    if sources and all(source.get("optional") for source in sources):
        yield where, "optional sources only", "a source that is not optional"


def format_problems(resource: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """The options of a source are those that the reader of its format knows."""
    sources = resource.get("innoregio:source", [])
    where: Place = (*place, "innoregio:source")
    for position, source in enumerate(sources if isinstance(sources, list) else [sources]):
        at: Place = (*where, position) if isinstance(sources, list) else where
        for option, formats in OPTION_FORMATS.items():
            if option in source and source["format"] not in formats:
                found = f"{option} with the format {source['format']}"
                yield (*at, option), found, f"it with {' or '.join(formats)} only"
        if (needed := NEEDED.get(source["format"])) and needed not in source:
            yield at, f"the format {source['format']} without {needed}", f"{needed}: which table is read"
        try:
            re.compile(source.get("unpivot", {}).get("columns", ""))
        except re.error as error:
            found = f"{quote_value(source['unpivot']['columns'])}, which is no regular expression ({error})"
            yield (*at, "unpivot", "columns"), found, "an expression for a column's whole heading"
