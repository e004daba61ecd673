"""The bundle of regions holds the recorded sources, without their prose."""

import csv
import gzip
import io
from pathlib import Path

import fastexcel
import pytest

from assets.bundle.regions import snapshots, workbook_cells
from assets.errors import SourceError
from assets.store.snapshots import bundle_root

FORBIDDEN = ("typology", "predominantly urban", "transliteration", "Changes overview", "Change log")


def bundled(table: str) -> dict[str, bytes]:
    """The bundled snapshots of a table by part, as they lie there."""
    return {path.parent.name: path.read_bytes() for path in (bundle_root() / table).glob("*/*.csv.gz")}


def test_the_bundle_is_what_the_recorded_files_give(shared: Path) -> None:
    made = list(snapshots(shared / "upstream"))
    tables = ("eurostat/nuts", "statfin/municipality-keys", "statfin/municipality-population")
    for table in (*tables, "jrc/nuts-matrices"):
        of_table = {p.part: content for content, p in made if f"{p.provider}/{p.table}" == table}
        assert of_table == bundled(table)
    assert all(p.licence == "CC-BY-4.0" and p.selection is None for _, p in made)
    assert all(
        p.obtained_from.startswith("https://github.com/") and " " not in p.obtained_from for _, p in made
    )


def test_keys_and_names_are_carried_over_as_they_are(shared: Path) -> None:
    parts = bundled("statfin/municipality-keys")
    assert len(parts) == 15
    for part, content in parts.items():
        file = f"upstream/regions/finland/municipality_{part.replace('-', '_')}.csv"
        recorded = shared / ("vocab/finland-regions.csv" if part == "names" else file)
        assert gzip.decompress(content) == recorded.read_bytes()


def test_populations_and_matrices_are_carried_over_as_they_are(shared: Path) -> None:
    (population,) = bundled("statfin/municipality-population").values()
    recorded = shared / "upstream/regions/finland/population_by_municipality.csv"
    assert gzip.decompress(population) == recorded.read_bytes()
    matrices = bundled("jrc/nuts-matrices")
    assert sorted(matrices) == ["n2-2006-2021", "n3-2006-2021", "n3-2010-2016", "n3-2016-2021"]
    for part, content in matrices.items():
        level, first, last = part.split("-")
        recorded = shared / f"upstream/nuts/conversion/{level}_cm_v{first}_v{last}.csv"
        assert gzip.decompress(content) == recorded.read_bytes()


def test_workbooks_come_without_prose() -> None:
    for part, content in bundled("eurostat/nuts").items():
        text = gzip.decompress(content).decode()
        assert not [word for word in FORBIDDEN if word.lower() in text.lower()], part
        header, *rows = csv.reader(io.StringIO(text))
        assert header[:3] == ["sheet", "line", "c1"]
        assert all(len(row) == len(header) and any(row[2:]) for row in rows)


def test_cells_stand_in_their_places(shared: Path) -> None:
    book = fastexcel.read_excel(str(shared / "upstream/nuts/eurostat/NUTS2021-NUTS2024.xlsx"))
    rows = list(csv.reader(io.StringIO(workbook_cells(book).decode())))
    plain = book.load_sheet("NUTS2024", header_row=None, dtypes="string").to_polars().rows()
    ours = [row for row in rows if row[0] == "NUTS2024"]
    assert len(ours) == len(plain)
    assert (
        ours[1532][1:8] == ["1533", *plain[1532]] == ["1533", "FI", "FI1C6", "Päijät-Häme", "3", "26", "1532"]
    )


def test_a_folder_without_the_workbooks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"NUTS2003-NUTS2006\.xls: no XLS or XLSX workbook"):
        list(snapshots(tmp_path))
