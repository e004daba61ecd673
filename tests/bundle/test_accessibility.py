"""Access to services: the records of the bundle are the cells of the recorded files, all of them."""

import csv
import gzip
import io
from pathlib import Path

from assets.bundle.accessibility import snapshots

NEAR = ("FI", "SE", "DK", "EE", "LV", "LT", "PL", "DE", "NO", "EU", "EA")
NAME = "euro_access_NUTS_2024_{}__AGE_T__DEG_URB_TOTAL__ACCESS_INDIC_N1__THRESHOLD_{}__UNIT_PC.csv"


def test_the_cells_are_those_of_the_files(shared: Path) -> None:
    recorded = shared / "upstream"
    [(content, provenance)] = snapshots(recorded)
    records = list(csv.DictReader(io.StringIO(gzip.decompress(content).decode())))
    made = {tuple(record.values()) for record in records}
    assert len(made) == len(records)
    expected = set()
    for service, threshold in {(record["service"], record["threshold"]) for record in records}:
        path = recorded / "eurostat/accessibility" / NAME.format(service, threshold)
        for row in csv.DictReader(io.StringIO(path.read_text("utf-8"))):
            geo = row.pop("GEO")
            if geo.startswith(NEAR) or len(geo) == 2:
                expected |= {(geo, service, threshold, year, value) for year, value in row.items()}
    assert made == expected and len({record[1:3] for record in made}) == 9
    assert "/tree/" in provenance.obtained_from and set(provenance.selection or {}) == {"fi", "sv", "en"}
