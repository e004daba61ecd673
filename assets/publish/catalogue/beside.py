"""What the site puts into the tree beside a release: a page in each language, and the workbook.

The site writes them before the catalogue is written; where it did not, the catalogue tells of none. What is
said of them belongs to `graph` and `distributions`.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assets.files import hash_file
from assets.publish.catalogue.packages import Package

WORKBOOK_TITLES = {"fi": "Kaikki taulut", "sv": "Alla tabeller", "en": "All tables"}
WORKBOOK_DESCRIPTIONS = {
    "fi": "Uusimman julkaisun taulut taulukkolaskentaohjelmille, kukin omalla sivullaan. Vanhemmat julkaisut "
    "ovat saatavilla CSV- ja Parquet-tiedostoina.",
    "sv": "Tabellerna i den nyaste utgåvan för kalkylprogram, var och en på ett eget blad. Äldre utgåvor "
    "finns som CSV- och Parquet-filer.",
    "en": "The tables of the newest release for spreadsheet programs, each on a sheet of its own. Older "
    "releases are there as CSV and Parquet files.",
}


def workbook_path(dataset: str) -> str:
    """Where a dataset's workbook is, inside its folder."""
    return f"{dataset}.xlsx"


def page_path(dataset: str, language: str) -> str:
    """Where the page of a dataset is, inside the tree."""
    return f"{language}/dataset/{dataset}.html"


def add_beside(package: Package, out: Path, languages: Sequence[str]) -> Package:
    """The package with the pages and the workbook that are there."""
    pages = {la: path for la in languages if (out / (path := page_path(package.name, la))).is_file()}
    return replace(package, pages=pages, workbook=read_workbook(out / package.name, package.name))


def read_workbook(folder: Path, dataset: str) -> dict[str, Any] | None:
    """What a descriptor would say of the workbook, None where there is none."""
    path = folder / workbook_path(dataset)
    if not path.is_file():
        return None
    return {
        "name": dataset,
        "path": path.name,
        "format": "xlsx",
        "title_translated": WORKBOOK_TITLES,
        "description_translated": WORKBOOK_DESCRIPTIONS,
        "bytes": path.stat().st_size,
        "hash": hash_file(path),
    }
