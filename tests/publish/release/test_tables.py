"""CSV and Parquet bytes: read back by the csv module and by PyArrow, never by the code that wrote them."""

import csv
import io
import json
import math
import struct
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import PublishError
from assets.publish.release import tables as module
from assets.publish.release.tables import (
    count_formula_cells,
    csv_chunks,
    plain_number,
    prepare_table,
    write_parquet,
)
from tests.publish.release.made_dataset import FIGURES, REGISTER, REGISTER_ROWS, figures, made_field, register


def csv_bytes(frame: pl.DataFrame) -> bytes:
    return b"".join(csv_chunks(frame))


def parquet_file(frame: pl.DataFrame, schema: dict[str, Any] | None = None) -> pq.ParquetFile:
    file = io.BytesIO()
    write_parquet(frame, REGISTER, schema or {}, file)
    return pq.ParquetFile(io.BytesIO(file.getvalue()))


def test_csv_to_the_letter() -> None:
    content = csv_bytes(prepare_table(register(), REGISTER))
    assert content.decode() == (
        "id,note,count,amount,share,is_open,start,updated\r\n"
        '001,"say ""hi"", all",1,10.00,0.1,true,2024-01-31,2024-05-01T06:00:00Z\r\n'
        '002,"two\nlines",,,10000000000000000,false,,\r\n'
        "003,=1+1,0,-0.05,0.00000012,,1999-12-31,2024-05-01T06:00:00.120Z\r\n"
        "NA,,12345678901,121250.50,,,,\r\n"
        'näyte,"cr\rhere",,,0.6666666666666666,,,\r\n'
    )


def test_csv_reads_back_as_the_rows() -> None:
    content = csv_bytes(prepare_table(register(), REGISTER)).decode()
    read: list[Any] = [
        str,
        str,
        int,
        Decimal,
        float,
        lambda text: text == "true",
        date.fromisoformat,
        datetime.fromisoformat,
    ]
    rows = list(csv.reader(io.StringIO(content, newline=""), strict=True))[1:]
    found = [tuple(one(cell) if cell else None for one, cell in zip(read, row, strict=True)) for row in rows]
    assert found == REGISTER_ROWS


def test_parquet_reads_back_as_the_rows() -> None:
    rows = parquet_file(prepare_table(register(), REGISTER)).read().to_pylist()
    assert [tuple(row.values()) for row in rows] == REGISTER_ROWS


def test_parquet_has_types_nulls_and_texts() -> None:
    table_schema = {"fields": [{"name": "id"}], "primaryKey": ["id"]}
    file = parquet_file(prepare_table(register(), REGISTER), table_schema)
    schema = file.schema_arrow
    assert {field.name: str(field.type) for field in schema} == {
        "id": "string",
        "note": "string",
        "count": "int64",
        "amount": "decimal128(18, 2)",
        "share": "double",
        "is_open": "bool",
        "start": "date32[day]",
        "updated": "timestamp[us, tz=UTC]",
    }
    assert [field.name for field in schema if not field.nullable] == ["id"]
    assert schema.field("count").metadata[b"title"] == b"Count"
    assert schema.field("count").metadata[b"description"] == b"What count is."
    assert json.loads(schema.metadata[b"table_schema"]) == table_schema
    column = file.metadata.row_group(0).column(2)
    assert column.compression == "ZSTD" and column.statistics.has_min_max


def test_units_stand_in_the_parquet_metadata() -> None:
    file = io.BytesIO()
    write_parquet(prepare_table(figures(), FIGURES), FIGURES, {}, file)
    assert pq.read_schema(io.BytesIO(file.getvalue())).field("obs_value").metadata[b"unit"] == b"EUR"


def test_row_groups_and_pieces_of_csv_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = prepare_table(register(), REGISTER)
    whole = csv_bytes(frame)
    monkeypatch.setattr(module, "ROW_GROUP", 2)
    assert csv_bytes(frame) == whole
    file = parquet_file(frame)
    assert file.num_row_groups == 3
    assert [tuple(row.values()) for row in file.read().to_pylist()] == REGISTER_ROWS


