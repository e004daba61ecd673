"""One table, one report: lazy, eager, CSV and Parquet, whole and dirty; with nulls, and beyond one batch."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.csv import rows as csv_rows
from assets.csv.dialect import plan_dialect
from assets.publish.release.tables import csv_text
from assets.validate import batch_check, frame_rows
from assets.validate.report import Report
from assets.validate.table_schema import plan_table
from assets.validate.tables import check_csv, check_frame, check_parquet
from tests.validate.made_frames import made_frames

COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck)}
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1}},
        {
            "name": "code",
            "type": "string",
            "constraints": {"unique": True, "pattern": "[A-Z]+", "maxLength": 3},
        },
        {"name": "group", "type": "string", "constraints": {"enum": ["x", "y"]}},
        {"name": "value", "type": "number", "constraints": {"minimum": 0, "maximum": 100.5}},
        {"name": "money", "type": "number", "constraints": {"minimum": 0, "exclusiveMaximum": "1000.10"}},
        {"name": "day", "type": "date", "constraints": {"minimum": "2020-01-01", "unique": True}},
        {"name": "moment", "type": "datetime", "constraints": {"maximum": "2024-12-31T23:59:59Z"}},
        {"name": "clock", "type": "time", "constraints": {"maximum": "20:00:00"}},
        {"name": "flag", "type": "boolean", "constraints": {"required": True}},
        {"name": "year", "type": "year", "constraints": {"exclusiveMinimum": 1999}},
        {"name": "parent", "type": "integer"},
    ],
    "primaryKey": ["id", "group"],
    "foreignKeys": [{"fields": ["parent"], "reference": {"resource": "", "fields": ["id"]}}],
}
CLEAN = {
    "id": [1, 2, 3, 4],
    "code": ["A", "BC", None, "ZZZ"],
    "group": ["x", "y", "x", None],
    "value": [0.0, 1.5, None, 100.5],
    "money": [Decimal("0.00"), None, Decimal("1000.09"), Decimal("12.30")],
    "day": [date(2020, 1, 1), None, date(2024, 2, 29), date(2021, 5, 6)],
    "moment": [datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC), None, datetime(1999, 1, 1, tzinfo=UTC), None],
    "clock": [time(20), None, time(1, 2, 3), None],
    "flag": [True, False, True, False],
    "year": [2000, None, 2024, 2001],
    "parent": [None, 1, 2, 2],
}
DIRTY = {
    "id": [1, 1, None, 4, 0],
    "code": ["A", "A", "a", "ABCD", None],
    "group": ["x", "x", "z", "y", None],
    "value": [-0.1, 100.50000000000001, 1e300, None, 0.30000000000000004],
    "money": [Decimal("-0.01"), Decimal("1000.10"), None, Decimal("5.00"), None],
    "day": [date(2019, 12, 31), date(2024, 1, 1), date(2024, 1, 1), None, None],
    "moment": [
        datetime(2025, 1, 1, tzinfo=UTC),
        None,
        None,
        datetime(2024, 5, 1, 1, 2, 3, 500000, tzinfo=UTC),
        None,
    ],
    "clock": [time(20, 0, 1), None, time(23), None, None],
    "flag": [None, True, None, False, None],
    "year": [1999, 2000, None, None, 1000],
    "parent": [1, 9, None, None, 0],
}
TYPES = {"money": pl.Decimal(18, 2), "moment": pl.Datetime("us", "UTC"), "year": pl.Int32}


def reports(
    folder: Path, frame: pl.DataFrame, limit: int = 1000, schema: dict[str, Any] = SCHEMA
) -> list[Report]:
    """The reports on the table as a frame, a lazy frame with work left to do, a Parquet file and a CSV
    file.
    """
    plan = plan_table(schema)
    categories = pl.col(pl.String).cast(pl.Categorical)
    frame.write_parquet(folder / "table.parquet")
    csv_text(frame).write_csv(folder / "table.csv", line_terminator="\r\n", time_format="%H:%M:%S")
    unordered = frame.with_row_index("order").sort("order", descending=True).lazy()
    lazy = unordered.sort("order").drop("order")
    return [
        check_frame("t", frame.lazy(), plan, limit=limit).report(),
        check_frame("t", lazy, plan, limit=limit).report(),
        check_frame("t", frame.with_columns(categories).lazy(), plan, limit=limit).report(),
        check_parquet("t", folder / "table.parquet", plan, limit=limit).report(),
        check_csv("t", folder / "table.csv", plan, plan_dialect(None), limit=limit).report(),
    ]


def same(found: list[Report]) -> Report:
    for other in found[1:]:
        assert other.errors == found[0].errors
        assert other == found[0]
    return found[0]


def test_a_clean_table_is_valid_in_every_form(tmp_path: Path) -> None:
    report = same(reports(tmp_path, pl.DataFrame(CLEAN, schema_overrides=TYPES)))
    assert report.valid and report.rows == 4


def test_a_dirty_table_has_one_report(tmp_path: Path) -> None:
    report = same(reports(tmp_path, pl.DataFrame(DIRTY, schema_overrides=TYPES)))
    assert report.totals == {
        "constraint-error": 19,
        "unique-error": 2,
        "primary-key": 1,
        "foreign-key": 1,
    }


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_batches_leave_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    frame = pl.concat([pl.DataFrame(data, schema_overrides=TYPES) for data in (CLEAN, DIRTY, CLEAN)])
    whole = same(reports(tmp_path, frame))
    monkeypatch.setattr(csv_rows, "BATCH", batch)
    monkeypatch.setattr(csv_rows, "EXACT_BATCH", batch)
    monkeypatch.setattr(frame_rows, "BATCH", batch)
    monkeypatch.setattr(batch_check, "REMEMBERED", batch)
    assert same(reports(tmp_path, frame)) == whole
    cut = same(reports(tmp_path, frame, limit=5))
    assert cut.errors == whole.errors[:5] and cut.totals == whole.totals


@settings(max_examples=20, **COMMON)
@given(made=made_frames())
def test_any_table_has_one_report(tmp_path: Path, made: tuple[dict[str, Any], pl.DataFrame]) -> None:
    schema, frame = made
    same(reports(tmp_path, frame, schema=schema))


@pytest.mark.parametrize("constraints", [{}, {"minimum": 1}, {"exclusiveMaximum": "0.3"}])
def test_a_number_is_found_whichever_field_is_judged_cell_by_cell(
    tmp_path: Path, constraints: dict[str, Any]
) -> None:
    """Cells that break a constraint are read one by one, those of the field that they refer to are not."""
    schema: dict[str, Any] = {
        "fields": [
            {"name": "own", "type": "number", "constraints": constraints},
            {"name": "key", "type": "number"},
        ],
        "foreignKeys": [{"fields": ["own"], "reference": {"resource": "", "fields": ["key"]}}],
    }
    numbers = [0.30000000000000004, 0.1, 1e300, 1e-9, 123456789.12345679, 0.3]
    frame = pl.DataFrame({"own": [*numbers, 0.2], "key": [*reversed(numbers), None]})
    assert same(reports(tmp_path, frame, schema=schema)).totals.get("foreign-key") == 1


@pytest.mark.slow
@settings(max_examples=3000, **COMMON)
@given(made=made_frames(), limit=st.sampled_from([0, 1, 3, 1000]))
def test_any_table_has_one_report_thousands_of_times(
    tmp_path: Path, made: tuple[dict[str, Any], pl.DataFrame], limit: int
) -> None:
    schema, frame = made
    same(reports(tmp_path, frame, limit=limit, schema=schema))


@pytest.mark.slow
def test_every_published_table_has_one_report(published: Path) -> None:
    """As it is, and with rules that its rows break: every field required and unique, one code forbidden."""
    compared = 0
    for path in sorted(published.glob("*/datapackage.json")):
        package = json.loads(path.read_text("utf-8"))
        for resource in package["resources"]:
            parquet = (path.parent / resource["path"]).with_suffix(".parquet")
            if resource.get("format") != "csv" or not parquet.is_file():
                continue
            for schema in (resource["schema"], stricter(resource["schema"])):
                report = same(published_reports(parquet, schema))
                assert report.valid is (schema is resource["schema"]), resource["name"]
                compared += 1
    assert compared > 20


def stricter(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of the same fields whose rules are broken."""
    fields = []
    for field in schema["fields"]:
        constraints = field.get("constraints", {}) | {"required": True, "unique": True}
        if len(constraints.get("enum", ())) > 1:
            constraints["enum"] = constraints["enum"][1:]
        fields.append(field | {"constraints": constraints})
    return schema | {"fields": fields, "primaryKey": [schema["fields"][0]["name"]], "foreignKeys": []}


