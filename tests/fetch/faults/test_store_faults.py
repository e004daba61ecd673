"""What happens to the store between two runs, through `innoregio publish`: the release stands until the
figures that it is of are there again, and a fetch heals the store without a release.
"""

import importlib
import shutil
from pathlib import Path

import pytest

from tests.fetch.faults.fault_runs import DOCS
from tests.fetch.faults.published_runs import tables_of
from tests.fetch.faults.store_faults import OWN_TESTS, STORE_FAULTS
from tests.fetch.grown_accounts import grown_accounts, settle
from tests.fetch.person import Person, tree
from tests.upstream.faults import ACCOUNTS, status
from tests.upstream.server import serve


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release of live answers."""
    folder = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch, serve(grown_accounts()) as upstream:
        settle(patch)
        person = Person(folder, upstream)
        code, found = person.run("publish", ACCOUNTS, "--fetch")
    assert (code, found[ACCOUNTS]["version"]) == (0, "1.0.0"), person.said
    assert b",2023," in (folder / "public" / ACCOUNTS / f"{ACCOUNTS}.csv").read_bytes()
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", STORE_FAULTS)
def test_the_release_stands_and_a_fetch_heals(
    name: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(monkeypatch)
    shutil.copytree(place, tmp_path / "copy")
    upstream = grown_accounts()
    with serve(upstream):
        person = Person(tmp_path / "copy", upstream)
        before, tables = tree(person.public), tables_of(person.public / ACCOUNTS)
        harmed = STORE_FAULTS[name](person.store)
        for arguments in (("publish", ACCOUNTS), ("publish", ACCOUNTS, "--fetch")):
            upstream.faults = []
            upstream.break_it("eurostat", status(503))
            code, found = person.run(*arguments)
            assert (code, found[ACCOUNTS]["state"]) == (1, "failed"), person.said
            assert "nama_10r_3gdp" in found[ACCOUNTS]["message"]
            if name.startswith(("a snapshot", "a flipped bit")) and "--fetch" not in arguments:
                assert harmed.name in found[ACCOUNTS]["message"]
            assert tables_of(person.public / ACCOUNTS) == tables
            assert "Traceback" not in person.said and "defect" not in person.said
        upstream.faults = []
        code, found = person.run("publish", ACCOUNTS, "--fetch")
        assert (code, found[ACCOUNTS]["state"]) == (0, "unchanged"), person.said
        assert tree(person.public) == before, "the same figures are no release"
        code, found = person.run("publish", ACCOUNTS)
        assert (code, found[ACCOUNTS]["state"]) == (0, "unchanged"), person.said
        code, found = person.run("publish", ACCOUNTS, "--fetch")
        assert len(upstream.log) == 1, "healed: nothing is asked for again"


def test_the_table_has_every_fault_and_each_has_its_test() -> None:
    section = DOCS.read_text("utf-8").split("## Faults above the wire")[1]
    names = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")][1:]
    assert names == [*STORE_FAULTS, *OWN_TESTS]
    for place in OWN_TESTS.values():
        module, _, function = place.rpartition(".")
        assert callable(getattr(importlib.import_module(f"tests.fetch.{module}"), function))
