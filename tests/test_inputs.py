"""Our own releases as inputs of derived datasets: which are taken, what they say, what is missing."""

import json
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Dataset, load_datasets
from assets.errors import StoreError
from assets.fetch.snapshots import SnapshotMissing
from assets.fingerprints import digest_snapshots
from assets.inputs import take_releases
from orchestration.publishing import input_names, required_datasets

BASE = "https://data.example/"


def shipped(name: str) -> Dataset:
    return next(dataset for dataset in load_datasets()[0] if dataset.name == name)


def release(out: Path, version: str, value: float, table: str = "indicators") -> None:
    """A made release of `indicators` with one table."""
    folder = out / "indicators" / version
    folder.mkdir(parents=True)
    pl.DataFrame({"obs_value": [value]}).write_parquet(folder / f"{table}.parquet")
    entry = {"name": f"{table}-parquet", "path": f"{table}.parquet"}
    package = {"name": "indicators", "version": version, "modified": "2026-04-09T00:00:00Z"}
    package |= {"licenses": [{"name": "CC-BY-4.0"}], "resources": [entry]}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


def test_the_newest_release_is_taken_and_says_its_version(tmp_path: Path) -> None:
    out, store = tmp_path / "public", tmp_path / "store"
    release(out, "1.0.0", 1.0)
    (first,) = take_releases(shipped("indicators-newest"), out, BASE, store)
    assert first.provenance.obtained_from == f"{BASE}indicators/1.0.0/indicators.parquet"
    assert pl.read_parquet(first.path)["obs_value"].to_list() == [1.0]
    release(out, "1.0.1", 2.0)
    (second,) = take_releases(shipped("indicators-newest"), out, BASE, store)
    assert second.provenance.obtained_from == f"{BASE}indicators/1.0.1/indicators.parquet"
    assert pl.read_parquet(second.path)["obs_value"].to_list() == [2.0]
    assert digest_snapshots([first]) != digest_snapshots([second]), "the derived dataset is stale"


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    dataset = shipped("indicators-newest")
    with pytest.raises(SnapshotMissing, match=r"no release of indicators in .*; publish it first"):
        take_releases(dataset, tmp_path, BASE, tmp_path / "store")
    release(tmp_path, "1.0.0", 1.0, table="other")
    with pytest.raises(StoreError, match=r"release 1\.0\.0 of indicators has no table indicators"):
        take_releases(dataset, tmp_path, BASE, tmp_path / "store")


def test_a_run_reads_what_a_dataset_is_worked_out_of_and_no_more() -> None:
    found = load_datasets()[0]
    peers = shipped("peers")
    assert input_names(peers) == {"indicators", "regions"}
    names = {dataset.name for dataset in required_datasets([peers], found)}
    assert {"peers", "indicators", "tourism-nights", "regions"} <= names
    assert not {"collaboration-network", "eu-payments-history", "strategy"} & names
    assert input_names(shipped("rd-expenditure")) == set()
