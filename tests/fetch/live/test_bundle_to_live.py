"""Every dataset that the made upstream serves, from the bundle to live figures by the real job, with its own
expectations: statistics gain the rows of a period, the register those of earlier programmes, and the changes
say so.

The made upstream serves the whole bundled tables and one period more, a copy of the newest.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.fetch.grown_upstream import grown_upstream
from tests.fetch.live_runs import QUICK, all_shipped, is_served, quick_session
from tests.fetch.person import Person
from tests.upstream.server import serve

UNCHANGED = ("regions",)  # its sources have no live address
REGISTER = "framework-projects"


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    patient = partial(quick_session, policy=replace(QUICK, read=120, transfer=300))
    monkeypatch.setattr("orchestration.fetching.open_session", patient)
    with serve(grown_upstream()) as upstream:
        yield Person(tmp_path, upstream)


def keys(public: Path, dataset: str, version: str, table: str) -> set[tuple[str, ...]]:
    """The rows of a released table, without their figures."""
    with (public / dataset / version / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    figures = ("obs_value", "obs_status", "obs_flag")
    return {tuple(value for name, value in row.items() if name not in figures) for row in rows}


@pytest.mark.slow
def test_every_dataset_gains_rows_and_says_so(person: Person) -> None:
    served = [dataset for dataset in all_shipped() if is_served(dataset)]
    names = [dataset.name for dataset in served]
    code, found = person.run("publish", *names)
    assert code == 0, person.said
    assert {name: one["version"] for name, one in found.items()} == dict.fromkeys(names, "1.0.0")
    code, found = person.run("publish", "--fetch", *names)
    assert code == 0, person.said
    changed = {name: one["version"] for name, one in found.items() if one["state"] == "published"}
    assert changed == dict.fromkeys(set(names).difference(UNCHANGED), "1.1.0")
    for dataset in served:
        if dataset.name in UNCHANGED:
            continue
        said = (person.public / dataset.name / "CHANGELOG.md").read_text("utf-8")
        for resource in dataset.resources:
            before, after = (keys(person.public, dataset.name, v, resource.name) for v in ("1.0.0", "1.1.0"))
            if dataset.name != REGISTER:
                assert before <= after, f"{dataset.name}: every earlier row is there"
            assert len(after) > len(before), dataset.name
            assert f"- {resource.name}: {len(after) - len(before):,} rows added" in said
    code, found = person.run("publish", "--fetch", *names)
    assert (code, {one["state"] for one in found.values()}) == (0, {"unchanged"}), person.said
