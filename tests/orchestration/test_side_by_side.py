"""Under Dagster the sources of a run are asked side by side, each of them once."""

import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pytest

from assets.descriptor import Dataset
from assets.fetch.states import UNCHANGED, SourceState
from orchestration import fetching, resources
from orchestration.definitions import build
from tests.orchestration.made_workspace import GOOD, add_made, described, make_workspace

NAMES = [GOOD, "second-projects", "third-projects"]


def test_all_are_under_way_before_the_first_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer waits until all were asked: one after another would stop here."""
    datasets, workspace = [described(tmp_path, name) for name in NAMES], make_workspace(tmp_path)
    for name in NAMES[1:]:
        add_made(workspace, name, b"id\nS1\n", "2026-02-01")
    meeting, asked = threading.Barrier(len(NAMES)), Counter[str]()

    def acquire(dataset: Dataset, *_: object, **__: object) -> Sequence[SourceState]:
        asked[dataset.name] += 1
        meeting.wait(timeout=20)
        return [SourceState(dataset.name, "made", dataset.name, UNCHANGED)]

    monkeypatch.setattr(fetching, "acquire", acquire)
    monkeypatch.setattr(resources, "load_datasets", lambda: (datasets, []))
    places = {"home": str(workspace.home), "out": str(workspace.out), "base_url": workspace.base_url}
    config = {
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        "resources": {"workspace": {"config": places | {"fetch": True}}},
    }
    with dg.DagsterInstance.ephemeral() as instance:
        job = build(datasets).resolve_job_def("refresh")
        result = job.execute_in_process(instance=instance, run_config=config)
    assert result.success and asked == Counter(NAMES)


def test_a_run_of_one_dataset_asks_for_its_sources_alone() -> None:
    run = dg.DagsterRun(
        "refresh",
        asset_selection=frozenset([dg.AssetKey(["rd_expenditure", "raw"]), dg.AssetKey("catalogue")]),
    )
    assert [dataset.name for dataset in resources.datasets_to_ask(run)] == ["rd-expenditure"]
    again = dg.DagsterRun("refresh", step_keys_to_execute=["population__raw", "population__package"])
    assert [dataset.name for dataset in resources.datasets_to_ask(again)] == ["population"]
