"""What a descriptor says, as plain frozen dataclasses: nothing is read, checked or computed here.

How YAML becomes them belongs to `descriptor`, which also hands them out; other modules import them from
there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.descriptor.classification import Classification

if TYPE_CHECKING:
    from assets.descriptor.derivation import Derivation

LANGUAGES = ("fi", "sv", "en")
STATUS, WITHDRAWN = "innoregio:status", "withdrawn"  # of a dataset that is no longer updated

Texts = Mapping[str, str]  # language -> text; a language without a text is absent


@dataclass(frozen=True)
class Code:
    """One entry of a code list: our code, its labels, and where the labels come from."""

    code: str
    labels: Texts
    parent: str | None = None
    source: str | None = None  # who wrote the labels; None: we did
    translated: tuple[str, ...] = ()  # languages in which the label is our translation
    definition: str | None = None  # English, where our code needs one


@dataclass(frozen=True)
class Field:
    """A Table Schema field with its mapping (`innoregio:from`, `innoregio:codes`) and its texts."""

    name: str
    type: str
    titles: Texts
    descriptions: Texts
    constraints: Mapping[str, Any] = field(default_factory=dict)
    format: str | None = None
    unit: str | None = None
    source_column: str | None = None  # innoregio:from
    code_map: Mapping[str, str] = field(default_factory=dict)  # innoregio:codes, provider's code -> ours
    ignored_codes: tuple[
        str, ...
    ] = ()  # innoregio:ignoreCodes: rows with these provider codes are left out by name
    area_names: str | None = None  # innoregio:areaNames: the classification whose names the source column has
    codelist: str | None = None  # innoregio:codelist
    codes: tuple[Code, ...] = ()  # shared list and `categories`, in order; empty: not a coded field
    flags: Mapping[str, Texts] = field(
        default_factory=dict
    )  # innoregio:flags, the provider's symbols and their meaning
    raw: Mapping[str, Any] = field(default_factory=dict)  # resolved (shared field merged), as it is published


@dataclass(frozen=True)
class Source:
    """Where a resource's snapshots come from: provider, table and wire format (`innoregio:source`)."""

    provider: str  # eurostat, statfin, cordis
    table: str  # nama_10r_3gdp, 13tn, horizon
    connector: str  # protocol: eurostat, pxweb, download
    format: str  # reader: tsv, sdmx-csv, json-stat, cordis-csv, csv
    parts: tuple[str, ...] = ()  # parts of the snapshot set that this resource reads; empty: all
    options: Mapping[str, Any] = field(default_factory=dict)  # dialect, unpivot, member, query …
    optional: bool = False  # counts once it was fetched; until then the dataset is made without it
    optional_columns: tuple[
        str, ...
    ] = ()  # mapped columns that its files need not have: then their cells are empty


@dataclass(frozen=True)
class RejectRule:
    """Which rows of a register are not published (`innoregio:reject`), and the share of them that may be."""

    name: str
    rule: str  # missing, unreadable, malformed
    fields: tuple[str, ...]
    reasons: Texts
    maximum: float = 0.001


@dataclass(frozen=True)
class Resource:
    """One table of a dataset: sources, mapping, Table Schema, expectations."""

    name: str
    titles: Texts
    descriptions: Texts
    sources: tuple[Source, ...]
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = ()  # empty where a field of the row's key may be null: then unique_keys
    unique_keys: tuple[tuple[str, ...], ...] = ()
    classification: Classification | None = None  # innoregio:classification, the declared vintage of geo
    moves_to: str | None = None  # innoregio:movesTo, the vintage that the provider's table moves to
    ignore: tuple[str, ...] = ()  # innoregio:ignore, source columns ignored by name
    fixed: Mapping[str, str] = field(
        default_factory=dict
    )  # innoregio:fixed, one-valued dimensions and the value they must have
    build: str | None = None  # innoregio:build "module.function" in assets.normalise: raw tables -> frame
    row_filter: str | None = (
        None  # innoregio:rowFilter "module.function" in assets.normalise: which raw rows belong here
    )
    derivation: "Derivation | None" = None  # innoregio:derive, how it is worked out of published tables
    hook: str | None = None  # innoregio:hook "module.function" in assets.normalise: mapped frame -> frame
    expectations: tuple[Mapping[str, Any], ...] = ()
    reject_rules: tuple[RejectRule, ...] = ()
    reject_key: tuple[str, ...] = ()  # the fields that name a rejected row; they are published
    rejected_of: tuple["Resource", ...] = ()  # of the resource `rejected`: the tables whose rows it holds
    raw: Mapping[str, Any] = field(
        default_factory=dict
    )  # the resource's properties as written, shared fields resolved

    @property
    def row_key(self) -> tuple[str, ...]:
        """The fields that tell rows apart: the primary key, or the first unique key where there is none."""
        return self.primary_key or next(iter(self.unique_keys), ())

    def field(self, name: str) -> Field:
        """The field called `name`; `KeyError` where there is none."""
        return {f.name: f for f in self.fields}[name]


@dataclass(frozen=True)
class Dataset:
    """One descriptor: one dataset, one Data Package, one dcat:Dataset."""

    name: str
    titles: Texts
    descriptions: Texts
    resources: tuple[Resource, ...]
    keywords: Mapping[str, tuple[str, ...]]  # language -> keywords
    themes: tuple[str, ...]
    update_frequency: str
    citation: str
    revised: str | None = None  # innoregio:revised, ISO date of our own last change of output
    path: Path | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_derived(self) -> bool:
        """Whether its tables are worked out of published ones, so that no provider is asked."""
        return any(resource.derivation for resource in self.resources)

    @property
    def is_fetched(self) -> bool:
        """Whether providers are asked for it: not for one that is derived, or no longer updated."""
        return not (self.is_derived or self.is_withdrawn)

    @property
    def is_withdrawn(self) -> bool:
        """Whether the dataset is no longer updated (`innoregio:status`)."""
        return self.raw.get(STATUS) == WITHDRAWN


@dataclass(frozen=True)
class Catalogue:
    """`schemas/catalogue.yaml`: who publishes, where, in which languages, and which region is in focus."""

    titles: Texts
    descriptions: Texts
    publisher: Mapping[str, Any]  # name (language -> name), type (publisher type), homepage
    contact: Mapping[str, Any]  # name (language -> name), email or page
    licence: Mapping[str, str]  # of the metadata: name, path
    languages: tuple[str, ...]
    base_url: str  # ends with a slash
    focus: str  # NUTS code of the region that the pages show first
    raw: Mapping[str, Any] = field(default_factory=dict)
