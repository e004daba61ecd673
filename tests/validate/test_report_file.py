"""`report.json` of a release: what it says, that it judges the files, that a wrong file stops the release."""

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from frictionless import Report as FrictionlessReport

from assets.publish.release.verify import verify_tree
from assets.validate.report import ExpectationResult, Report, RowError
from assets.validate.report_file import InvalidRelease, judge_release, read_report, report_text
from tests.commands import run_innoregio
from tests.shipped import slow_beyond_sample, with_figures

# what a spreadsheet runs: a sign that starts a formula, or a sign before anything that is no plain number
RUN = re.compile(r"[=@\t\r]|[+-](?!\d[\d.,\s]*([eE][+-]?\d+)?\s*%?$).")
DATASETS = {dataset.name: dataset for dataset in with_figures()}


def release(tree: Path, dataset: str) -> tuple[dict[str, Any], Path]:
    """The newest release's descriptor and folder."""
    package = json.loads((tree / dataset / "datapackage.json").read_text("utf-8"))
    folder = tree / dataset / package["version"]
    return json.loads((folder / "datapackage.json").read_text("utf-8")), folder


@pytest.mark.parametrize("dataset", slow_beyond_sample([(name,) for name in DATASETS]))
def test_every_release_carries_the_verdict_on_every_table(published: Path, dataset: str) -> None:
    package, folder = release(published, dataset)
    told = json.loads((folder / "report.json").read_text("utf-8"))
    assert told["valid"] and [task["name"] for task in told["tasks"]] == [
        resource["name"] for resource in package["resources"]
    ]
    for task, resource in zip(told["tasks"], package["resources"], strict=True):
        assert task["valid"] and task["stats"]["rows"] == resource["innoregio:rows"], task["name"]
        assert task["place"] == resource["path"]
    assert FrictionlessReport.from_descriptor(told).valid
    assert (folder / "report.json").read_bytes() == (folder.parent / "report.json").read_bytes()
    assert "report.json" in [file["path"] for file in package["innoregio:files"]]
    assert "`report.json`" in (folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize("dataset", slow_beyond_sample([(name,) for name in DATASETS]))
def test_every_declared_expectation_stands_in_it_with_reason_and_result(
    published: Path, dataset: str
) -> None:
    _, folder = release(published, dataset)
    tasks = {task["name"]: task for task in json.loads((folder / "report.json").read_bytes())["tasks"]}
    for resource in DATASETS[dataset].resources:
        told = tasks[resource.name].get("expectations", [])
        assert [one["rule"] for one in told] == [one["rule"] for one in resource.expectations]
        for one, declared in zip(told, resource.expectations, strict=True):
            assert one["reason"] == declared["reason"] and one["result"] in ("met", "not compared")
            assert one["declared"] == {k: v for k, v in declared.items() if k not in ("rule", "reason")}
            assert one["result"] == "not compared" or one["compared"] > 0


def test_verify_covers_it(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published / "rd-expenditure", tmp_path / "rd-expenditure")
    assert verify_tree(tmp_path) == []
    path = release(tmp_path, "rd-expenditure")[1] / "report.json"
    path.write_bytes(path.read_bytes().replace(b'"valid": true', b'"valid": false'))
    assert any("report.json: hash" in difference for difference in verify_tree(tmp_path))
    path.unlink()
    assert any("report.json: missing" in difference for difference in verify_tree(tmp_path))


def test_it_is_the_verdict_of_the_command(published: Path) -> None:
    _, folder = release(published, "rd-expenditure")
    told = json.loads((folder / "report.json").read_text("utf-8"))
    run = run_innoregio("validate", str(folder), "--format", "json", cwd=published.parent)
    asked = json.loads(run.stdout)
    for task in told["tasks"]:
        task.pop("expectations", None)
        task.pop("formulaCells", None)
    assert told["tasks"] == asked["tasks"]


@pytest.mark.parametrize(("dataset", "cells"), [("framework-projects", 1), ("rd-expenditure", 0)])
def test_cells_like_formulas_are_counted(published: Path, dataset: str, cells: int) -> None:
    """Each CSV has its count, which is that of the `csv` module; one organisation's name begins like one."""
    package, folder = release(published, dataset)
    told = {one["name"]: one for one in json.loads((folder / "report.json").read_bytes())["tasks"]}
    for entry in package["resources"]:
        if entry["format"] != "csv":
            assert "formulaCells" not in told[entry["name"]]
            continue
        with (folder / entry["path"].rsplit("/", 1)[-1]).open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        texts = [one["name"] for one in entry["schema"]["fields"] if one["type"] == "string"]
        found = [row[name] for row in rows for name in texts if RUN.match(row[name])]
        assert told[entry["name"]]["formulaCells"] == len(found), (entry["name"], found)
    assert sum(one.get("formulaCells", 0) for one in told.values()) == cells


def test_a_file_that_was_written_wrong_stops_the_release(published: Path, tmp_path: Path) -> None:
    package, folder = release(published, "rd-expenditure")
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    assert json.loads(judge_release(package, copy, {}))["valid"]
    table = copy / "rd-expenditure.csv"
    table.write_bytes(table.read_bytes().replace(b"MIO_EUR", b"MIO_USD", 1))
    with pytest.raises(
        InvalidRelease, match=r"rd-expenditure: rd-expenditure\.csv was written with \d errors"
    ):
        judge_release(package, copy, {})


def test_a_report_is_read_back_as_it_was() -> None:
    expectation = ExpectationResult("rows", "warned", 3, "why", {"maximum": 2}, ("rows: 3 rows (why)",))
    error = RowError("type-error", "note", 2, "a", 1, "x")
    report = Report("t", 3, (error,), {"type-error": 1}, ("w",), ("a",), "t.csv", (expectation,))
    assert read_report(report_text(report)) == report
