"""What `innoregio:derive` of a resource says: which published tables it is worked out from, and how.

Reading the property belongs here; working out the table belongs to `assets.derive`, checking the property to
`schemas/profile.json` and `rules.derivation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.descriptor.model import Source, Texts
from assets.descriptor.strategy import FILE as STRATEGY
from assets.descriptor.strategy import Strategy, read_strategy

RELEASES = "innoregio"  # the provider of tables that are our own releases
COVERAGE = "coverage"  # the table of a package that tells how much of it is there
GEOGRAPHY = ("areas", "territories", "municipal-changes", "municipal-population", "crosswalk")


@dataclass(frozen=True)
class Part:
    """One side of a formula: the figures that a filter leaves of a published table, one an area and year."""

    input: str  # dataset/resource
    where: Mapping[str, tuple[str, ...]]  # field -> the values that are taken
    value: str | None = "obs_value"  # the field with the figures; None: rows are counted
    distinct: str | None = None  # where rows are counted: the field whose different values count
    mean_of: tuple[int, ...] = (0,)  # periods that the mean is of, as years after time_period
    is_ratio: bool = False  # a figure per something: taken where the land is the same, never added up
    share_of: Mapping[str, tuple[str, ...]] | None = None  # per cent of the figures with this filter
    complement: bool = False  # what a share leaves of 100 per cent
    earlier: "Part | None" = None  # where the figures of areas and periods are that this input does not have

    @property
    def inputs(self) -> tuple[str, ...]:
        """The tables that the figures are taken from, the newer first."""
        return (self.input, *(self.earlier.inputs if self.earlier else ()))


@dataclass(frozen=True)
class Indicator:
    """A figure that a formula gives: factor x numerator / denominator."""

    code: str
    titles: Texts
    methods: Texts
    unit: str
    decimals: int
    numerator: Part
    denominator: Part | None = None
    factor: float = 1.0
    lag: int = 0  # years by which the denominator's period is earlier than the numerator's
    lag_up_to: int = 0  # years beyond the lag that it may be earlier by where it has no figure
    base: str | None = None  # the area whose figure of the same year is 100
    minimum: float | None = None  # a numerator below it has low_count, and no rank
    reference: str | None = None  # where the method is described
    ended: str | None = None  # the last period of a series that its provider has ended
    successors: Texts | None = None  # what there is after it


@dataclass(frozen=True)
class Derivation:
    """How a table is worked out of published ones."""

    inputs: tuple[str, ...]  # dataset/resource
    build: str  # "module.function" in assets.derive: inputs -> frame
    territory: str | None = None  # the classification that figures are brought to
    weight: str = "population"
    countries: tuple[str, ...] = ()  # whose areas are in the table; empty: all
    aggregates: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)  # of `build`, published as written
    strategy: Strategy | None = None  # whose indicators name the inputs


def build_derivation(data: Mapping[str, Any] | None) -> Derivation | None:
    """The derivation that `innoregio:derive` describes; None where a resource has none.

    Raises `DescriptorMistake` where its inputs are those of a strategy that is wrong.
    """
    if data is None:
        return None
    indicators = tuple(build_indicator(entry) for entry in data.get("indicators", ()))
    sides = [(indicator.numerator, indicator.denominator) for indicator in indicators]
    parts = [part for pair in sides for part in pair if part]
    strategy = read_strategy() if data.get("inputs") == STRATEGY else None
    inputs = strategy.inputs if strategy else data.get("inputs", ())
    figures = [name for part in parts for name in part.inputs]
    named = [*inputs, *figures, *(f"{name.partition('/')[0]}/{COVERAGE}" for name in figures)]
    return Derivation(
        tuple(dict.fromkeys(named)),
        data["build"],
        data.get("territory"),
        data.get("weight", "population"),
        tuple(data.get("countries", ())),
        tuple(data.get("aggregates", ())),
        tuple(data.get("levels", ())),
        indicators,
        data.get("parameters", {}),
        strategy,
    )


def input_sources(derivation: Derivation) -> tuple[Source, ...]:
    """The inputs as sources: tables of our own releases, the dated geography with them where figures are
    brought to one territory."""
    geography = [f"regions/{name}" for name in GEOGRAPHY] if derivation.territory else []
    parts: dict[str, list[str]] = {}
    for name in dict.fromkeys([*derivation.inputs, *geography]):
        dataset, _, resource = name.partition("/")
        parts.setdefault(dataset, []).append(resource)
    return tuple(
        Source(RELEASES, dataset, "release", "parquet", tuple(resources))
        for dataset, resources in parts.items()
    )


def build_indicator(data: Mapping[str, Any]) -> Indicator:
    """One entry of `indicators`."""
    denominator = data.get("denominator")
    return Indicator(
        data["code"],
        data["title_translated"],
        data["method_translated"],
        data["unit"],
        data["decimals"],
        _build_part(data["numerator"]),
        _build_part(denominator) if denominator else None,
        float(data.get("factor", 1)),
        int(data.get("lag", 0)),
        int(data.get("lagUpTo", 0)),
        data.get("base"),
        data.get("minimum"),
        data.get("reference"),
        data.get("ended", {}).get("period"),
        data.get("ended", {}).get("successor_translated"),
    )


def _build_part(data: Mapping[str, Any]) -> Part:
    share_of = data.get("shareOf")
    return Part(
        data["input"],
        _build_filter(data.get("where", {})),
        None if data.get("count") else data.get("value", "obs_value"),
        data["count"] if isinstance(data.get("count"), str) else None,
        tuple(data.get("meanOf", (0,))),
        bool(data.get("isRatio", False)),
        None if share_of is None else _build_filter(share_of),
        bool(data.get("complement", False)),
        _build_part(data["earlier"]) if "earlier" in data else None,
    )


def _build_filter(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(value) if isinstance(value, list) else (value,) for name, value in data.items()}
