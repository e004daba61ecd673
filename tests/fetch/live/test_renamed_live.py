"""Statistics Finland's renaming of 8 June 2026, from the server to the release: variables have codes with
dates, contents a prefix, labels are as before. The same figures come, and nobody has to edit a descriptor.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.fetch.states import UPDATED
from tests.fetch.live_runs import FOLDERS, figures, made_upstream, quick_session, run, shipped
from tests.fetch.person import Person, tree
from tests.upstream.figures import Table
from tests.upstream.server import Upstream, environment, serve

DATASETS = {"13tn": "rd-expenditure", "11re": "population", "12bs": "education-and-training"}
NEW = {
    "Vuosi": "timeperiod_y", "Alue": "alue_23_20260101", "Tiedot": "contentscode",
    "Sektori": "sektori_5_20260101", "Sukupuoli": "sukupuoli_9_20180101", "Ikä": "ikaryhma_10_20180101",
}  # fmt: skip


def renamed(table: Table, folder: str) -> Table:
    """The table under the names that it has had since June 2026, published anew."""
    dimensions = [NEW.get(name, f"{name.lower()}_1_20260101") for name in table.dimensions]
    at = table.dimensions.index(table.content)
    cells = {(*k[:at], f"{folder}-{k[at]}", *k[at + 1 :]): cell for k, cell in table.cells.items()}
    return replace(
        table,
        dimensions=dimensions,
        cells=cells,
        updated="2026-06-08T08:00:00",
        units={f"{folder}-{code}": unit for code, unit in table.units.items()},
        content=NEW[table.content],
        time=NEW[table.time],
        labels=dict(zip(dimensions, table.dimensions, strict=True)),
    )


def rename_all(upstream: Upstream) -> None:
    for code in FOLDERS:
        folder, table = upstream.statfin[code]
        upstream.statfin[code] = folder, renamed(table, folder)


@pytest.mark.parametrize("code", FOLDERS)
def test_a_renamed_table_gives_the_figures_of_before(code: str, tmp_path: Path, areas: pl.LazyFrame) -> None:
    (dataset,) = shipped(DATASETS[code])
    upstream = made_upstream()
    with serve(upstream):
        found = []
        for name in ("before", "after"):
            if name == "after":
                rename_all(upstream)
            states = {state.table: state for state in run(dataset, tmp_path / name, environment(upstream))}
            assert states[code].state == UPDATED, states[code]
            found.append(figures(dataset, tmp_path / name, areas))
    before, after = found
    assert isinstance(before, dict) and isinstance(after, dict), after
    for name, frame in before.items():
        assert_frame_equal(after[name], frame)


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (shipped(), []))
    with serve(made_upstream()) as upstream:
        yield Person(tmp_path, upstream)


@pytest.mark.slow
def test_the_renaming_publishes_nothing_and_the_next_year_does(person: Person) -> None:
    names = list(DATASETS.values())
    code, found = person.run("publish", *names, "--fetch")
    assert code == 0, person.said
    before = tree(person.public)

    rename_all(person.upstream)
    code, found = person.run("publish", *names, "--fetch")
    assert (code, {one["state"] for one in found.values()}) == (0, {"unchanged"}), person.said
    assert any(request.method == "POST" for request in person.upstream.log), "the tables were asked for anew"
    assert tree(person.public) == before

    for table, (folder, known) in list(person.upstream.statfin.items()):
        if table not in FOLDERS:
            continue
        at = known.dimensions.index(known.time)
        newest = max(key[at] for key in known.cells)
        new = {
            (*k[:at], str(int(newest) + 1), *k[at + 1 :]): c
            for k, c in known.cells.items()
            if k[at] == newest
        }
        grown = replace(known, cells=known.cells | new, updated="2026-06-09T08:00:00")
        person.upstream.statfin[table] = folder, grown
    code, found = person.run("publish", *names, "--fetch")
    changes = {name: (found[name]["version"], found[name]["change"]) for name in names}
    assert (code, changes) == (0, dict.fromkeys(names, ("1.1.0", "minor"))), person.said
