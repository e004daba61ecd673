"""The code and the commands in docs/validation.md run, and its table of rules is that of the engine."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import frictionless
import pytest
from click.testing import CliRunner

from assets.validate.expectations import RULES
from assets.validate.package.check import validate_path
from orchestration.cli.main import main

Y = {"name": "y", "type": "string"}
MISSING = [{"value": "-", "label": "none"}]
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


@pytest.mark.parametrize(
    ("schema", "refusal"),
    [
        (
            {
                "fields": [
                    {"name": "x", "type": "integer", "constraints": {"exclusiveMinimum": 1}},
                    {"name": "y"},
                ]
            },
            'constraint "exclusiveMinimum" requires datapackage v2',
        ),
        (
            {
                "fields": [{"name": "x", "type": "integer"}, Y],
                "missingValues": MISSING,
            },
            "missing values in object form require datapackage v2",
        ),
    ],
    ids=["exclusive bound", "missing value with label"],
)
def test_properties_of_version_2_are_read_whatever_the_schema_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, schema: dict[str, Any], refusal: str
) -> None:
    """A departure that the table names: frictionless-py wants `$schema` of version 2 first."""
    (tmp_path / "x.csv").write_text("x,y\n2,a\n1,b\n" if "missingValues" not in schema else "x,y\n2,a\n-,b\n")
    described: dict[str, Any] = {"name": "x", "path": "x.csv", "format": "csv", "schema": schema}
    for dated in (False, True):
        if dated:
            schema["$schema"] = "https://datapackage.org/profiles/2.0/tableschema.json"
        package = {"name": "p", "resources": [described]}
        if dated:
            package["$schema"] = "https://datapackage.org/profiles/2.0/datapackage.json"
        (tmp_path / "datapackage.json").write_text(json.dumps(package))
        [report] = validate_path(tmp_path / "datapackage.json")
        ours = [(error.type, error.row_number) for error in report.errors]
        assert ours == ([] if "missingValues" in schema else [("constraint-error", 3)])
        monkeypatch.chdir(tmp_path)
        theirs = frictionless.validate("datapackage.json").flatten(["type", "note", "rowNumber"])
        if dated:
            assert [(kind, row) for kind, _, row in theirs] == ours
        else:
            assert [note for _, note, _ in theirs] == [refusal]
