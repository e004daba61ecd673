"""`innoregio init`: the folder that it writes, what it asks, and what it refuses."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assets.descriptor import load_catalogue
from orchestration.cli.main import main
from tests.commands import tree_bytes

ANSWERS = {
    "--publisher": "Päijät-Hämeen liitto",
    "--contact": "data@example.org",
    "--base-url": "https://data.example.org",
    "--focus": "päijät-häme",
}


def invoke(folder: Path, answers: dict[str, str]) -> Result:
    options = [part for pair in answers.items() for part in pair]
    return CliRunner().invoke(main, ["init", str(folder), *options])


def test_the_folder_is_a_catalogue_of_the_operators(tmp_path: Path) -> None:
    more = {
        "--publisher-en": 'The "Council"',
        "--type": "LocalAuthority",
        "--homepage": "https://example.org/",
    }
    done = invoke(tmp_path / "own", ANSWERS | more)
    assert done.exit_code == 0 and "INNOREGIO_CONFIG=" in done.stdout, done.output
    found, shipped = load_catalogue(tmp_path / "own"), load_catalogue()
    names = {"fi": "Päijät-Hämeen liitto", "sv": "Päijät-Hämeen liitto", "en": 'The "Council"'}
    assert found.publisher["name_translated"] == names and found.publisher["type"] == "LocalAuthority"
    assert found.contact == {"name_translated": names, "email": "data@example.org"}
    assert (found.base_url, found.focus) == ("https://data.example.org/", "FI1C6")
    assert (found.titles, found.licence) == (shipped.titles, shipped.licence)


def test_a_catalogue_that_is_there_is_left_alone(tmp_path: Path) -> None:
    assert invoke(tmp_path, ANSWERS).exit_code == 0
    before = tree_bytes(tmp_path)
    done = invoke(tmp_path, ANSWERS)
    assert done.exit_code == 2 and "is there already" in done.stderr
    assert tree_bytes(tmp_path) == before


@pytest.mark.parametrize(
    ("option", "answer", "told"),
    [
        ("--focus", "FI1C3", "'FI1C3' is no region of the newest NUTS list; it was one in nuts-2021"),
        ("--focus", "Lahti", "'Lahti' is no region"),
        ("--focus", "Luxembourg", "several regions are called 'Luxembourg': LU0, LU00, LU000"),
        ("--contact", "somebody", "'somebody' is no contact"),
        ("--base-url", "data.example.org", "'data.example.org' cannot be an address of the web"),
        ("--type", "Council", "'Council' is no type of publisher"),
    ],
)
def test_an_answer_that_cannot_be_used_writes_nothing(
    option: str, answer: str, told: str, tmp_path: Path
) -> None:
    done = invoke(tmp_path / "own", ANSWERS | {option: answer})
    assert done.exit_code == 2 and told in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "own").exists()


def test_without_a_terminal_the_missing_options_are_named(tmp_path: Path) -> None:
    done = invoke(tmp_path / "own", {"--publisher": "Us"})
    assert done.exit_code == 2 and "give --contact, --base-url, --focus;" in done.stderr
    assert not (tmp_path / "own").exists()


def test_on_a_terminal_what_is_missing_is_asked(tmp_path: Path) -> None:
    """Questions go to stderr; Enter takes what is offered."""
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "orchestration.cli.main",
        "init",
        "own",
        "--base-url",
        "https://x.example/",
    ]
    run = subprocess.Popen(
        command, cwd=tmp_path, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    os.write(ours, b"Liitto\nF\xc3\xb6rbundet\n\n\nnobody\ndata@example.org\nFI1C3\nFI1C6\n")
    written, asked = run.communicate(timeout=60)
    assert run.returncode == 0, asked
    assert "'nobody' is no contact" in asked and "'FI1C3' is no region" in asked, "asked again"
    assert "Who publishes?" in asked and "Under what address" not in asked and "Who" not in written
    found = load_catalogue(tmp_path / "own").publisher
    assert found["name_translated"] == {"fi": "Liitto", "sv": "Förbundet", "en": "Liitto"}
    assert found["type"] == "RegionalAuthority"


def test_the_copies_for_editors_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older profile in the operator's folder must not refuse, or let pass, what the program's own does."""
    invoke(tmp_path, ANSWERS)
    (tmp_path / "profile.json").write_text("{}")
    monkeypatch.setenv("INNOREGIO_CONFIG", str(tmp_path))
    done = CliRunner().invoke(main, ["list", "--format", "json"])
    assert done.exit_code == 0 and "rd-expenditure" in [one["dataset"] for one in json.loads(done.stdout)]
