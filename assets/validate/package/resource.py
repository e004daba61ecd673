"""One resource of a Data Package: its descriptor, its file, its table.

What binds resources together belongs to `package`, which files may be opened to `paths`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assets.csv.dialect import Dialect, plan_dialect
from assets.csv.rows import open_csv
from assets.validate.key_values import Interner
from assets.validate.package.paths import resolve_path, unpack_file
from assets.validate.report import RowError
from assets.validate.table_check import TableCheck
from assets.validate.table_schema import FieldPlan, TablePlan, plan_table
from assets.validate.tables import Unreadable, check_csv, check_parquet

COMPRESSIONS = ("gz", "zip", "bz2", "xz")
READ = ("csv", "tsv", "parquet")
HASHES = ("md5", "sha1", "sha256", "sha512")
BLOCK = 1 << 20


def check_resource(
    described: Mapping[str, Any],
    folder: Path,
    temporary: Path,
    referred: Iterable[str],
    limit: int,
    interner: Interner,
    version: str | None = None,
) -> TableCheck | None:
    """Checks a resource; None for one that is not a table, whose file is there and has its hash and size.

    `version`: the package's `$schema`. Raises `Unreadable`.
    """
    name = str(described["name"])
    written = single_path(described)
    path = resolve_path(folder, written)
    form = file_format(described, written)
    faults = file_faults(described, path)
    if form not in READ:
        if is_table(described):
            raise Unreadable("format-error", f'format "{form}" is not read; allowed: {", ".join(READ)}')
        if faults:
            raise Unreadable(faults[0].type, faults[0].note)
        return None
    plain = unpack_file(path, written, temporary, described.get("innerpath"))
    plan = resource_plan(described, folder, version)
    if form == "parquet":
        check = check_parquet(
            name, plain, plan or TablePlan(fields_match="subset"), referred, limit, interner
        )
    else:
        dialect = plan_dialect(part(described, folder, "dialect"), form == "tsv")
        encoding = str(described.get("encoding") or "utf-8")
        if plan is None:
            plan = plan_labels(plain, dialect, encoding)
        check = check_csv(name, plain, plan, dialect, encoding, referred, limit, interner)
    check.tally.add_header(faults)
    return check


def is_table(described: Mapping[str, Any]) -> bool:
    """True for a resource that says it is a table."""
    return described.get("type") == "table" or "schema" in described


def single_path(described: Mapping[str, Any]) -> Any:
    """The path of a resource of one file."""
    path = described.get("path")
    if path is None:
        inline = "data" in described
        raise Unreadable(
            "resource-error",
            'inline "data" is not read; write it to a file' if inline else 'the property "path" is required',
        )
    if isinstance(path, list):
        if len(path) != 1:
            raise Unreadable("resource-error", f"{len(path)} files in one resource are not read; join them")
        return path[0]
    return path


def file_format(described: Mapping[str, Any], written: str) -> str:
    """The format that a resource states, else the ending of its path, a compression aside."""
    endings = written.lower().rsplit("/", 1)[-1].split(".")[1:]
    if endings and endings[-1] in COMPRESSIONS:
        endings = endings[:-1]
    return str(described.get("format") or (endings[-1] if endings else "")).lower()


def resource_plan(described: Mapping[str, Any], folder: Path, version: str | None) -> TablePlan | None:
    """The plan of the resource's schema; None when it has none."""
    schema = part(described, folder, "schema")
    if schema is None:
        return None
    return plan_table(({"$schema": version} if version else {}) | dict(schema))


def plan_labels(path: Path, dialect: Dialect, encoding: str) -> TablePlan:
    """A plan that wants nothing but whole rows, for a CSV file without a schema."""
    try:
        labels = open_csv(path, dialect, encoding).labels
    except (ValueError, LookupError, OSError) as error:
        raise Unreadable("encoding-error", str(error)) from error
    return TablePlan(tuple(FieldPlan(label) for label in labels))


def part(described: Mapping[str, Any], folder: Path, name: str) -> Mapping[str, Any] | None:
    """The schema or dialect of a resource, inline or in a file of the package."""
    value = described.get(name)
    if isinstance(value, str):
        path = resolve_path(folder, value)
        try:
            value = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise Unreadable(f"{name}-error", f"{value}: {error}") from error
    if value is not None and not isinstance(value, Mapping):
        raise Unreadable(f"{name}-error", f'"{name}" is neither an object nor the path of one')
    return value


def file_faults(described: Mapping[str, Any], path: Path) -> list[RowError]:
    """Whether the file has the hash and the size that the descriptor states."""
    faults = []
    stated = str(described.get("hash") or "")
    if stated:
        algorithm, _, digest = stated.rpartition(":")
        algorithm = algorithm.lower() or "md5"
        if algorithm in HASHES:
            actual = file_hash(path, algorithm)
            if actual != digest.lower():
                faults.append(RowError("hash-count", f'expected is "{digest}" and actual is "{actual}"'))
        else:
            faults.append(RowError("resource-error", f'hash "{algorithm}" is none of {", ".join(HASHES)}'))
    size = described.get("bytes")
    if size is not None and size != path.stat().st_size:
        faults.append(RowError("byte-count", f'expected is "{size}" and actual is "{path.stat().st_size}"'))
    return faults


def file_hash(path: Path, algorithm: str) -> str:
    """The hash of a file in hex."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
