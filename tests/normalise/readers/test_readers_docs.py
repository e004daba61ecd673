"""The code in docs/readers.md runs, and every public reader stands there, under the name it has."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from assets.normalise.readers.formats import READERS

DOCS = (Path(__file__).parents[3] / "docs" / "readers.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
NAMES = re.findall(r"`([\w.]+)\.(read_\w+)`", DOCS)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_code_blocks_run(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "assert" in code or "raises" in code
    exec(compile(code, "readers.md", "exec"), {})


def test_every_reader_is_documented_and_shown() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 11
    code = "".join(BLOCKS)
    for module, name in NAMES:
        reader = getattr(importlib.import_module(f"assets.normalise.{module}"), name)
        text = inspect.getdoc(reader) or ""
        assert "Raises `SourceError`" in text and "olumns" in text and "etadata" in text, name
        assert f"{name}(" in code, f"{name} is not shown"
        assert inspect.signature(reader).return_annotation.__name__ == "SourceTable"
    named = {name for _, name in NAMES}
    for call in READERS.values():
        assert set(call.__code__.co_names) & named
