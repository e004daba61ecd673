"""Datasets that wait for their first fetch: where they are shown, and that nobody is troubled by them."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.descriptor import load_datasets
from assets.fetch.snapshots import table_sources
from assets.fetch.waiting import find_waiting, is_shipped_without_figures, is_waiting
from orchestration.cli.main import main
from orchestration.first_fetch import choose_asked, format_estimate
from orchestration.publishing import publish_datasets, publish_exit_code
from orchestration.run import run_refresh
from tests.fetch.live_runs import all_shipped, made_upstream, quick_session
from tests.fetch.waiting_runs import run_graph, shipped_absent
from tests.orchestration.made_workspace import ABSENT, GOOD, described, make_workspace
from tests.upstream.server import environment, serve


def test_it_follows_from_what_is_there(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    good, absent = described(tmp_path, GOOD), described(tmp_path, ABSENT)
    assert find_waiting([good, absent], workspace.roots, workspace.out) == [absent]
    (workspace.out / ABSENT).mkdir(parents=True)
    (workspace.out / ABSENT / "datapackage.json").write_text("{}", encoding="utf-8")
    assert not is_waiting(absent, workspace.roots, workspace.out)  # published: its snapshots are lost
    withdrawn = replace(absent, name="other", raw={**absent.raw, "innoregio:status": "withdrawn"})
    assert not is_waiting(withdrawn, workspace.roots, workspace.out)


def test_only_a_shipped_descriptor_can_be_without_figures(tmp_path: Path) -> None:
    assert not is_shipped_without_figures(described(tmp_path, ABSENT))
    assert is_shipped_without_figures(shipped_absent(tmp_path))


def test_a_run_is_good_and_says_what_to_do(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    datasets = [described(tmp_path, name) for name in (GOOD, ABSENT)]
    outcomes, states = publish_datasets(datasets, {}, [GOOD, ABSENT], workspace, {}, quiet=True)
    assert publish_exit_code(outcomes, states) == 0
    assert [(one.state, one.message) for one in outcomes] == [
        ("published", None),
        (
            "waiting",
            f"{ABSENT} waits for its first fetch: innoregio fetch {ABSENT}, "
            f"or from a file: innoregio snapshot add {ABSENT} FILE",
        ),
    ]


def test_a_run_of_the_graph_skips_it(tmp_path: Path) -> None:
    """Whatever becomes of another; the catalogue is written all the same, after the others."""
    workspace = make_workspace(tmp_path)
    absent = shipped_absent(tmp_path)
    result = run_graph([absent, described(tmp_path, GOOD)], workspace)
    assert result.success
    skipped = {str(event.step_key) for event in result.all_events if event.is_step_skipped}
    assert skipped == {f"absent_projects__{step}" for step in ("normalised", "package")}
    catalogue = (workspace.out / "catalog.ttl").read_text("utf-8")
    assert GOOD in catalogue and ABSENT not in catalogue
    assert [one.state for one in run_refresh([absent], [ABSENT], workspace, quiet=True)] == ["waiting"]


def test_a_run_of_the_graph_ends_where_another_fails(tmp_path: Path) -> None:
    """Dagster never ends a run in which a step has one input that was skipped and another that failed."""
    command = [sys.executable, "-m", "tests.fetch.waiting_runs", str(tmp_path)]
    folder = Path(__file__).parents[2]
    run = subprocess.run(command, cwd=folder, timeout=60, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.split()) == (0, ["failed"]), run.stderr


def test_the_site_lists_it_apart(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    datasets = [described(tmp_path, name) for name in (GOOD, ABSENT)]
    publish_datasets(datasets, {}, [GOOD, ABSENT], workspace, {}, quiet=True)
    said = {"fi": "Odottavat ensimmäistä hakua", "sv": "Väntar på den första", "en": "Waiting for the first"}
    for language, words in said.items():
        page = (workspace.out / language / "index.html").read_text("utf-8")
        assert words in page and f"made, {ABSENT}" in page
        assert not (workspace.out / language / "dataset" / f"{ABSENT}.html").exists()
    only, _ = publish_datasets(datasets[:1], {}, [GOOD], workspace, {}, quiet=True)
    assert only[0].state == "unchanged"
    assert said["en"] not in (workspace.out / "en" / "index.html").read_text("utf-8")


def test_only_a_first_fetch_asks_for_what_ships_without_figures(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    good, absent = described(tmp_path, GOOD), shipped_absent(tmp_path)
    found, names = [good, absent], [GOOD, ABSENT]
    assert choose_asked(found, names, workspace, (), first=False) == [good]
    assert choose_asked(found, [ABSENT], workspace, [ABSENT], first=False) == [absent]
    assert choose_asked(found, names, workspace, (), first=True) == [absent]
    own = described(tmp_path, ABSENT)  # of an operator: asked for like any other
    assert choose_asked([good, own], names, workspace, (), first=False) == [good, own]


def test_an_estimate_counts_by_the_limits_of_each_provider() -> None:
    waiting = [one for one in load_datasets()[0] if is_shipped_without_figures(one)]
    head, eurostat, statfin = format_estimate(waiting, {})
    tables = {name for one in waiting for name in table_sources(one)}
    assert head.startswith(f"first fetch of {len(waiting)} datasets")
    count = sum(provider == "eurostat" for provider, _ in tables)
    requests = 1 + 3 * count
    assert eurostat.startswith(f"eurostat: {count} tables, at least {requests} requests, of which 20 are")
    assert eurostat.endswith(f"{-(-requests // 20) * 10} s or more")
    assert statfin.startswith("statfin: 10 tables, at least 41 requests")
    assert list(format_estimate([], {})) == ["no dataset waits for its first fetch"]


@pytest.mark.slow
def test_the_command_brings_in_all_that_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A made server answers; then the next run publishes them."""
    waiting = [one for one in all_shipped() if one.name in ("labour-productivity", "jobs-by-industry")]
    regions = next(one for one in all_shipped() if one.name == "regions")
    bare = [
        replace(one, resources=tuple(replace(table, expectations=()) for table in one.resources))
        for one in (*waiting, regions)
    ]
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (bare, []))
    monkeypatch.chdir(tmp_path)
    with serve(made_upstream()) as upstream:
        settings = environment(upstream)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        listed = CliRunner().invoke(main, ["list"])
        assert "2 wait for their first fetch: innoregio fetch --all" in listed.stdout
        fetched = CliRunner().invoke(main, ["fetch", "--all", "--format", "json"])
        assert fetched.exit_code == 0, fetched.output
        assert "innoregio: first fetch of 2 datasets" in fetched.stderr
        assert {one["state"] for one in json.loads(fetched.stdout)} == {"updated"}
        again = CliRunner().invoke(main, ["fetch", "--all"])
        assert again.exit_code == 0 and "no dataset waits" in again.stderr
        run = CliRunner().invoke(main, ["publish", "--quiet", "--format", "json"])
    assert {one["state"] for one in json.loads(run.stdout)} == {"published"}, run.stderr
