"""The tables of the dataset `strategy`: themes, what follows each, its sources, and the figures.

Reading the strategy belongs to `assets.descriptor.strategy`; the figures of one indicator to
`strategy_figures`.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from assets.derive.strategy_figures import REGION, read_figures
from assets.descriptor.derivation import Derivation
from assets.descriptor.model import LANGUAGES, Texts
from assets.descriptor.strategy import FollowUp, Strategy, StrategyIndicator

Tables = Mapping[str, pl.LazyFrame]
FIGURE, WAITING, MISSING = "figure", "waiting", "missing"
WIDER = "other area"  # a theme's status where it is followed in figures of other areas only


def list_themes(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """One row per theme: `theme` (Int64), `title_fi` …, `statement_fi` …, `place_fi` …, `status` (figure,
    other area, waiting, missing), `figures`, `waiting` and `missing` (Int64): how many of each follow it."""
    strategy = _strategy(derivation)
    rows = []
    for theme in strategy.themes:
        found = [entry.indicator for entry in theme.entries if entry.indicator]
        own = any(indicator.area == REGION for indicator in found)
        waiting = sum(entry.waits_for is not None for entry in theme.entries)
        rows.append(
            {
                "theme": theme.number,
                **_texts("title", theme.titles),
                **_texts("statement", theme.statements),
                **_texts("place", theme.places),
                "status": FIGURE if own else WIDER if found else WAITING if waiting else MISSING,
                "figures": len(found),
                "waiting": waiting,
                "missing": len(theme.entries) - len(found) - waiting,
            }
        )
    return pl.DataFrame(rows)


def list_links(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """One row per theme and what follows it, in order: an indicator with its table, filter, area and newest
    figure; what waits for its first fetch, with the table; or what is missing, with the reason.

    Columns: `theme`, `position` (Int64), `kind` (figure, waiting, missing), `indicator`, `title_fi` …,
    `unit_fi` …, `method_fi` …, `reason_fi` …, `waits_for_provider`, `waits_for_table`, `ended` (the last
    period of a series that has), `successor_fi` …, `area` (region, wider …), `geo`, `geo_classification`,
    `dataset`, `resource`, `filter`, `newest_period`, `newest_value` (Float64), `newest_status`, `comparable`
    (Boolean: whether its periods compare), `amount` (Boolean: whether areas add up), `reference`. Raises
    `MappingError` where a link leads to no figure.
    """
    strategy = _strategy(derivation)
    newest = {indicator.code: _newest(indicator, strategy, tables) for indicator in strategy.indicators}
    rows = [
        {"theme": theme.number, "position": position, **_link(entry, newest)}
        for theme in strategy.themes
        for position, entry in enumerate(theme.entries, 1)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def list_sources(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """One row per indicator and provider's table behind it: `indicator`, `position` (Int64), `dataset`,
    `resource`, `provider`, `source_table`."""
    return pl.DataFrame(
        [
            {
                "indicator": indicator.code,
                "position": position,
                "dataset": source.dataset,
                "resource": source.resource,
                "provider": source.provider,
                "source_table": source.table,
            }
            for indicator in _strategy(derivation).indicators
            for position, source in enumerate(indicator.sources, 1)
        ]
    )


def list_figures(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """The figures of every indicator, for the area itself and those that it is compared with: the columns of
    `strategy_figures.read_figures` after `indicator`. Raises `MappingError`."""
    strategy = _strategy(derivation)
    found = [
        read_figures(indicator, strategy, tables).select(pl.lit(indicator.code).alias("indicator"), pl.all())
        for indicator in strategy.indicators
    ]
    return pl.concat(found)


def _strategy(derivation: Derivation) -> Strategy:
    assert derivation.strategy is not None, "its inputs are strategy.yaml"
    return derivation.strategy


def _newest(indicator: StrategyIndicator, strategy: Strategy, tables: Tables) -> dict[str, Any]:
    own = (
        read_figures(indicator, strategy, tables)
        .filter(role="own")
        .drop_nulls("obs_value")
        .sort("time_period")
    )
    row = own.row(-1, named=True)
    return {
        "geo": row["geo"],
        "geo_classification": row["geo_classification"],
        "newest_period": row["time_period"],
        "newest_value": row["obs_value"],
        "newest_status": row["obs_status"],
    }


def _link(entry: FollowUp, newest: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    indicator = entry.indicator
    row: dict[str, Any] = {
        "kind": FIGURE if indicator else WAITING if entry.waits_for else MISSING,
        "indicator": indicator.code if indicator else None,
        **_texts("title", entry.titles),
        **_texts("unit", indicator.units if indicator else {}),
        **_texts("method", indicator.methods if indicator else {}),
        **_texts("reason", entry.reasons),
        "waits_for_provider": entry.waits_for.provider if entry.waits_for else None,
        "waits_for_table": entry.waits_for.table if entry.waits_for else None,
        "ended": indicator.ended if indicator else None,
        **_texts("successor", indicator.successors if indicator else {}),
    }
    names = ("geo", "geo_classification", "newest_period", "newest_value", "newest_status")
    if indicator is None:
        empty = ("area", "dataset", "resource", "filter", "comparable", "amount", "reference")
        awaited = {"dataset": entry.waits_for.dataset} if entry.waits_for else {}
        return row | dict.fromkeys([*empty, *names]) | awaited
    dataset, _, resource = indicator.table.partition("/")
    return row | {
        "area": indicator.area,
        "dataset": dataset,
        "resource": resource,
        "filter": "; ".join(f"{name}={code}" for name, code in indicator.where.items()) or None,
        "comparable": indicator.trend,
        "amount": indicator.amount,
        "reference": indicator.reference,
        **newest[indicator.code],
    }


def _texts(name: str, texts: Texts) -> dict[str, str | None]:
    return {f"{name}_{language}": texts.get(language) for language in LANGUAGES}
