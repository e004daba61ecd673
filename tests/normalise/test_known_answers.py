"""Figures that people have looked up, in the bundle by a route of its own and in the normalised tables.

The plain readings use the csv and json modules and none of our readers, so as not to share their mistakes.
"""

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from plain_readings import Cells, plain_bytes, plain_jsonstat, plain_sdmx_csv, plain_tsv

BUNDLE = Path(__file__).parents[2] / "assets" / "snapshots"


def bundled(table: str) -> list[Path]:
    paths = sorted(
        path for path in BUNDLE.glob(f"*/{table}/*/*") if not path.name.endswith((".gz.json", ".json.json"))
    )
    assert paths, f"{table} is not in the bundle"
    return paths


def plain_cells(table: str) -> Cells:
    """All cells of a bundled table; parts that give a cell twice must agree."""
    readings: dict[str, Callable[[bytes], Cells]] = {
        ".tsv.gz": plain_tsv,
        ".json": plain_jsonstat,
        ".csv.gz": lambda content: plain_sdmx_csv(
            content, ["freq", "unit", "sex", "age", "geo", "TIME_PERIOD"]
        ),
    }
    cells: Cells = {}
    for path in bundled(table):
        for key, cell in readings["".join(path.suffixes)](plain_bytes(path)).items():
            assert cells.setdefault(key, cell) == cell
    return cells


def plain_records(member: str) -> list[dict[str, str]]:
    """The records of a bundled CORDIS member."""
    [path] = [p for p in bundled("horizon") if p.parent.name == member]
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


ANSWERS = {
    "13tn": [
        ("2023 MK07 SSS tk_menot", 96.9),
        ("2023 MK07 SSS tk_hlomaara", 1281),
        ("2023 MK07 SSS tk_htv", 856.7),
        ("2024 MK07 SSS tk_menot", 116.6),
        ("2024 MK07 SSS tk_hlomaara", 1286),
        ("2024 MK07 SSS tk_htv", 902.4),
        ("2024 MK07 yri tk_menot", 77.8),
    ],
    "nama_10r_3gdp": [("A MIO_EUR FI1C3 2021", 6992.5)],
    "bd_size_r3": [
        ("A V11920 TOTAL B-S_X_K642 FI1C3 2019", 980),
        ("A V11920 TOTAL B-S_X_K642 FI1C3 2020", 970),
    ],
    "pat_ep_rtot": [("A NR FI1C3 2012", 20.13)],
    "11re": [("MK07 SSS SSS 2023 vaesto", 204479), ("MK07 SSS SSS 2024 vaesto", 204635)],
}


@pytest.mark.parametrize("table", ANSWERS)
def test_the_bundle_has_the_figures(table: str) -> None:
    cells = plain_cells(table)
    assert {key: cells[tuple(key.split())][0] for key, _ in ANSWERS[table]} == dict(ANSWERS[table])


def test_the_bundle_has_no_value_where_there_is_none() -> None:
    assert ("A", "MIO_EUR", "FI1C3", "2022") not in plain_cells("nama_10r_3gdp")
    secret = {key for key, cell in plain_cells("13tn").items() if cell == (None, "...")}
    assert secret and {key[1] for key in secret} == {"MK08"}


def test_the_bundle_has_the_projects_and_participations() -> None:
    projects, participations = plain_records("project"), plain_records("organization")
    assert len(projects) == len({record["id"] for record in projects}) == 1706
    assert len(participations) == 28215
    assert sum(record["country"] == "FI" for record in participations) == 2845
    assert sum(record["nutsCode"] == "FI1C6" for record in participations) == 20
    assert {record["projectID"] for record in participations} == {record["id"] for record in projects}
