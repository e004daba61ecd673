"""The folder of recorded upstream files: its index, and the provenance of a snapshot made from one of them.

Reading `INDEX.tsv` belongs here; what is taken from which file belongs to the bundle module of its provider.
"""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from assets.errors import SourceError
from assets.store.snapshots import Provenance

INDEX = "INDEX.tsv"
DAY = re.compile(r"\d{4}-\d\d-\d\d")  # of some files the index says in words why no day is known


def read_index(recorded: Path) -> dict[str, dict[str, str]]:
    """The rows of the folder's `INDEX.tsv`, keyed by the file's path in the folder.

    Raises `SourceError` when the folder has no index.
    """
    index = recorded / INDEX
    if not index.is_file():
        raise SourceError(str(recorded), INDEX, "not found; give the folder of recorded upstream files")
    with index.open(encoding="utf-8", newline="") as lines:
        return {
            row["path"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row
        }


def recorded_provenance(
    recorded: Path,
    path: str,
    *,
    provider: str,
    table: str,
    part: str,
    media_type: str,
    updated: str | None = None,
    selection: Mapping[str, str] | None = None,
) -> Provenance:
    """Provenance of a snapshot made from the recorded file `path`: repository, commit and date of the index.

    `updated` is the provider's own update time where the file says it; `selection` says per language what the
    snapshot was restricted to, None when it is the whole table. Raises `SourceError` when the index has no
    such file.
    """
    row = read_index(recorded).get(path)
    if row is None:
        raise SourceError(INDEX, path, "no such file in the index")
    in_repository = row["path in repo"].split(" (")[0]  # the index adds remarks in brackets
    return Provenance(
        provider=provider,
        table=table,
        part=part,
        obtained_from=f"https://github.com/{row['repo']}/blob/{row['commit']}/{in_repository}",
        licence="CC-BY-4.0",
        media_type=media_type,
        recorded_before=day if DAY.fullmatch(day := row["recorded_before"] or "") else None,
        updated=updated,
        selection=selection,
    )
