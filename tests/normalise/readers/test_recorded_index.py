"""Walks INDEX.tsv: every recorded file is read, cell by cell as a plain reading has it and with a known
number of rows, or `recorded_files.csv` says why none reads it.

A line of the index that is not in that table fails the walk.
"""

import csv
import io
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from assets.errors import SourceError
from assets.normalise.readers.cordis.csv import read_cordis_csv
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from assets.normalise.readers.source_table import SourceTable
from tests.normalise.readers.plain.plain_readings import plain_bytes
from tests.normalise.readers.plain.plain_registers import plain_eura, plain_topics
from tests.normalise.readers.recorded_readings import READINGS, list_recorded_files
from tests.normalise.readers.register_forms import EURA_2007, EURA_2014

Reader = Callable[[Path], SourceTable]
REFUSED: dict[str, tuple[Reader, str]] = {
    "eurostat/toc/table_of_contents_en.txt": (read_eurostat_tsv, "no header such as"),
    "eurostat/sdmx-ml/footer-413.xml": (
        read_eurostat_tsv,
        "an XML message in place of Eurostat TSV: Due to the large",
    ),
    "eurostat/sdmx-ml/NAMA_10_GDP-ss.xml": (read_sdmx_csv, "an XML message in place of SDMX-CSV"),
    "eurostat/constraints/eurostat_constraints_2026-08.parquet": (read_sdmx_csv, "a Parquet file"),
    "eurostat/constraints/eurostat_status_2026-08.csv": (read_sdmx_csv, "no SDMX-CSV header"),
    "eurostat/converted/pat_ep_rtot_1977-2012.csv.gz": (read_sdmx_csv, "no SDMX-CSV header"),
    "statfin/pxweb-v1/tkke_13tn_query.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "pxweb-v2/scb/TAB6471_metadata.json": (read_jsonstat, "metadata of a table"),
    "pxweb-v2/pxtools/MetadataById_tab004_js2.json": (read_jsonstat, "metadata of a table"),
    "pxweb-v2/scb/config.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "pxweb-v2/scb/search.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    # JSON of registers' own kinds, and workbooks, are no format that is read
    "vipunen/*.json": (read_jsonstat, "in place of a JSON-stat dataset"),
    "ror/*.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "prh/bis-v1-response.json": (read_jsonstat, "a JSON list in place of a JSON-stat dataset"),
    "prh/*.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "researchfi/*.json": (read_jsonstat, "no JSON-stat 2.0 dataset"),
    "interreg/*.json": (read_jsonstat, "in place of a JSON-stat dataset"),
    "postal/*.json": (read_jsonstat, "in place of a JSON-stat dataset"),
    "cordis/*.xlsx": (read_cordis_csv, "a zip or XLSX file in place of delimited text"),
    # registers' files that are not what they seem, read as plain CSV
    "cordis/fp7/fp7_test_projects.csv": (read_cordis_csv, "line 60: the last line has no line end"),
    "cordis/horizon-csv-2025-05/topics.csv": (read_cordis_csv, "line 1022: column title: a stray quote"),
    "eura/projektilista-2007-2013_old.csv": (read_delimited, "line 1, byte 88: 0xe4 is not utf-8"),
    "eura/projektilista-2014-2020_original.csv": (read_delimited, "line 2: 15 cells where the header has 13"),
    "nuts/eurostat/NUTS2021-NUTS2024_list.csv": (
        lambda path: read_delimited(path, {"delimiter": ";"}),
        "line 2192: the last line has no line end",
    ),
    "prh/toimiala_1_20080101.csv": (
        lambda path: read_delimited(path, {"delimiter": ";"}),
        "line 1: column 1 has no name in the header",
    ),
}


@pytest.mark.slow
def test_every_recorded_file_has_a_reader_that_reads_it_whole_or_a_reason(shared: Path) -> None:
    index = (shared / "upstream" / "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    recorded = list_recorded_files()
    assert [line.split("\t")[0] for line in index] == [line.file for line in recorded]
    csv.field_size_limit(10_000_000)
    for line in recorded:
        if line.reader == "none":
            assert line.reason and not line.rows, f"{line.file}: say why no reader reads it"
            continue
        assert line.rows and not line.reason, f"{line.file}: say how many rows its reader gives"
        ours, plain = READINGS[line.reader](shared / "upstream" / line.file, line.options)
        assert ours == plain, line.file
        assert len(ours) == line.rows, line.file


@pytest.mark.slow
def test_the_first_reader_that_a_person_would_try_says_what_is_wrong(shared: Path) -> None:
    names = [line.file for line in list_recorded_files()]
    for pattern, (reader, reason) in REFUSED.items():
        matching = [name for name in names if fnmatch(name, pattern)]
        assert matching, pattern
        for name in matching:
            if next(other for other in REFUSED if fnmatch(name, other)) == pattern:
                with pytest.raises(SourceError) as caught:
                    reader(shared / "upstream" / name).frame.collect()
                assert reason in str(caught.value), name


def rows_of(path: Path, dialect: Mapping[str, Any]) -> list[list[str]]:
    """Header and rows of `read_delimited`, an empty cell as such."""
    frame = read_delimited(path, dialect).frame.collect()
    return [frame.columns, *([cell or "" for cell in row] for row in frame.rows())]


def csv_rows(path: Path, delimiter: str = ",") -> list[list[str]]:
    text = io.StringIO(plain_bytes(path).decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


@pytest.mark.slow
def test_what_is_refused_as_plain_text_is_read_by_its_dialect(shared: Path, tmp_path: Path) -> None:
    """What the first try says to state is stated: encoding, pattern, repairing, a last line without its end.
    Every cell as a plain reading has it."""
    folder = shared / "upstream"
    old = folder / "eura/projektilista-2007-2013_old.csv"
    records, wrong = plain_eura(old.read_text("windows-1252"), parts=True)
    assert rows_of(old, EURA_2007)[1:] == records and not wrong and len(records) == 19_940
    edited = folder / "eura/projektilista-2014-2020_original.csv"
    with pytest.raises(SourceError, match=r"line 56: not a record .* \(24 such lines\)"):
        read_delimited(edited, EURA_2014)
    records, wrong = plain_eura(edited.read_text("utf-8"), parts=False)
    lines = edited.read_text("utf-8").splitlines(keepends=True)
    whole = tmp_path / "whole.csv"
    whole.write_text("".join(line for n, line in enumerate(lines, 1) if n not in wrong), "utf-8")
    assert rows_of(whole, EURA_2014)[1:] == records and (len(wrong), wrong[0]) == (24, 56)
    topics = folder / "cordis/horizon-csv-2025-05/topics.csv"
    repaired = read_cordis_csv(topics, repair=True)
    assert repaired.frame.collect().rows() == plain_topics(topics.read_bytes())
    assert repaired.metadata["repaired"] == [1022, 9526]
    unended = {"delimiter": ";", "unendedLastLine": True}
    nuts = folder / "nuts/eurostat/NUTS2021-NUTS2024_list.csv"
    with pytest.raises(SourceError, match="line 1: column 7 has no name"):
        read_delimited(nuts, unended)
    named = tmp_path / "named.csv"  # with names for the columns that have none
    header, body = nuts.read_text("utf-8-sig").split("\n", 1)
    names = ";".join(f"{cell}{n}" for n, cell in enumerate(header.split(";")))
    named.write_text(f"{names}\n{body}", "utf-8")
    assert rows_of(named, unended)[1:] == csv_rows(named, ";")[1:]
    industries = folder / "prh/toimiala_1_20080101.csv"
    with pytest.raises(SourceError, match="line 5: an empty line where 3 cells"):
        read_delimited(industries, {"delimiter": ";", "headerRows": [4]})
    filled = tmp_path / "filled.csv"
    filled.write_bytes(b"".join(line for line in industries.open("rb") if line.strip()))
    assert rows_of(filled, {"delimiter": ";", "headerRows": [2]}) == csv_rows(filled, ";")[1:]
    seventh = folder / "cordis/fp7/fp7_test_projects.csv"
    assert rows_of(seventh, unended) == csv_rows(seventh, ";") and len(csv_rows(seventh, ";")) == 60
    for name in ("constraints/eurostat_status_2026-08.csv", "converted/pat_ep_rtot_1977-2012.csv.gz"):
        assert rows_of(folder / "eurostat" / name, {}) == csv_rows(folder / "eurostat" / name)
    contents = folder / "eurostat/toc/table_of_contents_en.txt"
    assert rows_of(contents, {"delimiter": "\t"}) == csv_rows(contents, "\t")
