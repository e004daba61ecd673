"""One omission gives one message: every property of a descriptor is left out, one at a time."""

import copy
import functools
from collections.abc import Iterator
from typing import Any

import pytest

from assets.descriptor import DescriptorMistake
from assets.descriptor.complete import complete_dataset
from assets.descriptor.profile import check_profile, placed
from assets.descriptor.rules.dataset import dataset_problems
from assets.descriptor.shared import read_shared
from assets.descriptor.yaml import Document, Place, read_yaml
from assets.overlay import packaged_schemas

NAMES = ("rd-expenditure", "education-and-training")


def properties(data: Any, place: Place = ()) -> Iterator[Place]:
    """The place of every property, however deep."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in steps:
        if isinstance(step, str):
            yield (*place, step)
        yield from properties(value, (*place, step))


def said_without(document: Document, place: Place) -> list[DescriptorMistake]:
    """What is said of the descriptor without the property at `place`."""
    data = copy.deepcopy(document.data)
    del functools.reduce(lambda node, step: node[step], place[:-1], data)[place[-1]]
    changed = Document(document.path, data, document.node)
    if said := check_profile(changed, packaged_schemas() / "profile.json"):
        return said
    shared = read_shared((packaged_schemas(),))
    full, _ = complete_dataset(data, shared)
    return placed(changed, dataset_problems(full, document.path, shared))


@pytest.mark.parametrize("name", NAMES)
def test_one_omission_gives_one_message(name: str) -> None:
    document = read_yaml(packaged_schemas() / "datasets" / f"{name}.yaml")
    many = {
        place: said for place in properties(document.data) if len(said := said_without(document, place)) > 1
    }
    assert many == {}
