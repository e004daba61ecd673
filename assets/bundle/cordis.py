"""What the bundle holds of CORDIS: Horizon Europe's projects with a Finnish participant, in CORDIS's own CSV.

The selection, its wording and what is left blank belong here; writing the files belongs to `bundle`.

Left blank, with the columns kept, so that one reader and one descriptor read bundle and live file:
- in every row: objectives, keywords and other prose; streets, post codes, web addresses, contact forms,
  coordinates and VAT numbers, which the tables do not need and which may be those of persons;
- of participants without street and city, who may be natural persons: PIC, name, short name and rcn.

A city without any letter, such as a telephone number in the wrong column, is written as a dash: not blank,
since a blank city would withhold the row.

How the tables know a withheld participant afterwards: in a live file by the same rule, street and city both
blank (`framework_projects`). Here the street is blank everywhere, so the city alone must do. It can,
because no row has a street without a city: `snapshots` stops where one has, since the bundle would then
withhold what a live file does not. So one rule over the same two columns gives the same `name_withheld`
from both.
"""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from assets.bundle.recorded import read_index, recorded_provenance
from assets.errors import SourceError
from assets.store.snapshots import Provenance

FOLDER = "cordis/horizon-fi-2025-12"
BLANK = {
    "project": ("nature", "objective", "keywords"),
    "organization": ("vatNumber", "street", "postCode", "geolocation", "organizationURL", "contactForm"),
}
NO_PLACE = "-"
PERSON = ("organisationID", "name", "shortName", "rcn")
SELECTION = {
    "fi": "Paketissa ovat ne Horisontti Eurooppa -hankkeet, joissa on ainakin yksi suomalainen osallistuja, "
    "ja hankkeiden kaikki osallistujat maasta riippumatta, tilanteessa 6.12.2025. Muut hankkeet on jätetty "
    "pois. EUROfusion-hanke (101052200) puuttuu, koska sen tietoja ei voitu lukea tallenteesta.",
    "sv": "Paketet innehåller de projekt inom Horisont Europa som har minst en finländsk deltagare, med "
    "projektens alla deltagare oavsett land, enligt läget den 6 december 2025. Övriga projekt har "
    "utelämnats. Projektet EUROfusion (101052200) saknas, eftersom dess uppgifter inte gick att läsa i den "
    "sparade kopian.",
    "en": "The package holds the Horizon Europe projects with at least one Finnish participant, and all "
    "participants of those projects from any country, as of 6 December 2025. Other projects are left out. "
    "The EUROfusion project (101052200) is missing, because the recorded copy of it could not be read.",
}


def snapshots(recorded: Path) -> Iterator[tuple[bytes, Provenance]]:
    """The bundled members `project` and `organization` of CORDIS's Horizon Europe archive, gzipped CSV.

    Raises `SourceError` where a recorded row has a street but no city (see above).
    """
    rows = {part: _read(recorded / FOLDER / f"{part}.csv") for part in BLANK}
    updated = max(row["contentUpdateDate"] for row in rows["project"])[:10]
    for part, table in rows.items():
        path = f"{FOLDER}/{part}.csv"
        index = read_index(recorded)[path]
        provenance = recorded_provenance(
            recorded,
            path,
            provider="cordis",
            table="horizon",
            part=part,
            media_type="text/csv",
            updated=updated,
            selection=SELECTION,
        )
        yield (
            gzip.compress(_write(blanked(row, part) for row in table), mtime=0),
            replace(
                provenance,
                obtained_from=f"https://github.com/{index['repo']}/tree/{index['commit']}/data",
            ),
        )


def blanked(row: dict[str, str], part: str) -> dict[str, str]:
    """The row with what is not bundled left blank."""
    street, city = row.get("street", "").strip(), row.get("city", "").strip()
    if street and not city:
        where = f"project {row['projectID']}, order {row['order']}"
        problem = "a street without a city: the bundle could not tell it from a person's row"
        raise SourceError(f"{part}.csv", where, problem)
    person = part == "organization" and not street and not city
    blank = {*BLANK[part], *(PERSON if person else ())}
    kept = {column: "" if column in blank else value for column, value in row.items()}
    if city and not any(character.isalpha() for character in city):
        kept["city"] = NO_PLACE
    return kept


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";", strict=True))


def _write(rows: Iterable[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(
                text, list(row), delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n"
            )
            writer.writeheader()
        writer.writerow(row)
    return text.getvalue().encode()
