"""What the bundle takes of recorded files by `selections.yaml`: lines of some areas, or files as they are.

Which files, areas and words stand in that file; files that need code of their own belong to the module of
their provider.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from assets.bundle.eurostat import BALTIC_SEA, NEIGHBOURS, compress, unzip
from assets.bundle.recorded import recorded_provenance
from assets.bundle.spreadsheet import select_workbook
from assets.errors import SourceError
from assets.store.snapshots import Provenance

SELECTIONS = Path(__file__).with_name("selections.yaml")
AREAS = {"baltic-sea": (*BALTIC_SEA, "NO"), "neighbours": NEIGHBOURS, "finland": ("FI",)}
MEDIA_TYPES = {
    "tsv": "text/tab-separated-values",
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def snapshots(recorded: Path) -> Iterator[tuple[bytes, Provenance]]:
    """The snapshots that `selections.yaml` names; raises `SourceError` for a file of another form."""
    settings = yaml.safe_load(SELECTIONS.read_text("utf-8"))
    for entry in settings["snapshots"]:
        content = unzip(recorded / entry["path"])
        kept = KINDS[entry["as"]](content, entry)
        made = recorded_provenance(
            recorded,
            entry["path"],
            provider=entry["provider"],
            table=entry["table"],
            part=entry.get("part", "data"),
            media_type=entry.get("mediaType")
            or MEDIA_TYPES[Path(entry["path"].removesuffix(".gz")).suffix[1:]],
            updated=entry.get("updated"),
            selection=_describe(entry, settings["texts"]),
        )
        yield (
            compress(kept),
            replace(
                made,
                licence=entry.get("licence", made.licence),
                recorded_before=made.recorded_before or entry.get("recordedBefore"),
            ),
        )


def select_tsv(content: bytes, entry: Mapping[str, Any]) -> bytes:
    """The header and the lines of a Eurostat TSV that are of the chosen areas and values, byte for byte."""
    header, *lines = content.splitlines(keepends=True)
    names = header.split(b"\t")[0].decode().split("\\")[0].split(",")
    if "geo" not in names:
        raise SourceError(entry["path"], "header", f"no dimension geo: {header[:80]!r}")

    def is_kept(line: bytes) -> bool:
        codes = dict(zip(names, line.split(b"\t", 1)[0].decode().split(","), strict=True))
        return is_chosen(codes, entry)

    return header + b"".join(line for line in lines if is_kept(line))


def select_csv(content: bytes, entry: Mapping[str, Any]) -> bytes:
    """The header and the records of a CSV that are of the chosen areas and values, as the file has them."""
    text = content.decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text, newline=""))
    names = next(rows)
    column = entry.get("geo", "geo")
    if column not in names:
        raise SourceError(entry["path"], "header", f"no column {column}: {names}")
    kept = io.StringIO(newline="")
    written = csv.writer(kept, lineterminator="\n")
    written.writerow(names)
    for row in rows:
        codes = dict(zip(names, row, strict=True))
        if is_chosen({"geo": codes[column], **codes}, entry):
            written.writerow(row)
    return kept.getvalue().encode()


def select_columns(content: bytes, entry: Mapping[str, Any]) -> bytes:
    """The columns of a CSV whose heading is `columns`, of the records that have the values of `where`.

    Raises `SourceError` where no heading is, or `where` names none that is there.
    """
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    names = [name for name in rows.fieldnames or () if re.fullmatch(entry["columns"], name)]
    where = entry.get("where", {})
    if not names or not where.keys() <= set(rows.fieldnames or ()):
        raise SourceError(entry["path"], "header", f"not the columns of the selection: {rows.fieldnames}")
    kept = io.StringIO(newline="")
    written = csv.DictWriter(kept, names, extrasaction="ignore", lineterminator="\n")
    written.writeheader()
    written.writerows(row for row in rows if all(row[name] in values for name, values in where.items()))
    return kept.getvalue().encode()


def keep_whole(content: bytes, entry: Mapping[str, Any]) -> bytes:
    """The file as it is."""
    return content


KINDS: Mapping[str, Callable[[bytes, Mapping[str, Any]], bytes]] = {
    "tsv": select_tsv,
    "csv": select_csv,
    "columns": select_columns,
    "whole": keep_whole,
    "workbook": select_workbook,
}


def is_chosen(codes: Mapping[str, str], entry: Mapping[str, Any]) -> bool:
    """Whether a record is of the chosen areas, a country or an EU total, and of the chosen values."""
    geo = codes["geo"]
    chosen = AREAS[entry["areas"]]
    near = geo.startswith(chosen) or (
        entry["areas"] != "finland" and (len(geo) == 2 or geo.startswith(("EU", "EA")))
    )
    return near and all(codes[name] in values for name, values in entry.get("where", {}).items())


def _describe(entry: Mapping[str, Any], texts: Mapping[str, Mapping[str, str]]) -> dict[str, str] | None:
    """What was left out, in three languages; None where nothing was."""
    if "selection" in entry:
        return dict(entry["selection"])
    if "areas" not in entry:
        return None
    areas = texts[entry["areas"]]
    sentences = {
        language: sentence.format(table=entry["table"], areas=areas[language])
        for language, sentence in texts["sentence"].items()
    }
    for column, values in entry.get("where", {}).items():
        for language, sentence in texts["codes"].items():
            sentences[language] += " " + sentence.format(column=column, values=", ".join(values))
    return sentences
