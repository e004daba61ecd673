"""What the bundle holds of Horizon 2020: participations by PIC and programme parts, a copy of 2020.

Only projects with a Finnish participant, with all who take part. The copy writes `NA` where it has no value;
here such a cell is empty. In the column `country` that text may also mean Namibia: nothing says which.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

from assets.bundle.eurostat import compress
from assets.bundle.recorded import recorded_provenance
from assets.errors import SourceError
from assets.store.snapshots import Provenance

FOLDER, TABLE, MISSING = "cordis-h2020", "h2020-participations", "NA"
PARTS = {"participations": "h2020_2020-12.csv.gz", "programme-parts": "programme_parts.csv.gz"}
PROJECT = "rcn"
SELECTION = {
    "fi": "Paketissa ovat ne Horisontti 2020 -hankkeet, joissa on ainakin yksi suomalainen osallistuja, ja "
    "hankkeiden kaikki osallistujat maasta riippumatta, tilanteessa 14.12.2020.",
    "sv": "Paketet innehåller de projekt inom Horisont 2020 som har minst en finländsk deltagare, med "
    "projektens alla deltagare oavsett land, enligt läget den 14 december 2020.",
    "en": "The package holds the Horizon 2020 projects with at least one Finnish participant, and all "
    "participants of those projects from any country, as of 14 December 2020.",
}


def snapshots(recorded: Path) -> Iterator[tuple[bytes, Provenance]]:
    """The two bundled tables, gzipped CSV; raises `SourceError` where a file has no column of projects."""
    tables = {part: _read(recorded / FOLDER / name) for part, name in PARTS.items()}
    finnish = {row[PROJECT] for row in tables["participations"] if row["country"] == "FI"}
    for part, rows in tables.items():
        kept = io.StringIO(newline="")
        written = csv.DictWriter(kept, list(rows[0]), lineterminator="\n")
        written.writeheader()
        for row in rows:
            if row[PROJECT] in finnish:
                written.writerow({name: "" if text == MISSING else text for name, text in row.items()})
        yield (
            compress(kept.getvalue().encode()),
            recorded_provenance(
                recorded,
                f"{FOLDER}/{PARTS[part]}",
                provider="cordis",
                table=TABLE,
                part=part,
                media_type="text/csv",
                updated="2020-12-14",
                selection=SELECTION,
            ),
        )


def _read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or PROJECT not in rows[0]:
        raise SourceError(path.name, "header", f"no column {PROJECT}")
    return rows
