"""docs/configuration.md: its commands run, its catalogue is one, its tables name what there is."""

import json
import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets import overlay
from assets.authoring.first_config import FOLDERS
from assets.descriptor import load_catalogue, load_datasets
from assets.overlay import packaged_schemas
from orchestration.cli.main import main

TEXT = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """The commands of the page that a test can answer for: those with all their options."""
    joined = "\n".join(block for kind, block in BLOCKS if kind == "sh").replace("\\\n", " ")
    return [line for line in joined.splitlines() if "innoregio " in line and " other" in line]


def test_the_commands_do_what_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [line.split()[1] for line in commands()] == ["init", "list"]
    for line in commands():
        done = CliRunner().invoke(main, shlex.split(line, comments=True)[1:])
        assert done.exit_code == 0, done.output
    names = {"fi": "Esimerkin liitto", "sv": "Exempelförbundet", "en": "Example Council"}
    assert load_catalogue(tmp_path / "other").publisher["name_translated"] == names
    assert "INNOREGIO_CONFIG" not in os.environ
    assert sorted(path.name for path in (tmp_path / "other").iterdir() if path.is_dir()) == sorted(FOLDERS)


def test_the_catalogue_of_the_page_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "catalogue.yaml").write_text(next(block for kind, block in BLOCKS if kind == "yaml"), "utf-8")
    monkeypatch.setenv("INNOREGIO_CONFIG", str(tmp_path))
    assert load_catalogue().focus == "FI196"
    assert [one.name for one in load_datasets()[0]] == ["population", "regional-accounts", "regions"]


def test_the_tables_name_every_file_and_property() -> None:
    rows = re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE)
    named = re.findall(r"`([^`]+)`", " ".join(rows))
    assert {name.split("/")[0] for name in named} >= set(overlay.KNOWN)
    profile = json.loads((packaged_schemas() / "profile.json").read_bytes())
    assert set(profile["$defs"]["catalogue"]["properties"]) <= set(named)
