"""What the site puts into the tree beside a release: a page in each language, and the workbooks.

The site writes them before the catalogue is written; where it did not, the catalogue lists none. What is
said of them belongs to `graph` and `distributions`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assets.descriptor import LANGUAGES
from assets.files import hash_file
from assets.publish.catalogue.packages import Package

# One workbook a language; its title and description stand in every language all the same.
WORKBOOK_TITLES: Mapping[str, Mapping[str, str]] = {
    "fi": {
        "fi": "Excel-työkirja suomeksi",
        "sv": "Excel-arbetsbok på finska",
        "en": "Excel workbook in Finnish",
    },
    "sv": {
        "fi": "Excel-työkirja ruotsiksi",
        "sv": "Excel-arbetsbok på svenska",
        "en": "Excel workbook in Swedish",
    },
    "en": {
        "fi": "Excel-työkirja englanniksi",
        "sv": "Excel-arbetsbok på engelska",
        "en": "Excel workbook in English",
    },
}
WORKBOOK_DESCRIPTIONS: Mapping[str, str] = {
    "fi": "Uusimman julkaisun taulut selitteineen: lähteet, lisenssi, muuttujat ja koodiluettelot omilla "
    "välilehdillään. Vanhemmat julkaisut ovat saatavilla CSV- ja Parquet-tiedostoina.",
    "sv": "Tabellerna i den senaste utgåvan med etiketter: källor, licens, variabler och kodlistor på egna "
    "blad. Äldre utgåvor finns som CSV- och Parquet-filer.",
    "en": "The tables of the newest release with labels: sources, licence, columns and code lists on sheets "
    "of their own. Older releases are there as CSV and Parquet files.",
}


def workbook_path(dataset: str, language: str) -> str:
    """Where a dataset's workbook in a language is, inside its folder."""
    return f"{dataset}-{language}.xlsx"


def page_path(dataset: str, language: str) -> str:
    """Where the page of a dataset is, inside the tree."""
    return f"{language}/dataset/{dataset}.html"


def add_beside(package: Package, out: Path, languages: Sequence[str]) -> Package:
    """The package with the pages and the workbooks that are there."""
    pages = {la: path for la in languages if (out / (path := page_path(package.name, la))).is_file()}
    return replace(package, pages=pages, workbooks=read_workbooks(out / package.name, package.name))


def read_workbooks(folder: Path, dataset: str) -> list[dict[str, Any]]:
    """What a descriptor would say of each workbook that is there."""
    paths = {language: folder / workbook_path(dataset, language) for language in LANGUAGES}
    return [
        {
            "name": f"{dataset}-{language}",
            "path": path.name,
            "format": "xlsx",
            "title_translated": WORKBOOK_TITLES[language],
            "description_translated": WORKBOOK_DESCRIPTIONS,
            "language": language,
            "bytes": path.stat().st_size,
            "hash": hash_file(path),
        }
        for language, path in paths.items()
        if path.is_file()
    ]
