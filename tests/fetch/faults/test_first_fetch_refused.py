"""A first live answer that is refused, into an empty folder: the bundled figures come out, named stale."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands import tree_bytes
from tests.fetch.live_runs import made_upstream, quick_session, shipped
from tests.fetch.person import Person, states
from tests.upstream import fault_answers as more
from tests.upstream.faults import lines, table_text
from tests.upstream.server import Upstream, serve

pytestmark = pytest.mark.slow
RESEARCH, ACCOUNTS, PROJECTS = "rd-expenditure", "regional-accounts", "framework-projects"
REFUSED: dict[str, tuple[str, str, Callable[[Upstream], None]]] = {
    "a code that no list has": (RESEARCH, "13tn", more.new_measure),
    "a unit that is another": (RESEARCH, "13tn", lambda upstream: more.renamed_dimension(upstream)),
    "rows twice": (
        ACCOUNTS,
        "nama_10r_3gdp",
        lambda upstream: upstream.break_it(
            "/data/nama_10r_3gdp", table_text(lines(lambda rows: [*rows, *rows[-3:]]))
        ),
    ),
    "a column of an archive": (
        PROJECTS,
        "horizon",
        lambda upstream: more.member("project.csv", more.with_column)(upstream),
    ),
}


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (shipped(), []))
    with serve(made_upstream()) as upstream:
        yield Person(tmp_path / "live", upstream)


def tables(folder: Path) -> dict[str, bytes]:
    """The tables of a package, without the ledger of revisions."""
    return {
        name: content
        for name, content in tree_bytes(folder).items()
        if name.endswith((".csv", ".parquet")) and "revisions" not in name
    }


@pytest.mark.parametrize("name", REFUSED)
def test_the_bundle_is_the_floor(name: str, person: Person, tmp_path: Path) -> None:
    dataset, table, arrange = REFUSED[name]
    without = Person(tmp_path / "bundle", person.upstream)
    assert without.run("publish", dataset)[0] == 0
    arrange(person.upstream)
    code, found = person.run("publish", dataset, "--fetch")
    assert (code, found[dataset]["state"], found[dataset]["version"]) == (1, "quarantined", "1.0.0"), found
    assert "the bundled figures are served, and may be stale" in person.said
    assert tables(person.public / dataset) == tables(without.public / dataset), "figure by figure"
    entry = states(person.public)[table]
    assert (entry["state"], entry["retrieved"]) == ("quarantined", None), "what is served was not fetched"
    again, found = person.run("publish", dataset, "--fetch")
    assert (again, found[dataset]["state"], found[dataset]["version"]) == (1, "quarantined", "1.0.0")
    assert tables(person.public / dataset) == tables(without.public / dataset)
