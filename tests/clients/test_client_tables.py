"""Every published table read by other people's programs: the rows and values that we wrote.

Their environments are made by `install.sh` (`.ci/run` does); there a missing one is a failure.
"""

import json
import shutil
from pathlib import Path

import pytest

from tests.clients.published_tables import (
    READERS,
    Table,
    differences,
    environment,
    python,
    rows,
    run,
    tables,
    write_manifest,
)
from tests.clients.served_tree import Served, served  # noqa: F401
from tests.shipped import shipped_names, with_gathered

pytestmark = pytest.mark.slow
DATASETS = len(with_gathered(shipped_names()))
SLOW_ROWS = 12_000
LAST_DIGITS = 2e-14  # readr reads a number of 17 digits to the fourteenth; 1.4e-14 off was the worst
BINARY = 2.0**-52  # a cell of Excel is a double: a number of 17 digits comes back to its last bit
READR_TYPES = {
    "string": "c",
    "integer": "d",
    "year": "d",
    "number": "d",
    "boolean": "l",
    "date": "D",
    "datetime": "T",
}


def assert_same(wanted: list[Table], folder: Path, tolerance: float = 0.0) -> None:
    assert len({table.name.split("/")[0] for table in wanted}) == DATASETS
    assert [line for table in wanted for line in differences(table, folder / table.name, tolerance)] == []


@pytest.mark.parametrize("client", ["pandas", "pyarrow"])
def test_tables_from_disk_in_python(client: str, served: Served, tmp_path: Path) -> None:  # noqa: F811
    wanted = tables(served.out)
    manifest = write_manifest(wanted, served, tmp_path / "manifest.json")
    run(python(), str(READERS / f"read_with_{client}.py"), str(manifest), str(tmp_path / "found"))
    assert_same(wanted, tmp_path / "found")


def test_frictionless(served: Served, tmp_path: Path) -> None:  # noqa: F811
    """Of Parquet the smaller tables only: it reads some 2,000 rows a second, and `.ci/run` has its command
    judge them all."""
    wanted = [table for table in tables(served.out) if table.format == "csv" or rows(table) <= SLOW_ROWS]
    manifest = write_manifest(wanted, served, tmp_path / "manifest.json")
    run(python(), str(READERS / "read_with_frictionless.py"), str(manifest), str(tmp_path / "found"))
    assert_same(wanted, tmp_path / "found")


@pytest.mark.parametrize("client", ["pandas", "polars", "duckdb"])
def test_tables_over_http_in_python(client: str, served: Served, tmp_path: Path) -> None:  # noqa: F811
    wanted = tables(served.out)
    manifest = write_manifest(wanted, served, tmp_path / "manifest.json", over_http=True)
    served.asked_in_parts.clear()
    run(python(), str(READERS / f"read_with_{client}.py"), str(manifest), str(tmp_path / "found"))
    assert_same(wanted, tmp_path / "found")
    if client != "pandas":  # it takes the whole file
        parquet = {
            table.path.relative_to(served.out).as_posix() for table in wanted if table.format == "parquet"
        }
        assert parquet <= served.asked_in_parts


def test_workbooks(served: Served, tmp_path: Path) -> None:  # noqa: F811
    """The smaller sheets have the cells of their CSV; it reads some 10,000 rows a second."""
    wanted = [table for table in tables(served.out) if table.format == "parquet" and rows(table) <= SLOW_ROWS]
    manifest = []
    for table in wanted:
        dataset, sheet = table.name.removesuffix("-parquet").split("/")
        location = f"{table.descriptor.with_name(dataset)}-en.xlsx#{sheet}"
        manifest.append({"name": table.name, "location": location, "types": table.types})
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    run(
        python(),
        str(READERS / "read_with_openpyxl.py"),
        str(tmp_path / "manifest.json"),
        str(tmp_path / "found"),
    )
    wrong = [line for table in wanted for line in differences(table, tmp_path / "found" / table.name, BINARY)]
    read = {table.name.split("/")[0] for table in wanted}
    assert len(read) > DATASETS / 2 and wrong == []


def test_readr(served: Served, tmp_path: Path) -> None:  # noqa: F811
    environment("python")  # installed with R
    assert shutil.which("Rscript"), "R is not installed"
    wanted = [table for table in tables(served.out) if table.format == "csv"]
    manifest = tmp_path / "tables.tsv"
    lines = (
        f"{table.name}\t{table.path}\t{''.join(READR_TYPES[kind] for kind in table.types.values())}\n"
        for table in wanted
    )
    manifest.write_text("".join(lines), encoding="utf-8")
    run(
        "Rscript",
        str(READERS / "read_with_readr.R"),
        str(manifest),
        str(tmp_path / "found"),
        LC_ALL="C.UTF-8",
    )
    assert_same(wanted, tmp_path / "found", LAST_DIGITS)


def test_datapackage_of_npm(served: Served, tmp_path: Path) -> None:  # noqa: F811
    modules = environment("npm") / "node_modules"
    wanted = [table for table in tables(served.out) if table.format == "csv"]
    manifest = write_manifest(wanted, served, tmp_path / "manifest.json")
    script = str(READERS / "read_with_datapackage.js")
    run("node", script, str(manifest), str(tmp_path / "found"), NODE_PATH=str(modules))
    assert_same(wanted, tmp_path / "found")


def test_a_strict_checker_of_metadata(served: Served) -> None:  # noqa: F811
    descriptors = sorted(
        map(str, [*served.out.glob("*/datapackage.json"), *served.out.glob("*/*/datapackage.json")])
    )
    assert len(descriptors) == 2 * DATASETS
    found = json.loads(run(python(), str(READERS / "check_strictly.py"), *descriptors))
    assert found == {path: [] for path in descriptors}