def test_chunks_of_the_frame_do_not_show_in_the_bytes() -> None:
    whole = prepare_table(register(), REGISTER)
    split = prepare_table(pl.concat([register().head(2), register().tail(3)], rechunk=False), REGISTER)
    one, other = io.BytesIO(), io.BytesIO()
    write_parquet(whole, REGISTER, {}, one)
    write_parquet(split, REGISTER, {}, other)
    assert one.getvalue() == other.getvalue() and csv_bytes(whole) == csv_bytes(split)


def test_an_empty_table_has_a_header_and_a_schema() -> None:
    frame = prepare_table(register().clear(), REGISTER)
    assert csv_bytes(frame) == b"id,note,count,amount,share,is_open,start,updated\r\n"
    assert parquet_file(frame).read().num_rows == 0


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_reads_back_and_is_the_shortest(value: float) -> None:
    field = made_field("x", "number")
    resource = type(REGISTER)("x", {}, {}, (), (field,), ())
    frame = prepare_table(pl.LazyFrame({"x": [value]}), resource)
    cell = csv_bytes(frame).decode().split("\r\n")[1]
    assert struct.pack("d", float(cell)) == struct.pack("d", value)
    digits = repr(value).partition("e")[0].lstrip("-").replace(".", "").strip("0")
    assert cell.partition("e")[0].lstrip("-").replace(".", "").strip("0") == digits
    assert not cell.endswith(".0")
    if value == 0 or 1e-15 <= abs(value) < 1e21:
        assert "e" not in cell


@pytest.mark.parametrize(
    ("text", "plain"),
    [("1e+16", "10000000000000000"), ("1.2e-7", "0.00000012"), ("5e-324", "5e-324"), ("1e+22", "1e+22")],
)
def test_powers_of_ten_are_written_out_for_ordinary_numbers(text: str, plain: str) -> None:
    assert plain_number(text) == plain


def test_categories_become_text_and_empty_text_a_null() -> None:
    frame = figures().with_columns(pl.col("sex").cast(pl.Categorical), obs_flag=pl.lit(""))
    table = prepare_table(frame, FIGURES)
    assert table["sex"].dtype == pl.String and table["obs_flag"].null_count() == table.height


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.lit(None, pl.String).alias("geo"), r"made-figures.geo: 5 missing values in a required field"),
        (pl.lit("").alias("geo"), r"made-figures.geo: 5 missing values"),
        (pl.lit(math.nan).alias("obs_value"), r"made-figures.obs_value: NaN or infinity"),
        (pl.lit(math.inf).alias("obs_value"), r"made-figures.obs_value: NaN or infinity"),
        (pl.lit("x").alias("obs_value"), r"made-figures.obs_value: String does not fit Float64"),
        (pl.lit("x").alias("more"), r"made-figures: columns"),
    ],
)
def test_what_no_file_may_hold_is_refused(change: pl.Expr, message: str) -> None:
    with pytest.raises(PublishError, match=message):
        prepare_table(figures().with_columns(change), FIGURES)


def test_a_type_that_cannot_be_published_is_named() -> None:
    resource = type(REGISTER)("x", {}, {}, (), (made_field("x", "geopoint"),), ())
    with pytest.raises(PublishError, match="field x: type geopoint cannot be published"):
        prepare_table(pl.LazyFrame({"x": ["1"]}), resource)


def test_cells_like_formulas_are_counted_and_kept() -> None:
    runs = [
        "=1+1",
        "@x",
        "+Lisää",
        "-(a)",
        "\t=x",
        "-2+3",
        "-1 +SUM(A1)",
        "-2%*3",
        "-1=1",
        "+$A$1",
        "+'S'!A1",
    ]
    runs += ["--1", "+-1", "+1e3+1", '-"a"&1', "-.x"]
    rests = ["-5", "+358 40 12", "a=b", "-", "", None, "-0.5", "-1e3", "+1,5 %"]
    assert count_formula_cells(pl.DataFrame({"a": runs + rests, "b": [1.0] * len(runs + rests)})) == len(runs)
    assert count_formula_cells(pl.DataFrame({"b": [-1.0]})) == 0


def test_a_decimal_keeps_its_cents() -> None:
    frame = prepare_table(register(), REGISTER)
    assert frame["amount"].to_list()[3] == Decimal("121250.50")
    assert parquet_file(frame).read()["updated"].to_pylist()[0] == datetime(2024, 5, 1, 6, tzinfo=UTC)
