"""What a provider publishes and takes back: refused while wrong, and no measure of what comes after it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from tests.fetch.faults.published_runs import tables_of
from tests.fetch.grown_accounts import CODE, grown_accounts, settle
from tests.fetch.live_runs import NOW, quick_session
from tests.fetch.person import Person, states, tree
from tests.upstream.faults import ACCOUNTS, ALWAYS, table_text
from tests.upstream.server import Upstream, serve

pytestmark = pytest.mark.slow
Break = Callable[[Upstream], None]


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    settle(monkeypatch)
    with serve(grown_accounts()) as upstream:
        yield Person(tmp_path, upstream)


def update(upstream: Upstream, day: int, **changes: object) -> None:
    """The provider publishes the table anew."""
    upstream.eurostat[CODE] = replace(
        upstream.eurostat[CODE], updated=f"2026-05-{day:02d}T06:00:00", **changes
    )


def year_with_an_unknown_code(upstream: Upstream) -> None:
    """A new year, and a unit that nobody knows."""
    cells = upstream.eurostat[CODE].cells
    new = {(*k[:-1], "2024"): v for k, v in cells.items() if k[-1] == "2023"}
    unit = {(k[0], "BIO_EUR", *k[2:]): v for k, v in new.items() if k[1] == "MIO_EUR"}
    update(upstream, 1, cells=cells | new | unit)


def carriage_returns(upstream: Upstream) -> None:
    """Line ends that no table has."""
    update(upstream, 1)
    upstream.break_it(f"/data/{CODE}", table_text(lambda text: text.replace("\r\n", "\r")), ALWAYS)


@pytest.mark.parametrize("by", ["publish", "fetch"])
@pytest.mark.parametrize("arrange", [year_with_an_unknown_code, carriage_returns])
def test_the_corrected_answer_is_taken(by: str, arrange: Break, person: Person) -> None:
    """Whether the wrong one was seen by a publication, or by a fetch alone."""
    upstream, public = person.upstream, person.public
    assert person.run("publish", ACCOUNTS, "--fetch")[0] == 0
    before, right = tree(public), upstream.eurostat[CODE].cells
    arrange(upstream)
    if by == "fetch":
        assert person.run("fetch", ACCOUNTS)[0] == 0, "what its rows are worth is not known yet"
    else:
        for _ in range(2):
            code, found = person.run("publish", ACCOUNTS, "--fetch")
            assert (code, found[ACCOUNTS]["state"]) == (1, "quarantined"), person.said
            assert (tree(public), states(public)[CODE]["state"]) == (before, "quarantined")
        assert not [r for r in upstream.log if "/data/" in r.path], "it is here already"
        code, found = person.run("publish", ACCOUNTS)
        assert (code, found[ACCOUNTS]["state"], tree(public)) == (0, "unchanged", before), person.said
    upstream.faults = []
    update(upstream, 2, cells=right)
    code, found = person.run("publish", ACCOUNTS, "--fetch")
    assert (code, found[ACCOUNTS]["state"], tree(public)) == (0, "unchanged", before), person.said
    assert states(public)[CODE]["state"] in ("updated", "unchanged") and not states(public)[CODE]["message"]
    key = next(key for key, (value, _) in right.items() if value)
    update(upstream, 3, cells=right | {key: ("57.5", "")})
    code, found = person.run("publish", ACCOUNTS, "--fetch")
    assert (code, found[ACCOUNTS]["state"], found[ACCOUNTS]["version"]) == (0, "published", "1.0.1")


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.fetching.open_session", partial(quick_session, now=moment))


def test_a_clock_that_is_wrong_decides_nothing(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty years behind, twenty ahead, and right again."""
    folder = person.public / ACCOUNTS
    assert person.run("publish", ACCOUNTS)[1][ACCOUNTS]["version"] == "1.0.0"
    at(NOW.replace(year=NOW.year - 20), monkeypatch)
    code, found = person.run("publish", ACCOUNTS, "--fetch")
    assert (code, found[ACCOUNTS]["state"]) == (0, "published"), person.said
    assert b",2023," in (folder / f"{ACCOUNTS}.csv").read_bytes()
    live = tables_of(folder)
    at(NOW, monkeypatch)
    for arguments in (("publish", ACCOUNTS), ("publish", ACCOUNTS, "--fetch")):
        code, found = person.run(*arguments)
        assert (code, found[ACCOUNTS]["state"], tables_of(folder) == live) == (0, "unchanged", True)
    for year, value in ((NOW.year + 20, "57.5"), (NOW.year, "58.5")):
        at(NOW.replace(year=year), monkeypatch)
        cells = person.upstream.eurostat[CODE].cells
        key = next(key for key, (number, _) in cells.items() if number)
        update(person.upstream, 1 if value == "57.5" else 2, cells=cells | {key: (value, "")})
        code, found = person.run("publish", ACCOUNTS, "--fetch")
        assert (code, found[ACCOUNTS]["state"]) == (0, "published"), person.said
        assert value.encode() in (folder / f"{ACCOUNTS}.csv").read_bytes()
