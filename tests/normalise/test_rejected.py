"""Rows of a register that a declared rule rejects: which, how many at the most, what is told of them."""

import csv
import json
import re
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from frictionless import Package
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.descriptor import Dataset, load_dataset
from assets.errors import MappingError
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import Provenance, Snapshot, add_snapshot
from assets.workspace import Workspace
from orchestration.run import run_refresh
from tests.examples import examples
from tests.made_schemas import DESCRIPTOR, make_schemas
from tests.validate.mutation_sweep import sweep

TEXTS = "reason_translated: {fi: Syy., sv: Orsak., en: Reason.}"
REJECT = f"""\
    innoregio:reject:
      key: [project, started]
      rules:
        - {{name: bad_project, rule: malformed, fields: [project], maximum: 0.2, {TEXTS}}}
        - {{name: no_cost, rule: missing, fields: [cost], {TEXTS}}}
        - {{name: bad_value, rule: unreadable, fields: [cost, started], maximum: 0.5, {TEXTS}}}
"""
STARTED = """\
        - name: started
          type: date
          title_translated: {fi: Alku, sv: Början, en: Start}
          description_translated: {fi: Alkamispäivä., sv: Startdag., en: First day.}
          innoregio:from: started
        - name: title
          type: string
          title_translated: {fi: Nimi, sv: Namn, en: Title}
          description_translated: {fi: Hankkeen nimi., sv: Namn., en: Name of the project.}
          innoregio:from: title
"""
REGISTER = "    schema:\n      primaryKey: [project]\n"
PATTERN = '          constraints: {pattern: "P[0-9]+"}\n'
COLUMNS = ["id", "parent", "cost", "started", "title"]
GOOD = [[f"P{n}", "", "1.5", "2024-01-01", f"Project {n}"] for n in range(1, 8)]


def described(reject: str = REJECT) -> str:
    """The made descriptor's register alone, with the rules."""
    head, _, rest = DESCRIPTOR.partition("  - name: made-figures")
    head = "".join(line for line in head.splitlines(keepends=True) if "[made/1]" not in line)
    register = rest[rest.index("  - name: made-projects") :]
    register = register.replace(REGISTER, reject + REGISTER).replace(
        "          innoregio:from: id\n", "          innoregio:from: id\n" + PATTERN
    )
    return head + register + STARTED


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    (tmp_path / "schemas").mkdir()
    return load_dataset(make_schemas(tmp_path / "schemas", described()), tmp_path / "schemas")


def snapshot(folder: Path, rows: list[list[str]]) -> Snapshot:
    path = folder / "projects.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([COLUMNS, *rows])
    return Snapshot(path, Provenance("made", "projects", "all", "made", "CC-BY-4.0", "text/csv"))


def tables(dataset: Dataset, folder: Path, rows: list[list[str]]) -> dict[str, pl.DataFrame]:
    made = snapshot(folder, rows)
    return {one.name: normalise_resource(one, [made], None).collect() for one in dataset.resources}


def test_a_row_that_a_rule_names_goes_to_the_table_of_rejected_rows(dataset: Dataset, tmp_path: Path) -> None:
    rows = [*GOOD, ["P8", "", "a lot", "2024-01-01", "x"], ["8 Main Street", "", "x", "2024-01-01", "x"]]
    rows.append(["P10", "", "1.5", "soon", "x"])
    found = tables(dataset, tmp_path, rows)
    assert found["made-projects"]["project"].to_list() == [f"P{n}" for n in range(1, 8)]
    assert found["rejected"].rows() == [
        ("made-projects", "all", 9, "bad_value", "project=P8, started=2024-01-01"),
        ("made-projects", "all", 10, "bad_project", "started=2024-01-01"),
        ("made-projects", "all", 11, "bad_value", "project=P10"),
    ]


def test_rows_without_fault_leave_an_empty_table(dataset: Dataset, tmp_path: Path) -> None:
    found = tables(dataset, tmp_path, GOOD)
    assert found["rejected"].height == 0 and found["made-projects"].height == 7


