"""What a dataset's page says of its coverage, and where it marks a figure: read from HTML, beside the CSV."""

import csv
import re
from pathlib import Path

import pytest

from assets.publish.site.completeness import LOW, Coverage, Year, low_coverage

THIN = {
    "fi": "Taulussa on vuodelta 2024 vain 29",
    "sv": "För 2024 finns bara 29",
    "en": "For 2024 only 29%",
}


@pytest.mark.parametrize("language", THIN)
def test_the_page_draws_and_tells_what_is_there(published: Path, language: str) -> None:
    page = (published / language / "dataset" / "rd-expenditure.html").read_text("utf-8")
    section = page.split('<h2 id="coverage">')[1].split("</section>")[0]
    with (published / "rd-expenditure" / "coverage.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["share"]]
    bars = re.findall(r'class="there( low)?"><title>(\d{4}): ([\d.,]+)', section)
    expected = [
        (" low" if float(row["share"]) < LOW else "", row["year"], float(row["share"]))
        for row in sorted(rows, key=lambda row: (row["geo_classification"], row["year"]))
    ]
    assert len(bars) == len(rows) > 3
    for (low, year, share), (is_low, of, wanted) in zip(bars, expected, strict=True):
        assert (low, year) == (is_low, of)
        assert float(share.replace(",", ".")) == pytest.approx(100 * wanted, abs=0.1)
    assert 'href="#coverage"' in page and "<script" not in section
    cells = re.findall(r'<td class="number">([^<]*)</td>', section.split("<details>")[1])
    assert len(cells) == 6 * len(rows)


@pytest.mark.parametrize("language", THIN)
def test_a_figure_under_the_stated_coverage_says_so(published: Path, language: str) -> None:
    page = (published / language / "dataset" / "rd-expenditure.html").read_text("utf-8")
    assert THIN[language] in page
    whole = (published / language / "dataset" / "household-income-regions.html").read_text("utf-8")
    assert THIN[language][:20] not in whole


def test_only_a_low_share_of_the_same_table_classification_and_year_marks() -> None:
    years = [Year(2023, 0.9, {}), Year(2024, 0.7999, {})]
    found = [Coverage("made", "nuts-2024", years)]
    assert low_coverage(found, "made", "nuts-2024", "2024") == 0.7999
    assert low_coverage(found, "made", "nuts-2024", "2024-05") == 0.7999
    assert low_coverage(found, "made", "nuts-2024", "2023") is None
    assert low_coverage(found, "made", "nuts-2021", "2024") is None
    assert low_coverage(found, "other", "nuts-2024", "2024") is None
