"""`strategy.yaml`: each mistake is one line with its place and what is allowed; another region's file."""

import shutil
from pathlib import Path

import pytest

from assets.descriptor import DescriptorMistake, load_datasets
from assets.descriptor.strategy import read_strategy
from assets.fetch.snapshots import table_sources
from assets.fetch.waiting import is_shipped_without_figures
from assets.overlay import SETTING, packaged_schemas

OTHER = """\
document:
  title_translated: {fi: Satakunnan strategia, sv: Satakuntas strategi, en: Strategy of Satakunta}
  publisher_translated: {fi: Satakuntaliitto, sv: Satakuntaförbundet, en: Regional Council of Satakunta}
  place_translated: {fi: "kohta {theme}", sv: "punkt {theme}", en: "item {theme}"}
region: "FI196"
areas:
  region: {nuts-2024: "FI196", maakunta: "MK04"}
themes:
  - theme: 1
    title_translated: {fi: Vieraat, sv: Besökare, en: Visitors}
    statement_translated: {fi: Vieraita on paljon., sv: Besökarna är många., en: There are many visitors.}
    follows:
      - {indicator: "FOREIGN_NIGHTS_SHARE"}
"""


def folder_with(tmp_path: Path, text: str) -> tuple[Path, Path]:
    (tmp_path / "strategy.yaml").write_text(text, "utf-8")
    return tmp_path, packaged_schemas()


def test_the_shipped_strategy_has_nineteen_themes_that_all_resolve() -> None:
    found = read_strategy()
    assert [theme.number for theme in found.themes] == list(range(1, 20))
    assert all(theme.entries for theme in found.themes)
    assert all(one.reference and one.sources for one in found.indicators)
    assert [theme.places["fi"] for theme in found.themes[:2]] == ["teema 1", "teema 2"]


def test_what_is_waited_for_is_shipped_without_figures() -> None:
    datasets = {dataset.name: dataset for dataset in load_datasets()[0]}
    awaited = [
        entry.waits_for for theme in read_strategy().themes for entry in theme.entries if entry.waits_for
    ]
    assert len(awaited) >= 12
    for table in awaited:
        assert is_shipped_without_figures(datasets[table.dataset]), table
        assert (table.provider, table.table) in table_sources(datasets[table.dataset])


def test_another_region_replaces_the_whole_file(tmp_path: Path) -> None:
    found = read_strategy(folder_with(tmp_path, OTHER))
    assert (found.region, len(found.themes)) == ("FI196", 1)
    assert found.inputs == ("indicators/indicators", "peers/similar-regions")


def test_the_inputs_of_the_dataset_are_those_of_the_folder_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_with(tmp_path, OTHER)
    monkeypatch.setenv(SETTING, str(tmp_path))
    [dataset] = [one for one in load_datasets()[0] if one.name == "strategy"]
    assert {source.table for one in dataset.resources for source in one.sources} == {"indicators", "peers"}


MISTAKES = {
    "dataset": ("table: goods-exports/goods-exports", "table: good-exports/goods-exports",
                "table: found 'good-exports'; allowed: a dataset: "),
    "table": ("table: job-seekers/job-seekers", "table: job-seekers/seekers",
              "found 'seekers'; allowed: a table of job-seekers: "),
    "field": ("where: {activity: \"J\"}", "where: {nace: \"J\"}",
              "found 'nace'; allowed: a field of employment-by-industry/employment-by-industry"),
    "indicator": ("indicator: \"NIGHTS_PER_INHABITANT\"", "indicator: \"NIGHTS_PER_HEAD\"",
                  "themes[4].follows[1].indicator: found 'NIGHTS_PER_HEAD'; allowed: "),
    "area": ("area: city", "area: town", "area: found 'town'; allowed: "),
    "formula": ("{code: \"NIGHTS_PER_INHABITANT\"", "{code: \"NIGHTS\"", "code: found 'NIGHTS'; allowed: "),
    "awaited": ("for: poverty-risk-nuts2}", "for: poverty-risk}",
                "for: found 'poverty-risk'; allowed: a dataset: "),
    "twice": ("- theme: 2\n", "- theme: 1\n", "found the theme 1 a second time; allowed: every number once"),
    "no reason": ("      - {missing: *brokerage, because: *only_projects}", "      - {missing: *brokerage}",
                  "themes[15].follows[1]"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_with_its_place(name: str, tmp_path: Path) -> None:
    right, wrong, told = MISTAKES[name]
    text = (packaged_schemas() / "strategy.yaml").read_text("utf-8")
    assert right in text
    with pytest.raises(DescriptorMistake) as caught:
        read_strategy(folder_with(tmp_path, text.replace(right, wrong, 1)))
    said = str(caught.value)
    assert "strategy.yaml:" in said and "\n" not in said
    assert told in said


def test_a_wrong_strategy_stops_its_dataset_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong, _ = MISTAKES["dataset"]
    text = (packaged_schemas() / "strategy.yaml").read_text("utf-8")
    folder_with(tmp_path, text.replace(right, wrong))
    monkeypatch.setenv(SETTING, str(tmp_path))
    shutil.copy(packaged_schemas() / "catalogue.yaml", tmp_path)
    datasets, errors = load_datasets()
    assert "strategy" not in {one.name for one in datasets} and len(datasets) > 30
    assert {error.dataset for error in errors} == {"strategy"}
