"""The regional strategy, `schemas/strategy.yaml`: themes, the indicators that follow them, what is missing.

Reading and checking the file against the descriptors belongs here; working out the figures belongs to
`assets.derive.strategy`.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.descriptor.codes import read_codelist
from assets.descriptor.model import Texts
from assets.descriptor.profile import Problem, check_profile, choices, placed, quote_value
from assets.descriptor.yaml import DescriptorMistake, Document, raise_mistakes, read_yaml
from assets.overlay import find_schema, list_schemas, packaged_schemas, schema_folders

FILE = "strategy.yaml"
INDICATORS = "indicators/indicators"  # the table whose indicators a theme names without more
PEERS = "peers/similar-regions"
OWN = "strategy"  # the dataset that is made of this: no input of itself
MADE = (
    "geo_classification",
    "unit",
    "obs_value",
    "obs_status",
    "obs_flag",
)  # a descriptor may leave them out

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class ProviderTable:
    """A provider's table that an indicator comes from, with the dataset that publishes it."""

    dataset: str
    resource: str
    provider: str
    table: str


@dataclass(frozen=True)
class StrategyIndicator:
    """A figure that follows a theme: which rows of which published table."""

    code: str
    area: str  # region, or another of the strategy's areas
    titles: Texts
    units: Texts
    methods: Texts
    reference: str
    table: str  # dataset/resource
    where: Mapping[str, str]
    share_of: Mapping[str, str]  # empty: the figure itself
    count: Mapping[str, str]  # of a register: what is counted, by which fields; empty: nothing
    decimals: int
    trend: bool
    amount: bool  # whether the figures of areas add up
    sources: tuple[ProviderTable, ...]
    ended: str | None = None  # the last period of a series that has ended
    successors: Texts = field(default_factory=dict)  # what there is after it

    @property
    def inputs(self) -> tuple[str, ...]:
        """The published tables that the figure is taken from."""
        more = (self.count[name] for name in ("join", "updated") if name in self.count)
        return (self.table, *more)


@dataclass(frozen=True)
class FollowUp:
    """What follows a theme: an indicator; what waits for its first fetch; or what is missing and why."""

    indicator: StrategyIndicator | None
    titles: Texts
    reasons: Texts
    waits_for: ProviderTable | None = None  # the first table of a dataset that nobody has fetched yet


@dataclass(frozen=True)
class Theme:
    """One theme of the strategy."""

    number: int
    titles: Texts
    statements: Texts
    places: Texts
    entries: tuple[FollowUp, ...]


@dataclass(frozen=True)
class Strategy:
    """The strategy, resolved against the descriptors."""

    titles: Texts
    publishers: Texts
    region: str
    areas: Mapping[str, Mapping[str, str]]  # region, wider … -> classification -> code
    themes: tuple[Theme, ...] = field(default=())

    @property
    def indicators(self) -> tuple[StrategyIndicator, ...]:
        """Every indicator once, in the order of the themes."""
        found = {
            entry.indicator.code: entry.indicator
            for theme in self.themes
            for entry in theme.entries
            if entry.indicator
        }
        return tuple(found.values())

    @property
    def inputs(self) -> tuple[str, ...]:
        """The published tables that the themes are followed in."""
        return tuple(
            dict.fromkeys([*(name for indicator in self.indicators for name in indicator.inputs), PEERS])
        )


def read_strategy(folders: tuple[Path, ...] | None = None) -> Strategy:
    """The strategy of the first folder that has one. Raises `DescriptorMistake` for a dataset, table, field,
    indicator or area that is not there, and for what the profile refuses."""
    return _read_strategy(folders or schema_folders())


@functools.cache
def _read_strategy(folders: tuple[Path, ...]) -> Strategy:
    path = find_schema(FILE, folders)
    assert path is not None, "the packaged folder has one"
    document = read_yaml(path)
    profile = packaged_schemas() / "profile.json"
    raise_mistakes(document.mistakes or check_profile(document, profile, OWN))
    known = {path.stem: path for path in list_schemas("datasets/*.yaml", folders) if path.stem != OWN}
    raise_mistakes(placed(document, _find_problems(document, known)))
    return _build_strategy(document.data, known, folders)


