"""The operator's own folder is laid over the shipped schemas, in every command and in Dagster."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets import fingerprints
from assets.descriptor import load_catalogue, load_datasets
from assets.errors import SettingError
from assets.fingerprints import fingerprint_table
from assets.normalise.regions.lists import read_region_list
from assets.overlay import packaged_schemas
from assets.publish.catalogue.words import read_site_settings, words
from orchestration.cli.main import main
from orchestration.definitions import build
from tests.commands import run_innoregio

CATALOGUE = """\
publisher: {name_translated: {fi: Liitto, sv: Liitto, en: The Council}, type: RegionalAuthority}
datasets: [rd-expenditure]
"""
RESEARCH = "rd-expenditure"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the operator's, in force."""
    folder = tmp_path / "own"
    for name in ("datasets", "regions", "site", "codelists"):
        (folder / name).mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    monkeypatch.setenv("INNOREGIO_CONFIG", str(folder))
    return folder


def shipped(name: str) -> str:
    return (packaged_schemas() / name).read_text("utf-8")


def test_what_the_catalogue_leaves_out_is_as_shipped(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = load_catalogue()
    monkeypatch.delenv("INNOREGIO_CONFIG")
    assert found.publisher["name_translated"]["en"] == "The Council"
    assert found.titles == load_catalogue().titles


def test_a_descriptor_of_a_shipped_name_replaces_it_and_others_add(own: Path) -> None:
    text = shipped(f"datasets/{RESEARCH}.yaml")
    title = next(line for line in text.splitlines() if line.startswith("  en: "))
    (own / "datasets" / f"{RESEARCH}.yaml").write_text(text.replace(title, "  en: Our title", 1), "utf-8")
    (own / "catalogue.yaml").write_text(CATALOGUE.splitlines()[0] + "\n", "utf-8")
    patents = shipped("datasets/patent-applications.yaml")
    added = patents.replace("name: patent-applications", "name: our-patents", 1)
    (own / "datasets" / "our-patents.yaml").write_text(added, "utf-8")
    found, errors = load_datasets()
    assert errors == []
    titles = {one.name: one.titles["en"] for one in found}
    assert titles[RESEARCH] == "Our title" and "our-patents" in titles and "population" in titles


def test_the_catalogue_chooses_the_datasets(own: Path) -> None:
    assert [one.name for one in load_datasets()[0]] == [RESEARCH, "regions"]
    groups = {key.path[0] for key in build().resolve_asset_graph().get_all_asset_keys()}
    assert {"rd_expenditure", "regions"} <= groups and "population" not in groups


def test_a_code_list_and_a_list_of_areas_replace_the_shipped_ones(own: Path) -> None:
    sectors = shipped("codelists/sector.csv").replace("Business enterprise", "Firms")
    assert "Firms" in sectors
    (own / "codelists" / "sector.csv").write_text(sectors, "utf-8")
    (own / "regions" / "villages.csv").write_text("name,municipality\nOurs,KU398\n", "utf-8")
    research = next(one for one in load_datasets()[0] if one.name == RESEARCH)
    labels = [code.labels["en"] for code in research.resources[0].field("sector").codes]
    assert any("Firms" in label for label in labels)
    assert read_region_list("villages")["name"].to_list() == ["Ours"]


def test_single_words_and_providers_replace_the_shipped_ones(own: Path) -> None:
    (own / "site" / "words.yaml").write_text("home: [Koti, Hem, Start here]\n", "utf-8")
    assert words("en")["home"] == "Start here" and words("en")["datasets"] == "Datasets"
    assert read_site_settings("figures.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hme: [a, b, c]", "hme: no page has this word (did you mean home?)"),
        ("home: [a, b]", "home: write a list of three texts"),
        ("home: [a", "is no YAML"),
        ("- home", "holds another thing"),
    ],
)
def test_a_mistake_in_the_words_is_one_line(own: Path, text: str, told: str) -> None:
    (own / "site" / "words.yaml").write_text(text, "utf-8")
    with pytest.raises(Exception, match=r"words\.yaml") as caught:
        words("en")
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_a_misspelt_file_is_not_left_unread(own: Path) -> None:
    (own / "catalog.yaml").write_text("")
    with pytest.raises(SettingError, match=r"catalog\.yaml: nothing reads.*did you mean catalogue\.yaml"):
        load_datasets()


@pytest.mark.parametrize("arguments", [["list"], ["show", RESEARCH], ["fetch", RESEARCH], ["publish"]])
def test_a_folder_that_is_not_there_is_a_usage_error(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, [*arguments, "--config", "nowhere"])
    assert done.exit_code == 2 and "nowhere is no folder; make one with innoregio init" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_change_of_the_folder_makes_tables_stale(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code lists are in the fingerprint's descriptor; lists of areas are files that code reads."""
    resource = next(one for one in load_datasets()[0] if one.name == RESEARCH).resources[0]
    before = fingerprint_table(resource, [], [])
    published = fingerprints.digest_files()
    (own / "regions" / "villages.csv").write_text("name,municipality\nOurs,KU398\n", "utf-8")
    assert fingerprint_table(resource, [], []) != before
    assert fingerprints.digest_files() == published  # which releases name as the code they were made with
    monkeypatch.delenv("INNOREGIO_CONFIG")
    assert fingerprint_table(resource, [], []) == before


@pytest.mark.slow
def test_publish_takes_the_folder_and_sees_its_changes(published: Path, own: Path, tmp_path: Path) -> None:
    """From the tree and store of another run: the catalogue's publisher on the pages, then a new release
    because a title changed, then nothing."""
    for name in (RESEARCH, "regions"):
        shutil.copytree(published / name, tmp_path / "public" / name)
    shutil.copytree(published.parent / "data", tmp_path / "data")

    def publish() -> dict[str, str]:
        done = run_innoregio(
            "publish", RESEARCH, "--quiet", "--format", "json", "--config", str(own), cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        assert "names no publisher of yours" not in done.stderr
        return {one["dataset"]: f"{one['state']} {one['version']}" for one in json.loads(done.stdout)}

    assert publish() == {RESEARCH: "unchanged 1.0.0"}
    page = tmp_path / "public" / "en" / "index.html"
    assert "The Council" in page.read_text("utf-8")
    assert "The Council" in (tmp_path / "public" / "catalog.ttl").read_text("utf-8")
    text = shipped(f"datasets/{RESEARCH}.yaml")
    title = next(line for line in text.splitlines() if line.startswith("  en: "))
    (own / "datasets" / f"{RESEARCH}.yaml").write_text(text.replace(title, "  en: Our title", 1), "utf-8")
    (own / "site" / "words.yaml").write_text("menu: [Valikko, Meny, Start here]\n", "utf-8")
    assert publish() == {RESEARCH: "published 1.0.1"}
    assert "Our title" in page.read_text("utf-8") and "Start here" in page.read_text("utf-8")
    assert publish() == {RESEARCH: "unchanged 1.0.1"}
    assert run_innoregio("verify", cwd=tmp_path).returncode == 0
