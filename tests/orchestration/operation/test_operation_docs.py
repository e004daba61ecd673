"""The commands of docs/operation.md are there, with the options that they are given."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli.main import main

PAGE = (Path(__file__).parents[3] / "docs" / "operation.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.startswith("innoregio ")]


@pytest.mark.parametrize("line", LINES)
def test_the_command_is_there(line: str) -> None:
    _, command, *arguments = shlex.split(line, comments=True)
    options = [argument for argument in arguments if argument.startswith("--")]
    asked = CliRunner().invoke(main, [command, "--help"])
    assert asked.exit_code == 0, asked.output
    assert [option for option in options if option.split("=")[0] not in asked.output] == []


def test_the_page_shows_commands() -> None:
    assert len(LINES) >= 4
