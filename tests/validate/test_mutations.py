"""Every constraint, key and type of every descriptor bites: its mutant is rejected for that reason.

Expectations belong to `test_expectations_shipped`.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.descriptor import Resource, load_datasets
from assets.validate.engine import validate
from assets.validate.report import Report
from assets.validate.table_check import TableCheck, check_reference
from assets.validate.table_dialect import plan_dialect
from assets.validate.table_schema import TablePlan, plan_table
from assets.validate.tables import check_csv
from tests.validate.mutations import Mutant, Row, mutants

SAMPLE = 60
DATASETS = load_datasets()[0]


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


QUICK = ("rd-expenditure",)  # the sweep over all datasets is for .ci/run


@pytest.mark.parametrize(
    "dataset",
    [pytest.param(one.name, marks=() if one.name in QUICK else pytest.mark.slow) for one in DATASETS],
)
def test_every_mutant_of_a_published_table_is_rejected(published: Path, tmp_path: Path, dataset: str) -> None:
    package = json.loads((published / dataset / "datapackage.json").read_text("utf-8"))
    plans = {resource["name"]: plan_table(schema) for resource, schema in tables(package)}
    paths = {resource["name"]: published / dataset / resource["path"] for resource, _ in tables(package)}
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
        name = resource["name"]
        rows = sampled(paths[name])
        if len(rows) < 2:  # a code list of one code has no key to break
            continue
        plan = plans[name]
        assert report_on(tmp_path / "t.csv", rows, plan, targets).valid
        foreign = {
            ",".join(key.fields): key_values(paths[key.resource or name], key.reference_fields)
            for key in plan.foreign_keys
        }
        for mutant in mutants(schema, rows, foreign):
            count += 1
            if missed(report_on(tmp_path / "t.csv", mutant.rows, plan, targets), mutant):
                survivors.append(f"{name}: {mutant.name}")
    assert survivors == []
    assert count > 10


def key_values(path: Path, fields: tuple[str, ...]) -> set[tuple[str, ...]]:
    with path.open(newline="", encoding="utf-8") as file:
        return {tuple(row[field] for field in fields) for row in csv.DictReader(file)}


RESOURCES = [(dataset.name, resource) for dataset in DATASETS for resource in dataset.resources]


@pytest.mark.parametrize(("dataset", "resource"), RESOURCES, ids=lambda value: getattr(value, "name", value))
def test_every_mutant_of_a_normalised_table_is_rejected(
    published: Path, dataset: str, resource: Resource
) -> None:
    """What the main job asks: the typed frame against the descriptor."""
    whole = pl.read_parquet(published / dataset / f"{resource.name}.parquet")
    types = whole.schema
    rows = sampled(published / dataset / f"{resource.name}.csv")
    package = json.loads((published / dataset / "datapackage.json").read_text("utf-8"))
    schema = next(schema for one, schema in tables(package) if one["name"] == resource.name)
    own = {r.name for d in DATASETS if d.name == dataset for r in d.resources}
    schema["foreignKeys"] = [
        key for key in schema.get("foreignKeys", ()) if key["reference"]["resource"] in own
    ]
    for field in schema["fields"]:
        field.pop("categories", None)  # the descriptor's codes are its enum
    others = {name: pl.scan_parquet(published / dataset / f"{name}.parquet") for name in own}
    quiet = replace(resource, expectations=())
    assert validate(typed(rows, types), quiet, others).valid
    foreign = {
        ",".join(key["fields"]): key_values(
            published / dataset / f"{key['reference']['resource'] or resource.name}.csv",
            tuple(key["reference"]["fields"]),
        )
        for key in schema["foreignKeys"]
    }
    survivors = [
        mutant.name
        for mutant in mutants(schema, rows, foreign)
        if mutant.type != "type-error" and missed(validate(typed(mutant.rows, types), quiet, others), mutant)
    ]
    assert survivors == []


def typed(rows: list[Row], types: pl.Schema) -> pl.LazyFrame:
    """Rows of text as the published Parquet has them."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(types, pl.String)).with_columns(
        pl.all().replace("", None)
    )
    columns = []
    for name, dtype in types.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            column = column.str.to_datetime(
                "%Y-%m-%dT%H:%M:%S%.fZ", time_zone="UTC", time_unit=dtype.time_unit
            )
        elif dtype == pl.Date:
            column = column.str.to_date("%Y-%m-%d")
        elif dtype == pl.Boolean:
            column = column == "true"
        elif dtype == pl.Decimal:
            column = column.str.to_decimal(scale=dtype.scale or 0).cast(dtype)
        columns.append(column.cast(dtype))
    return frame.select(columns).lazy()
