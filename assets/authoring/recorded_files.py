"""Files that a person recorded from a provider, taken into the store as an answer of it.

What is asked of providers belongs to `fetch`; here nothing is asked. A file that its format's reader cannot
read whole is not taken, so that what is in the store can be read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import is_zipfile

import polars as pl

from assets.descriptor import Dataset, Source, read_providers
from assets.errors import SettingError, SourceError
from assets.fetch.connectors.archive import unpack_members
from assets.fetch.connectors.connector import MEDIA_TYPES
from assets.fetch.errors import FetchError
from assets.fetch.http.bodies import check_whole
from assets.fetch.snapshots import request_digest, table_snapshots, table_sources
from assets.normalise.mapping import check_columns
from assets.normalise.readers.formats import READERS
from assets.normalise.readers.source_table import SourceTable
from assets.normalise.renamed_variables import restore_names
from assets.store.sets import add_set
from assets.store.snapshots import Provenance, read_moment
from assets.workspace import Workspace

WHOLE = "data"  # the part that an answer is where the descriptor names none


@dataclass(frozen=True)
class AddedAnswer:
    """An answer that was taken into the store. `rows`: by part; `is_used`: the dataset is made from it now,
    and from nothing newer."""

    dataset: str
    provider: str
    table: str
    retrieved: str
    updated: str | None
    rows: Mapping[str, int]
    is_new: bool
    is_used: bool


def add_recorded_files(
    dataset: Dataset,
    files: Sequence[str],
    workspace: Workspace,
    table: str | None = None,
    retrieved: str | None = None,
    obtained_from: str | None = None,
) -> AddedAnswer:
    """Takes `files`, each `path` or `part=path`, or one archive of all parts, as one whole answer to a table
    of `dataset`.

    `table`: `provider/table`, needed where the dataset has several. `retrieved`: when the provider gave it,
    an ISO date or RFC 3339; without it the file's own time. `obtained_from`: its address. Raises
    `SettingError` for what cannot be meant, `SourceError` for a file that is not whole or not of the table's
    format, `MappingError` for one with other columns than the descriptor knows. Then nothing is kept.
    """
    name, sources = choose_table(dataset, table)
    paths = [Path(file.partition("=")[2] or file) for file in files]
    for path in paths:
        if not path.is_file():
            raise SettingError(f"{path}: no such file")
    moment = read_retrieved(retrieved) if retrieved else file_time(paths)
    with TemporaryDirectory(prefix="innoregio-") as folder:
        given = name_parts("/".join(name), sources, files, Path(folder))
        read = {part: read_recorded_part(sources, part, path, "/".join(name)) for part, path in given.items()}
        check_tables(dataset, name, read)
        updates = {part: told_update(table.metadata) for part, table in read.items()}
        contents = [
            (
                path,
                Provenance(
                    *name,
                    part=part,
                    obtained_from=obtained_from or path.name,
                    licence=licence_of(dataset, name[0]),
                    media_type=MEDIA_TYPES[source_of(sources, part).format],
                    retrieved=moment,
                    updated=updates[part],
                ),
            )
            for part, path in given.items()
        ]
        rows = {part: int(table.frame.select(pl.len()).collect().item()) for part, table in read.items()}
        added, is_new = add_set(workspace.store, contents, dataset.name, request_digest(sources))
    used = table_snapshots(dataset, sources, workspace.roots)
    is_used = sorted((snapshot.provenance.part, snapshot.path.name) for snapshot in used) == sorted(
        added.parts
    )
    return AddedAnswer(dataset.name, *name, moment, added.updated, rows, is_new, is_used)


def choose_table(dataset: Dataset, table: str | None) -> tuple[tuple[str, str], list[Source]]:
    """The table that is meant, and its sources. Raises `SettingError` where that is not clear."""
    known = {f"{provider}/{name}": (provider, name) for provider, name in table_sources(dataset)}
    if table is None and len(known) != 1:
        raise SettingError(f"{dataset.name} is made from {', '.join(known)}; say which with --table")
    chosen = table or next(iter(known))
    if chosen not in known:
        raise SettingError(f"{dataset.name} is not made from {chosen}; --table is one of {', '.join(known)}")
    return known[chosen], table_sources(dataset)[known[chosen]]


def name_parts(where: str, sources: Sequence[Source], files: Sequence[str], folder: Path) -> dict[str, Path]:
    """Part -> file, for every part that the table has; an archive is unpacked into `folder`."""
    wanted = list(dict.fromkeys(part for source in sources for part in source.parts or (WHOLE,)))
    if len(files) == 1 and "=" not in files[0]:
        path = Path(files[0])
        if is_zipfile(path):
            return unpack_archive(path, wanted, folder, where)
        if len(wanted) == 1:
            return {wanted[0]: path}
    given = {part: Path(path) for part, _, path in (file.partition("=") for file in files) if path}
    if len(given) != len(files) or set(given) != set(wanted):
        how = " ".join(f"{part}=FILE" for part in wanted)
        raise SettingError(f"{where} has the parts {', '.join(wanted)}; give them together: {how}")
    return given


def unpack_archive(path: Path, wanted: list[str], folder: Path, where: str) -> dict[str, Path]:
    """The members of an archive that are parts of the table. Raises `SourceError` where one is not there."""
    try:
        return unpack_members(path, wanted, folder, where)
    except FetchError as error:
        raise SourceError(str(path), "", str(error)) from error


def check_tables(dataset: Dataset, name: tuple[str, str], read: Mapping[str, SourceTable]) -> None:
    """Raises `MappingError` where a part has not the columns that a table of the dataset is mapped from: most
    often it is a file of another table.
    """
    for resource in dataset.resources:
        for source in resource.sources if not resource.build else ():
            for part in source.parts or (WHOLE,) if (source.provider, source.table) == name else ():
                columns = restore_names(read[part], resource).collect_schema().names()
                lacked = [column for column in source.optional_columns if column not in columns]
                check_columns(resource, [*columns, *lacked], f"{resource.name} ({'/'.join(name)}/{part})")


def read_recorded_part(sources: Sequence[Source], part: str, path: Path, where: str) -> SourceTable:
    """The part as its format's reader reads it. Raises `SourceError`."""
    source = source_of(sources, part)
    try:
        check_whole(path, source.format, str(path))
    except FetchError as error:
        detail = f"{error}; {where} is read as {source.format}"
        raise SourceError(str(path), "", detail.removeprefix(f"{path}: ")) from error
    return READERS[source.format](path, source)


