"""The mutants of a whole published package: each table's, one after the other, and which of them survive."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets.csv.dialect import plan_dialect
from assets.validate.report import Report
from assets.validate.table_check import TableCheck, check_reference
from assets.validate.table_schema import TablePlan, plan_table
from assets.validate.tables import check_csv
from tests.validate.mutations import Mutant, Row, mutants

SAMPLE = 60  # rows of a table that are broken one by one


def sampled(path: Path) -> list[Row]:
    """Rows from all over the table, the most complete one where it will be broken."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows = rows[:: max(len(rows) // SAMPLE, 1)][:SAMPLE]
    rows.sort(key=lambda row: -sum(map(bool, row.values())))
    return rows


def report_on(path: Path, rows: list[Row], plan: TablePlan, targets: dict[str, TableCheck]) -> Report:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    check = check_csv("t", path, plan, plan_dialect(None))
    for key in plan.foreign_keys:
        if key.resource != "t":
            check_reference(check, key, targets[key.resource])
    return check.report()


def tables(package: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The CSV resources of a package with their schemas."""
    for resource in package["resources"]:
        if resource["format"] == "csv":
            yield resource, resource["schema"]


def missed(report: Report, mutant: Mutant) -> bool:
    hit = any(
        (e.type, e.row_number) == (mutant.type, mutant.row_number)
        and mutant.words in e.note
        and mutant.field in (None, e.field_name)
        for e in report.errors
    )
    return not hit or any(e.row_number != mutant.row_number for e in report.errors)


def sweep(folder: Path, scratch: Path, only: str | None = None) -> tuple[int, list[str]]:
    """How many mutants the tables of a package have (those of `only`), and which of them are not rejected."""
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    plans = {resource["name"]: plan_table(schema) for resource, schema in tables(package)}
    paths = {resource["name"]: folder / resource["path"] for resource, _ in tables(package)}
    referred = {
        name: {
            f
            for plan in plans.values()
            for key in plan.foreign_keys
            if key.resource == name
            for f in key.reference_fields
        }
        for name in plans
    }
    targets = {
        name: check_csv(name, paths[name], plans[name], plan_dialect(None), referred=fields)
        for name, fields in referred.items()
        if fields
    }
    count, survivors = 0, []
    for resource, schema in tables(package):
        name, plan = resource["name"], plans[resource["name"]]
        if only not in (None, name):
            continue
        rows = sampled(paths[name])
        assert rows, f"{name} has no row to break"
        assert report_on(scratch / "t.csv", rows, plan, targets).valid
        foreign = {
            ",".join(key.fields): key_values(paths[key.resource or name], key.reference_fields)
            for key in plan.foreign_keys
        }
        for mutant in mutants(schema, rows, foreign):
            count += 1
            if missed(report_on(scratch / "t.csv", mutant.rows, plan, targets), mutant):
                survivors.append(f"{name}: {mutant.name}")
    return count, survivors


def key_values(path: Path, fields: tuple[str, ...]) -> set[tuple[str, ...]]:
    with path.open(newline="", encoding="utf-8") as file:
        return {tuple(row[field] for field in fields) for row in csv.DictReader(file)}
