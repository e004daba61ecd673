"""The tables of `specialisation`, each a function of derivation, inputs and geography.

Choosing inputs and reading parameters belongs here; measuring to the modules beside this one.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import polars as pl

from assets.derive.conversion_weights import Geography
from assets.derive.specialisation.quotients import (
    DECIMALS,
    SERIES,
    count_strong_parts,
    find_advantages,
    measure_quotients,
    rank_apart,
    share_withheld,
)
from assets.derive.specialisation.relatedness import measure_density, relate_activities
from assets.derive.specialisation.sources import (
    Tables,
    count_topics,
    read_industries,
    sum_reference,
)
from assets.derive.specialisation.variety import compare_advantages, divide_change, measure_variety
from assets.descriptor.derivation import Derivation

LEVEL = ("geo_classification", "activity")


def quotients(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """`quotients.measure_quotients` of each source of `parameters` in every period that its reference has."""
    return _round(pl.concat(_measure_industries(derivation.parameters, tables), how="diagonal"))


def relatedness(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """`relatedness.relate_activities` by the areas of the source of `parameters`, each pair once."""
    [measured] = _measure_industries(derivation.parameters, tables)
    pairs = relate_activities(_areas_of_relatedness(measured, derivation.parameters["sources"][0]["related"]))
    once = pairs.filter(pl.col("activity") < pl.col("related_activity"))
    named = {name: measured[name][0] for name in ("dataset", "time_period")}
    return _round(once.with_columns(pl.lit(value).alias(name) for name, value in named.items()))


def variety(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """`variety.measure_variety` of each source of `parameters`, with what is withheld."""
    found = []
    by = [*SERIES, "time_period"]
    for source in derivation.parameters["sources"]:
        counts = read_industries(tables[source["input"]], source["input"], source["activities"])
        measured = measure_variety(counts, source["groups"], by)
        withheld = share_withheld(counts, by)
        dataset = pl.lit(_dataset_of(source)).alias("dataset")
        found.append(measured.join(withheld, on=by).with_columns(dataset))
    return _round(pl.concat(found))


def shift_share(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """`variety.divide_change` of the source of `parameters` between its two periods."""
    source = derivation.parameters
    counts = read_industries(tables[source["input"]], source["input"], source["activities"])
    first, last = (counts.filter(time_period=source[when]) for when in ("first", "last"))
    before, after = (
        frame.filter(geo=source["reference"]).select("activity", total="count") for frame in (first, last)
    )
    reference = before.rename({"total": "first_total"}).join(
        after.rename({"total": "last_total"}), on="activity"
    )
    areas = pl.col("geo").is_in(source["areas"])
    divided = divide_change(first.filter(areas), last.filter(areas), reference)
    named = {"first_period": source["first"], "last_period": source["last"], "reference": source["reference"]}
    return _round(divided.with_columns(pl.lit(value).alias(name) for name, value in named.items()))


def topic_quotients(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`quotients.measure_quotients` of participations by programme part, programme and window."""
    measured = _measure_topics(derivation.parameters, tables, geography)
    found = []
    for (programme, window), table in measured.items():
        withheld = share_withheld(table, SERIES)
        named = {"framework_programme": programme, "window": window}
        found.append(
            table.join(withheld, on=list(SERIES)).with_columns(
                pl.lit(value).alias(name) for name, value in named.items()
            )
        )
    return _round(pl.concat(found).rename({"activity": "programme_part"}))


def topic_changes(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`variety.compare_advantages` of the windows of each programme, one after the other."""
    measured = _measure_topics(derivation.parameters, tables, geography)
    found = []
    for programme, spans in derivation.parameters["windows"].items():
        names = [f"{first}-{last}" for first, last in spans]
        for before, after in pairwise(names):
            if {(programme, before), (programme, after)} <= measured.keys():
                changes = compare_advantages(measured[programme, before], measured[programme, after])
                named = {"framework_programme": programme, "first_window": before, "last_window": after}
                found.append(changes.with_columns(pl.lit(value).alias(name) for name, value in named.items()))
    return _round(pl.concat(found).rename({"activity": "programme_part"}))


def _measure_industries(parameters: Mapping[str, Any], tables: Tables) -> list[pl.DataFrame]:
    """One frame per source, reference and period, with `dataset`, `time_period` and `reference`."""
    found = []
    for source in parameters["sources"]:
        counts = read_industries(tables[source["input"]], source["input"], source["activities"])
        for (period,), group in sorted(counts.partition_by("time_period", as_dict=True).items()):
            reference = sum_reference(group, source["reference"])
            if reference.is_empty():
                continue
            if "areas" in source:
                group = group.filter(pl.col("geo").is_in(source["areas"]))
            measured = _judge(measure_quotients(group, reference, parameters["confidence"]), parameters)
            density = _measure_density(measured, source, parameters)
            withheld = share_withheld(group, SERIES)
            named = {
                "dataset": _dataset_of(source),
                "time_period": str(period),
                "reference": source["reference"].get("geo") or source["reference"]["name"],
            }
            joined = measured.join(density, on=[*SERIES, "activity"], how="left")
            found.append(
                joined.join(withheld, on=list(SERIES)).with_columns(
                    pl.lit(value).alias(name) for name, value in named.items()
                )
            )
    return found


def _measure_density(
    measured: pl.DataFrame, source: Mapping[str, Any], parameters: Mapping[str, Any]
) -> pl.DataFrame:
    if "related" not in source:
        return measured.select(*SERIES, "activity", density=pl.lit(None, pl.Float64))
    pairs = relate_activities(_areas_of_relatedness(measured, source["related"]))
    return measure_density(measured.filter("advantage"), measured, pairs)


def _areas_of_relatedness(measured: pl.DataFrame, classification: str) -> pl.DataFrame:
    return measured.filter("advantage", pl.col("geo_classification").str.starts_with(classification))


def _measure_topics(
    parameters: Mapping[str, Any], tables: Tables, geography: Geography
) -> dict[tuple[str, str], pl.DataFrame]:
    topics = count_topics(tables, geography.crosswalk, parameters)
    return {
        key: _judge(measure_quotients(counts, reference, parameters["confidence"]), parameters)
        for key, (counts, reference) in topics.items()
    }


def _judge(measured: pl.DataFrame, parameters: Mapping[str, Any]) -> pl.DataFrame:
    with_advantages = find_advantages(measured, parameters["minimum"])
    return rank_apart(count_strong_parts(with_advantages, LEVEL, parameters["strength"]), LEVEL)


def _dataset_of(source: Mapping[str, Any]) -> str:
    return str(source["input"]).partition("/")[0]


def _round(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.selectors.float().round(DECIMALS))
