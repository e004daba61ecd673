"""Rules for the classification of a table's area codes: there where there are areas, and one rule that can be
followed. Rules for fields belong to `fields`, for datasets to `dataset`.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from assets.descriptor.classification import STATED
from assets.descriptor.profile import Problem, quote_value
from assets.descriptor.yaml import Place


def classification_problems(resource: Mapping[str, Any], place: Place, names: list[str]) -> Iterator[Problem]:
    """A mapped table with areas has their classification in every row, and declares it."""
    if {"innoregio:build", "innoregio:derive"} & resource.keys():
        return
    for one, other in (("geo", "geo_classification"), ("geo_classification", "geo")):
        if one in names and other not in names:
            found = f"{one} without {other}"
            yield (
                (*place, "schema", "fields", names.index(one)),
                found,
                "both: a code means an area only with both",
            )
    if "geo_classification" in names and "innoregio:classification" not in resource:
        allowed = "the classification, with its year, that the source declares: nuts-2021, maakunta-2025 …"
        yield place, "no innoregio:classification for geo_classification", allowed
    if "geo_classification" not in names and "innoregio:classification" in resource:
        found = "innoregio:classification without the field geo_classification"
        yield (*place, "innoregio:classification"), found, "a field geo_classification after geo"
    yield from rule_problems(
        resource.get("innoregio:classification"), (*place, "innoregio:classification"), names
    )


def rule_problems(rule: Any, place: Place, names: list[str]) -> Iterator[Problem]:
    """One value or periods; periods in order that do not overlap; a statement for what is not stated."""
    if not isinstance(rule, dict):
        return
    if ("value" in rule) == ("periods" in rule):
        yield place, "value and periods, or neither", "value for all figures, or periods, each with its value"
    if (rule.get("basis", STATED) == STATED) == ("statement" in rule):
        found = "a statement" if "statement" in rule else f"basis {rule['basis']} without a statement"
        yield place, found, "a statement in fi, sv and en with basis back-cast or assumed, and with no other"
    periods = rule.get("periods", [])
    if periods and "time_period" not in names:
        yield (*place, "periods"), "periods without the field time_period", "a value for all figures"
    for position, (one, other) in enumerate(pairwise(periods), 1):
        if not one.get("last") or not other.get("first") or one["last"] >= other["first"]:
            found = f"{quote_value(other.get('first'))} after {quote_value(one.get('last'))}"
            yield (
                (*place, "periods", position),
                found,
                "periods in order: a first that is after the last before",
            )