def published_reports(parquet: Path, schema: dict[str, Any]) -> list[Report]:
    """The reports on a published table as CSV, Parquet, frame and lazy frame."""
    plan = plan_table(schema)
    frame = pl.read_parquet(parquet)
    return [
        check_csv("t", parquet.with_suffix(".csv"), plan, plan_dialect(None)).report(),
        check_parquet("t", parquet, plan).report(),
        check_frame("t", frame.lazy(), plan).report(),
        check_frame("t", pl.scan_parquet(parquet).filter(pl.lit(True)), plan).report(),
    ]


def test_null_is_missing_whatever_missing_values_say(tmp_path: Path) -> None:
    """The twin of a CSV whose nullable numbers are told to frictionless-py by `missingValues: ["nan"]`."""
    fields = [
        {"name": "n", "type": "integer", "missingValues": ["nan"]},
        {"name": "x", "type": "number", "missingValues": ["nan"]},
        {"name": "t", "type": "string", "missingValues": ["-"], "constraints": {"required": True}},
    ]
    frame = pl.DataFrame({"n": [1, None], "x": [None, float("nan")], "t": ["-", None]})
    frame.write_parquet(tmp_path / "t.parquet")
    report = check_parquet("t", tmp_path / "t.parquet", plan_table({"fields": fields})).report()
    assert [(e.type, e.row_number, e.field_name) for e in report.errors] == [
        ("constraint-error", 2, "t"),
        ("blank-row", 3, None),
    ]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("integer", [1.0, 2.5, None, 1e300]),
        ("integer", ["1", "x", None, " 2"]),
        ("string", [1, 2, None, 3]),
        ("number", [1, 2, None, 3]),
        ("date", [datetime(2024, 1, 1), datetime(2024, 1, 1, 5), None, None]),
        ("boolean", [1, 0, None, 1]),
        ("year", [2000, 20000, -1, None]),
        ("yearmonth", [date(2024, 1, 1), date(2024, 1, 2), None, None]),
    ],
)
def test_columns_of_another_type_are_judged_cell_by_cell(kind: str, values: list[Any]) -> None:
    """As frictionless-py reads the same Python values."""
    from frictionless import Field

    read = Field.from_descriptor({"name": "v", "type": kind}).create_cell_reader()
    frame = pl.DataFrame({"v": values, "k": ["x"] * len(values)}, strict=False)
    expected = [row for row, cell in enumerate(frame["v"], start=2) if (read(cell)[1] or {}).get("type")]
    if kind == "yearmonth":
        expected = [3]  # we read the first day of a month as the month
    plan = plan_table({"fields": [{"name": "v", "type": kind}, {"name": "k"}]})
    report = check_frame("t", frame.lazy(), plan).report()
    assert [error.row_number for error in report.errors] == expected
    assert report.totals.get("type-error", 0) == len(expected)
