"""One of three programmes comes with amounts in another unit: refused, and taken when it is right again."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assets.descriptor import Dataset
from tests.fetch.live_runs import all_shipped, made_upstream, quick_session, shipped
from tests.fetch.person import Person, states, tree
from tests.upstream.fault_answers import another_title
from tests.upstream.faults import PROJECTS
from tests.upstream.figures import make_zip
from tests.upstream.programmes import (
    ARCHIVES,
    OLD_COLUMNS,
    ORGANIZATION,
    archives,
    made_fp7,
    participant,
    project,
    write_member,
)
from tests.upstream.server import serve

pytestmark = pytest.mark.slow
AMOUNTS = ("totalCost", "ecMaxContribution", "ecContribution", "netEcContribution")


def fp7(factor: int, title: str = "Made project") -> bytes:
    """FP7's archive with twelve projects more, of one Finnish participant each, amounts times `factor`."""
    projects, organizations = made_fp7()
    old, chance = projects[0], random.Random(7)
    for number in range(287100, 287112):
        amount = f"{chance.uniform(1e5, 9e5):.2f}"
        projects.append(project(number, "FP7", **old | told(number, title, amount)))
        own = {"ecContribution": amount, "netEcContribution": amount, "totalCost": amount}
        organizations.append(participant(number, 1, "FI", **own))
    for row in [*projects, *organizations]:
        for name in AMOUNTS:
            if row.get(name):
                row[name] = f"{float(row[name].replace(',', '.')) * factor:.2f}"
    return make_zip(
        {
            "project.csv": write_member(projects, OLD_COLUMNS, b"\xef\xbb\xbf"),
            "organization.csv": write_member(organizations, ORGANIZATION[:-1], b"\xef\xbb\xbf"),
        }
    )


def told(number: int, title: str, amount: str) -> dict[str, str]:
    return {
        "id": str(number), "acronym": f"MADE{number}", "title": f"{title} {number}", "rcn": str(number + 1),
        "totalCost": amount, "ecMaxContribution": amount,
    }  # fmt: skip


def with_unit_jump(dataset: Dataset) -> Dataset:
    """The dataset with the one bound that does not ask for whole programmes."""
    full = {r.name: r for one in all_shipped() if one.name == dataset.name for r in one.resources}
    return replace(
        dataset,
        resources=tuple(
            replace(r, expectations=tuple(e for e in full[r.name].expectations if e["rule"] == "unit_jump"))
            for r in dataset.resources
        ),
    )


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    found = [with_unit_jump(one) for one in shipped("regions", PROJECTS, optional=True)]
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (found, []))
    upstream = made_upstream()
    upstream.files |= archives() | {ARCHIVES["fp7"]: fp7(1)}
    with serve(upstream):
        yield Person(tmp_path, upstream)


@pytest.mark.parametrize("others_too", [False, True])
def test_a_programme_in_another_unit_waits(person: Person, others_too: bool) -> None:
    """Also where another programme came with it, which is right and published with the repaired one."""
    upstream, public = person.upstream, person.public
    code, found = person.run("publish", PROJECTS, "--fetch")
    assert (code, found[PROJECTS]["version"]) == (0, "1.0.0"), person.said
    before = tree(public)

    upstream.files[ARCHIVES["fp7"]] = fp7(1000)
    if others_too:
        another_title(upstream)
    for arguments in ((PROJECTS, "--fetch"), (PROJECTS, "--fetch")):
        code, found = person.run("publish", *arguments)
        assert (code, found[PROJECTS]["state"], tree(public)) == (1, "quarantined", before), person.said
        assert "is 1000 times what it was in the last release" in found[PROJECTS]["message"]
        assert states(public)["fp7"]["state"] == "quarantined"
        assert (states(public)["horizon"]["state"] == "quarantined") == others_too
        assert states(public)["h2020"]["state"] in ("updated", "unchanged")

    upstream.files[ARCHIVES["fp7"]] = fp7(1, "Corrected project")
    code, found = person.run("publish", PROJECTS, "--fetch")
    assert (code, found[PROJECTS]["state"], found[PROJECTS]["version"]) == (0, "published", "1.0.1"), (
        person.said
    )
    rows = (public / PROJECTS / "projects.csv").read_text("utf-8")
    assert "Corrected project 287100" in rows
    assert ("Another title" in rows) == others_too
    assert {one["state"] for one in states(public).values()} <= {"updated", "unchanged"}
