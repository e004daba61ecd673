"""Walks INDEX.tsv: every recorded statistics file is read, cell by cell as a plain reading has it, or
refused for its reason."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from plain_readings import Cells, cells_of, plain_bytes, plain_jsonstat, plain_px, plain_sdmx_csv, plain_tsv

from assets.errors import SourceError
from assets.normalise.eurostat_tsv import read_eurostat_tsv
from assets.normalise.jsonstat import read_jsonstat
from assets.normalise.px import read_px
from assets.normalise.pxweb import read_pxweb_csv
from assets.normalise.sdmx_csv import read_sdmx_csv
from assets.normalise.source_table import SourceTable

FOLDERS = ("eurostat/", "statfin/", "px/", "pxweb-v2/")
CODE_PAGES = {
    "px/ine/27067.px": "iso-8859-15",
    "px/ine/14001.px": "windows-1252",
    "px/finland/010_kats_tau_101.px": "windows-1252",
    "px/scb-sample/tab4_fewcells.px": "utf-8",  # declares iso-8859-1 and is UTF-8
}
BIG = {"eurostat/tsv/bd_size_r3_tabular.tsv.gz", "eurostat/tsv/demo_r_pjanind3_2014-2022.tsv.gz"}
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
}


def read(name: str, path: Path) -> tuple[SourceTable, Cells]:
    """The file by its reader and by a plain reading."""
    if name.startswith("eurostat/tsv/"):
        return read_eurostat_tsv(path), plain_tsv(plain_bytes(path))
    if name.startswith("eurostat/sdmx-csv/"):
        table = read_sdmx_csv(path)
        return table, plain_sdmx_csv(plain_bytes(path), table.metadata["dimensions"])
    if name.endswith(".px"):
        return read_px(path), plain_px(path.read_bytes(), CODE_PAGES.get(name, "iso-8859-1"))
    if name.startswith("statfin/csv/"):
        header, *records = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))[2:]
        cells: Cells = {}
        for record in records:
            for heading, text in zip(header[2:], record[2:], strict=True):
                cells[(*record[:2], heading)] = (float(text), None)
        return read_pxweb_csv(path), cells
    return read_jsonstat(path), plain_jsonstat(path.read_bytes())


@pytest.mark.slow
def test_every_recorded_statistics_file_is_read_or_refused_for_its_reason(shared: Path) -> None:
    index = (shared / "upstream" / "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    names = [name for name in (line.split("\t")[0] for line in index) if name.startswith(FOLDERS)]
    assert set(REFUSED) <= set(names)
    assert len(names) >= 37
    assert set(names) >= BIG
    for name in sorted(set(names) - BIG):
        path = shared / "upstream" / name
        if name in REFUSED:
            reader, reason = REFUSED[name]
            with pytest.raises(SourceError) as caught:
                reader(path).frame.collect()
            assert reason in str(caught.value), name
            continue
        table, plain = read(name, path)
        assert cells_of(table.frame, table.metadata["dimensions"]) == plain, name
        assert plain, name


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BIG))
def test_the_big_ones_too(shared: Path, name: str) -> None:
    table, plain = read(name, shared / "upstream" / name)
    assert cells_of(table.frame, table.metadata["dimensions"]) == plain
