"""The README claims only what runs: its code is run on a published tree, its commands too."""

import ast
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from tests.shipped import shipped_names, with_gathered

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
UNTIL_STOPPED = ("serve", "up")  # they run until somebody stops them; their own tests start them
NAMED = re.findall(r"^\| `([a-z0-9-]+)` \|", README, re.MULTILINE)
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The README's code in one language, in order."""
    return [code for name, code in BLOCKS if name == language]


@pytest.mark.parametrize("code", blocks("python"))
def test_python_code_gives_rows(code: str, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last expression of each block is a table with the figures of Päijät-Häme in it."""
    monkeypatch.chdir(published.parent)
    *statements, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    names: dict[str, object] = {}
    exec(compile(ast.Module(statements, []), "README.md", "exec"), names)
    table = eval(compile(ast.Expression(last.value), "README.md", "eval"), names)
    assert "MK07" in set(table["geo"])


@pytest.mark.parametrize("code", blocks("r"))
def test_r_code_reads_every_row(code: str, published: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here; .ci/run installs it")
    run = subprocess.run(
        ["Rscript", "-e", f"table <- {code.strip()}\ncat(nrow(table), is.numeric(table$obs_value))"],
        cwd=published.parent,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    csv = (published / "rd-expenditure" / "rd-expenditure.csv").read_bytes()
    assert run.stdout.split() == [str(csv.count(b"\r\n") - 1), "TRUE"]


def test_the_commands_are_there(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each `innoregio` line of the README ends well on the published tree."""
    lines = [line for code in blocks("sh") for line in code.splitlines() if line.startswith("innoregio ")]
    lines = [line for line in lines if line.split()[1] not in UNTIL_STOPPED]
    assert len(lines) >= 3
    monkeypatch.chdir(published.parent)  # which holds `public`
    for line in lines:
        run = CliRunner().invoke(main, shlex.split(line, comments=True)[1:])
        assert run.exit_code == 0, f"{line}: {run.output}"


def test_both_commands_stand_where_ci_reads_them() -> None:
    assert "pip install -e . && innoregio publish\n" in blocks("sh")
    assert "pip install -e '.[test]' && pytest\n" in blocks("sh")


@pytest.mark.slow
def test_every_dataset_of_the_table_is_published(published_names: list[str]) -> None:
    assert set(published_names) == set(NAMED)


def test_the_table_has_every_dataset() -> None:
    assert sorted(NAMED) == with_gathered(shipped_names())


def test_the_shown_files_are_there(published: Path) -> None:
    for name in (
        "datapackage.json",
        "rd-expenditure.csv",
        "rd-expenditure.parquet",
        "codes-sector.csv",
        "report.json",
        "1.0.0",
    ):
        assert name.split(".")[0] in README
        assert (published / "rd-expenditure" / name).exists()
