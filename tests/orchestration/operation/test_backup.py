"""What docs/operation.md says of backups: three folders, restored elsewhere, are the service again."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.publishing import publish_datasets
from tests.commands import tree_bytes
from tests.orchestration.made_workspace import GOOD, described, make_workspace


def test_restored_in_another_folder_nothing_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, workspace = described(tmp_path, GOOD), make_workspace(tmp_path / "here")
    (tmp_path / "here" / "dagster").mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "here" / "dagster"))
    publish_datasets([dataset], {}, [GOOD], workspace, os.environ, quiet=True)
    shutil.make_archive(str(tmp_path / "backup"), "tar", tmp_path / "here")
    shutil.rmtree(tmp_path / "here")
    there = tmp_path / "there"
    shutil.unpack_archive(tmp_path / "backup.tar", there)
    moved = replace(workspace, home=there / "data", out=there / "public")
    before = tree_bytes(moved.out)
    assert CliRunner().invoke(main, ["verify", "--out", str(moved.out)]).exit_code == 0
    monkeypatch.setenv("DAGSTER_HOME", str(there / "dagster"))
    (outcome,), _ = publish_datasets([dataset], {}, [GOOD], moved, os.environ, quiet=True)
    assert (outcome.state, outcome.version) == ("unchanged", "1.0.0")
    assert tree_bytes(moved.out) == before
