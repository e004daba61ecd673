"""Tables whose variables were renamed in June 2026 give the rows that they gave before."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.descriptor import load_datasets
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.renamed_variables import restore_names
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import Provenance, add_snapshot, bundle_root

NEW = {
    "Alue": "alue_23_20260101", "Ikä": "ikaryhma_10_20180101", "Sukupuoli": "sukupuoli_9_20180101",
    "Vuosi": "timeperiod_y", "Tiedot": "contentscode",
}  # fmt: skip


def renamed(cube: dict[str, object]) -> bytes:
    """The cube as it has been written since June 2026: other codes, the same labels."""
    text = json.dumps(cube, ensure_ascii=False).replace('"vaesto"', '"vaerak-vaesto"')
    new = json.loads(text)
    new["id"] = [NEW[name] for name in new["id"]]
    new["dimension"] = {NEW[name]: dimension for name, dimension in new["dimension"].items()}
    new["role"] = {role: [NEW[name] for name in names] for role, names in new["role"].items()}
    return json.dumps(new, ensure_ascii=False).encode()


@pytest.fixture
def population() -> tuple[bytes, object]:
    (path,) = (p for p in (bundle_root() / "statfin" / "11re").rglob("*.json") if ".json." not in p.name)
    datasets, _ = load_datasets()
    resource = next(
        r
        for one in datasets
        if one.name == "population"
        for r in one.resources
        if r.name == "population-statfin"
    )
    return path.read_bytes(), resource


def test_a_renamed_table_gives_the_rows_of_before(population: tuple[bytes, object]) -> None:
    content, resource = population
    before = read_jsonstat(content).frame.collect()
    after = restore_names(read_jsonstat(renamed(json.loads(content))), resource).collect()
    assert after.columns == before.columns
    assert after.cast(pl.String).equals(before.cast(pl.String))


def test_names_that_the_descriptor_knows_are_left_alone(population: tuple[bytes, object]) -> None:
    content, resource = population
    table = read_jsonstat(content)
    assert restore_names(table, resource).collect().equals(table.frame.collect())


def test_a_variable_that_no_rule_finds_stays(population: tuple[bytes, object]) -> None:
    content, resource = population
    cube = json.loads(renamed(json.loads(content)))
    cube["dimension"]["alue_23_20260101"]["label"] = "Area"
    cube["dimension"]["area_1"] = cube["dimension"].pop("alue_23_20260101")
    cube["id"][cube["id"].index("alue_23_20260101")] = "area_1"
    assert "area_1" in restore_names(read_jsonstat(json.dumps(cube).encode()), resource).collect().columns


def test_the_recorded_table_of_2026_has_the_names_of_before(
    shared: Path, population: tuple[bytes, object]
) -> None:
    recorded = shared / "upstream" / "statfin" / "pxweb-v1-2026" / "vaerak_11re_three_cities.json"
    frame = restore_names(read_jsonstat(recorded), population[1]).collect()
    assert set(NEW) <= set(frame.columns)
    assert frame["Tiedot"].unique().to_list() == ["vaesto"]


def test_the_stage_reads_a_renamed_table_as_the_one_before(
    population: tuple[bytes, Any], tmp_path: Path, areas: pl.LazyFrame
) -> None:
    content, resource = population
    tables = []
    for name, cube in (("old", content), ("new", renamed(json.loads(content)))):
        known = Provenance("statfin", "11re", "data", "https://example.org", "CC-BY-4.0", "application/json")
        snapshot = add_snapshot(tmp_path / name, cube, known)
        tables.append(normalise_resource(resource, [snapshot], areas).collect())
    assert tables[0].height > 0 and tables[1].equals(tables[0])
