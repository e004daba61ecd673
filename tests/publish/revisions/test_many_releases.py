"""A dataset of two hundred releases: every one comes back, and none costs more than the first ones did."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assets import files
from assets.descriptor import load_catalogue
from assets.publish.catalogue.verify import verify_catalogue
from assets.publish.catalogue.write import write_catalogue
from assets.publish.release.layout import complete_versions
from assets.publish.release.verify import verify_tree
from assets.publish.revisions.diff import diff_releases
from assets.publish.revisions.ledger import read_as_of
from assets.publish.site.write import write_site
from tests.publish.release.made_releases import BASE, FIRST, Rows, publish, published_package, published_table

MANY = 200


class Opened:
    """The files below a folder that Python opens to read, counted; Polars opens those of tables itself."""

    def __init__(self) -> None:
        self.folder = ""
        self.count = 0

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python's audit hook; hooks cannot be removed, so an idle one does nothing."""
        if self.folder and event == "open" and str(arguments[0]).startswith(self.folder):
            self.count += not (arguments[2] or 0) & os.O_WRONLY


OPENED = Opened()
sys.addaudithook(OPENED.hook)


@contextmanager
def opened(folder: Path) -> Iterator[Opened]:
    """Within, what is read below `folder` is counted."""
    OPENED.folder, OPENED.count = str(folder), 0
    try:
        yield OPENED
    finally:
        OPENED.folder = ""


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a power cut would leave is not looked at here."""
    monkeypatch.setattr(files.os, "fsync", lambda descriptor: None)


def revised(rows: Rows, number: int) -> Rows:
    """The rows with one value changed, another one in each release."""
    row = list(rows[number % len(rows)])
    row[4] = round(row[4] + 1 + number / 8, 3)
    return [*rows[: number % len(rows)], tuple(row), *rows[number % len(rows) + 1 :]]


def publish_many(out: Path, number: int) -> list[Rows]:
    """Releases 1.0.0 to 1.0.<number - 1> of the made statistic; the rows of each."""
    states: list[Rows] = []
    for count in range(number):
        states.append(revised(states[-1], count) if states else list(FIRST))
        assert publish(out, states[-1], f"{count:064x}").version == f"1.0.{count}"
    return states


def reads_of(out: Path, act: Callable[[], object]) -> int:
    """How many files an act reads."""
    with opened(out) as seen:
        act()
    return seen.count


def test_the_eighth_release_reads_no_more_than_the_third(tmp_path: Path) -> None:
    """And what reads all releases reads each as often, however many there are."""
    one, other = tmp_path / "one", tmp_path / "other"
    states = {out: publish_many(out, number) for out, number in ((one, 2), (other, 7))}
    reads = [
        reads_of(out, lambda out=out: publish(out, revised(states[out][-1], 40), "f" * 64))  # type: ignore[misc]
        for out in states
    ]
    assert reads[0] == reads[1] > 0
    checks = [reads_of(out, lambda out=out: verify_tree(out)) for out in states]  # type: ignore[misc]
    extra = (checks[1] - checks[0]) / (8 - 3)
    assert extra == int(extra) and 0 < extra < checks[0]


@pytest.mark.slow
def test_two_hundred_releases(tmp_path: Path) -> None:
    out = tmp_path / "public"
    states = publish_many(out, MANY)
    folder = out / "made-data"
    assert len(complete_versions(folder)) == MANY
    write_site(out, load_catalogue(), BASE, set())
    write_catalogue(out, load_catalogue(), BASE, set())
    assert verify_tree(out) + verify_catalogue(out) == []

    for number in (0, 1, 57, 198, 199):
        version = f"1.0.{number}"
        table = read_as_of(folder, version)["made-figures"]
        assert table.equals(published_table(folder, version).sort(table.columns[:4]))
        assert table["obs_value"].to_list() == [row[4] for row in states[number]]
    ledger = published_table(folder, f"1.0.{MANY - 1}", "revisions")
    assert ledger["release"].to_list() == [f"1.0.{number}" for number in range(1, MANY)]
    assert ledger["snapshot"].to_list() == [f"{number:064x}" for number in range(1, MANY)]

    diff = diff_releases(folder, "1.0.0")
    assert diff is not None and diff.tables[0].change is not None
    assert diff.tables[0].change.after.height == len(FIRST), "every value was revised several times"
    changelog = (folder / "CHANGELOG.md").read_text("utf-8")
    headings = [line.split()[1] for line in changelog.splitlines() if line.startswith("## ")]
    assert headings == [f"1.0.{number}" for number in reversed(range(MANY))]
    catalogue = (out / "catalog.ttl").read_text("utf-8")
    assert all(f"<{BASE}made-data/1.0.{number}>" in catalogue for number in range(MANY))
    assert published_package(folder, "1.0.0")["version"] == "1.0.0"
    entries = re.findall(rf"<id>{BASE}made-data/([^<]*)</id>", (out / "feed.atom").read_text("utf-8"))
    assert entries == headings, "newest first, though all have one date"
    pages = {la: (out / la / "dataset" / "made-data.html").read_text("utf-8") for la in ("fi", "sv", "en")}
    assert all(f"1.0.{number}<" in page for page in pages.values() for number in range(MANY))
    assert json.loads((folder / "datapackage.json").read_bytes())["version"] == f"1.0.{MANY - 1}"


def linked(out: Path) -> str:
    """All that pages and catalogue say."""
    write_site(out, load_catalogue(), BASE, set())
    write_catalogue(out, load_catalogue(), BASE, set())
    kinds = ("*.html", "*.ttl", "*.rdf", "*.jsonld", "*.atom", "sitemap.xml", "*/croissant.json")
    return "".join(path.read_text("utf-8") for kind in kinds for path in sorted(out.rglob(kind)))


def test_a_release_that_a_kill_left_is_linked_when_it_is_published(tmp_path: Path) -> None:
    """Without its descriptor it is taken away by the next run; with it, published."""
    out = tmp_path / "public"
    states = publish_many(out, 2)
    folder = out / "made-data"
    before = linked(out)
    newest = (folder / "datapackage.json").read_bytes()
    assert publish(out, revised(states[-1], 7), "9" * 64).version == "1.0.2"
    (folder / "datapackage.json").write_bytes(newest)  # killed before the one replacement that publishes
    assert "1.0.2" not in linked(out)
    (folder / "1.0.2" / "datapackage.json").rename(tmp_path / "datapackage.json")  # killed still earlier
    assert linked(out) == before
    (tmp_path / "datapackage.json").rename(folder / "1.0.2" / "datapackage.json")
    assert publish(out, revised(states[-1], 7), "9" * 64).version == "1.0.2"
    assert f"{BASE}made-data/1.0.2" in linked(out)
    assert verify_tree(out) + verify_catalogue(out) == []


def test_a_tree_is_good_in_any_folder_and_goes_on_at_another_address(tmp_path: Path) -> None:
    out, copy = tmp_path / "public", tmp_path / "some where" / "else"
    states = publish_many(out, 2)
    linked(out)
    shutil.copytree(out, copy)
    assert verify_tree(copy) + verify_catalogue(copy) == []
    moved = "https://elsewhere.example.org/open/"
    assert publish(copy, states[-1], f"{1:064x}", base_url=moved).version == "1.0.2"
    write_site(copy, load_catalogue(), moved, set())
    write_catalogue(copy, load_catalogue(), moved, set())
    assert verify_tree(copy) + verify_catalogue(copy) == []
    ids = {version: published_package(copy / "made-data", version)["id"] for version in ("1.0.1", "1.0.2")}
    assert ids == {"1.0.1": f"{BASE}made-data", "1.0.2": f"{moved}made-data"}
    assert not [path for path in copy.glob("catalog.*") if BASE in path.read_text("utf-8")]
