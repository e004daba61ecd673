"""The sample that the plain tests publish has one dataset at least of every kind that is shipped."""

from collections.abc import Iterator

from assets.descriptor import Dataset
from tests.shipped import SAMPLE, SLOW, shipped_names, with_figures

ASPECTS = ("classification", "fixed", "ignore", "moves_to", "reject_rules", "row_filter", "unique_keys")
OF_FIELDS = ("area_names", "code_map", "codes", "flags", "ignored_codes")


def kinds(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Which code a dataset needs: readers with their options, rules, hooks, builders, derivations, types."""
    for resource in dataset.resources:
        for source in resource.sources:
            yield "reader", source.format
            yield from (("option of a reader", option) for option in source.options)
        yield from (("rule", str(rule["rule"])) for rule in resource.expectations)
        yield from (("hook or builder", one) for one in (resource.hook, resource.build) if one)
        if resource.derivation and not resource.derivation.strategy:  # which is made from nearly everything
            yield "derivation", resource.derivation.build
        yield from (("aspect of a table", name) for name in ASPECTS if getattr(resource, name))
        for field in resource.fields:
            yield "type", field.type
            yield from (("aspect of a field", name) for name in OF_FIELDS if getattr(field, name))


def test_every_kind_is_in_the_sample() -> None:
    found: dict[tuple[str, str], list[str]] = {}
    for dataset in with_figures():
        for kind in kinds(dataset):
            found.setdefault(kind, []).append(dataset.name)
    tried = {*SAMPLE, *SLOW}
    lacking = {kind: names for kind, names in found.items() if not tried.intersection(names)}
    assert lacking == {}, "add one dataset of each to SAMPLE of tests/shipped.py"
    assert len(found) > 50


def test_the_sample_stays_one() -> None:
    """The plain run publishes it: a dataset that is dear, or made from many, belongs to SLOW."""
    assert len(SAMPLE) <= 20


def test_the_sample_has_what_its_datasets_are_made_from() -> None:
    assert {*SAMPLE, *SLOW} <= set(shipped_names()) and list(SAMPLE) == sorted(SAMPLE)
    inputs = {
        name.split("/")[0]
        for dataset in with_figures()
        if dataset.name in SAMPLE
        for resource in dataset.resources
        if resource.derivation
        for name in resource.derivation.inputs
    }
    assert inputs - set(SAMPLE) == set()
