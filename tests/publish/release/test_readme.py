"""The README of a package: what a person needs is in it, in good Markdown, whatever the texts hold."""

import json
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.publish.release.readme import line, markdown_cell
from assets.publish.release.tree import publish_dataset
from tests.publish.release.made_dataset import AREAS, BASE, DATASET, SNAPSHOT, changed_field, tables, texts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("public")
    publish_dataset(DATASET, tables(), [SNAPSHOT], AREAS, out, BASE)
    return out / "made-data"


@pytest.fixture(scope="module")
def readme(folder: Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8")


def test_title_and_summary_in_three_languages(readme: str) -> None:
    assert readme.startswith("# Made data\n\nNothing in it is real.\n\nMade areas only.\n")
    assert (
        "## Suomeksi: Made data suomeksi\n\nNothing in it is real. suomeksi\n\nVain keksityt alueet."
        in readme
    )
    assert "## På svenska: Made data på svenska\n\n" in readme and "Bara påhittade områden." in readme


def test_source_citation_licence_and_version(readme: str) -> None:
    assert "Version 1.0.0, data as of 2024-05-20" in readme
    assert "<https://data.example.org/made-data/1.0.0>" in readme
    assert "[Eurostat, made_1](https://example.org/made_1), updated 2024-05-20" in readme
    assert "a copy recorded before 2024-05-24" in readme
    assert "Source: nobody." in readme
    assert "[CC-BY-4.0](https://creativecommons.org/licenses/by/4.0/)" in readme


def test_every_column_and_flag_is_explained(readme: str) -> None:
    for name in ("geo", "obs_value", "amount", "updated"):
        assert f"\n| `{name}` | " in readme
    assert "| `obs_value` | number | EUR | **Obs_value.** What obs_value is. |" in readme
    assert "`codes-sex.csv`" in readme and "`codes-geo.csv`" in readme and "`codes-obs_flag.csv`" in readme
    assert "| `c` | confidential |" in readme


def test_tables_have_as_many_cells_as_their_header(readme: str) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", readme, re.MULTILINE):
        rows = [len(re.findall(r"(?<!\\)\|", row)) for row in block.strip().split("\n")]
        assert len(set(rows)) == 1, block
    assert "\n\n\n" not in readme and not re.search(r"[ \t]\n", readme)


def test_what_it_tells_to_type_works(folder: Path, readme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(blocks) == 2
    found = [exec_block(block)["made_figures"] for block in blocks]
    assert isinstance(found[0], pl.DataFrame) and found[0].height == len(found[1]) == 5
    assert found[1]["geo"].tolist() == found[0]["geo"].to_list()
    assert found[1]["time_period"].tolist() == ["2022", "2022", "2022", "2023", "2023"]


def exec_block(block: str) -> dict:  # type: ignore[type-arg]
    names: dict = {}  # type: ignore[type-arg]
    exec(block, names)
    return names


def test_a_text_cannot_break_the_markdown(tmp_path: Path) -> None:
    dataset = changed_field("sex", descriptions=texts("a | b\n\n# c"))
    dataset = replace(dataset, raw={**dataset.raw, "innoregio:citation": "Two\nlines"})
    publish_dataset(dataset, tables(), [], AREAS, tmp_path, BASE)
    readme = (tmp_path / "made-data/README.md").read_text()
    assert r"a \| b # c" in readme and "Required: Two lines" in readme
    test_tables_have_as_many_cells_as_their_header(readme)


def test_cells_like_formulas_are_warned_of(readme: str) -> None:
    assert "text cells that begin like a formula" in readme and "(`made-register.csv`: 1)" in readme


def test_line_and_cell() -> None:
    assert line(" a\r\n b ") == "a b" and markdown_cell("a|b\nc") == r"a\|b c"


def test_the_descriptor_knows_the_readme(folder: Path) -> None:
    files = json.loads((folder / "datapackage.json").read_bytes())["innoregio:files"]
    assert [file["path"] for file in files] == ["README.md", "CHANGELOG.md"]
