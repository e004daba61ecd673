"""Datasets that wait for their first fetch: where they are shown, and that nobody is troubled by them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from assets.fetch.waiting import find_waiting, is_shipped_without_figures, is_waiting
from orchestration.publishing import publish_datasets, publish_exit_code
from orchestration.run import run_refresh
from tests.fetch.waiting_runs import run_graph, shipped_absent
from tests.orchestration.made_workspace import ABSENT, GOOD, described, make_workspace


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
        ("waiting", f"{ABSENT} waits for its first fetch: innoregio fetch {ABSENT}"),
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
