"""The code on the dataset pages does what it says: run from the page's own HTML against the served tree."""

import math
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.clients.published_tables import NUMBERS, READERS, environment, python, run, tables, written
from tests.clients.served_tree import Served, served  # noqa: F401
from tests.shipped import shipped_names, with_gathered

CODE = re.compile(r'<code data-program="([^"]*)" data-table="([^"]*)">(.*?)</code>', re.S)
PROGRAMS = ("Polars", "pandas", "R", "DuckDB")
PUBLISHED_AT = "http://127.0.0.1:8000/"  # the address in the published pages

pytestmark = pytest.mark.slow


class Column(NamedTuple):
    """What a program found in a column, or what we wrote."""

    rows: int
    values: int
    distinct: int | None  # None of numbers: programs differ in how they write the last digits
    total: float | None  # of numbers


def code_of_pages(out: Path, language: str) -> dict[tuple[str, str], str]:
    """`dataset/table` and program -> the code, as a reader of the page sees it."""
    return {
        (f"{page.stem}/{table}", program): unescape(code)
        for page in sorted((out / language / "dataset").glob("*.html"))
        for program, table, code in CODE.findall(page.read_text("utf-8"))
    }


def wanted_columns(out: Path, names: Sequence[str]) -> dict[str, dict[str, Column]]:
    """What our CSV holds, by the `csv` module."""
    found: dict[str, dict[str, Column]] = {}
    for table in tables(out):
        if table.name in names:
            found[table.name] = {}
            for name, cells in zip(*written(table.rows), strict=True):
                told = [cell for cell in cells if cell]
                number = table.types[name] in NUMBERS and told
                total = math.fsum(map(float, told)) if number else None
                found[table.name][name] = Column(
                    len(cells), len(told), None if number else len(set(told)), total
                )
    return found


def said_columns(
    lines: str, wanted: dict[str, dict[str, Column]]
) -> dict[tuple[str, str], dict[str, Column]]:
    """What the runners printed: `dataset/table` and program -> columns."""
    found: dict[tuple[str, str], dict[str, Column]] = {}
    for line in lines.splitlines():
        file, rows, name, values, distinct, total = line.split("\t")
        table, _, program = file.rpartition(".")
        table = table.replace("~", "/")
        number = wanted[table][name].total is not None
        column = Column(
            int(rows), int(values), None if number else int(distinct), float(total) if number else None
        )
        found.setdefault((table, program), {})[name] = column
    return found


def test_every_table_has_code_for_each_program_on_each_page(published: Path) -> None:
    english = code_of_pages(published, "en")
    names = {name for name, _ in english}
    found = {table.name for table in tables(published)}
    assert names == {name for name in found if f"{name}-parquet" in found}
    assert sorted({name.split("/")[0] for name in names}) == with_gathered(shipped_names())
    assert english.keys() == {(name, program) for name in names for program in PROGRAMS}
    assert code_of_pages(published, "fi") == code_of_pages(published, "sv") == english


def test_the_code_of_the_pages_loads_every_row(served: Served, tmp_path: Path) -> None:  # noqa: F811
    environment("python")  # R is installed with it
    code = code_of_pages(served.out, "en")
    for (name, program), text in code.items():
        assert PUBLISHED_AT in text, (name, program)
        path = tmp_path / f"{name.replace('/', '~')}.{program.lower()}"
        path.write_text(text.replace(PUBLISHED_AT, served.base), "utf-8")
    said = run(python(), str(READERS / "run_snippets.py"), str(tmp_path))
    said += run("Rscript", str(READERS / "run_snippets.R"), str(tmp_path), LC_ALL="C.UTF-8")
    wanted = wanted_columns(served.out, [name for name, _ in code])
    found = said_columns(said, wanted)
    assert found.keys() == {(name, program.lower()) for name, program in code}
    wrong = [
        (name, program, column, told, wanted[name][column])
        for (name, program), columns in found.items()
        for column, told in columns.items()
        if not same(told, wanted[name][column])
    ]
    assert wrong == []
    for (name, _), columns in found.items():
        assert list(columns) == list(wanted[name])


def same(found: Column, wanted: Column) -> bool:
    """Whether a program found what we wrote; its sum may differ by how it adds."""
    if wanted.total is None or found.total is None:
        return found == wanted
    return found[:3] == wanted[:3] and math.isclose(found.total, wanted.total, rel_tol=1e-9, abs_tol=1e-9)
