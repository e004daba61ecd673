"""The registry of providers, `schemas/providers.yaml`: addresses, limits, licence, forms of source, citation.

Reading it belongs here; asking a provider belongs to `fetch`, what a descriptor takes from it to `complete`.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.descriptor.merged import read_merged
from assets.descriptor.model import Texts
from assets.overlay import schema_folders


@dataclass(frozen=True)
class Provider:
    """One provider. The defaults suit one that is known by its address only."""

    name: str  # its key in the registry: eurostat
    base: str = ""  # base address; empty: none is known
    names: Texts = field(default_factory=dict)  # language -> what people call it
    homepage: str | None = None
    licence: Mapping[str, str] = field(default_factory=dict)  # name, path, title; empty: not known
    language: str = "en"
    calls: int = 30  # per `seconds`, until the server says otherwise
    seconds: float = 10.0
    database: str = ""  # PxWeb v1: below the language
    suffix: str = ""  # PxWeb v1: what follows the table's code in an address
    zone: str = ""  # PxWeb v1: of the times in its listings, which say none
    releases: Mapping[str, Any] = field(default_factory=dict)  # times of day, and their zone; empty: any
    files: Mapping[str, str] = field(default_factory=dict)  # download: table -> file below the base address
    pages: Mapping[str, str] = field(default_factory=dict)  # paged: table -> path below the base address
    items: str = ""  # paged: the member of an answer that holds the list
    total: str = ""  # paged: the member that holds the count of all
    source: Mapping[str, str] = field(default_factory=dict)  # title and path of a table as a source
    citation: str = ""  # how a citation names one source
    connector: str = ""  # what a source of it has without saying
    format: str = ""
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what its tables' fields have
    fixed: Mapping[str, str] = field(default_factory=dict)  # columns of its tables that have one value
    units: Mapping[str, str] = field(default_factory=dict)  # units that its answers state -> our codes


def read_providers(folders: tuple[Path, ...] | None = None) -> Mapping[str, Provider]:
    """All providers by name; one of an earlier folder stands in the place of one of a later.

    Without `folders`: the operator's folder (`overlay`) and the packaged one. Raises `DescriptorMistake`.
    """
    return _read_providers(folders or schema_folders())


@functools.cache
def _read_providers(folders: tuple[Path, ...]) -> Mapping[str, Provider]:
    merged = read_merged("providers.yaml", folders, "providers")
    return {name: _build_provider(name, data) for name, data in merged.items()}


def _build_provider(name: str, data: Mapping[str, Any]) -> Provider:
    renamed = {"name_translated": "names", "address": "base"}
    return Provider(name, **{renamed.get(key, key): value for key, value in data.items()})
