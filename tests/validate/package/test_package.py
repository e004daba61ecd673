"""Packages and single files: keys across tables, hashes and sizes, what cannot be read, the shape of the
report.
"""

import gzip
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from frictionless import Package
from frictionless import Report as FrictionlessReport

from assets.validate.frictionless_report import KINDS, to_frictionless_report
from assets.validate.package.check import InputError, validate_package, validate_path, validate_table
from assets.validate.report import Report

TOWNS = "code,name\nKU098,Hollola\nKU398,Lahti\n,\n"
PEOPLE = "town,year,people\nKU398,2023,120000\nKU999,2023,5\n,2024,7\nKU098,2024,x\n"
TOWN_FIELDS = [{"name": "code", "type": "string"}, {"name": "name", "type": "string"}]
PEOPLE_FIELDS = [
    {"name": "town", "type": "string"},
    {"name": "year", "type": "integer"},
    {"name": "people", "type": "integer"},
]
FOREIGN = [{"fields": ["town"], "reference": {"resource": "towns", "fields": ["code"]}}]
V2 = "https://datapackage.org/profiles/2.0/datapackage.json"


def write_package(folder: Path, **changes: Any) -> Path:
    """A package of two tables; `changes` replace properties of the second resource."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "towns.csv").write_text(TOWNS)
    (folder / "data" / "people.csv").write_text(PEOPLE)
    towns = {"name": "towns", "type": "table", "path": "data/towns.csv", "schema": {"fields": TOWN_FIELDS}}
    people = {
        "name": "people",
        "type": "table",
        "path": "data/people.csv",
        "schema": {"fields": PEOPLE_FIELDS, "foreignKeys": FOREIGN, "primaryKey": ["town", "year"]},
    }
    resources = [people | changes, towns]
    path = folder / "datapackage.json"
    path.write_text(json.dumps({"$schema": V2, "name": "made", "resources": resources}))
    return path


def only(reports: list[Report], name: str = "people") -> Report:
    return {report.resource: report for report in reports}[name]


def test_keys_are_looked_up_in_the_other_table(tmp_path: Path) -> None:
    path = write_package(tmp_path)
    reports = validate_package(path)
    assert [report.resource for report in reports] == ["people", "towns"]
    found = [(e.type, e.row_number, e.field_number) for e in only(reports).errors]
    assert found == [("foreign-key", 3, None), ("type-error", 5, 3)]
    assert only(reports, "towns").totals == {"blank-row": 1}
    assert only(reports).warnings == (
        'primary key field "town" has no value in 1 rows; version 2 of the standard wants one',
    )


def test_frictionless_gives_the_same_verdict_on_packages(tmp_path: Path) -> None:
    path = write_package(tmp_path)
    theirs = Package(str(path)).validate()
    ours = to_frictionless_report(validate_package(path))
    assert ours["valid"] is theirs.valid is False
    for mine, other in zip(ours["tasks"], theirs.tasks, strict=True):
        assert mine["name"] == other.name
        described = [error.to_descriptor() for error in other.errors]
        for key in ("type", "rowNumber", "fieldNumber", "message"):
            assert sorted(str(e.get(key)) for e in mine["errors"]) == sorted(
                str(e.get(key)) for e in described
            )


@pytest.mark.parametrize("ending", ["zip", "gz"])
def test_compressed_files_are_read(tmp_path: Path, ending: str) -> None:
    path = write_package(tmp_path, path=f"data/people.csv.{ending}")
    packed = tmp_path / "data" / f"people.csv.{ending}"
    if ending == "gz":
        packed.write_bytes(gzip.compress(PEOPLE.encode()))
    else:
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("people.csv", PEOPLE)
    assert only(validate_package(path)).totals == {"foreign-key": 1, "type-error": 1}


def test_a_zipped_package_and_a_folder_are_packages(tmp_path: Path) -> None:
    path = write_package(tmp_path / "made")
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as archive:
        for file in (path, *(tmp_path / "made" / "data").iterdir()):
            archive.write(file, file.relative_to(tmp_path / "made"))
    assert validate_path(tmp_path / "made.zip") == validate_path(tmp_path / "made") == validate_package(path)


def test_hash_and_size_are_compared(tmp_path: Path) -> None:
    digest = hashlib.sha256(PEOPLE.encode()).hexdigest()
    good = write_package(tmp_path, hash=f"sha256:{digest}", bytes=len(PEOPLE))
    assert "hash-count" not in only(validate_package(good)).totals
    bad = write_package(tmp_path, hash=hashlib.md5(b"x").hexdigest(), bytes=1)
    assert {"hash-count": 1, "byte-count": 1}.items() <= only(validate_package(bad)).totals.items()


def test_parquet_and_schema_in_a_file(tmp_path: Path) -> None:
    frame = pl.read_csv(PEOPLE.encode(), schema_overrides={"people": pl.Int64}, ignore_errors=True)
    path = write_package(tmp_path, path="data/people.parquet", schema="people.json")
    frame.write_parquet(tmp_path / "data" / "people.parquet")
    schema = {"fields": PEOPLE_FIELDS, "foreignKeys": FOREIGN}
    (tmp_path / "people.json").write_text(json.dumps(schema))
    assert only(validate_package(path)).totals == {"foreign-key": 1}
    alone = validate_table(tmp_path / "data" / "people.parquet", schema)
    assert alone.valid and alone.rows == 4 and alone.place == "people.parquet"


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"path": "../people.csv"}, "resource-error", "not safe"),
        ({"path": "/etc/passwd"}, "resource-error", "not safe"),
        ({"path": "data/../../x.csv"}, "resource-error", "not safe"),
        ({"path": ".hidden/people.csv"}, "resource-error", "not safe"),
        ({"path": "~/people.csv"}, "resource-error", "not safe"),
        ({"path": "$HOME/people.csv"}, "resource-error", "not safe"),
        ({"path": "C:\\people.csv"}, "resource-error", "not safe"),
        ({"path": "file:///etc/passwd"}, "scheme-error", "internal"),
        ({"path": "http://127.0.0.1/people.csv"}, "scheme-error", "internal"),
        ({"path": "http://169.254.169.254/latest/meta-data"}, "scheme-error", "internal"),
        ({"path": "http://[::1]:80/x.csv"}, "scheme-error", "internal"),
        ({"path": "http://10.1.2.3/people.csv"}, "scheme-error", "internal"),
        ({"path": "https://intranet/people.csv"}, "scheme-error", "internal"),
        ({"path": "https://example.com/people.csv"}, "scheme-error", "download it"),
        ({"path": "data/none.csv"}, "scheme-error", "no file"),
        ({"path": ["data/people.csv", "data/towns.csv"]}, "resource-error", "join them"),
        ({"path": "data/people.xlsx", "format": "xlsx"}, "scheme-error", "no file"),
        ({"format": "xlsx"}, "format-error", "csv, tsv, parquet"),
        ({"format": "parquet"}, "source-error", "people.csv"),
        ({"schema": "../schema.json"}, "resource-error", "not safe"),
        ({"schema": {"fields": [{"name": "a", "type": "text"}]}}, "schema-error", 'type "text"'),
        ({"schema": {"fields": [{"name": "town"}], "primaryKey": ["x"]}}, "schema-error", '"x"'),
        ({"dialect": {"delimiter": "||"}}, "dialect-error", "one character"),
        ({"encoding": "ebcdic-none"}, "encoding-error", "unknown encoding"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_what_cannot_be_read_is_said(tmp_path: Path, changes: dict[str, Any], kind: str, words: str) -> None:
    report = only(validate_package(write_package(tmp_path, **changes)))
    assert report.totals == {kind: 1} and words in report.errors[0].note


def test_a_link_out_of_the_package_is_refused(tmp_path: Path) -> None:
    path = write_package(tmp_path / "made", path="data/link.csv")
    (tmp_path / "outside.csv").write_text(PEOPLE)
    (tmp_path / "made" / "data" / "link.csv").symlink_to(tmp_path / "outside.csv")
    assert "leads out" in only(validate_package(path)).errors[0].note


def test_bombs_and_names_that_lead_out_of_archives_are_refused(tmp_path: Path) -> None:
    path = write_package(tmp_path, path="data/people.csv.gz")
    (tmp_path / "data" / "people.csv.gz").write_bytes(gzip.compress(b"0" * (65 * 2**20)))
    report = only(validate_package(path))
    assert report.totals == {"compression-error": 1} and "holds more than" in report.errors[0].note
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr("../datapackage.json", "{}")
    assert "leads out" in validate_package(tmp_path / "out.zip")[0].errors[0].note
    assert not (tmp_path.parent / "datapackage.json").exists()
    (tmp_path / "broken.zip").write_bytes(b"PK")
    assert validate_package(tmp_path / "broken.zip")[0].totals == {"compression-error": 1}


def test_a_key_to_a_table_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    path = write_package(tmp_path)
    package = json.loads(path.read_text())
    package["resources"][1]["path"] = "data/none.csv"
    path.write_text(json.dumps(package))
    assert "cannot be read" in only(validate_package(path)).errors[0].note
    del package["resources"][1]
    path.write_text(json.dumps(package))
    assert "does not exist" in only(validate_package(path)).errors[0].note


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"resources": []}', '{"resources": [{"path": "a.csv"}]}'])
def test_a_broken_descriptor_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "datapackage.json").write_text(text)
    shaped = to_frictionless_report(validate_path(tmp_path))
    assert (
        shaped["valid"] is False and shaped["errors"][0]["type"] == "package-error" and shaped["tasks"] == []
    )


def test_a_resource_that_is_no_table_is_compared_by_hash(tmp_path: Path) -> None:
    path = write_package(tmp_path)
    package = json.loads(path.read_text())
    package["resources"].append({"name": "notes", "path": "notes.txt", "hash": hashlib.md5(b"x").hexdigest()})
    path.write_text(json.dumps(package))
    (tmp_path / "notes.txt").write_text("x")
    assert only(validate_package(path), "notes").valid
    (tmp_path / "notes.txt").write_text("y")
    assert only(validate_package(path), "notes").totals == {"hash-count": 1}


def test_a_table_without_schema_is_checked_for_structure(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1\n2,3\n")
    assert validate_table(tmp_path / "t.csv", None).totals == {"missing-cell": 1}
    (tmp_path / "empty.csv").write_text("")
    assert validate_table(tmp_path / "empty.csv", None).totals == {"source-error": 1}


def test_what_is_not_there_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        validate_path(tmp_path / "none.csv")
    (tmp_path / "a.xlsx").write_text("")
    with pytest.raises(InputError, match="Parquet"):
        validate_path(tmp_path / "a.xlsx")
    (tmp_path / "a.csv").write_text("a\n")
    with pytest.raises(InputError, match="cannot be read"):
        validate_path(tmp_path / "a.csv", tmp_path / "schema.json")
    (tmp_path / "schema.json").write_text("fields: []")
    with pytest.raises(InputError, match="not a Table Schema"):
        validate_path(tmp_path / "a.csv", tmp_path / "schema.json")
    with pytest.raises(InputError, match="its own schemas"):
        validate_path(write_package(tmp_path), tmp_path / "schema.json")


def test_the_report_is_one_that_frictionless_can_read(tmp_path: Path) -> None:
    fields = [{"name": "a", "type": "integer", "constraints": {"unique": True}}, {"name": "c"}]
    (tmp_path / "t.csv").write_text("a,b,d\n1,\n1,x,y,z\n,\nq,,\n")
    report = validate_table(tmp_path / "t.csv", {"fields": fields, "primaryKey": ["a"]}, limit=4)
    shaped = to_frictionless_report([report], seconds=0.5)
    read = FrictionlessReport.from_descriptor(json.loads(json.dumps(shaped)))
    assert read.valid is False and read.stats["errors"] == sum(report.totals.values()) > 4
    assert len(read.tasks[0].errors) == 4 and "error limit" in read.tasks[0].warnings[0]
    assert {error.type for error in read.tasks[0].errors} <= set(KINDS)


def test_starting_imports_neither_dagster_nor_frictionless(tmp_path: Path) -> None:
    path = write_package(tmp_path)
    code = (
        "import sys; from pathlib import Path; from assets.validate.package.check import validate_path; "
        f"validate_path(Path({str(path)!r})); "
        "print([m for m in sys.modules if m.split('.')[0] in {'dagster', 'frictionless', 'pyarrow'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_key_of_two_columns_is_looked_up_as_a_pair(tmp_path: Path) -> None:
    """Each value is known, the pair is not."""
    key = [{"fields": ["town", "year"], "reference": {"resource": "", "fields": ["code", "since"]}}]
    names = ("town", "year", "code", "since")
    fields = [{"name": name, "type": "string"} for name in names]
    (tmp_path / "t.csv").write_text("town,year,code,since\na,1,a,1\nb,2,b,2\na,2,,\n,,c,3\n")
    report = validate_table(tmp_path / "t.csv", {"fields": fields, "foreignKeys": key})
    assert [(error.type, error.row_number) for error in report.errors] == [("foreign-key", 4)]
