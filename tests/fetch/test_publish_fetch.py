"""`innoregio fetch` and `publish --fetch` against the made upstream: from the bundle to live figures, runs
without news, what does not pass, what is away.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from orchestration.cli import main
from tests.conftest import tree_bytes
from tests.fetch.live_runs import made_upstream, quick_session, shipped
from tests.upstream.faults import status
from tests.upstream.server import Upstream, environment, serve

RESEARCH = "rd-expenditure"
TABLE = "13tn.px"


class Person:
    """Somebody at a terminal, in a folder, with the made upstream in the place of the providers."""

    def __init__(self, folder: Path, upstream: Upstream) -> None:
        self.public, self.store = folder / "public", folder / "data" / "snapshots"
        self.upstream, self.said = upstream, ""
        self.settings = environment(upstream) | {"INNOREGIO_HOME": str(folder / "data")}

    def run(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Exit code, and the results by dataset."""
        self.upstream.log.clear()
        out = ["--out", str(self.public)] if arguments[0] == "publish" else []
        done = CliRunner().invoke(main, [*arguments, *out, "--quiet", "--format", "json"], env=self.settings)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        self.said = done.stderr
        return done.exit_code, {one["dataset"]: one for one in json.loads(done.stdout)}

    def renewed(self, **changes: Any) -> None:
        """The provider publishes the table anew."""
        folder, table = self.upstream.statfin["13tn"]
        self.upstream.statfin["13tn"] = folder, replace(table, **changes)


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (shipped(), []))
    with serve(made_upstream()) as upstream:
        yield Person(tmp_path, upstream)


def tree(folder: Path) -> dict[str, bytes]:
    """The tree without the file that tells of sources."""
    return {name: content for name, content in tree_bytes(folder).items() if name != "sources.json"}


def states(folder: Path) -> dict[str, Any]:
    """`sources.json` of the tree: table -> entry."""
    return {one["table"]: one for one in json.loads((folder / "sources.json").read_bytes())["sources"]}


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

    # the provider mends it
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
