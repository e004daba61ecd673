"""Packages and single files to reports: what `innoregio validate PATH` does.

Foreign keys between resources belong here, for they need all tables. Neither Dagster nor frictionless-py is
imported on the way.
"""

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assets.errors import InnoregioError
from assets.validate.key_values import Interner
from assets.validate.package.paths import address_note, unpack_package
from assets.validate.package.resource import check_resource, file_format, part
from assets.validate.report import Report
from assets.validate.table_check import LISTED_ERRORS, TableCheck, check_reference, failed_report
from assets.validate.table_schema import name_list
from assets.validate.tables import Unreadable

PACKAGE = "package"  # name of the report on a package's own descriptor


class InputError(InnoregioError):
    """What is to be validated is not there, or is nothing that can be validated."""


def validate_path(
    path: Path, schema: Path | Mapping[str, Any] | None = None, limit: int = LISTED_ERRORS
) -> list[Report]:
    """The reports on whatever `path` is: a `datapackage.json`, a folder or zip archive with one, or one CSV,
    TSV or Parquet file, with or without a Table Schema.

    Raises `InputError` when there is nothing to validate at `path`; all else is in the reports.
    """
    refuse_address(path)
    if path.is_dir():
        path = path / "datapackage.json"
    if not path.is_file():
        raise InputError(
            f"{path}: there is no such file; name a datapackage.json, a folder or zip archive with one, or a "
            "CSV, TSV or Parquet file"
        )
    form = file_format({}, path.name)
    if form == "json" or (schema is None and path.suffix.lower() == ".zip"):
        if schema is not None:
            raise InputError(f"{path}: a package names its own schemas; give one only for a single table")
        return validate_package(path, limit)
    if form not in ("csv", "tsv", "parquet"):
        raise InputError(f"{path}: not a datapackage.json, CSV, TSV or Parquet file")
    return [validate_table(path, schema, limit)]


def refuse_address(path: Path) -> None:
    """Raises `InputError` for an address; a `Path` has lost the second of its slashes."""
    scheme, colon, rest = path.as_posix().partition(":/")
    if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]+", scheme):
        raise InputError(address_note(f"{scheme}://{rest.lstrip('/')}"))


def validate_package(path: Path, limit: int = LISTED_ERRORS) -> list[Report]:
    """One report for each table of the package at `path` (`datapackage.json`, or a zip archive with one),
    after one on the descriptor when that is wrong. `limit`: how many errors are listed for each table.
    """
    with tempfile.TemporaryDirectory() as temporary:
        try:
            if path.suffix.lower() == ".zip":
                unpack_package(path, Path(temporary))
                path = Path(temporary) / "datapackage.json"
            package = read_package_descriptor(path)
        except Unreadable as error:
            return [failed_report(PACKAGE, error.type, [error.note])]
        return check_package(package, path.parent, limit)


def validate_table(path: Path, schema: Path | Mapping[str, Any] | None, limit: int = LISTED_ERRORS) -> Report:
    """The report on one CSV or Parquet file against a Table Schema (an object, or the path of one); without a
    schema only the structure is checked. Foreign keys to other tables are not looked up.
    """
    if isinstance(schema, Path):
        refuse_address(schema)
        try:
            schema = json.loads(schema.read_text("utf-8"))
        except OSError as error:
            raise InputError(f"{schema}: cannot be read ({error.strerror})") from error
        except (ValueError, RecursionError) as error:
            raise InputError(f"{schema}: not a Table Schema ({error})") from error
    described: dict[str, Any] = {"name": path.name.split(".")[0], "path": path.name, "type": "table"}
    if schema is not None:
        described["schema"] = schema
    with tempfile.TemporaryDirectory() as temporary:
        try:
            check = check_resource(described, path.parent, Path(temporary), (), limit, Interner())
        except Unreadable as error:
            return replace(failed_report(described["name"], error.type, [error.note]), place=path.name)
    assert check is not None
    return replace(check.report(), place=path.name)


def read_package_descriptor(path: Path) -> dict[str, Any]:
    """The descriptor of a package. Raises `Unreadable` when it is none."""
    try:
        package = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable("package-error", f"{path.name}: {error}") from error
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list) or not resources:
        raise Unreadable("package-error", '"resources" is not an array of one or more')
    if not all(isinstance(r, dict) and isinstance(r.get("name"), str) and r["name"] for r in resources):
        raise Unreadable("package-error", 'a resource is not an object with a "name"')
    names = [resource["name"] for resource in resources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable("package-error", f"names of the resources are not unique: {', '.join(twice)}")
    return dict(package)


def check_package(package: Mapping[str, Any], folder: Path, limit: int) -> list[Report]:
    """The reports on all resources: each table by itself, then the foreign keys between them."""
    resources: list[Mapping[str, Any]] = package["resources"]
    referred = referred_fields(resources, folder)
    interner = Interner()
    checks: dict[str, TableCheck] = {}
    reports: dict[str, Report] = {}
    for described in resources:
        name = described["name"]
        with tempfile.TemporaryDirectory() as temporary:
            try:
                check = check_resource(
                    described,
                    folder,
                    Path(temporary),
                    referred.get(name, ()),
                    limit,
                    interner,
                    package.get("$schema"),
                )
                if check is None:
                    reports[name] = Report(name, 0)
                else:
                    checks[name] = check
            except Unreadable as error:
                reports[name] = failed_report(name, error.type, [error.note])
    for check in checks.values():
        check_table_references(check, checks, {resource["name"] for resource in resources})
        reports[check.name] = check.report()
    return [replace(reports[r["name"]], place=str(r.get("path", ""))) for r in resources]


def check_table_references(check: TableCheck, checks: Mapping[str, TableCheck], names: set[str]) -> None:
    """The foreign keys of one table to the others; one that cannot be looked up is an error."""
    for key in check.plan.foreign_keys:
        if key.resource in ("", check.name):
            continue
        target = checks.get(key.resource)
        if target is None:
            why = "cannot be read" if key.resource in names else "does not exist"
            owner = f'resource "{check.name}" as resource "{key.resource}"'
            note = f"failed to handle a foreign key for {owner} {why}"
            check.tally.add_header(failed_report(check.name, "resource-error", [note]).errors)
        else:
            check_reference(check, key, target)


def referred_fields(resources: list[Mapping[str, Any]], folder: Path) -> dict[str, set[str]]:
    """For each resource the fields that foreign keys of the others look up."""
    fields: dict[str, set[str]] = {}
    for described in resources:
        try:
            schema = part(described, folder, "schema") or {}
        except Unreadable:  # reported with the resource itself
            continue
        for key in schema.get("foreignKeys") or ():
            reference = key.get("reference") or {} if isinstance(key, Mapping) else {}
            target = str(reference.get("resource") or "")
            fields.setdefault(target, set()).update(name_list(reference.get("fields")))
    return fields