def source_of(sources: Sequence[Source], part: str) -> Source:
    """The source that a part is of."""
    return next(source for source in sources if part in (source.parts or (WHOLE,)))


def licence_of(dataset: Dataset, provider: str) -> str:
    """The licence of the provider, else the one that the descriptor states."""
    known = read_providers().get(provider)
    stated = str(next(iter(dataset.raw["licenses"]))["name"])
    return (known.licence.get("name") if known else None) or stated


def told_update(metadata: Mapping[str, Any]) -> str | None:
    """When the provider says that the table was updated, where the file says it with a zone."""
    found = metadata.get("updated")
    try:
        return found if isinstance(found, str) and read_moment(found) else None
    except ValueError:
        return None


def read_retrieved(text: str) -> str:
    """The moment that a person wrote. Raises `SettingError` for none, and for one that is still to come."""
    try:
        moment = read_moment(text)
    except ValueError as error:
        raise SettingError(f"--retrieved: {text!r} is no date; write one like 2026-03-18") from error
    if moment > datetime.now(UTC):
        raise SettingError(f"--retrieved: {text} is still to come")
    return text


def file_time(paths: Sequence[Path]) -> str:
    """When the newest of the files was written, RFC 3339."""
    newest = max(path.stat().st_mtime for path in paths)
    return datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds")
