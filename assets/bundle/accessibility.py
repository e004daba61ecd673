"""Eurostat's files on access to services, whose dimensions stand in the file names, as one CSV.

Which of the files are taken belongs here; what the codes mean belongs to the descriptor.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from assets.bundle.eurostat import compress, unzip
from assets.bundle.recorded import read_index, recorded_provenance
from assets.bundle.selected import SELECTIONS, is_chosen
from assets.errors import SourceError
from assets.store.snapshots import Provenance

FILE = re.compile(  # the nearest service, all ages and degrees of urbanisation, per cent of the population
    r"eurostat/accessibility/euro_access_NUTS_2024_(?P<service>[a-z]+)__AGE_T__DEG_URB_TOTAL"
    r"__ACCESS_INDIC_N1__THRESHOLD_(?P<threshold>GT_\d+_(?:MIN|M))__UNIT_PC\.csv"
)
COLUMNS = ("geo", "service", "threshold", "time", "value")


def snapshots(recorded: Path) -> Iterator[tuple[bytes, Provenance]]:
    """The one snapshot of `gisco/accessibility`; raises `SourceError` where no file or an unknown one is."""
    paths = sorted(path for path in read_index(recorded) if FILE.fullmatch(path))
    if not paths:
        raise SourceError(str(recorded), "eurostat/accessibility", "no file on access to services")
    text = io.StringIO(newline="")
    written = csv.writer(text, lineterminator="\n")
    written.writerow(COLUMNS)
    for path in paths:
        written.writerows(_cells(unzip(recorded / path), path))
    texts = yaml.safe_load(SELECTIONS.read_text("utf-8"))["texts"]
    made = recorded_provenance(
        recorded,
        paths[0],
        provider="gisco",
        table="accessibility",
        part="data",
        media_type="text/csv",
        selection={
            language: f"{texts['access'][language]} {sentence.format(table='euro_access', areas=areas)}"
            for language, sentence in texts["sentence"].items()
            for areas in [texts["baltic-sea"][language]]
        },
    )
    folder = made.obtained_from.replace("/blob/", "/tree/").rpartition("/")[0]
    yield compress(text.getvalue().encode()), replace(made, obtained_from=folder)


def _cells(content: bytes, path: str) -> Iterator[tuple[str, ...]]:
    """A record for each cell of one file, of the chosen areas, its value as the file writes it."""
    named = FILE.fullmatch(path)
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    header = next(rows)
    if named is None or header[0] != "GEO" or not all(year.isdigit() for year in header[1:]):
        raise SourceError(path, "header", f"no file on access by area and year: {header}")
    for geo, *values in rows:
        if is_chosen({"geo": geo}, {"areas": "baltic-sea"}):
            for year, value in zip(header[1:], values, strict=True):
                yield geo, named["service"], named["threshold"], year, value
