"""Which reader reads which wire format (`format` of `innoregio:source`). How is the reader's own matter."""

from collections.abc import Callable
from pathlib import Path

from assets.descriptor import Source
from assets.normalise.source_table import SourceTable

Reader = Callable[[Path, Source], SourceTable]


def _read_json_stat(path: Path, source: Source) -> SourceTable:
    from assets.normalise.jsonstat import read_jsonstat

    return read_jsonstat(path)


def _read_tsv(path: Path, source: Source) -> SourceTable:
    from assets.normalise.eurostat_tsv import read_eurostat_tsv

    return read_eurostat_tsv(path)


def _read_sdmx_csv(path: Path, source: Source) -> SourceTable:
    from assets.normalise.sdmx_csv import read_sdmx_csv

    return read_sdmx_csv(path)


def _read_csv(path: Path, source: Source) -> SourceTable:
    from assets.normalise.delimited import read_delimited

    return read_delimited(path, source.options.get("dialect"))


def _read_cordis_csv(path: Path, source: Source) -> SourceTable:
    from assets.normalise.cordis import read_cordis_csv

    return read_cordis_csv(path)


# Imported when asked for: a run of one dataset loads one reader.
READERS: dict[str, Reader] = {
    "json-stat": _read_json_stat,
    "tsv": _read_tsv,
    "sdmx-csv": _read_sdmx_csv,
    "csv": _read_csv,
    "cordis-csv": _read_cordis_csv,
}
