"""Which reader reads which wire format (`format` of `innoregio:source`). How is the reader's own matter."""

from collections.abc import Callable
from pathlib import Path

from assets.descriptor import Source
from assets.normalise.readers.cordis.csv import read_cordis_csv
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.px.file import read_px
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from assets.normalise.readers.source_table import SourceTable

Reader = Callable[[Path, Source], SourceTable]

READERS: dict[str, Reader] = {
    "json-stat": lambda path, source: read_jsonstat(path),
    "tsv": lambda path, source: read_eurostat_tsv(path),
    "sdmx-csv": lambda path, source: read_sdmx_csv(path),
    "px": lambda path, source: read_px(path),
    "csv": lambda path, source: read_delimited(path, source.options.get("dialect")),
    "cordis-csv": lambda path, source: read_cordis_csv(path, mend=bool(source.options.get("repairQuotes"))),
}
