"""Where figures come from, as the pages say it: source lines, dates of each table, the status of sources."""

import csv
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from assets.descriptor import load_catalogue, read_providers
from assets.publish.catalogue.words import number
from assets.publish.site.captions import between, source_tables
from assets.publish.site.write import write_site
from tests.publish.site.site_tree import LANGUAGES, html_pages

BASE = "http://127.0.0.1:8000/"
SOURCE = re.compile(r'<p class="source">(.*?)</p>', re.S)


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fi", "Lähde: Eurostat, nama_10r_3gdp, 2000–2022. Bruttokansantuote alueittain, versio 1.0.0."),
        ("sv", "Källa: Eurostat, nama_10r_3gdp, 2000–2022."),
        ("en", "Source: Eurostat, nama_10r_3gdp, 2000–2022."),
    ],
)
def test_a_chart_says_provider_table_period_and_release(published: Path, language: str, told: str) -> None:
    page = (published / language / "dataset/regional-accounts.html").read_text("utf-8")
    lines = [plain(one) for one in SOURCE.findall(page)]
    assert lines[0].startswith(told)
    assert 'href="https://doi.org/10.2908/NAMA_10R_3GDP"' in SOURCE.findall(page)[0]


def test_a_register_without_periods_is_dated_by_its_source(published: Path) -> None:
    page = (published / "fi/dataset/framework-projects.html").read_text("utf-8")
    assert plain(SOURCE.findall(page)[0]).startswith("Lähde: CORDIS, horizon, lähde päivitetty 29.11.2025. ")


@pytest.mark.usefixtures("extent")
def test_every_chart_and_every_card_has_a_source_line(published: Path) -> None:
    charts = 0
    for path in html_pages(published):
        text = path.read_text("utf-8")
        for figure in re.findall(r"<figure.*?</figure>", text, re.S):
            assert SOURCE.search(figure), path
            charts += 1
        for card in re.findall(r'<ul class="strip">(.*?)</ul>', text, re.S):
            assert len(SOURCE.findall(card)) == card.count("<li>") > 2
        names = {text for one in read_providers().values() for text in one.names.values()}
        for card in re.findall(r'<li class="card">(.*?)</li>', text, re.S):
            assert re.search(rf"({'|'.join(map(re.escape, names))}), [\w-]+ ·", card), card
            assert re.search(r"version? \d|versio \d", card)
    assert charts > 60


def test_each_table_is_dated_by_its_own_sources(published: Path) -> None:
    """The two tables of population come from two offices, one and a half years apart."""
    page = (published / "fi/dataset/population.html").read_text("utf-8")
    downloads = page.split('<h2 id="download">')[1].split("</ul>")[0]
    dates = re.findall(r'<span class="facts">[\d\s\xa0]+ riviä · lähde päivitetty ([\d.]+)</span>', downloads)
    assert dates == ["28.9.2023", "4.4.2025"]


def test_a_source_of_several_files_is_dated_from_first_to_last() -> None:
    package = type("P", (), {"content": {"sources": []}})()
    parts = [
        {"provider": "x", "table": "t", "updated": "2024-03-01", "recorded_before": "2024-05-01"},
        {"provider": "x", "table": "t", "updated": "2025-11-29", "recorded_before": "2025-12-06"},
    ]
    (found,) = source_tables(type("V", (), {"provenance": parts, "package": package})())
    assert (found["first_updated"], found["updated"]) == ("2024-03-01", "2025-11-29")
    assert between(found["first_updated"], found["updated"], "fi") == "1.3.2024 – 29.11.2025"
    assert between("2024-03-01", "2024-03-01", "fi") == "1.3.2024" and between(None, None, "sv") == "–"


def test_the_status_page_shows_no_message_of_a_machine(published: Path, tmp_path: Path) -> None:
    tree = tmp_path / "public"
    shutil.copytree(published / "rd-expenditure", tree / "rd-expenditure")
    told = {"dataset": "rd-expenditure", "provider": "statfin", "table": "13tn", "state": "stale-but-served"}
    told |= {"message": "[Errno -2] Name or service not known", "retrieved": None, "updated": None}
    (tree / "sources.json").write_text(json.dumps({"sources": [told]}), "utf-8")
    assert write_site(tree, load_catalogue(), BASE)
    for language, word in (("fi", "ei vastannut"), ("sv", "svarade inte"), ("en", "did not answer")):
        page = (tree / language / "status.html").read_text("utf-8")
        assert "Errno" not in page and word in page and "sources.json" in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fi", "Tässä julkaisussa: Horisontti Eurooppa (2021–2027): {n} hanketta."),
        ("sv", "I denna utgåva: Horisont Europa (2021–2027): {n} projekt."),
        ("en", "In this release: Horizon Europe (2021–2027): {n} projects."),
    ],
)
def test_a_register_says_which_programmes_the_release_holds(
    published: Path, language: str, told: str
) -> None:
    """Counted by the csv module; the card of the start page says it too."""
    with (published / "framework-projects/projects.csv").open(encoding="utf-8", newline="") as lines:
        counted = Counter(row["framework_programme"] for row in csv.DictReader(lines))
    assert list(counted) == ["HORIZON"]
    expected = told.format(n=number(counted["HORIZON"], language))
    for page in ("dataset/framework-projects.html", "index.html"):
        assert expected in (published / language / page).read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_footer_names_the_licence_of_the_metadata(published: Path, language: str) -> None:
    foot = (published / language / "index.html").read_text("utf-8").split("<footer>")[1]
    word = {"fi": "Kuvailutietojen lisenssi", "sv": "Licens för metadata", "en": "Licence of the metadata"}
    assert f"{word[language]}: <a" in foot and "CC0" in foot


def test_tertiary_education_is_a_share_of_those_aged_15_or_over(published: Path) -> None:
    for language, unit in (
        ("fi", "% 15 vuotta täyttäneistä"),
        ("sv", "% av dem som fyllt 15 år"),
        ("en", "% of people aged 15 or over"),
    ):
        page = (published / language / "dataset/education-and-training.html").read_text("utf-8")
        assert unit in page
