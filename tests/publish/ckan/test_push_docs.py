"""docs/push-ckan.md claims only what the command knows."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.cli.push import ckan

TEXT = (Path(__file__).parents[3] / "docs" / "push-ckan.md").read_text("utf-8")


def test_the_table_has_every_option_of_its_own() -> None:
    told = {name.split()[0] for name in re.findall(r"^\| `(--[^`]+)` \|", TEXT, re.MULTILINE)}
    known = {option for one in ckan.params for option in one.opts if option.startswith("--")}
    assert told == known - {"--out", "--format", "--debug", "--config"}


@pytest.mark.parametrize("line", re.findall(r"^innoregio push ckan .*$", TEXT, re.MULTILINE))
def test_the_commands_are_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gets as far as to miss a tree; nothing is asked of a network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INNOREGIO_CKAN_KEY", "a key")
    run = CliRunner().invoke(main, shlex.split(line, comments=True)[1:])
    assert run.exit_code == 1 and "no package is published here" in run.stderr
