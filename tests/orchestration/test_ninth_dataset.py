"""A new statistic of a known format is one YAML file and its snapshot, nothing else.

It is the shortest descriptor of docs/descriptors.md, with a made answer.
"""

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml

from assets.descriptor import load_dataset, load_datasets
from assets.store.snapshots import Provenance, add_snapshot
from assets.workspace import Workspace
from orchestration.outcomes import Outcome
from orchestration.run import run_refresh
from tests.made_answers import make_jsonstat

PAGE = Path(__file__).parents[2] / "docs" / "descriptors.md"
(SHOWN,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
SHORTEST = SHOWN.replace("12r5", "12zz")  # a table that no bundled snapshot is of
UNITS = {"TYOTTOMATLOPUSSA": "lukumäärä", "TYOTOSUUS": "prosentti", "UUDETAVP": "lukumäärä"}
DIMENSIONS = {"Kuukausi": ["2025M03", "2025M04"], "Alue": ["SSS", "MK07"], "Tiedot": list(UNITS)}
VALUES = [250_000, 9.1, 40_000, 12_000, 11.9, 900, 251_000, 9.2, 41_000, 12_500, 12.1, 950]


@pytest.fixture
def workspace(published: Path, tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "data", tmp_path / "public", "http://127.0.0.1:8000/")
    areas = published.parent / "data" / "normalised" / "regions"  # made once for all tests
    shutil.copytree(areas, made.home / "normalised" / "regions")
    return made


def publish(text: str, units: dict[str, str], workspace: Workspace) -> Outcome:
    """Publishes the descriptor `text` from the made answer with these units."""
    path = workspace.home.parent / "job-seekers.yaml"
    path.write_text(text, "utf-8")
    provenance = Provenance(
        provider="statfin",
        table="12zz",
        part="data",
        obtained_from="made for this test",
        licence="CC-BY-4.0",
        media_type="application/json",
        updated="2025-06-03T10:00:00Z",
    )
    add_snapshot(workspace.store, make_jsonstat(DIMENSIONS, VALUES, units), provenance)
    datasets, errors = load_datasets()
    assert not errors
    shipped = [dataset for dataset in datasets if dataset.name != "job-seekers"]
    (outcome,) = run_refresh([*shipped, load_dataset(path)], ["job-seekers"], workspace, quiet=True)
    return outcome


def test_one_yaml_and_its_snapshot_give_a_package(workspace: Workspace) -> None:
    outcome = publish(SHORTEST, UNITS, workspace)
    assert (outcome.state, outcome.version) == ("published", "1.0.0"), outcome.message
    package = json.loads((workspace.out / "job-seekers" / "datapackage.json").read_text())
    assert {"job-seekers", "job-seekers-parquet", "codes-indicator", "codes-geo", "codes-unit"} <= {
        resource["name"] for resource in package["resources"]
    }
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    source = "Statistics Finland, Employment service statistics, table 12zz"
    assert package["innoregio:citation"] == f"Source: {source}. Selected and recoded by innoregio."
    assert "Päijät-Häme is MK07" in package["description"]
    table = pl.read_parquet(workspace.out / "job-seekers" / "job-seekers.parquet")
    assert table.columns == [
        "geo", "geo_classification", "time_period", "indicator", "unit",
        "obs_value", "obs_status", "obs_flag",
    ]  # fmt: skip
    lahti = table.filter(geo="MK07", time_period="2025-04", indicator="UNEMPLOYED")
    assert lahti.select("unit", "obs_value").rows() == [("NR", 12_500.0)]
    assert table.height == 2 * 2 * 2
    rules = {rule["rule"] for rule in package["resources"][0]["innoregio:expectations"]}
    assert rules == {"rows", "duplicate_series", "duplicate_dataset", "unit_jump"}


def test_figures_of_different_units_are_not_published_without_a_unit(workspace: Workspace) -> None:
    """The share is taken in, and all is said to be a number: what the answer states is stronger."""
    text = (
        SHORTEST.replace(
            'innoregio:ignoreCodes: ["TYOTOSUUS"]',
            'innoregio:codes: {"TYOTOSUUS": "VACANCIES_NEW"}\n          innoregio:ignoreCodes: ["UUDETAVP"]',
        )
        .replace("{from: UUDETAVP, ", "{")
        .replace(
            "    innoregio:expectations:",
            '        - {name: obs_value, unit: "NR"}\n    innoregio:expectations:',
        )
    )
    outcome = publish(text, UNITS, workspace)
    assert outcome.state == "failed"
    assert "the figures have different units ('lukumäärä', 'prosentti')" in outcome.message
    assert not (workspace.out / "job-seekers").exists()


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ({"TYOTTOMATLOPUSSA": "lukumäärä"}, "the answer states no unit of some figures"),
        (dict.fromkeys(UNITS, "kappaletta"), "'kappaletta' (8 rows)"),
    ],
)
def test_a_unit_that_nobody_knows_stops_the_dataset(
    units: dict[str, str], said: str, workspace: Workspace
) -> None:
    outcome = publish(SHORTEST, units, workspace)
    assert outcome.state == "failed" and said in outcome.message


def test_the_shortest_descriptor_says_nothing_that_is_filled_in() -> None:
    data = yaml.safe_load(SHORTEST)
    (resource,) = data["resources"]
    assert not {"licenses", "innoregio:citation", "keywords", "title", "description"} & data.keys()
    assert resource.keys() == {
        "innoregio:source", "innoregio:classification", "schema", "innoregio:expectations",
    }  # fmt: skip
    assert len(SHORTEST.splitlines()) <= 40