def _find_problems(document: Document, known: Mapping[str, Path]) -> Iterator[Problem]:
    data = document.data
    own = {indicator["code"]: indicator for indicator in data.get("indicators", ())}
    formulas = _formulas(known)
    for position, indicator in enumerate(data.get("indicators", ())):
        place = ("indicators", position)
        if indicator.get("area", "region") not in data["areas"]:
            yield (*place, "area"), quote_value(indicator["area"]), choices(indicator["area"], data["areas"])
        if "table" not in indicator and indicator["code"] not in formulas:
            yield (*place, "code"), quote_value(indicator["code"]), choices(indicator["code"], formulas)
        if "table" in indicator:
            yield from _table_problems(indicator, place, known)
    for position, theme in enumerate(data["themes"]):
        for number, entry in enumerate(theme["follows"]):
            where = ("themes", position, "follows", number)
            code = entry.get("indicator")
            if code and code not in own and code not in formulas:
                yield (*where, "indicator"), quote_value(code), choices(code, [*own, *formulas])
            awaited = entry.get("for")
            if awaited and awaited not in known:
                yield (*where, "for"), quote_value(awaited), f"a dataset: {choices(awaited, known)}"
    numbers = [theme["theme"] for theme in data["themes"]]
    for position, number in enumerate(numbers):
        if number in numbers[:position]:
            yield ("themes", position, "theme"), f"the theme {number} a second time", "every number once"


def _table_problems(entry: Raw, place: tuple[str | int, ...], known: Mapping[str, Path]) -> Iterator[Problem]:
    count = entry.get("count", {})
    fields: set[str] = set()
    named = {("table",): entry["table"]} | {
        ("count", name): count[name] for name in ("join", "updated") if name in count
    }
    for where, table in named.items():
        dataset, _, resource = table.partition("/")
        if dataset not in known:
            yield (*place, *where), quote_value(dataset), f"a dataset: {choices(dataset, known)}"
            return
        tables = dict(_resources(known[dataset]))
        if resource not in tables:
            yield (
                (*place, *where),
                quote_value(resource),
                f"a table of {dataset}: {choices(resource, tables)}",
            )
            return
        fields |= _field_names(tables[resource])
    for name in ("where", "shareOf"):
        for column in entry.get(name, {}):
            if column not in fields:
                yield (*place, name, column), quote_value(column), f"a field of {entry['table']}"
    if count and count["geo"] not in fields:
        yield (*place, "count", "geo"), quote_value(count["geo"]), f"a field of {entry['table']}"


def _resources(path: Path) -> Iterator[tuple[str, Raw]]:
    data = _read_raw(path)
    for entry in data.get("resources", ()):
        yield entry.get("name", data["name"]), entry


@functools.cache
def _read_raw(path: Path) -> Raw:
    try:
        data = read_yaml(path).data
    except DescriptorMistake:  # it is said where that descriptor is loaded
        data = None
    return data if isinstance(data, dict) else {}


def _field_names(resource: Raw) -> set[str]:
    fields = resource.get("schema", {}).get("fields", ())
    return {entry["name"] if isinstance(entry, dict) else entry for entry in fields} | set(MADE)


def _formulas(known: Mapping[str, Path]) -> dict[str, Raw]:
    """The indicators of the table of that name by code."""
    dataset, _, resource = INDICATORS.partition("/")
    tables = dict(_resources(known[dataset])) if dataset in known else {}
    written = tables.get(resource, {}).get("innoregio:derive", {}).get("indicators", ())
    return {entry["code"]: entry for entry in written}


