"""Every fault of the table in the docs through `innoregio publish --fetch`, over a tree that was published
from live answers: what is published is the new figures or the old ones, byte by byte, and all are told which.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from assets.descriptor import Dataset
from assets.fetch.connectors.connector import Session
from assets.fetch.states import QUARANTINED, STALE, UNCHANGED
from tests.commands import tree_bytes
from tests.fetch.faults.fault_runs import IMPATIENT, SLOW, rows
from tests.fetch.faults.published_runs import later, renew, session, tables_of
from tests.fetch.live_runs import all_shipped, made_upstream, shipped
from tests.fetch.person import Person, states
from tests.upstream.fault_cases import CASES
from tests.upstream.faults import COMPANIES
from tests.upstream.server import Upstream, serve

pytestmark = pytest.mark.slow
OTHER = "education-and-training"
NAMES = ("regions", "rd-expenditure", "regional-accounts", "framework-projects", OTHER)
TABLES = {"rd-expenditure": "13tn", "regional-accounts": "nama_10r_3gdp", "framework-projects": "horizon"}
OF_PAGES = tuple(name for name, case in CASES.items() if case.dataset == COMPANIES)  # published by no dataset
OLD_FIGURES = ("BOM in an archive", "zip that only some readers open")  # their archives hold no others
FIRST_ONLY = (  # a later run asks for it; the first one is compared by `test_live_world`
    "304 that nobody asked for",
    "table in a later NUTS",
)
HELD = {
    "fi": "sisältö muuttunut, odottaa tarkistusta",
    "sv": "innehållet har ändrats, väntar på granskning",
    "en": "layout changed, held for review",
}
TOLD = {  # what the report says has changed
    "new column": "sex",
    "new column in an archive": "sex",
    "missing column": "freq",
    "missing column in an archive": "no table of CORDIS has these columns",
    "renamed dimension": "Alue",
    "new code": "BIO_EUR",
    "new code in JSON": "tk_uusi",
    "unit change": "the unit of tk_menot was 'Miljoonaa euroa' and is 'Tuhatta euroa'",
    "shrunk period range": "1 periods that were there are gone (2024)",
    "fewer rows than the bound": "at least",
    "wrong charset": "0xe4 is not utf-8 text",
    "wrong charset of a table": "0xe4 is not utf-8 text",
    "decimal comma": "number",
    "duplicated rows": "twice",
    "duplicated rows in an archive": "two rows with the key",
    "words after a table": "1 cells where the header has",
}


@dataclass
class Place:
    """A folder that was published from live answers, and what a whole run makes of the renewed providers."""

    folder: Path
    right: dict[str, dict[str, bytes]]  # dataset -> its tables


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assets.descriptor.load_datasets", lambda: (shipped(*NAMES), []))
        patch.setattr("orchestration.fetching.open_session", session)
        with serve(made_upstream()) as upstream:
            assert run(folder / "before", upstream, *NAMES)[0] == 0
        shutil.copytree(folder / "before", folder / "right")
        patch.setattr("orchestration.fetching.open_session", later)
        renewed = made_upstream()
        renew(renewed)
        with serve(renewed):
            code, found, told = run(folder / "right", renewed, *NAMES)
    assert code == 0, told
    assert {name: one["state"] for name, one in found.items() if name != "regions"} == dict.fromkeys(
        NAMES[1:], "published"
    )
    return Place(folder / "before", {name: tables_of(folder / "right" / "public" / name) for name in NAMES})


@contextmanager
def impatient(store: Path, environment: Mapping[str, str]) -> Iterator[Session]:
    with session(store, environment, IMPATIENT, days=2) as opened:
        yield opened


def run(folder: Path, upstream: Upstream, *names: str) -> tuple[int, dict[str, dict[str, object]], str]:
    """`publish --fetch`: exit code, outcomes by dataset, what was told."""
    person = somebody(folder, upstream)
    code, found = person.run("publish", *names, "--fetch")
    return code, found, person.said


def somebody(folder: Path, upstream: Upstream) -> Person:
    person = Person(folder, upstream)
    address = person.settings["INNOREGIO_EUROSTAT_URL"].replace("127.0.0.1", "localhost")
    person.settings |= {"INNOREGIO_EUROSTAT_URL": address, "INNOREGIO_HOME": str(folder / "data")}
    return person


def datasets_for(name: str) -> list[Dataset]:
    """The shipped datasets; where the fault is of a bound, with the bounds of the dataset that meets it."""
    bound = CASES[name].dataset if "bound" in name else ""
    full = {one.name: one for one in all_shipped()}
    return [full[one.name] if one.name == bound else one for one in shipped(*NAMES)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [pytest.param(*row, id=row[0]) for row in rows() if row[0] not in FIRST_ONLY + OF_PAGES],
)
def test_what_is_published_is_new_or_as_it_was(
    name: str, expected: str, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES[name]
    monkeypatch.setattr("assets.fetch.http.bodies.MOST_UNPACKED", 5_000_000)
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (datasets_for(name), []))
    monkeypatch.setattr("orchestration.fetching.open_session", impatient if name in SLOW else later)
    folder, dataset = tmp_path / "copy", case.dataset
    shutil.copytree(place.folder, folder)
    public = folder / "public"
    before, upstream = tree_bytes(public / dataset), made_upstream()
    renew(upstream)
    case.arrange(upstream)
    other = OTHER if expected == QUARANTINED else dataset  # the others go on in the same run
    with serve(upstream):
        code, found, told = run(folder, upstream, dataset, other)
        after = tree_bytes(public / dataset)
        entry = states(public)[TABLES[dataset]]
        if expected == QUARANTINED:
            assert (code, found[dataset]["state"], found[OTHER]["state"]) == (1, QUARANTINED, "published"), (
                told
            )
            assert after == before
            assert tables_of(public / OTHER) == place.right[OTHER]
            all_are_told(name, folder, upstream, entry, told)
        elif expected == STALE:
            assert (code, found[dataset]["state"], after == before) == (3, "unchanged", True), told
            assert f"{dataset} " in told and STALE in told
            assert (entry["state"], bool(entry["message"])) == (STALE, True)
        elif expected == UNCHANGED:
            assert (code, found[dataset]["state"], after == before) == (0, "unchanged", True), told
        else:
            now = tables_of(public / dataset)
            if name in OLD_FIGURES:
                now = {table: now[table] for table in tables_of(place.folder / "public" / dataset)}
                right = tables_of(place.folder / "public" / dataset)
            else:
                assert found[dataset]["state"] == "published", told
                right = place.right[dataset]
            assert (code, now == right) == (0, True), told
            assert entry["state"] == expected
    assert "Traceback" not in told


def all_are_told(name: str, folder: Path, upstream: Upstream, entry: Mapping[str, str], told: str) -> None:
    """What changed: on stderr and in `sources.json`, that it did on the status pages, by the next fetch."""
    case, words = CASES[name], TOLD[name]
    (line,) = [one for one in told.splitlines() if one.startswith(f"innoregio: {case.dataset} quarantined: ")]
    assert words in line
    assert (entry["state"], words in entry["message"]) == (QUARANTINED, True), entry
    for language, words_there in HELD.items():  # the message itself stands in sources.json, which it links
        page = (folder / "public" / language / "status.html").read_text("utf-8")
        assert words_there in page and 'href="../sources.json"' in page
    person = somebody(folder, upstream)
    code, _ = person.run("fetch", case.dataset)
    assert code == 1
    assert f"{TABLES[case.dataset]} quarantined: " in person.said and words in person.said
    assert not [r for r in upstream.log if r.method == "POST" or "/data/" in r.path], "it is here already"
    assert json.loads((folder / "public" / "sources.json").read_bytes())
