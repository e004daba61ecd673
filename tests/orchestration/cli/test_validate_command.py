"""`innoregio validate`: verdict, forms, exit codes, one line for a mistake, half a second for a small one."""

import json
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from frictionless import Report as FrictionlessReport

from orchestration.cli.main import main
from tests.commands import run_innoregio

SCHEMA = {
    "fields": [
        {"name": "item", "type": "string", "constraints": {"maxLength": 6}},
        {"name": "price", "type": "number"},
    ]
}


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["validate", *map(str, arguments)])


@pytest.fixture
def prices(tmp_path: Path) -> tuple[Path, Path]:
    """A table with three errors in two rows, one in a cell that would steer a terminal, and its schema."""
    table, schema = tmp_path / "prices.csv", tmp_path / "prices.json"
    table.write_text('item,price\napple,1.5\npear,free\n"a|<b>\n\x1b[31m",costly\n')
    schema.write_text(json.dumps(SCHEMA))
    return table, schema


def test_text_names_every_error_on_a_line_of_its_own(prices: tuple[Path, Path]) -> None:
    told = invoke(prices[0], "--schema", prices[1])
    assert told.exit_code == 1
    first, *errors = told.stdout.splitlines()
    assert first == "prices.csv: invalid, 3 rows, 2 type-error, 1 constraint-error"
    assert errors[0] == "  row 3, field price, type-error 'free': type is \"number/default\""
    assert len(errors) == 3 and "\x1b" not in told.stdout


def test_json_is_a_report_that_frictionless_reads(prices: tuple[Path, Path]) -> None:
    told = invoke(prices[0], "--schema", prices[1], "--format", "json")
    read = FrictionlessReport.from_descriptor(json.loads(told.stdout))
    assert told.exit_code == 1 and not read.valid
    assert read.flatten(["rowNumber", "fieldNumber", "type"]) == [
        [3, 2, "type-error"],
        [4, 1, "constraint-error"],
        [4, 2, "type-error"],
    ]


def test_markdown_is_not_broken_by_cells(prices: tuple[Path, Path]) -> None:
    told = invoke(prices[0], "--schema", prices[1], "--format", "markdown")
    rows = [line for line in told.stdout.splitlines() if line.startswith("|")]
    assert told.exit_code == 1 and "| prices.csv | **invalid** | 3 | 3 |" in rows
    assert {len(row.replace("\\|", "").split("|")) - 2 for row in rows} == {4, 5}
    assert "a\\|&lt;b>" in told.stdout and "\x1b" not in told.stdout


@pytest.mark.parametrize(("limit", "listed"), [("1", 1), ("0", 1200), ("1000", 1000)])
def test_listed_errors_are_limited_and_totals_are_not(tmp_path: Path, limit: str, listed: int) -> None:
    (tmp_path / "t.csv").write_text("item,price\n" + "a,x\n" * 1200)
    (tmp_path / "t.json").write_text(json.dumps(SCHEMA))
    arguments = [tmp_path / "t.csv", "--schema", tmp_path / "t.json", "--limit-errors", limit]
    shaped = json.loads(invoke(*arguments, "--format", "json").stdout)
    assert shaped["stats"]["errors"] == 1200 and len(shaped["tasks"][0]["errors"]) == listed
    told = invoke(*arguments).stdout
    assert ("more errors are counted" in told) == (listed < 1200)


def test_a_published_package_is_valid_however_it_is_named(published: Path, tmp_path: Path) -> None:
    folder = published / "rd-expenditure"
    with zipfile.ZipFile(tmp_path / "rd.zip", "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    for path in (
        folder,
        folder / "datapackage.json",
        folder / "1.0.0" / "datapackage.json",
        tmp_path / "rd.zip",
    ):
        told = invoke(path)
        assert told.exit_code == 0 and told.stdout.splitlines()[-1].endswith("all valid"), told.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.csv"], "no such file"),
        (["prices.xlsx"], "Parquet"),
        (
            ["http://127.0.0.1:8000/datapackage.json"],
            '"http://127.0.0.1:8000/datapackage.json" is an internal',
        ),
        (["https://169.254.169.254/latest/x.csv"], "is an internal address; it is refused"),
        (["file:///etc/passwd"], "is an internal address"),
        (["https://example.com/prices.csv"], "is not fetched; download it"),
        (["prices.csv", "--schema", "http://localhost/prices.json"], "is an internal address"),
        (["prices.csv", "--schema", "none.json"], "cannot be read"),
        (["prices.csv", "--schema", "prices.csv"], "not a Table Schema"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_two(
    prices: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(prices[0].parent)
    Path("prices.xlsx").write_text("")
    told = invoke(*arguments)
    assert told.exit_code == 2 and not told.stdout
    assert len(told.stderr.splitlines()) == 1 and words in told.stderr


def test_usage_is_exit_code_two(tmp_path: Path) -> None:
    assert invoke().exit_code == invoke("t.csv", "--limit-errors", "-1").exit_code == 2


def test_a_broken_descriptor_or_schema_is_invalid_and_no_traceback(prices: tuple[Path, Path]) -> None:
    prices[1].write_text('{"fields": [{"name": "item", "type": "text"}]}')
    told = invoke(prices[0], "--schema", prices[1])
    assert told.exit_code == 1 and "schema-error" in told.stdout
    (prices[0].parent / "datapackage.json").write_text('{"resources": [{"name": "a", "path": "../a.csv"}]}')
    told = invoke(prices[0].parent)
    assert told.exit_code == 1 and "not safe" in told.stdout


def test_a_small_table_takes_half_a_second_and_needs_no_big_import(prices: tuple[Path, Path]) -> None:
    code = (
        "import sys\nfrom orchestration.cli.main import main\n"
        f"try:\n    main(['validate', {str(prices[0])!r}, '--schema', {str(prices[1])!r}])\n"
        "except SystemExit as end:\n    assert end.code == 1\n"
        "heavy = {'dagster', 'frictionless', 'pyarrow', 'pandas', 'rich', 'yaml', 'jsonschema'}\n"
        "found = heavy & {name.split('.')[0] for name in sys.modules}\nassert not found, found\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    times = []
    for _ in range(5):  # processor time: the clock also counts what other processes do meanwhile
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run_innoregio("validate", str(prices[0]), "--schema", str(prices[1]), cwd=prices[0].parent)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
        if min(times) <= 0.5:
            break
    assert min(times) <= 0.5, times
