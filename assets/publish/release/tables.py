"""Tables as files: CSV and Parquet with the same rows, order and values, and the same bytes on every run.

How a frame becomes bytes belongs here; what stands in a package and where files go does not. Rules: RFC 4180
for CSV (CRLF, quotes where needed, empty = missing), Apache Parquet with zstd through PyArrow.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from assets.descriptor import Field, Resource
from assets.errors import PublishError

ROW_GROUP = 100_000
FORMULA = r"^(?:[=@\t\r]|[+-].)"
SIGNED_NUMBER = r"^[+-]\d[\d.,\s]*(?:[eE][+-]?\d+)?\s*%?$"  # alone it is no formula
SCHEMA_KEY = b"table_schema"  # file-level Parquet metadata: the Table Schema as JSON
DECIMAL_DIGITS = 18  # the most that Parquet stores as a 64-bit integer; euros with cents need far less

TYPES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us", "UTC"),
}


def polars_type(field: Field) -> pl.DataType:
    """The Polars type of a field; numbers with `innoregio:decimals` are decimals. Raises `PublishError`."""
    if field.type == "number" and (decimals := field.raw.get("innoregio:decimals")) is not None:
        return pl.Decimal(DECIMAL_DIGITS, int(decimals))
    if field.type not in TYPES:
        raise PublishError(
            f"field {field.name}: type {field.type} cannot be published; use {', '.join(TYPES)}"
        )
    return TYPES[field.type]


def prepare_table(frame: pl.LazyFrame | pl.DataFrame, resource: Resource) -> pl.DataFrame:
    """The resource's rows in memory, with the types of its fields; empty text becomes null.

    Raises `PublishError` for other columns or types than the descriptor's, for a missing value in a required
    field and for a number that no file can say (NaN, infinity).
    """
    table = frame.lazy().collect()
    names = [field.name for field in resource.fields]
    if table.columns != names:
        raise PublishError(f"{resource.name}: columns {table.columns} instead of the descriptor's {names}")
    table = table.select(_column(table[field.name], field, resource.name) for field in resource.fields)
    return table.rechunk()  # one chunk: Parquet pages follow the chunks, and bytes must not


def _column(column: pl.Series, field: Field, table: str) -> pl.Series:
    where, wanted = f"{table}.{field.name}", polars_type(field)
    try:
        column = column.cast(wanted, strict=True)
    except pl.exceptions.PolarsError as error:
        message = str(error).splitlines()[0]
        raise PublishError(f"{where}: {column.dtype} does not fit {wanted} ({message})") from error
    if wanted == pl.String:
        column = column.replace("", None)
    if wanted == pl.Float64 and not column.is_finite().all():
        raise PublishError(f"{where}: NaN or infinity; a missing value is null")
    if is_required(field) and column.null_count():
        raise PublishError(f"{where}: {column.null_count()} missing values in a required field")
    return column


def is_required(field: Field) -> bool:
    """Whether the field may never be empty."""
    return bool(field.constraints.get("required"))


def csv_text(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with floats and moments as the text that CSV has for them."""
    return frame.with_columns(_text(column) for column in frame if _needs_text(column.dtype))


def _needs_text(dtype: pl.DataType) -> bool:
    return dtype == pl.Float64 or isinstance(dtype, pl.Datetime)


def _text(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.to_string("%Y-%m-%dT%H:%M:%S%.fZ")
    text = column.cast(pl.String).str.strip_suffix(".0")  # Polars gives the shortest text that reads back
    powers = text.filter(text.str.contains("e", literal=True)).unique().to_list()
    return text.replace(powers, [plain_number(power) for power in powers]) if powers else text


def plain_number(text: str) -> str:
    """`1.5e-7` as `0.00000015`; numbers far outside ordinary size keep the power of ten."""
    number = Decimal(text)
    ordinary = Decimal("1e-15") <= abs(number) < Decimal("1e21")
    return format(number, "f") if ordinary else text


def count_formula_cells(frame: pl.DataFrame) -> int:
    """Text cells that a spreadsheet would run as a formula when it opens the CSV.

    They stay as they are, since a guard would change the data; the count warns readers (OWASP ASVS 1.2.10).
    """
    text = frame.select(pl.selectors.string())
    if not text.width or not text.height:
        return 0
    counted = pl.all().str.contains(FORMULA) & ~pl.all().str.contains(SIGNED_NUMBER)
    return sum(text.select(counted.sum()).row(0))


def csv_chunks(frame: pl.DataFrame) -> Iterator[bytes]:
    """The bytes of the frame's CSV file, in chunks."""
    yield frame.clear().write_csv(line_terminator="\r\n").encode()
    for rows in frame.iter_slices(ROW_GROUP):
        yield csv_text(rows).write_csv(include_header=False, line_terminator="\r\n").encode()


def write_parquet(
    frame: pl.DataFrame, resource: Resource, table_schema: Mapping[str, Any], file: BinaryIO
) -> None:
    """Write the frame as Parquet: zstd, fixed row groups, statistics, texts and Table Schema as metadata."""
    schema = arrow_schema(resource, table_schema)
    with pq.ParquetWriter(
        file,
        schema,
        compression="zstd",
        compression_level=3,
        write_statistics=True,
        write_page_index=True,
        version="2.6",
        store_schema=True,
    ) as writer:
        for rows in frame.iter_slices(ROW_GROUP):  # also keeps text under Arrow's 2 GiB for one array
            arrays = [rows[name].to_arrow().cast(schema.field(name).type) for name in schema.names]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=ROW_GROUP)


def arrow_schema(resource: Resource, table_schema: Mapping[str, Any]) -> pa.Schema:
    """The Arrow schema of a resource: plain strings, non-null where required, texts in the metadata."""
    fields = []
    for field in resource.fields:
        arrow = pl.Series([], dtype=polars_type(field)).to_arrow().type
        metadata = {
            "title": field.titles.get("en"),
            "description": field.descriptions.get("en"),
            "unit": field.unit,
        }
        fields.append(
            pa.field(
                field.name,
                pa.string() if pa.types.is_large_string(arrow) else arrow,
                nullable=not is_required(field),
                metadata={key: value for key, value in metadata.items() if value},
            )
        )
    text = json.dumps(table_schema, ensure_ascii=False, separators=(",", ":"))
    return pa.schema(fields, metadata={SCHEMA_KEY: text.encode()})
