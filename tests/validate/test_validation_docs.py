"""The code and the commands in docs/validation.md run, and its table of rules is that of the engine."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.validate.expectations import RULES
from orchestration.cli.main import main

DOCS = Path(__file__).parents[2] / "docs" / "validation.md"


def blocks(language: str) -> list[str]:
    """The code of one language."""
    found = re.findall(rf"```{language}\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found
    return found


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The commands of the docs with what they print, in a folder with the files that they show."""
    monkeypatch.chdir(tmp_path)
    exchanges = [one.partition("\n")[::2] for block in blocks("console") for one in block.split("$ ")[1:]]
    for command, content in exchanges:
        if command.startswith("cat "):
            Path(command.removeprefix("cat ")).write_text(content)
    return exchanges


def test_commands_print_what_is_shown(shown: list[tuple[str, str]]) -> None:
    commands = [(shlex.split(command), told) for command, told in shown if command.startswith("innoregio ")]
    assert commands
    for (_, *arguments), told in commands:
        assert CliRunner().invoke(main, arguments).output == told


@pytest.mark.usefixtures("shown")
def test_code_blocks_run() -> None:
    for block in blocks("python"):
        exec(compile(block, "validation.md", "exec"), {})


def test_every_rule_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", DOCS.read_text("utf-8"), re.MULTILINE)
    assert sorted(described) == sorted(RULES)
