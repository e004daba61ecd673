"""`innoregio diff` as people and programs see it: within 80 columns, with exit codes as of diff(1)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from tests.publish.release.made_releases import VINTAGES, changed, made_rows, publish, publish_vintages


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four made releases of one dataset."""
    return publish_vintages(tmp_path_factory.mktemp("vintages")).parent


def diff(out: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments, "--out", str(out)])


SHOWN = """\
made-data 1.0.0 -> 1.1.0

made-figures: 45 -> 51 rows, newest period 2023 (was 2022)
  6 rows added
  2 values revised
  1 flag changed
  largest revision: 31.5 -> 47.25 (50.0%) at AA1 nuts-2021 2021 T
  revised   AA1 nuts-2021 2021 T: obs_value 31.5 -> 47.25
  revised   AA2 nuts-2021 2021 T: obs_flag - -> p
  added     AA1 nuts-2021 2023 F: obs_value 33.0, obs_status A
  added     AA1 nuts-2021 2023 M: obs_value 33.25, obs_status A
  5 more; --rows shows them
snapshot eurostat/made_1 1111111111111111, updated 2024-05-20T23:00:00+02:00
"""


def test_the_text_for_people(tree: Path) -> None:
    run = diff(tree, "made-data", "1.0.0", "1.1.0", "--rows", "2")
    assert (run.output, run.exit_code) == (SHOWN, 1)


def test_vintages_and_renamed_codes_are_one_line_each(tree: Path) -> None:
    lines = diff(tree, "made-data").output.splitlines()
    assert "  41 rows recoded, 1 of them with another value or flag too" in lines
    assert "  vintage nuts-2021 -> nuts-2024: 3 areas with the same code (32 rows)" in lines
    assert "  geo nuts-2021 AA5 -> nuts-2024 BB7 (9 rows, known by its label)" in lines
    assert "  recoded   AA2 nuts-2024 2022 T (was nuts-2021): obs_value 42.5 -> 99.0" in lines
    assert not any(line.startswith(("  withdrawn", "  added")) for line in lines)


def test_the_same_as_json(tree: Path) -> None:
    run = diff(tree, "made-data", "1.0.0", "1.1.0", "--format", "json", "--rows", "0")
    told = json.loads(run.output)
    assert run.exit_code == 1 and told["equal"] is False
    assert len(told["tables"][0]["differences"]) == 9


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["made-data", "1.2.0", "1.2.0"], 0, "made-data 1.2.0 -> 1.2.0: no difference"),
        (
            ["made-data", "3.0.0"],
            2,
            "made-data has no release '3.0.0'; there are: 1.0.0, 1.1.0, 1.2.0, 1.3.0",
        ),
        (["other"], 2, "there is no dataset 'other'; there are: made-data"),
    ],
)
def test_exit_codes(tree: Path, arguments: list[str], code: int, text: str) -> None:
    run = diff(tree, *arguments)
    assert run.exit_code == code and text in run.output and "Traceback" not in run.output


def test_no_tree_is_trouble_and_no_difference(tmp_path: Path) -> None:
    run = diff(tmp_path / "none", "made-data")
    assert run.exit_code == 2 and "no package is published here" in run.output


def test_one_release_only(tmp_path: Path) -> None:
    publish(tmp_path, VINTAGES["1.0.0"])
    run = diff(tmp_path, "made-data")
    assert (run.output, run.exit_code) == ("made-data: one release only, there is nothing to compare\n", 0)
    told = json.loads(diff(tmp_path, "made-data", "--format", "json").output)
    assert (told["old"], told["new"], told["equal"], told["tables"]) == (None, None, True, [])
    assert told.keys() == {"dataset", "old", "new", "equal", "tables", "code_lists", "texts", "snapshots"}


def test_no_line_is_wider_than_a_terminal(tmp_path: Path) -> None:
    """Long flags are cut, long lines broken between words."""
    long = "a very long flag of a kind that nobody should write " * 3
    publish(tmp_path, made_rows(["AA1", "AA2"], [2020, 2021]))
    rows = changed(
        made_rows(["AA1", "AA2"], [2020, 2021, 2022]),
        lambda row: row | {"obs_value": row["obs_value"] * 123456789.25, "obs_flag": long, "obs_status": "O"},
    )
    publish(tmp_path, rows)
    lines = diff(tmp_path, "made-data").output.splitlines()
    assert max(map(len, lines)) <= 80 and any("…" in line for line in lines)
    assert any(line.startswith(" " * 12) for line in lines)
