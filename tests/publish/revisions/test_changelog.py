"""What a release says of itself: notes in three languages, CHANGELOG.md, the entry of the feed."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from assets.descriptor import load_catalogue
from assets.publish.catalogue import write_catalogue
from assets.publish.release.tree import publish_dataset
from assets.publish.revisions.changelog import NOTES, number_text
from tests.publish.release.made_dataset import BASE, REGISTER, SNAPSHOT, register, texts
from tests.publish.release.made_releases import (
    AREAS,
    STATISTIC,
    VINTAGES,
    publish,
    publish_vintages,
    published_package,
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_vintages(tmp_path_factory.mktemp("vintages"))


EXPECTED = {
    "1.0.0": "First release: 45 rows, newest period 2022.",
    "1.1.0": "made-figures: 6 rows added, 2 values revised (largest 31.5 → 47.25: AA1, nuts-2021, 2021, T), "
    "1 flag changed, newest period 2023 (was 2022).",
    "1.2.0": "made-figures: 10 rows withdrawn, newest period 2023.",
    "1.3.0": "made-figures: 41 rows recoded (nuts-2021 is now nuts-2024; AA5 (nuts-2021) is now BB7 "
    "(nuts-2024); 1 of them with another value or flag too), newest period 2023.",
}


@pytest.mark.parametrize("version", VINTAGES)
def test_the_notes_tell_numbers(tree: Path, version: str) -> None:
    notes = published_package(tree, version)[NOTES]
    assert notes["en"] == EXPECTED[version]
    assert set(notes) == {"fi", "sv", "en"} and len(set(notes.values())) == 3


def test_the_notes_in_finnish_and_swedish(tree: Path) -> None:
    notes = published_package(tree, "1.1.0")[NOTES]
    assert notes["fi"] == (
        "made-figures: 6 riviä lisätty, 2 arvoa tarkistettu (suurin 31,5 → 47,25: AA1, nuts-2021, 2021, T), "
        "1 merkki muuttunut, uusin jakso 2023 (oli 2022)."
    )
    assert notes["sv"] == (
        "made-figures: 6 rader tillagda, 2 värden reviderade (största 31,5 → 47,25: AA1, nuts-2021, "
        "2021, T), 1 symbol ändrad, nyaste period 2023 (var 2022)."
    )


def test_the_changelog_holds_every_release_newest_first(tree: Path) -> None:
    text = (tree / "CHANGELOG.md").read_text("utf-8")
    assert text.startswith("# Changes: Made data\n")
    places = [text.index(f"\n## {version}\n") for version in reversed(VINTAGES)]
    assert places == sorted(places)
    assert all(f"- {told}" in text for told in EXPECTED.values())
    assert text.count("Data as of 2024-05-20.") == text.count("Suomeksi: ") == 4
    for version in VINTAGES:
        own = (tree / version / "CHANGELOG.md").read_text("utf-8")
        assert own.partition(f"\n## {version}\n")[2] == text.partition(f"\n## {version}\n")[2]


def test_the_feed_tells_the_numbers_of_each_release(tree: Path) -> None:
    write_catalogue(tree.parent, load_catalogue(), BASE)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = ET.parse(tree.parent / "feed.atom").getroot().findall(f"{atom}entry")
    told = {
        (one.findtext(f"{atom}id") or "").rsplit("/", 1)[-1]: one.findtext(f"{atom}summary") or ""
        for one in entries
    }
    assert told.keys() == VINTAGES.keys()
    assert all(told[version].startswith(notes) for version, notes in EXPECTED.items())


def test_a_release_of_words_says_that_the_rows_are_as_before(tmp_path: Path) -> None:
    publish(tmp_path, VINTAGES["1.0.0"])
    publish(tmp_path, VINTAGES["1.0.0"], dataset=replace(STATISTIC, descriptions=texts("Other words.")))
    notes = published_package(tmp_path / "made-data", "1.0.1")[NOTES]
    assert notes["en"] == "The rows are as before; descriptions, code lists or coverage changed."


def test_a_change_of_ours_is_said_to_be_ours(tmp_path: Path) -> None:
    """Other figures from the same snapshots."""
    publish(tmp_path, VINTAGES["1.0.0"])
    publish(tmp_path, VINTAGES["1.2.0"])
    notes = published_package(tmp_path / "made-data", "1.1.0")[NOTES]
    assert notes["en"].endswith("The sources are as before: the change is ours.")


def test_tables_that_come_and_go(tmp_path: Path) -> None:
    both = replace(STATISTIC, resources=(*STATISTIC.resources, REGISTER))
    for dataset in (STATISTIC, both, STATISTIC):
        publish(tmp_path, VINTAGES["1.0.0"], dataset=dataset)
    notes = [
        published_package(tmp_path / "made-data", version)[NOTES]["en"] for version in ("1.1.0", "2.0.0")
    ]
    assert notes[0].startswith("made-register: new table, 5 rows.")
    assert notes[1].startswith("made-register: no longer published.")


def test_a_registers_notes(tmp_path: Path) -> None:
    dataset = replace(STATISTIC, resources=(REGISTER,))
    for frame in (register(), register().head(3)):
        publish_dataset(dataset, {"made-register": frame}, [SNAPSHOT], AREAS, tmp_path, BASE)
    notes = published_package(tmp_path / "made-data", "1.1.0")[NOTES]
    assert notes["en"].startswith("made-register: 2 rows gone.")


@pytest.mark.parametrize(
    ("number", "en", "fi"),
    [
        (1234567, "1,234,567", "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"),
        (-0.5, "-0.5", "-0,5"),
        (1e16, "10,000,000,000,000,000", None),
        (1e-7, "0.0000001", "0,0000001"),
        (100.0, "100", "100"),
    ],
)
def test_numbers(number: float, en: str, fi: str | None) -> None:
    assert number_text(number, "en") == en
    assert fi is None or number_text(number, "fi") == fi
