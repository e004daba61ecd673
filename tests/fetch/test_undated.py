"""Inputs of which no date says whether they are newer than the release: their rows have to show it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.live_runs import made_upstream, quick_session, shipped
from tests.fetch.person import Person, tree
from tests.upstream.fault_answers import another_title
from tests.upstream.faults import PROJECTS
from tests.upstream.figures import cordis_members, make_zip
from tests.upstream.programmes import ARCHIVES
from tests.upstream.server import serve


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (shipped("regions", PROJECTS), []))
    monkeypatch.setattr("assets.fetch.keep._stated_time", lambda said: None)  # of a provider that tells none
    with serve(made_upstream()) as upstream:
        yield Person(tmp_path, upstream)


@pytest.mark.slow
def test_an_input_without_a_date_shows_by_its_rows(person: Person) -> None:
    public = person.public
    code, found = person.run("publish", PROJECTS, "--fetch")
    assert (code, found[PROJECTS]["version"]) == (0, "1.0.0"), person.said
    before = tree(public)
    provenance = json.loads(before[f"{PROJECTS}/datapackage.json"])["innoregio:provenance"]
    assert [one.get("updated") for one in provenance] == [None, None]

    person.upstream.files[ARCHIVES["horizon"]] = make_zip(cordis_members(20))
    for arguments in (("publish", PROJECTS, "--fetch"), ("publish", PROJECTS)):
        code, found = person.run(*arguments)
        assert (code, found[PROJECTS]["state"], tree(public)) == (1, "failed", before), person.said
        assert "no date says that" in found[PROJECTS]["message"]
        assert "release 1.0.0, and rows of that are gone" in found[PROJECTS]["message"]

    another_title(person.upstream)
    code, found = person.run("publish", PROJECTS, "--fetch")
    assert (code, found[PROJECTS]["version"]) == (0, "1.0.1"), person.said