def _sources(table: str, known: Mapping[str, Path], names: tuple[str, ...] = ()) -> Iterator[ProviderTable]:
    """The providers' tables behind a published one; of a derived one those of its inputs, or of `names`."""
    from assets.descriptor.derivation import build_derivation  # which reads this module

    dataset, _, resource = table.partition("/")
    entry = dict(_resources(known[dataset])).get(resource, {}) if dataset in known else {}
    derive = entry.get("innoregio:derive")
    if derive:
        derivation = build_derivation(derive)
        for name in names or (derivation.inputs if derivation else ()):
            yield from _sources(name, known)
        return
    written = entry.get("innoregio:source", ())
    for source in [written] if isinstance(written, dict) else written:
        if not source.get("optional"):  # such a file may not be in the release
            yield ProviderTable(dataset, resource, source["provider"], str(source["table"]))


def _build_strategy(data: Raw, known: Mapping[str, Path], folders: tuple[Path, ...]) -> Strategy:
    own = {entry["code"]: entry for entry in data.get("indicators", ())}
    units = find_schema("codelists/unit.csv", folders)
    labels = {code: entry.labels for code, entry in read_codelist(units).items()} if units else {}
    formulas = _formulas(known)

    def indicator(code: str) -> StrategyIndicator:
        entry = own.get(code, {"code": code})
        if "table" in entry:
            return _build_own(entry, known)
        return _build_formula(formulas[code], entry, known, labels)

    themes = []
    for theme in data["themes"]:
        number = theme["theme"]
        place = theme.get("place_translated") or {
            language: text.replace("{theme}", str(number))
            for language, text in data["document"]["place_translated"].items()
        }
        entries = (
            FollowUp(found := indicator(entry["indicator"]), found.titles, {})
            if "indicator" in entry
            else FollowUp(None, entry["waits"], {}, _first_table(entry["for"], known))
            if "waits" in entry
            else FollowUp(None, entry["missing"], entry["because"])
            for entry in theme["follows"]
        )
        themes.append(
            Theme(number, theme["title_translated"], theme["statement_translated"], place, tuple(entries))
        )
    document = data["document"]
    return Strategy(
        document["title_translated"],
        document["publisher_translated"],
        data["region"],
        data["areas"],
        tuple(themes),
    )


def _first_table(dataset: str, known: Mapping[str, Path]) -> ProviderTable:
    resource, _ = next(_resources(known[dataset]))
    return next(_sources(f"{dataset}/{resource}", known))


def _build_own(entry: Raw, known: Mapping[str, Path]) -> StrategyIndicator:
    return StrategyIndicator(
        entry["code"],
        entry.get("area", "region"),
        entry["title_translated"],
        entry["unit_translated"],
        entry.get("method_translated", {}),
        entry["reference"],
        entry["table"],
        entry.get("where", {}),
        entry.get("shareOf", {}),
        entry.get("count", {}),
        entry.get("decimals", 2),
        entry.get("trend", True),
        entry.get("amount", False),
        tuple(dict.fromkeys(_sources(entry["table"], known))),
        entry.get("ended", {}).get("period"),
        entry.get("ended", {}).get("successor_translated", {}),
    )


def _build_formula(
    formula: Raw, entry: Raw, known: Mapping[str, Path], units: Mapping[str, Texts]
) -> StrategyIndicator:
    from assets.descriptor.derivation import build_indicator  # which reads this module

    read = build_indicator(formula)
    parts = [part for part in (read.numerator, read.denominator) if part]
    inputs = tuple(dict.fromkeys(name for part in parts for name in part.inputs))
    return StrategyIndicator(
        read.code,
        entry.get("area", "region"),
        read.titles,
        entry.get("unit_translated") or units.get(read.unit) or dict.fromkeys(read.titles, read.unit),
        read.methods,
        read.reference or "",
        INDICATORS,
        {"indicator": read.code},
        {},
        {},
        read.decimals,
        True,
        False,
        tuple(dict.fromkeys(_sources(INDICATORS, known, inputs))),
        read.ended,
        read.successors or {},
    )
