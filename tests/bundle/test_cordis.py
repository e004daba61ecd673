"""What the bundle takes of CORDIS, by made rows and by the recorded files."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from assets.bundle.cordis import BLANK, PERSON, blanked, snapshots
from assets.errors import SourceError
from assets.store.snapshots import Provenance, bundle_root

ROW = {
    **dict.fromkeys(("projectID", "organisationID", "name", "shortName", "rcn", "order", "country"), "x"),
    **dict.fromkeys(BLANK["organization"], "secret"),
    "city": "Lahti",
}


def test_what_is_left_blank() -> None:
    row = blanked(ROW, "organization")
    assert list(row) == list(ROW)
    assert {column for column, cell in row.items() if not cell} == set(BLANK["organization"])
    person = blanked({**ROW, "street": " ", "city": ""}, "organization")
    assert {column for column, cell in person.items() if not cell} == {
        *BLANK["organization"],
        *PERSON,
        "city",
    }
    assert person["country"] == "x"
    project = blanked({"id": "1", "title": "T", "objective": "Prose", "keywords": "k"}, "project")
    assert project == {"id": "1", "title": "T", "objective": "", "keywords": ""}


def test_a_street_without_a_city_stops() -> None:
    with pytest.raises(SourceError, match="project x, order x: a street without a city"):
        blanked({**ROW, "city": ""}, "organization")


@pytest.fixture(scope="module")
def given(shared: Path) -> list[tuple[bytes, Provenance]]:
    """What the script makes of the recorded files, unpacked."""
    return [(gzip.decompress(content), provenance) for content, provenance in snapshots(shared / "upstream")]


@pytest.mark.slow
def test_the_bundle_is_what_the_recorded_files_give(given: list[tuple[bytes, Provenance]]) -> None:
    """The committed files are the script's own, byte for byte in what they hold."""
    for content, provenance in given:
        [path] = (bundle_root() / "cordis" / "horizon" / provenance.part).glob("*.csv.gz")
        assert gzip.decompress(path.read_bytes()) == content
        written = json.loads(path.with_name(f"{path.name}.json").read_text("utf-8"))
        assert written["updated"] == provenance.updated == "2025-11-29"
        assert written["recorded_before"] == "2025-12-06"
        assert set(written["selection"]) == {"fi", "sv", "en"}


@pytest.mark.slow
def test_every_cell_is_the_recorded_one_or_blank(shared: Path, given: list[tuple[bytes, Provenance]]) -> None:
    for content, provenance in given:
        path = shared / "upstream" / "cordis" / "horizon-fi-2025-12" / f"{provenance.part}.csv"
        with path.open(encoding="utf-8", newline="") as lines:
            recorded = list(csv.reader(lines, delimiter=";", strict=True))
        text = io.StringIO(content.decode(), newline="")
        bundled = list(csv.reader(text, delimiter=";", strict=True))
        assert bundled[0] == recorded[0]
        blank = {bundled[0].index(column) for column in BLANK[provenance.part] if column in bundled[0]}
        other = 0
        for row, expected in zip(bundled, recorded, strict=True):
            different = {at for at, cell in enumerate(row) if cell != expected[at]}
            assert all(
                not row[at] or (row[at] == "-" != expected[at] and not any(map(str.isalpha, expected[at])))
                for at in different
            )
            other += bool({at for at in different if not row[at]} - blank) and row is not bundled[0]
        assert other == (54 if provenance.part == "organization" else 0)
