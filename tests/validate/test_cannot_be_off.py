"""The check cannot be off: tables are broken on purpose, and the real command has to notice.

In the main job: the dataset fails, its last good release stays, the others are published, exit code 1.
"""

import re
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from click.testing import CliRunner

from assets import fingerprints
from assets import pipeline as steps
from assets.descriptor import load_datasets
from assets.workspace import Workspace
from orchestration.checks import TABLE_SCHEMA
from orchestration.cli.main import main
from orchestration.definitions import build
from orchestration.factory import normalised_key
from tests.commands import tree_bytes

BROKEN, OTHER = "rd-expenditure", "education-and-training"


def publish(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and everything printed of `innoregio publish`, in a folder of its own."""
    told = CliRunner().invoke(
        main,
        ["publish", *arguments, "--out", str(folder / "public")],
        env={"INNOREGIO_HOME": str(folder / "data")},
    )
    return told.exit_code, told.output + told.stderr


def test_a_broken_table_fails_alone_with_exit_code_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, told = publish(tmp_path, BROKEN)
    assert code == 0, told
    good = tree_bytes(tmp_path / "public" / BROKEN)
    whole = steps.normalise_resource

    def broken(resource, snapshots, areas):  # type: ignore[no-untyped-def]
        """One cell of one row, by one sign."""
        frame = whole(resource, snapshots, areas)
        if resource.name != BROKEN:
            return frame
        first = pl.int_range(pl.len()) == 100
        return frame.with_columns(
            pl.when(first).then(-pl.col("obs_value").abs() - 1).otherwise("obs_value").alias("obs_value")
        )

    monkeypatch.setattr(steps, "normalise_resource", broken)
    monkeypatch.setattr(fingerprints, "digest_code", lambda: "the code that breaks")
    code, told = publish(tmp_path, BROKEN, OTHER)
    assert code == 1, told
    assert re.search(rf"{BROKEN}: \d+ errors; the first: ", told) and "Traceback" not in told
    assert tree_bytes(tmp_path / "public" / BROKEN) == good
    assert (tmp_path / "public" / OTHER / "1.0.0" / "datapackage.json").is_file()
    assert f"{OTHER}/1.0.0" in (tmp_path / "public" / "catalog.ttl").read_text("utf-8")


def test_dagster_has_a_check_per_table_and_per_expectation(tmp_path: Path) -> None:
    """Every normalised asset has its checks, they block, and that of the schema has the counts."""
    datasets, _ = load_datasets()
    workspace = Workspace(tmp_path / "data", tmp_path / "public", "http://127.0.0.1:8000/")
    graph = build(datasets, workspace).resolve_asset_graph()
    keys = {normalised_key(dataset, one): one for dataset in datasets for one in dataset.resources}
    checks = {key: [k for k in graph.asset_check_keys if k.asset_key == key] for key in keys}
    for key, resource in keys.items():
        names = [one.name for one in checks[key]]
        assert len(names) == len(set(names)) == 1 + len(resource.expectations) and TABLE_SCHEMA in names
        assert all(graph.get(one).blocking for one in checks[key])
    asked = dg.AssetKey(["rd_expenditure", "normalised"])
    result = (
        build(datasets, workspace)
        .resolve_job_def("refresh")
        .execute_in_process(
            instance=dg.DagsterInstance.ephemeral(),
            asset_selection=sorted(dg.AssetSelection.assets(asked).upstream().resolve(graph)),
        )
    )
    evaluations = [one for one in result.get_asset_check_evaluations() if one.asset_key == asked]
    resource = keys[asked]
    assert len(evaluations) == 1 + len(resource.expectations) and all(one.passed for one in evaluations)
    [metadata] = [one.metadata for one in evaluations if one.check_name == TABLE_SCHEMA]
    assert metadata["rows"].value > 100 and metadata["errors"].value == 0
    idle = [one.check_name for one in evaluations if one.description == "nothing to compare with yet"]
    assert idle == ["unit_jump"]  # no release before this one
