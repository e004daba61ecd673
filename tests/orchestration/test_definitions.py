"""The code location loads everywhere, and its names are those that others rely on."""

import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
import yaml

from assets.descriptor import load_datasets
from orchestration.definitions import build
from orchestration.factory import normalised_key

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build()


@pytest.mark.slow
def test_loads_with_an_empty_environment_from_another_folder(tmp_path: Path) -> None:
    """No variable, no network, no working directory is needed to load the definitions."""
    code = (
        "from orchestration.definitions import build; import dagster as dg; "
        "dg.Definitions.validate_loadable(build())"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={}, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_dataset_has_its_assets(defs: dg.Definitions) -> None:
    keys = defs.resolve_asset_graph().get_all_asset_keys()
    datasets, errors = load_datasets()
    assert not errors
    tables = sum(len(dataset.resources) for dataset in datasets)
    assert len(keys) == 1 + 2 * len(datasets) + tables, "no two tables share a key"
    shown = {key.to_user_string() for key in keys}
    assert shown >= {
        f"{dataset.name.replace('-', '_')}/{end}" for dataset in datasets for end in ("raw", "package")
    }
    assert shown >= {
        "catalogue",
        "rd_expenditure/normalised",
        "population/normalised/eurostat",
        "framework_projects/normalised/projects",
        "education_and_training/normalised/neet_rate",
    }
    assert not [name for name in shown if "-" in name or len(set(name.split("/"))) < len(name.split("/"))]


def test_a_short_name_is_not_taken_twice() -> None:
    dataset = next(one for one in load_datasets()[0] if one.name == "population")
    first, second = dataset.resources[:2]
    both = replace(dataset, resources=(first, replace(second, name="eurostat")))
    keys = [normalised_key(both, resource).to_user_string() for resource in both.resources]
    assert keys == ["population/normalised/population_eurostat", "population/normalised/eurostat"]


def test_every_asset_is_readable_in_the_graph(defs: dg.Definitions) -> None:
    """Group without hyphen, an owner, a kind, a text that tells licence and sources."""
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name == key.path[0]
        assert node.owners and node.kinds and len(node.description or "") > 40
        if key.path[-1] == "package":
            assert "Licence: [CC-BY-4.0]" in node.description and "Update cycle" in node.description
        if "normalised" in key.path:
            assert node.metadata["dagster/column_schema"].columns


def test_tagged_tables_depend_on_areas(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    areas = dg.AssetKey(["regions", "normalised", "areas"])
    assert areas in graph.get(dg.AssetKey(["rd_expenditure", "normalised"])).parent_keys
    assert areas not in graph.get(dg.AssetKey(["framework_projects", "normalised", "projects"])).parent_keys


def test_tables_that_others_point_at_are_made_first(defs: dg.Definitions) -> None:
    """Foreign keys are looked up in the table's own step."""
    graph = defs.resolve_asset_graph()
    parents = graph.get(dg.AssetKey(["framework_projects", "normalised", "participations"])).parent_keys
    expected = {
        ("framework_projects", "normalised", "projects"),
        ("framework_projects", "normalised", "organisations"),
    }
    assert expected <= {tuple(key.path) for key in parents}


def test_the_sensors_run_as_soon_as_the_daemon_does(defs: dg.Definitions) -> None:
    sensors = defs.get_repository_def().sensor_defs
    status = {one.name: one.default_status for one in sensors}
    assert {f"catalogue_after_{end}" for end in ("success", "failure", "canceled")} <= status.keys()
    assert status.pop("on_changed_inputs") == dg.DefaultSensorStatus.STOPPED, "a run that nobody asked for"
    assert set(status.values()) == {dg.DefaultSensorStatus.RUNNING}


def test_workspace_and_pyproject_name_the_same_location() -> None:
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"][0]["python_module"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    assert workspace["module_name"] == project["code_location_target_module"]
    assert workspace["location_name"] == project["code_location_name"]
