"""The code in docs/validation.md runs, and its table of rules is that of the engine."""

import re
from pathlib import Path

import pytest

from assets.validate.expectations import RULES

DOCS = Path(__file__).parents[2] / "docs" / "validation.md"


def test_code_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "validation.md", "exec"), {})


def test_every_rule_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", DOCS.read_text("utf-8"), re.MULTILINE)
    assert sorted(described) == sorted(RULES)