def test_what_no_rule_names_stops_as_ever(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    plain = load_dataset(make_schemas(tmp_path / "plain", described("")), tmp_path / "plain")
    assert [one.name for one in plain.resources] == ["made-projects"]
    with pytest.raises(MappingError, match="'a lot' is not a number"):
        tables(plain, tmp_path, [*GOOD, ["P8", "", "a lot", "2024-01-01", "x"]])


def test_above_the_ceiling_the_dataset_stops_and_no_cell_is_told(dataset: Dataset, tmp_path: Path) -> None:
    """One row of eight lacks its cost; the ceiling that is not stated is one in a thousand."""
    assert dataset.resources[0].reject_rules[1].maximum == 0.001
    rows = [*GOOD, ["P8", "", "", "2024-01-01", "A person's name"]]
    with pytest.raises(
        MappingError,
        match=r"'no_cost' rejects 1 of 8 rows of the part 'all', the first in row 9;"
        r" at most 0\.1000% ",
    ) as caught:
        tables(dataset, tmp_path, rows)
    assert "name" not in str(caught.value)
    many = [[f"P{n}", "", "1", "2024-01-01", "x"] for n in range(999)]
    assert tables(dataset, tmp_path, [*many, ["P999", "", "", "2024-01-01", "x"]])["rejected"].height == 1
    with pytest.raises(MappingError, match="'no_cost' rejects 1 of 999 rows"):
        tables(dataset, tmp_path, [*many[:-1], ["P999", "", "", "2024-01-01", "x"]])


def test_a_row_left_out_of_the_dataset_is_not_rejected(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`innoregio:rowFilter` comes first; row numbers are still those of the source."""
    module = types.ModuleType("assets.normalise.made_only")
    module.ours = lambda rows, beside: rows.filter(pl.col("title") != "not ours")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "assets.normalise.made_only", module)
    register = replace(dataset.resources[0], row_filter="made_only.ours")
    rejected = replace(dataset.resources[1], rejected_of=(register,))
    rows = [["x", "", "x", "x", "not ours"], *GOOD, ["P8", "", "x", "2024-01-01", "ours"]]
    made = snapshot(tmp_path, rows)
    assert normalise_resource(rejected, [made], None).collect()["source_row"].to_list() == [10]
    assert normalise_resource(register, [made], None).collect().height == 7


HOSTILE = st.sampled_from(
    ["P1", "P2", "", " ", "1.5", "1,5", "2024-01-01", "2024-13-01", "=cmd()", "Anna Example, Main Street 8"]
) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@pytest.mark.usefixtures("extent")
@settings(max_examples=examples(60), deadline=None)
@given(rows=st.lists(st.lists(HOSTILE, min_size=5, max_size=5), max_size=12))
def test_whatever_stands_in_a_row_it_is_kept_or_told_or_stops(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    """No row goes in silence, and no text of a rejected row but a well-formed key is published."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "schemas").mkdir()
    text = described(REJECT.replace("maximum: 0.2", "maximum: 1").replace("[cost], ", "[cost], maximum: 1, "))
    text = text.replace("maximum: 0.5", "maximum: 1")
    made = load_dataset(make_schemas(folder / "schemas", text), folder / "schemas")
    numbered = [[f"P{n}", *row[1:]] if row[0] in ("P1", "P2") else row for n, row in enumerate(rows)]
    try:
        found = tables(made, folder, numbered)
    except MappingError:
        return  # two rows with one key: no rule names that
    assert found["made-projects"].height + found["rejected"].height == len(rows)
    for key in found["rejected"]["key"].drop_nulls():
        assert re.fullmatch(r"(project=P[0-9]+)?(, )?(started=[0-9]{4}-[0-9]{2}-[0-9]{2})?", key), key


def test_the_package_has_the_table_and_above_the_ceiling_the_last_release_stays(
    dataset: Dataset, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "data", tmp_path / "public", "http://127.0.0.1:8000/")
    rows = [*GOOD, ["P8", "", "a lot", "2024-01-01", "free text"]]
    made = snapshot(tmp_path, rows)
    add_snapshot(workspace.store, made.path, made.provenance)
    (outcome,) = run_refresh([dataset], [dataset.name], workspace, quiet=True)
    assert outcome.state == "published", outcome.message
    folder = workspace.out / dataset.name
    package: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
    names = [resource["name"] for resource in package["resources"]]
    assert {"made-projects", "rejected", "rejected-parquet", "codes-reason"} <= set(names)
    assert (folder / "rejected.csv").read_text("utf-8").splitlines() == [
        "resource,source_part,source_row,reason,key",
        'made-projects,all,9,bad_value,"project=P8, started=2024-01-01"',
    ]
    labels = list(csv.DictReader((folder / "codes-reason.csv").open(encoding="utf-8")))
    assert {(one["code"], one["label_sv"]) for one in labels} == {
        (name, "Orsak.") for name in ("bad_project", "no_cost", "bad_value")
    }
    published = b"".join(path.read_bytes() for path in folder.rglob("*") if path.suffix in (".csv", ".json"))
    assert b"free text" not in published and b"a lot" not in published
    added = snapshot(tmp_path, [*GOOD, *([["P9", "", "a lot", "x", "x"]] * 9)])
    add_snapshot(workspace.store, added.path, added.provenance)
    (outcome,) = run_refresh([dataset], [dataset.name], workspace, quiet=True)
    assert outcome.state == "failed" and "'bad_value' rejects 9 of 16 rows" in (outcome.message or "")
    assert json.loads((folder / "datapackage.json").read_text("utf-8")) == package


@pytest.mark.slow
@pytest.mark.parametrize("rows", [GOOD, [*GOOD, ["P8", "", "a lot", "2024-01-01", "x"]]], ids=["none", "one"])
def test_stock_frictionless_agrees_on_it(dataset: Dataset, tmp_path: Path, rows: list[list[str]]) -> None:
    """Also on a table without a row: that none was rejected is told, too."""
    workspace = Workspace(tmp_path / "data", tmp_path / "public", "http://127.0.0.1:8000/")
    made = snapshot(tmp_path, rows)
    add_snapshot(workspace.store, made.path, made.provenance)
    (outcome,) = run_refresh([dataset], [dataset.name], workspace, quiet=True)
    assert outcome.state == "published", outcome.message
    folder = workspace.out / dataset.name
    assert len((folder / "rejected.csv").read_text("utf-8").splitlines()) == len(rows) - 6
    assert Package(str(folder / "datapackage.json")).validate().valid
    if len(rows) > len(GOOD):
        count, survivors = sweep(folder, tmp_path, "rejected")
        assert count > 5 and survivors == []
