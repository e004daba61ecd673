"""docs/releases.md: its commands, code and tables, on the tree with three releases that it is written for."""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from assets.descriptor import load_catalogue
from assets.publish.catalogue.write import write_catalogue
from assets.publish.release.layout import DESCRIPTOR
from assets.publish.revisions.diff import describe_diff, diff_releases
from orchestration.cli.main import main
from tests.publish.revisions.made_revisions import BASE, PART, RESEARCH

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "releases.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line
    for kind, block in BLOCKS
    for line in (block.splitlines() if kind == "sh" else ())
    if line.startswith("innoregio ") and "example" not in line
]
SEARCH = next(block for kind, block in BLOCKS if "git rev-list" in block)


def run(line: str) -> Result:
    done = CliRunner().invoke(main, shlex.split(line, comments=True)[1:])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture(scope="module")
def here(revised: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the page's commands may write."""
    folder = tmp_path_factory.mktemp("docs") / "here"
    shutil.copytree(revised, folder)
    write_catalogue(folder / "public", load_catalogue(), BASE)
    return folder


@pytest.mark.parametrize("line", COMMANDS)
def test_the_commands_do_what_is_said(line: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here)
    done = run(line)
    assert done.exit_code == (1 if "diff" in line else 0), done.output
    if line.endswith("diff rd-expenditure 1.0.0 1.0.1"):
        assert done.output == next(block for kind, block in BLOCKS if kind == "text")
    if "--into" in line:
        assert (here / "again" / DESCRIPTOR).is_file()


def test_the_commands_are_many() -> None:
    assert [line.split()[1] for line in COMMANDS] == ["diff", "diff", "diff", "verify", "rebuild", "rebuild"]


@pytest.mark.slow
def test_a_newcomer_can_do_what_the_page_shows(tmp_path: Path) -> None:
    """In an empty folder, with the installed command alone: every command in order, then the code."""
    scripts = [block for kind, block in BLOCKS if kind == "sh" and "git " not in block]
    code = [block for kind, block in BLOCKS if kind == "python"]
    (tmp_path / "innoregio").write_text(f'#!/bin/sh\nexec {sys.executable} -m orchestration.cli.main "$@"\n')
    (tmp_path / "innoregio").chmod(0o755)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("INNOREGIO_", "DAGSTER_"))
    }
    environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
    lines = "\n".join(scripts).splitlines()
    ends = [f"{line}\necho $? ':' {shlex.quote(line)} >> ../ends" for line in lines if line.strip()]
    (tmp_path / "start").mkdir()
    done = subprocess.run(
        ["bash"], input="\n".join(ends), cwd=tmp_path / "start", env=environment, capture_output=True,
        text=True, timeout=300,
    )  # fmt: skip
    found = [line for line in (tmp_path / "ends").read_text().splitlines() if "innoregio" in line]
    found += (tmp_path / "start" / "ends").read_text().splitlines()
    wrong = [line for line in found if line[0] != ("1" if "innoregio diff" in line else "0")]
    assert not wrong, done.stderr
    assert next(block for kind, block in BLOCKS if kind == "text") in done.stdout
    here = tmp_path / "start" / "here"
    titles = json.loads((here / "public" / RESEARCH / DESCRIPTOR).read_bytes())["title_translated"]
    assert all(word in titles[la] for la, word in (("fi", "ESIMERKKI"), ("sv", "EXEMPEL"), ("en", "EXAMPLE")))
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(code)], cwd=here, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_python_code_walks_back(revised: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(revised)
    names: dict[str, Any] = {}
    for code in (block for kind, block in BLOCKS if kind == "python"):
        exec(compile(code, "releases.md", "exec"), names)
    first = pl.read_parquet(f"public/{RESEARCH}/1.0.0/{RESEARCH}.parquet")
    assert names["first"].equals(first) and names["then"].equals(first)
    assert not names["now"].equals(first)

    written = rows(revised / "public" / RESEARCH / "revisions.csv")
    own = [row for row in written if (row["geo"], row["sector"]) == ("MK05", "BES")]
    told = names["history"].rows()
    assert [(row["release"], row["kind"]) for row in own] == [line[:2] for line in told]
    assert [line[2:4] for line in told] == [(33.8, 34.8), (34.8, None)]
    for release, snapshot in ((line[0], line[4]) for line in told):
        package = json.loads((revised / "public" / RESEARCH / release / DESCRIPTOR).read_bytes())
        found = [one["sha256"] for one in package["innoregio:provenance"] if one["part"] == PART]
        assert found == [snapshot]


def test_the_tables_name_every_property(revised: Path) -> None:
    diff = diff_releases(revised / "public" / RESEARCH, "1.0.0")
    assert diff is not None
    told = describe_diff(diff)
    tables = {
        head: re.findall(r"^\| (`[^|]*?) \|", TEXT.split(f"| {head} |")[1].split("\n\n")[0], re.MULTILINE)
        for head in ("property", "of a table")
    }
    named = {head: re.findall(r"`(\w+)`", " ".join(cells)) for head, cells in tables.items()}
    assert named == {"property": list(told), "of a table": list(told["tables"][0])}
    kinds = re.search(r"Statistics: (.*?); registers: (.*?)\.", TEXT)
    assert kinds is not None
    assert re.findall(r"`(\w+)`", kinds[1]) == list(told["tables"][0]["changes"])


def test_what_lies_where(revised: Path) -> None:
    """The files that the page names are there."""
    folder = revised / "public" / RESEARCH
    for name in (DESCRIPTOR, f"{RESEARCH}.csv", "README.md", "CHANGELOG.md", "report.json"):
        assert name in TEXT and (folder / name).is_file()
    package = json.loads((folder / DESCRIPTOR).read_bytes())
    assert all(entry["path"].startswith("1.1.0/") for entry in package["resources"])
    assert all(source["innoregio:snapshots"] for source in package["sources"])
    assert {"innoregio:provenance", "innoregio:buildInformation"} <= set(package)


@pytest.mark.slow
def test_the_search_finds_the_commit_of_a_digest(tmp_path: Path) -> None:
    """In a history of three commits, of which the middle one has the digests."""
    repository = tmp_path / "project"
    left = shutil.ignore_patterns("snapshots", "__pycache__")
    for name in ("assets", "orchestration", "schemas"):
        shutil.copytree(ROOT / name, repository / name, ignore=left)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
        **{f"GIT_{who}_{what}": "made" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }

    def shell(*command: str, **more: str) -> str:
        done = subprocess.run(
            command, cwd=repository, env=environment | more, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(path: str, old: str, new: str) -> str:
        """The commit that changes one file."""
        text = (repository / path).read_text("utf-8")
        assert old in text
        (repository / path).write_text(text.replace(old, new, 1), "utf-8")
        shell("git", "add", "-A")
        shell("git", "commit", "--quiet", "--allow-empty", "-m", path)
        return shell("git", "rev-parse", "HEAD")

    shell("git", "init", "--quiet")
    described = "schemas/datasets/rd-expenditure.yaml"
    commit("assets/errors.py", "", "# one\n")
    wanted = commit(described, "https://stat.fi/tilasto/tkke", "https://stat.fi/tilasto/tkke/")
    commit("assets/errors.py", "# one", "# two")
    shell("git", "checkout", "--quiet", wanted)
    told = shell(sys.executable, "-m", "orchestration.cli.main", "show", RESEARCH, "--format", "json")
    known = json.loads(told)["program"]
    shell("git", "checkout", "--quiet", "-")
    found = shell("bash", "-euc", SEARCH, CODE=known["code"], DESCRIPTOR=known["descriptor"])
    assert found == wanted
