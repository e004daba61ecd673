"""The code that docs/strategy.md shows, run on the published tree."""

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # the dataset is made from most of the others

PAGE = Path(__file__).parents[3] / "docs/strategy.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.slow  # the strategy is made from nearly every dataset
def test_the_page_lists_every_theme(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {}
    monkeypatch.chdir(published.parent)
    for block in BLOCKS:
        exec(compile(block, PAGE.name, "exec"), names)
    rows = names["newest"].to_dicts()
    assert {row["theme"] for row in rows} == set(range(1, 20))
    [nights] = [row for row in rows if row["title_en"] == "Share of foreign guests in nights spent"]
    assert (nights["newest_value"], nights["newest_period"], nights["area"]) == (10.1, "2024", "region")
    assert all(row["newest_value"] is None for row in rows if row["reason_en"])
