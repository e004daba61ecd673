"""The tables of a published tree as our own CSV has them, and whether another reader found the same.

Read with the standard library's `csv` only: what we wrote, not what we meant.
"""

import csv
import json
import math
import os
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.clients.served_tree import Served

READERS = Path(__file__).parent / "readers"
NUMBERS = ("integer", "number", "year")


class Table(NamedTuple):
    """A published table in one of its formats."""

    name: str  # <dataset>/<resource>
    format: str
    path: Path
    rows: Path  # the CSV that has the same rows
    types: dict[str, str]
    descriptor: Path


def tables(out: Path) -> list[Table]:
    """Every table of the newest releases, code lists included, in each format."""
    found = []
    for descriptor in sorted(out.glob("*/datapackage.json")):
        for entry in json.loads(descriptor.read_bytes())["resources"]:
            path = descriptor.parent / entry["path"]
            types = {field["name"]: field["type"] for field in entry["schema"]["fields"]}
            name = f"{descriptor.parent.name}/{entry['name']}"
            found.append(Table(name, entry["format"], path, path.with_suffix(".csv"), types, descriptor))
    return found


def environment(name: str) -> Path:
    """The folder of a reader's environment. `CLIENTS` names the folder of all (made by `install.sh`).

    Skips where it is not set; in `.ci/run` (`CI` is set) or with a missing one there, the test fails.
    """
    folder = os.environ.get("CLIENTS")
    if folder is None and not os.environ.get("CI"):
        pytest.skip("CLIENTS does not name the folder of the clients (tests/clients/install.sh FOLDER)")
    path = Path(folder or "missing") / name
    assert path.is_dir(), f"{path}: the client is not installed"
    return path


def python(name: str = "python") -> str:
    """The interpreter of an environment."""
    return str(environment(name) / "bin" / "python")


def run(*command: str, **variables: str) -> str:
    """What a command prints; it must end well."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=900, env={**os.environ, "TZ": "UTC", **variables}
    )
    assert done.returncode == 0, (done.stderr or done.stdout)[-3000:]
    return done.stdout


def write_manifest(wanted: Iterable[Table], served: Served, path: Path, over_http: bool = False) -> Path:
    """The list of tables that the readers go through (`columns.py`)."""
    manifest = []
    for table in wanted:
        location = f"{served.base}{table.path.relative_to(served.out)}" if over_http else str(table.path)
        about = {"name": table.name, "format": table.format, "location": location, "types": table.types}
        manifest.append({**about, "descriptor": str(table.descriptor), "resource": table.name.split("/")[1]})
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return path


@cache
def written(path: Path) -> tuple[tuple[str, ...], tuple[Sequence[str], ...]]:
    """Names and columns of a CSV file of ours."""
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines, strict=True)
    return tuple(header), tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in header)


def rows(table: Table) -> int:
    """How many rows we wrote."""
    return len(written(table.rows)[1][0])


def differences(table: Table, folder: Path, tolerance: float = 0.0) -> list[str]:
    """Where what a reader found (`folder`, see `columns.py`) is not what we wrote.

    Numbers are equal, or within a relative `tolerance` where the reader itself reads them no better.
    """
    names, columns = written(table.rows)
    found_names = json.loads((folder / "columns.json").read_bytes())
    if tuple(found_names) != names or list(names) != list(table.types):
        return [f"{table.name}: columns {found_names} instead of {list(names)}"]
    problems = []
    for number, (name, cells) in enumerate(zip(names, columns, strict=True)):
        lines = (folder / f"{number}.txt").read_bytes().decode().split("\n")
        if lines.pop() != "" or len(lines) != len(cells):
            problems.append(f"{table.name}: {len(lines)} rows of {name} instead of {len(cells)}")
            continue
        is_number = table.types[name] in NUMBERS
        for row, (found, wanted) in enumerate(zip(lines, cells, strict=True), start=1):
            same = same_number(found, wanted, tolerance) if is_number else found == escaped(wanted)
            if not same:
                problems.append(f"{table.name}, {name}, row {row}: {found!r} instead of {wanted!r}")
                break
    return problems


def same_number(found: str, wanted: str, tolerance: float) -> bool:
    """Whether two cells hold the same number, or both none."""
    if not found or not wanted:
        return found == wanted
    return math.isclose(float(found), float(wanted), rel_tol=tolerance, abs_tol=0.0)


def escaped(text: str) -> str:
    """A cell of text as readers hand it over."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
