"""How peers check the table that `made_register` makes, each in its own public way: one function per peer,
returning how many faults it tells of.

Polars-based validators take a typed frame: a cell that cannot be read stops them before they begin. Imported
only by a case's process. What is measured and printed is `validation`'s matter.
"""

from datetime import date
from pathlib import Path
from typing import Any

from made_register import COUNTRIES, REGIONS, SCHEMA

CODE = "^[A-Z]{2}-[0-9]{8}$"
START = date(2000, 1, 1)


def typed(folder: Path) -> Any:
    """The clean table as a typed frame, as these packages want it."""
    import polars as pl

    return pl.read_csv(
        folder / "clean.csv",
        null_values=["", "NA"],
        schema_overrides={
            "id": pl.Int64,
            "year": pl.Int64,
            "start": pl.Date,
            "end": pl.Date,
            "budget": pl.Float64,
            "active": pl.Boolean,
        },
        infer_schema=False,
    )


def frictionless(folder: Path, name: str = "clean.csv") -> int:
    from frictionless import Package

    described = {
        "resources": [
            {"name": "regions", "path": "regions.csv", "type": "table"},
            {"name": "register", "path": name, "type": "table", "schema": SCHEMA},
        ]
    }
    report = Package.from_descriptor(described, basepath=str(folder)).validate(limit_errors=1_000_000)
    return int(report.stats["errors"])


def frictionless_dirty(folder: Path) -> int:
    return frictionless(folder, "dirty.csv")


def pandera(folder: Path) -> int:
    import pandera.polars as pa
    import polars as pl

    schema = pa.DataFrameSchema(
        {
            "id": pa.Column(pl.Int64, pa.Check.ge(1), unique=True),
            "code": pa.Column(pl.String, pa.Check.str_matches(CODE), unique=True),
            "country": pa.Column(pl.String, pa.Check.isin(COUNTRIES), nullable=True),
            "nuts": pa.Column(pl.String, [pa.Check.str_length(5, 5), pa.Check.isin(REGIONS)]),
            "year": pa.Column(pl.Int64, pa.Check.in_range(2000, 2030)),
            "start": pa.Column(pl.Date, pa.Check.ge(START)),
            "end": pa.Column(pl.Date, nullable=True),
            "budget": pa.Column(pl.Float64, pa.Check.in_range(0, 1e9), nullable=True),
            "active": pa.Column(pl.Boolean, nullable=True),
            "title": pa.Column(pl.String, pa.Check.str_length(max_value=120), nullable=True),
        }
    )
    try:
        schema.validate(typed(folder), lazy=True)
    except pa.errors.SchemaErrors as errors:
        return len(errors.failure_cases)
    return 0


def dataframely(folder: Path) -> int:
    import dataframely as dy

    class Register(dy.Schema):
        id = dy.Int64(primary_key=True, min=1)
        code = dy.String(regex=CODE, unique=True)
        country = dy.Enum(COUNTRIES, nullable=True)
        nuts = dy.Enum(REGIONS)
        year = dy.Int64(min=2000, max=2030)
        start = dy.Date(min=START)
        end = dy.Date(nullable=True)
        budget = dy.Float64(min=0, max=1e9, nullable=True)
        active = dy.Bool(nullable=True)
        title = dy.String(max_length=120, nullable=True)

    _, failure = Register.filter(typed(folder), cast=True)
    return sum(failure.counts().values())


def patito(folder: Path) -> int:
    import patito as pt

    class Register(pt.Model):
        id: int = pt.Field(unique=True, ge=1)
        code: str = pt.Field(unique=True, pattern=CODE)
        country: str | None
        nuts: str = pt.Field(min_length=5, max_length=5)
        year: int = pt.Field(ge=2000, le=2030)
        start: date = pt.Field(ge=START)
        end: date | None
        budget: float | None = pt.Field(ge=0, le=1e9)
        active: bool | None
        title: str | None = pt.Field(max_length=120)

    try:
        Register.validate(typed(folder))
    except pt.exceptions.DataFrameValidationError as error:
        return len(error.errors())
    return 0


def pointblank(folder: Path) -> int:
    import pointblank as pb

    checked = (
        pb.Validate(typed(folder))
        .col_vals_ge("id", 1)
        .rows_distinct(columns_subset=["id"])
        .rows_distinct(columns_subset=["code"])
        .col_vals_regex("code", CODE)
        .col_vals_in_set("country", [*COUNTRIES, None])
        .col_vals_in_set("nuts", REGIONS)
        .col_vals_between("year", 2000, 2030)
        .col_vals_ge("start", START)
        .col_vals_between("budget", 0, 1e9, na_pass=True)
        .col_vals_not_null(["id", "code", "nuts", "year", "start"])
        .interrogate()
    )
    return sum(int(count) for count in checked.n_failed().values())


def duckdb(folder: Path) -> int:
    """Counts only, by SQL written by hand."""
    import duckdb

    columns = "'id': 'BIGINT', 'code': 'VARCHAR', 'country': 'VARCHAR', 'nuts': 'VARCHAR', 'year': 'BIGINT',"
    columns += " 'start': 'DATE', 'end': 'DATE', 'budget': 'DOUBLE', 'active': 'BOOLEAN', 'title': 'VARCHAR'"
    countries = ", ".join(f"'{country}'" for country in COUNTRIES)
    query = f"""
        WITH t AS (SELECT * FROM read_csv('{folder}/clean.csv', header = true, nullstr = ['', 'NA'],
                                          columns = {{{columns}}})),
             r AS (SELECT * FROM read_csv('{folder}/regions.csv', header = true,
                                          columns = {{'code': 'VARCHAR'}}))
        SELECT count(*) FILTER (id IS NULL OR id < 1) + count(*) - count(DISTINCT id)
             + count(*) FILTER (code IS NULL OR NOT regexp_full_match(code, '[A-Z]{{2}}-[0-9]{{8}}'))
             + count(*) - count(DISTINCT code)
             + count(*) FILTER (country NOT IN ({countries}))
             + count(*) FILTER (nuts IS NULL OR length(nuts) <> 5 OR nuts NOT IN (SELECT code FROM r))
             + count(*) FILTER (year IS NULL OR year NOT BETWEEN 2000 AND 2030)
             + count(*) FILTER (start IS NULL OR start < DATE '2000-01-01')
             + count(*) FILTER (budget NOT BETWEEN 0 AND 1e9) + count(*) FILTER (length(title) > 120)
        FROM t"""
    return int(duckdb.sql(query).fetchall()[0][0])


def scan_strings(folder: Path) -> int:
    import polars as pl

    pl.scan_csv(folder / "clean.csv", infer_schema=False).collect()
    return 0


def read_parquet(folder: Path) -> int:
    import polars as pl

    pl.read_parquet(folder / "clean.parquet")
    return 0
