"""The verdict on a normalised table: schema, code lists, keys and expectations."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from assets.descriptor import Code, Field, Resource
from assets.validate.engine import validate


def field(name: str, type: str = "string", codes: tuple[str, ...] = (), **constraints: Any) -> Field:
    return Field(name, type, {}, {}, constraints, codes=tuple(Code(code, {}) for code in codes))


def resource(
    *fields: Field, key: tuple[str, ...] = (), expectations: tuple[dict[str, Any], ...] = ()
) -> Resource:
    return Resource("table", {}, {}, (), fields, key, expectations=expectations)


GOOD = pl.LazyFrame(
    {
        "geo": ["FI1C6", "FI1C6", "FI1C7"],
        "time_period": ["2023", "2024", "2024"],
        "obs_value": [1.0, None, 1e-7],
        "day": [date(2024, 5, 1)] * 3,
        "moment": [datetime(2024, 5, 1, 12, tzinfo=UTC)] * 3,
        "flag": [True, False, None],
    }
)
TABLE = resource(
    field("geo", codes=("FI1C6", "FI1C7"), required=True),
    field("time_period", required=True, pattern="[0-9]{4}"),
    field("obs_value", "number", minimum=0),
    field("day", "date"),
    field("moment", "datetime"),
    field("flag", "boolean"),
    key=("geo", "time_period"),
)


def errors_of(frame: pl.LazyFrame) -> list[tuple[str, int | None, str | None]]:
    return [(e.type, e.row_number, e.field_name) for e in validate(frame, TABLE).errors]


def test_a_good_table_is_valid() -> None:
    report = validate(GOOD, TABLE)
    assert report.valid and report.rows == 3 and report.errors == ()


def test_each_fault_is_found_at_its_place() -> None:
    assert errors_of(GOOD.with_columns(geo=pl.lit("SE110"))) != []
    assert ("constraint-error", 4, "geo") in errors_of(
        GOOD.with_columns(geo=pl.Series(["FI1C6", "FI1C6", "SE110"]))
    )
    assert errors_of(GOOD.with_columns(obs_value=pl.Series([1.0, -1.0, 2.0]))) == [
        ("constraint-error", 3, "obs_value")
    ]
    assert errors_of(GOOD.with_columns(time_period=pl.Series(["2024", "2024", "2024"]))) == [
        ("primary-key", 3, None)
    ]
    assert ("incorrect-label", None, "geo") in errors_of(GOOD.rename({"geo": "area"}))


def test_expectations_fail_or_warn() -> None:
    table = resource(
        *TABLE.fields,
        expectations=(
            {"rule": "rows", "minimum": 4, "reason": "a healthy run has 5"},
            {"rule": "rows", "minimum": 0, "maximum": 2},
            {"rule": "newest_period", "minimum": "2025", "severity": "warn"},
        ),
    )
    report = validate(GOOD, table)
    assert report.totals == {"expectation": 1}
    assert "3 rows, at least 4" in report.errors[0].note and "healthy run" in report.errors[0].note
    assert len(report.warnings) == 2 and "2024" in report.warnings[1]
