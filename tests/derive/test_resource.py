"""What a descriptor of a derived dataset leaves out is said in one line: what, where, and what there is."""

from dataclasses import replace
from pathlib import Path

import pytest

from assets.derive.resource import derive_resource
from assets.descriptor import Resource, load_dataset
from assets.errors import MappingError
from assets.overlay import packaged_schemas
from tests.derive.made_tables import snapshot_of


def resource(dataset: str, name: str) -> Resource:
    loaded = load_dataset(packaged_schemas() / "datasets" / f"{dataset}.yaml")
    return next(one for one in loaded.resources if one.name == name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dataset", "name", "parameter"),
    [
        ("indicators-newest", "indicators-newest", "indicators"),
        ("peers", "similar-regions", "level"),
        ("peers", "similar-regions", "shared"),
        ("peers", "basis", "coverage"),
    ],
)
def test_a_parameter_that_is_not_there(published: Path, dataset: str, name: str, parameter: str) -> None:
    whole = resource(dataset, name)
    assert whole.derivation is not None
    given = {key: value for key, value in whole.derivation.parameters.items() if key != parameter}
    broken = replace(whole, derivation=replace(whole.derivation, parameters=given))
    with pytest.raises(MappingError) as caught:
        derive_resource(broken, [snapshot_of(published, "indicators/indicators")])
    text = str(caught.value)
    assert text.startswith(f"{name}: innoregio:derive.parameters lacks {parameter}, which the table needs")
    assert "\n" not in text


def test_an_input_that_is_not_named() -> None:
    with pytest.raises(MappingError, match=r"^basis: innoregio:derive\.inputs lacks indicators/indicators"):
        derive_resource(resource("peers", "basis"), [])
