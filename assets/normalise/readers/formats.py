"""Which reader reads which wire format (`format` of `innoregio:source`). How is the reader's own matter."""

from collections.abc import Callable
from pathlib import Path

from assets.descriptor import Source
from assets.normalise.readers.area_shares import read_area_shares
from assets.normalise.readers.cordis.csv import read_cordis_csv
from assets.normalise.readers.cordis.xml import read_cordis_xml
from assets.normalise.readers.cordis.zip import read_cordis_zip
from assets.normalise.readers.data_browser.workbook import read_data_browser
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.map_json import read_map_json
from assets.normalise.readers.px.file import read_px
from assets.normalise.readers.pxweb import read_pxweb_csv, read_pxweb_json
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from assets.normalise.readers.source_table import SourceTable
from assets.normalise.readers.unpivot import unpivot

Reader = Callable[[Path, Source], SourceTable]


def _read_csv(path: Path, source: Source) -> SourceTable:
    """Delimited text as it stands, or with a row for each cell of the columns that `unpivot` names."""
    dialect = source.options.get("dialect") or {}
    table = read_delimited(path, dialect)
    if "unpivot" not in source.options:
        return table
    marks = dialect.get("decimalChar", "."), dialect.get("groupChar")
    return unpivot(table, source.options["unpivot"], path.name, *marks)


def _read_pxweb_csv(path: Path, source: Source) -> SourceTable:
    dialect = source.options.get("dialect") or {}
    return read_pxweb_csv(path, dialect.get("encoding", "utf-8"), dialect.get("delimiter", ","))


def _read_cordis_zip(path: Path, source: Source) -> SourceTable:
    return read_cordis_zip(path, source.options["member"], repair=bool(source.options.get("repairQuotes")))


READERS: dict[str, Reader] = {
    "area-shares": lambda path, source: read_area_shares(path),
    "cordis-csv": lambda path, source: read_cordis_csv(path, repair=bool(source.options.get("repairQuotes"))),
    "cordis-xml": lambda path, source: read_cordis_xml(path, source.options["member"]),
    "cordis-zip": _read_cordis_zip,
    "csv": _read_csv,
    "data-browser": lambda path, source: read_data_browser(path),
    "json-stat": lambda path, source: read_jsonstat(path),
    "map-json": lambda path, source: read_map_json(path),
    "px": lambda path, source: read_px(path),
    "pxweb-csv": _read_pxweb_csv,
    "pxweb-json": lambda path, source: read_pxweb_json(path),
    "sdmx-csv": lambda path, source: read_sdmx_csv(path),
    "tsv": lambda path, source: read_eurostat_tsv(path),
}
