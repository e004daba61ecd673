"""`innoregio fetch` and `publish --fetch` against the made upstream: from the bundle to live figures, runs
without news, what does not pass, what is away.
"""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Dataset
from tests.fetch.live_runs import made_upstream, quick_session, shipped
from tests.fetch.person import Person, declared, states, tree
from tests.upstream import fault_answers as more
from tests.upstream.faults import status
from tests.upstream.server import serve

RESEARCH, ACCOUNTS = "rd-expenditure", "regional-accounts"


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (shipped(), []))
    with serve(made_upstream()) as upstream:
        yield Person(tmp_path, upstream)


@pytest.mark.slow
def test_from_the_bundle_to_live_figures_and_through_what_goes_wrong(person: Person) -> None:
    upstream, public = person.upstream, person.public
    code, found = person.run("publish", RESEARCH)
    assert (code, found[RESEARCH]["version"], upstream.log) == (0, "1.0.0", [])

    # the first live run: the whole table in the place of a selection
    table = upstream.statfin["13tn"][1]
    at = table.dimensions.index("Vuosi")
    person.renewed(
        cells=table.cells
        | {(*k[:at], "2025", *k[at + 1 :]): v for k, v in table.cells.items() if k[at] == "2024"}
    )
    code, found = person.run("publish", RESEARCH, "--fetch")
    one = found[RESEARCH]
    assert (code, one["state"], one["version"], one["change"]) == (0, "published", "1.1.0", "minor"), (
        person.said
    )
    assert [(s["state"], s["age_days"] is not None) for s in one["sources"]] == [("updated", True)]
    assert b",2025," in (public / RESEARCH / "rd-expenditure.csv").read_bytes()
    assert states(public)["13tn"]["state"] == "updated"

    # nothing new: one request, no changed byte, no changed file
    before = {p: p.stat().st_mtime_ns for p in [*public.rglob("*"), *person.store.glob("[a-z]*/**/*")]}
    code, found = person.run("publish", RESEARCH, "--fetch")
    assert (code, found[RESEARCH]["state"], len(upstream.log)) == (0, "unchanged", 1)
    assert found[RESEARCH]["sources"][0]["state"] == "unchanged"
    assert {p: p.stat().st_mtime_ns for p in before} == before

    # a code that the descriptor does not know: quarantine, the last good release stays, also later
    good, table = tree(public), upstream.statfin["13tn"][1]
    at = table.dimensions.index("Tiedot")
    new = {(*k[:at], "tk_uusi", *k[at + 1 :]): v for k, v in table.cells.items() if k[at] == "tk_menot"}
    person.renewed(cells=table.cells | new, updated="2026-05-01T06:00:00")
    code, found = person.run("publish", RESEARCH, "--fetch")
    assert (code, found[RESEARCH]["state"]) == (1, "quarantined"), person.said
    assert "tk_uusi" in person.said
    assert tree(public) == good
    assert states(public)["13tn"]["state"] == "quarantined"
    assert "tk_uusi" in states(public)["13tn"]["message"]
    assert person.run("fetch", RESEARCH)[0] == 1
    assert len(upstream.log) == 1, "what is in quarantine is not downloaded again"
    assert "tk_uusi" in person.said

    # the provider repairs it
    person.renewed(cells=table.cells, updated="2026-05-02T06:00:00")
    code, found = person.run("publish", RESEARCH, "--fetch")
    assert (code, found[RESEARCH]["state"], tree(public)) == (0, "unchanged", good), person.said
    assert states(public)["13tn"]["state"] == "updated"

    # the provider is away
    upstream.break_it("statfin", status(503))
    code, found = person.run("publish", RESEARCH, "--fetch")
    assert (code, found[RESEARCH]["state"]) == (3, "unchanged"), person.said
    assert "stale-but-served" in person.said
    assert tree(public) == good
    assert states(public)["13tn"]["state"] == "stale-but-served"
    assert person.run("publish", RESEARCH)[0] == 0, "without --fetch nobody was asked"


def staying(dataset: Dataset) -> Dataset:
    """The dataset where nothing says that its table moves to a later NUTS."""
    return replace(dataset, resources=tuple(replace(one, moves_to=None) for one in dataset.resources))


@pytest.mark.slow
def test_a_table_that_moves_as_its_descriptor_says_is_published(person: Person) -> None:
    public, table = person.public, person.upstream.eurostat["nama_10r_3gdp"]
    code, found = person.run("publish", ACCOUNTS)
    assert (code, found[ACCOUNTS]["version"]) == (0, "1.0.0"), person.said
    more.later_nuts(person.upstream)
    code, found = person.run("publish", ACCOUNTS, "--fetch")
    assert (code, found[ACCOUNTS]["state"], found[ACCOUNTS]["change"]) == (0, "published", "minor"), (
        person.said
    )
    frame = pl.read_parquet(public / ACCOUNTS / f"{ACCOUNTS}.parquet")
    assert set(frame.filter(geo="FI1C6")["geo_classification"]) == {"nuts-2024"}
    assert not frame.filter(geo="FI1C3").height
    (row,) = frame.filter(geo="FI1C6", unit="MIO_EUR", time_period="2020")["obs_value"]
    assert row == float(table.cells["A", "MIO_EUR", "FI1C6", "2020"][0])


@pytest.mark.slow
def test_a_table_that_moved_to_a_later_nuts_waits_for_its_descriptor(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Päijät-Häme is FI1C3 until NUTS 2021 and FI1C6 in NUTS 2024: another area, never one series."""
    upstream, public = person.upstream, person.public
    fixed = [staying(one) for one in shipped()]
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (fixed, []))
    code, found = person.run("publish", ACCOUNTS, "--fetch")
    assert (code, found[ACCOUNTS]["version"]) == (0, "1.0.0"), person.said
    before, good = (public / ACCOUNTS / "1.0.0" / f"{ACCOUNTS}.csv").read_bytes(), tree(public)
    assert b"FI1C3,nuts-2021" in before and b"FI1C6" not in before

    table = upstream.eurostat["nama_10r_3gdp"]
    more.later_nuts(upstream)
    table.updated = "2026-05-01T06:00:00"
    code, found = person.run("publish", ACCOUNTS, "--fetch")
    assert (code, found[ACCOUNTS]["state"]) == (1, "quarantined"), person.said
    assert "nuts-2024 (FI1C6, FI1C7), nuts-2021 is declared" in states(public)["nama_10r_3gdp"]["message"]
    assert tree(public) == good

    edited = [declared(one, "nuts-2024") if one.name == ACCOUNTS else one for one in fixed]
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (edited, []))
    code, found = person.run("publish", ACCOUNTS, "--fetch")
    assert (code, found[ACCOUNTS]["version"], found[ACCOUNTS]["change"]) == (0, "1.1.0", "minor"), person.said
    assert len(upstream.log) == 1, "it is in the store already"
    after = (public / ACCOUNTS / f"{ACCOUNTS}.csv").read_bytes()
    assert b"FI1C6,nuts-2024" in after and b"FI1C3" not in after
    assert (public / ACCOUNTS / "1.0.0" / f"{ACCOUNTS}.csv").read_bytes() == before, "the older rows stay"
    assert "nuts-2021 is now nuts-2024" in (public / ACCOUNTS / "CHANGELOG.md").read_text("utf-8")
