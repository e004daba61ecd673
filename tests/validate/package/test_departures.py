"""Where we follow version 2 of the standard and frictionless-py does not: each row of the table in
docs/validation.md, with both verdicts.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import frictionless
import polars as pl
import pytest
from frictionless import FrictionlessException, Resource

from assets.validate.package.check import check_package, validate_path
from tests.validate.referee import Place, frictionless_places, our_places, our_report

Errors = set[tuple[str, int | None, int | None]]
DOCS = Path(__file__).parents[3] / "docs" / "validation.md"


@dataclass(frozen=True)
class Departure:
    """One difference: a table, what frictionless-py says of it, and what we say."""

    name: str  # as in the docs
    fields: list[dict[str, Any]]
    text: str
    theirs: Errors | type[Exception] | str  # errors, what it stops with, or the type of its one error
    ours: Errors
    schema: dict[str, Any] = field(default_factory=dict)
    dialect: dict[str, Any] = field(default_factory=dict)


CONSTRAINT, TYPE, UNIQUE = "constraint-error", "type-error", "unique-error"
DEPARTURES = [
    Departure(
        "categories",
        [{"name": "a", "type": "string", "categories": ["x", {"value": "y", "label": "Y"}]}],
        "a\nx\nz\n",
        set(),
        {(CONSTRAINT, 3, 1)},
    ),
    Departure(
        "uniqueKeys",
        [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}],
        "a,b\nx,1\nx,1\nx,\nx,\n",
        set(),
        {(UNIQUE, 3, None)},
        schema={"uniqueKeys": [["a", "b"]]},
    ),
    Departure(
        "groupChar of integers",
        [{"name": "a", "type": "integer", "groupChar": ","}],
        'a\n"1,000"\n',
        {(TYPE, 2, 1)},
        set(),
    ),
    Departure(
        "pattern means the whole text",
        [{"name": "a", "type": "string", "constraints": {"pattern": "x|y"}}],
        'a\nx\nxz\n"y\n"\n',
        set(),
        {(CONSTRAINT, 3, 1), (CONSTRAINT, 4, 1)},
    ),
    Departure(
        "jsonSchema",
        [{"name": "a", "type": "object", "constraints": {"jsonSchema": {"required": ["v"]}}}],
        'a\n"{""v"": 1}"\n{}\n',
        FrictionlessException,
        {(CONSTRAINT, 3, 1)},
    ),
    Departure(
        "bounds of durations",
        [{"name": "a", "type": "duration", "constraints": {"minimum": "P1M", "maximum": "P1Y"}}],
        "a\nP30D\nP31D\nP6M\nP2Y\n",
        FrictionlessException,
        {(CONSTRAINT, 2, 1), (CONSTRAINT, 5, 1)},
    ),
    Departure(
        "enum of lists",
        [{"name": "a", "type": "list", "constraints": {"enum": ["x,y"]}}],
        'a\n"x,y"\nx\n',
        FrictionlessException,
        {(CONSTRAINT, 3, 1)},
    ),
    Departure(
        "moments with and without zone",
        [{"name": "a", "type": "datetime", "constraints": {"minimum": "2020-01-01T00:00:00Z"}}],
        "a\n2020-01-01T00:00:00\n2019-12-31T23:59:59\n",
        TypeError,
        {(CONSTRAINT, 3, 1)},
    ),
    Departure(
        "unique arrays and objects",
        [{"name": "a", "type": "array", "constraints": {"unique": True}}],
        "a\n[1]\n[1]\n[ 1 ]\n[2]\n",
        TypeError,
        {(UNIQUE, 3, 1), (UNIQUE, 4, 1)},
    ),
    Departure(
        "the same label twice under fieldsMatch",
        [{"name": "a", "type": "string"}],
        "a,a\nx,y\n",
        "error",
        {("duplicate-label", None, 2)},
        schema={"fieldsMatch": "subset"},
    ),
    Departure(
        "nullSequence",
        [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}],
        "a,b\n-,1\n",
        {(TYPE, 2, 1)},
        set(),
        dialect={"nullSequence": "-"},
    ),
    Departure(
        "wkt",
        [{"name": "a", "type": "string", "format": "wkt"}],
        "a\nPOINT (1 2)\n",
        "error",  # without the extra package that it needs
        {("schema-error", None, None)},
    ),
    Departure(
        "lineTerminator",
        [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}],
        "a,b;1,2;3,4",
        {("extra-label", None, 3), ("extra-label", None, 4), ("incorrect-label", None, 2)},
        set(),
        dialect={"lineTerminator": ";"},
    ),
]


def places(found: Any) -> Errors:
    return {(kind, row, number) for kind, row, number, _ in found}


@pytest.mark.parametrize("departure", DEPARTURES, ids=lambda departure: departure.name)
def test_both_verdicts_are_as_the_table_says(tmp_path: Path, departure: Departure) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(departure.text.encode())
    schema = {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json", "fields": departure.fields}
    schema |= departure.schema
    report = our_report(path, schema, departure.dialect)
    assert (places(our_places(report)) or {(kind, None, None) for kind in report.totals}) == departure.ours

    def ask() -> Any:
        return frictionless_places(path, schema, departure.dialect)

    expect(ask, departure.theirs)


def expect(ask: Callable[[], Any], theirs: Errors | type[Exception] | str) -> None:
    if isinstance(theirs, type):
        with pytest.raises(theirs):
            ask()
    elif isinstance(theirs, str):
        found: list[Place] = list(ask())
        assert {kind for kind, *_ in found} == {theirs}
    else:
        assert places(ask()) == theirs


def test_dialects_and_headers_that_are_not_stated_are_not_guessed(tmp_path: Path) -> None:
    fields = [{"name": name, "type": "integer"} for name in "abcd"]
    described = {"name": "t", "type": "table", "path": "table.csv", "schema": {"fields": fields}}
    for text, ours in (
        ("a;b;c;d\n1;2;3;4\n", {"missing-label": 3, "incorrect-label": 1, "type-error": 1}),
        ("A title\na,b,c,d\n1,2,3,4\n", {"missing-label": 3, "incorrect-label": 1, "extra-cell": 6}),
    ):
        (tmp_path / "table.csv").write_text(text)
        assert Resource.from_descriptor(described, basepath=str(tmp_path)).validate().valid
        (report,) = check_package({"resources": [described]}, tmp_path, 1000)
        assert ours.items() <= report.totals.items()


def test_null_in_parquet_is_a_missing_value(tmp_path: Path) -> None:
    """A required value that is not there: `nan` is no integer to frictionless-py, but a number, and `NaT` a
    moment.
    """
    columns = {"n": [1, None], "x": [1.5, None], "d": [date(2020, 1, 1), None], "k": ["x", "y"]}
    columns |= {"m": [datetime(2020, 1, 1), None]}
    pl.DataFrame(columns).write_parquet(tmp_path / "t.parquet")
    kinds = {"n": "integer", "x": "number", "d": "date", "k": "string", "m": "datetime"}
    fields = [{"name": n, "type": kind, "constraints": {"required": True}} for n, kind in kinds.items()]
    described = {"name": "t", "type": "table", "path": "t.parquet", "format": "parquet"}
    described |= {"schema": {"fields": fields}}
    theirs = Resource.from_descriptor(described, basepath=str(tmp_path)).validate()
    assert [(e.type, e.field_number) for e in theirs.task.errors] == [(TYPE, 1), (CONSTRAINT, 3)]
    (ours,) = check_package({"resources": [described]}, tmp_path, 1000)
    assert [(e.type, e.field_number) for e in ours.errors] == [(CONSTRAINT, n) for n in (1, 2, 3, 5)]


def test_bytes_and_hash_of_parquet_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"n": [1]}).write_parquet(path)
    described = {"name": "t", "type": "table", "path": path.name, "format": "parquet"}
    described |= {"schema": {"fields": [{"name": "n", "type": "integer"}]}}
    right = {"hash": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"}
    for stated, theirs, ours in (
        (right, set(), set()),
        ({"hash": "sha256:00"}, set(), {"hash-count"}),
        ({"bytes": path.stat().st_size}, {"byte-count"}, set()),
        ({"bytes": 1}, {"byte-count"}, {"byte-count"}),
    ):
        report = Resource.from_descriptor(described | stated, basepath=str(tmp_path)).validate()
        assert {error.type for error in report.task.errors} == theirs
        assert set(check_package({"resources": [described | stated]}, tmp_path, 1000)[0].totals) == ours


Y = {"name": "y", "type": "string"}
MISSING = [{"value": "-", "label": "none"}]


@pytest.mark.parametrize(
    ("schema", "refusal"),
    [
        (
            {
                "fields": [
                    {"name": "x", "type": "integer", "constraints": {"exclusiveMinimum": 1}},
                    {"name": "y"},
                ]
            },
            'constraint "exclusiveMinimum" requires datapackage v2',
        ),
        (
            {
                "fields": [{"name": "x", "type": "integer"}, Y],
                "missingValues": MISSING,
            },
            "missing values in object form require datapackage v2",
        ),
    ],
    ids=["exclusive bound", "missing value with label"],
)
def test_properties_of_version_2_are_read_whatever_the_schema_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, schema: dict[str, Any], refusal: str
) -> None:
    """A departure that the table names: frictionless-py wants `$schema` of version 2 first."""
    (tmp_path / "x.csv").write_text("x,y\n2,a\n1,b\n" if "missingValues" not in schema else "x,y\n2,a\n-,b\n")
    described: dict[str, Any] = {"name": "x", "path": "x.csv", "format": "csv", "schema": schema}
    for dated in (False, True):
        if dated:
            schema["$schema"] = "https://datapackage.org/profiles/2.0/tableschema.json"
        package = {"name": "p", "resources": [described]}
        if dated:
            package["$schema"] = "https://datapackage.org/profiles/2.0/datapackage.json"
        (tmp_path / "datapackage.json").write_text(json.dumps(package))
        [report] = validate_path(tmp_path / "datapackage.json")
        ours = [(error.type, error.row_number) for error in report.errors]
        assert ours == ([] if "missingValues" in schema else [("constraint-error", 3)])
        monkeypatch.chdir(tmp_path)
        theirs = frictionless.validate("datapackage.json").flatten(["type", "note", "rowNumber"])
        if dated:
            assert [(kind, row) for kind, _, row in theirs] == ours
        else:
            assert [note for _, note, _ in theirs] == [refusal]


NO_TEXT_ALONE = {  # rows of the docs' table that are no matter of one text and its stated dialect
    "dialects and headers that are not stated": test_dialects_and_headers_that_are_not_stated_are_not_guessed,
    "properties of version 2 without its `$schema`": (
        test_properties_of_version_2_are_read_whatever_the_schema_says
    ),
    "null in Parquet": test_null_in_parquet_is_a_missing_value,
    "bytes and hash of Parquet": test_bytes_and_hash_of_parquet_are_checked,
}


def test_the_docs_table_and_the_tests_name_the_same_departures() -> None:
    table = DOCS.read_text("utf-8").partition("| what | frictionless-py | here |")[2].partition("\n\n")[0]
    named = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
    assert sorted(named) == sorted([*(departure.name for departure in DEPARTURES), *NO_TEXT_ALONE])
