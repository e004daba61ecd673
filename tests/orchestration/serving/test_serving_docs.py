"""docs/serving.md says what the server does: its table, its commands, its loop for object stores."""

import json
import re
import shlex
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.serving.headers import EVERYWHERE, IMMUTABLE, MEDIA_TYPES, POLICY, PREFLIGHT, REVALIDATE
from tests.orchestration.serving.made_tree import FILES, HIDDEN

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "serving.md").read_text("utf-8")
BLOCKS = dict(
    re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
)  # the last of each language
NGINX = (ROOT / "docs" / "nginx.conf").read_text("utf-8")


def test_the_table_is_what_is_answered() -> None:
    assert dict(re.findall(r"^\| `(\.\w+)` \| `([^`]+)` \|", TEXT, re.MULTILINE)) == MEDIA_TYPES
    assert f"`{IMMUTABLE}`" in TEXT and f"`{REVALIDATE}`" in TEXT


def test_nginx_says_the_same() -> None:
    """The tests of answers try most of it; here every word is compared."""
    types = NGINX.split("types {")[1].split("}")[0]
    found = {
        f".{end}": kind
        for kind, end in re.findall(r'^\s+"?([\w/+.\-]+[^"\n]*?)"?\s+(\w+);', types, re.MULTILINE)
    }
    assert found == MEDIA_TYPES
    for value in (IMMUTABLE, POLICY, *EVERYWHERE.values(), *list(PREFLIGHT.values())[:2]):
        assert value in NGINX


@pytest.mark.parametrize("line", re.findall(r"^innoregio serve.*$", TEXT, re.MULTILINE))
def test_the_commands_are_there(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is understood: it gets as far as to miss a tree."""
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(main, shlex.split(line, comments=True)[1:])
    assert run.exit_code == 1 and "no package is published here" in run.stderr


def test_the_rules_for_other_sites_are_json() -> None:
    rule = json.loads(BLOCKS["json"])["CORSRules"][0]
    assert ", ".join(rule["ExposeHeaders"]) == EVERYWHERE["Access-Control-Expose-Headers"]
    assert ", ".join(rule["AllowedHeaders"]) == PREFLIGHT["Access-Control-Allow-Headers"]


def test_the_loop_puts_every_file_once_with_its_headers(tmp_path: Path) -> None:
    """The loop runs with a stand-in for `aws` that writes down what it is asked; filters as aws has them."""
    told = tmp_path / "told"
    (tmp_path / "aws").write_text('#!/bin/bash\nprintf "%s\\x1f" "$@" >>told\necho >>told\n')
    (tmp_path / "aws").chmod(0o755)
    run = subprocess.run(
        ["bash", "-euc", BLOCKS["sh"]], cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin", "BUCKET": "b"}
    )
    assert run.returncode == 0
    put: dict[str, tuple[str, str]] = {}
    for line in told.read_text().splitlines():
        words = line.split("\x1f")
        assert words[:4] == ["s3", "sync", "public", "s3://b"]
        options = list(zip(words[4:-1:2], words[5::2], strict=False))
        said = dict(options)
        for path in FILES:
            taken = True
            for name, pattern in options:
                if name in ("--include", "--exclude") and fnmatch(path, pattern):
                    taken = name == "--include"
            if taken:
                assert path not in put, path
                put[path] = said["--content-type"], said["--cache-control"]
    unfinished = "made/1.1.0/made.csv"  # only there while a run publishes
    assert put.pop(unfinished)
    assert put == {
        path: (
            MEDIA_TYPES[f".{path.rsplit('.', 1)[1]}"],
            IMMUTABLE if path.startswith("made/1.") else REVALIDATE,
        )
        for path in FILES
        if path not in HIDDEN
    }
