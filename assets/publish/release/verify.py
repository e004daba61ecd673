"""Whether a published tree is what its descriptors say: hashes, sizes, rows and schemas, recomputed from the
files.

Reads by other means than those that wrote (csv module, PyArrow), changes nothing, and names every difference
in one line. Whether the figures are right is `validate`'s matter.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets.errors import PublishError
from assets.files import hash_file, temporary_files
from assets.publish.release.datapackage import prefix_paths
from assets.publish.release.layout import DESCRIPTOR, newest_files, read_descriptor, version_folders
from assets.publish.revisions.verify import verify_ledgers

ARROW_TYPES: Mapping[str, tuple[str, ...]] = {
    "string": ("string",),
    "integer": ("int64",),
    "number": ("double", "decimal128"),
    "boolean": ("bool",),
    "date": ("date32",),
    "datetime": ("timestamp[us, tz=UTC]",),
}


def verify_tree(out: Path) -> list[str]:
    """Every difference between the tree's files and its descriptors, one line each; empty when all is as it
    was published.

    Covers every version of every dataset under `out`, the newest descriptors and the newest copies.
    """
    if not out.is_dir():
        return [f"{out}: no such folder"]
    folders = [folder for folder in sorted(out.iterdir()) if folder.is_dir() and _is_dataset(folder)]
    if not folders:
        return [f"{out}: no package is published here"]
    return [f"{folder.name}/{problem}" for folder in folders for problem in verify_dataset(folder)]


def _is_dataset(folder: Path) -> bool:
    return (folder / DESCRIPTOR).is_file() or bool(version_folders(folder))


def verify_dataset(folder: Path) -> Iterator[str]:
    """The differences of one dataset's folder, each beginning with the path of the file in it."""
    complete = {}
    for version in version_folders(folder):
        if not (version / DESCRIPTOR).is_file():
            yield f"{version.name}: unfinished version (no {DESCRIPTOR}); the next run removes it"
            continue
        try:
            package = read_descriptor(version / DESCRIPTOR)
        except PublishError as error:
            yield f"{version.name}/{DESCRIPTOR}: {str(error).split(': ', 1)[-1]}"
            continue
        complete[version.name] = package
        yield from (f"{version.name}/{problem}" for problem in verify_version(version, package))
    yield from verify_ledgers(folder, complete)
    yield from verify_newest(folder, complete)


def verify_version(folder: Path, package: Mapping[str, Any]) -> Iterator[str]:
    """The differences between a version folder's files and its descriptor."""
    for name, expected in (("name", folder.parent.name), ("version", folder.name)):
        if package.get(name) != expected:
            yield f"{DESCRIPTOR}: {name} is {package.get(name)!r}, the folder says {expected!r}"
    resources = package["resources"]
    listed = {entry["path"]: entry for entry in [*resources, *package.get("innoregio:files", [])]}
    for path, entry in listed.items():
        file = folder / path
        if not file.is_file():
            yield f"{path}: missing"
            continue
        if "bytes" in entry and file.stat().st_size != entry["bytes"]:
            yield f"{path}: {file.stat().st_size} bytes instead of {entry['bytes']}"
        if (found := hash_file(file)) != entry["hash"]:
            yield f"{path}: hash {found} instead of {entry['hash']}"
        if entry.get("format") == "csv":
            yield from (f"{path}: {problem}" for problem in verify_csv(file, entry))
        elif entry.get("format") == "parquet":
            yield from (f"{path}: {problem}" for problem in verify_parquet(file, entry))
    for file in sorted(folder.iterdir()):
        if file.name != DESCRIPTOR and file.name not in listed:
            yield f"{file.name}: not in the descriptor"


def verify_csv(file: Path, entry: Mapping[str, Any]) -> Iterator[str]:
    """Header, width of every record and number of rows of a CSV file."""
    names = [field["name"] for field in entry["schema"]["fields"]]
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            records = csv.reader(lines, strict=True)
            header = next(records, [])
            if header != names:
                yield f"columns {header} instead of {names}"
            rows = 0
            for rows, record in enumerate(records, start=1):
                if len(record) != len(names):
                    yield f"row {rows + 1} has {len(record)} cells instead of {len(names)}"
                    return
    except (csv.Error, UnicodeDecodeError) as error:
        yield f"not readable as CSV ({error})"
        return
    if rows != entry["innoregio:rows"]:
        yield f"{rows} rows instead of {entry['innoregio:rows']}"


def verify_parquet(file: Path, entry: Mapping[str, Any]) -> Iterator[str]:
    """Columns, types, required columns, Table Schema and number of rows of a Parquet file."""
    try:
        parquet = pq.ParquetFile(file)
        rows = sum(batch.num_rows for batch in parquet.iter_batches())
    except (pa.ArrowException, OSError) as error:
        yield f"not readable as Parquet ({str(error).splitlines()[0]})"
        return
    fields = entry["schema"]["fields"]
    schema = parquet.schema_arrow
    if schema.names != [field["name"] for field in fields]:
        yield f"columns {schema.names} instead of {[field['name'] for field in fields]}"
        return
    for field, column in zip(fields, schema, strict=True):
        if not str(column.type).startswith(ARROW_TYPES[field["type"]]):
            yield f"column {field['name']} is {column.type}, the schema says {field['type']}"
        required = bool(field.get("constraints", {}).get("required"))
        if column.nullable == required:
            yield f"column {field['name']} is {'nullable' if required else 'non-null'}, unlike the schema"
    if json.loads((schema.metadata or {}).get(b"table_schema", b"null")) != entry["schema"]:
        yield "the Table Schema inside differs from the descriptor's"
    if rows != entry["innoregio:rows"]:
        yield f"{rows} rows instead of {entry['innoregio:rows']}"


def verify_newest(folder: Path, versions: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Whether descriptor and copies beside the versions are those of the newest release."""
    if not versions:
        yield (
            f"{DESCRIPTOR}: no complete version beside it"
            if (folder / DESCRIPTOR).is_file()
            else "no release yet; the next run of the dataset makes it"
        )
        return
    newest = list(versions)[-1]
    package = versions[newest]
    if not (folder / DESCRIPTOR).is_file():
        yield f"{DESCRIPTOR}: missing; the next run publishes version {newest}"
    else:
        try:
            published = read_descriptor(folder / DESCRIPTOR)
        except PublishError as error:
            yield f"{DESCRIPTOR}: {str(error).split(': ', 1)[-1]}"
        else:
            if published["version"] != newest and published["version"] in versions:
                yield f"{DESCRIPTOR}: says {published['version']}; the next run publishes version {newest}"
                package = versions[published["version"]]
            elif published != prefix_paths(package):
                yield f"{DESCRIPTOR}: differs from {newest}/{DESCRIPTOR}"
    for path, expected in newest_files(package).items():
        if not (folder / path).is_file():
            detail = f"the newest copy of version {package['version']} is missing"
            yield f"{path}: lags, {detail}; the next run puts it there"
        elif hash_file(folder / path) != expected:
            yield f"{path}: lags or was changed, it is not the file of version {package['version']}"
    for file in temporary_files(folder):
        yield f"{file.name}: a half-written file; the next run removes it"
