"""What the asset graph shows as stale is what a run makes again: one digest decides both."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest

from assets import fingerprints
from assets import pipeline as steps
from assets.descriptor import Dataset
from assets.workspace import Workspace
from orchestration.definitions import build
from tests.orchestration.made_workspace import add_made, described, make_workspace

MADE, SECOND = "made-projects", "second-projects"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def stale_assets(instance: dg.DagsterInstance, definitions: dg.Definitions) -> set[str]:
    """What the graph marks as unsynced, with all that comes from it.

    Dagster marks what is made from other code or data than before; what comes from that in turn once that is
    made. It shows the marks in the UI and over GraphQL only.
    """
    graph = definitions.resolve_asset_graph()
    resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    marked = [key for key in graph.get_all_asset_keys() if resolver.get_status(key) != StaleStatus.FRESH]
    if not marked:
        return set()
    return {key.to_user_string() for key in dg.AssetSelection.assets(*marked).downstream().resolve(graph)}


class Run:
    """Runs the job and remembers which tables and packages it really made."""

    def __init__(self, instance: dg.DagsterInstance, workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
        self.instance, self.workspace, self.made = instance, workspace, set[str]()
        normalise, publish = steps.normalise_resource, steps.publish_dataset

        def normalised(resource, snapshots, areas):  # type: ignore[no-untyped-def]
            self.made.add(f"{resource.name.replace('-', '_')}/normalised")
            return normalise(resource, snapshots, areas)

        def published(dataset, *rest):  # type: ignore[no-untyped-def]
            self.made.add(f"{dataset.name.replace('-', '_')}/package")
            return publish(dataset, *rest)

        patch.setattr(steps, "normalise_resource", normalised)
        patch.setattr(steps, "publish_dataset", published)

    def __call__(self, datasets: list[Dataset], only: str = "") -> set[str]:
        self.made.clear()
        result = (
            build(datasets, self.workspace)
            .resolve_job_def("refresh")
            .execute_in_process(
                instance=self.instance,
                run_config=QUIET,
                asset_selection=[dg.AssetKey(only.split("/"))] if only else None,
            )
        )
        assert result.success
        return set(self.made)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_workspace(tmp_path)
    add_made(made, SECOND, b"id\nS1\n", "2026-02-01")
    return made


def retitle(dataset: Dataset) -> Dataset:
    """Another title of the dataset: its tables are the same."""
    return replace(dataset, titles=dict(dataset.titles) | {"en": "Other"}, raw=dict(dataset.raw) | {"x": 1})


def redescribe(dataset: Dataset) -> Dataset:
    """Another description of the table."""
    (resource,) = dataset.resources
    return replace(dataset, resources=(replace(resource, descriptions={"en": "Other rows."}),))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda dataset: dataset, set()),
        (retitle, {"second_projects/package"}),
        (redescribe, {"second_projects/normalised", "second_projects/package"}),
        (lambda dataset: replace(dataset, path=Path("elsewhere")), set()),
    ],
    ids=["nothing", "title", "table", "place"],
)
def test_an_edited_descriptor_is_stale_where_it_makes_something(
    tmp_path: Path,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Dataset], Dataset],
    expected: set[str],
) -> None:
    first, second = (described(tmp_path, name) for name in (MADE, SECOND))
    with dg.DagsterInstance.ephemeral() as instance:
        run = Run(instance, workspace, monkeypatch)
        assert len(run([first, second])) == 4
        edited = [first, change(second)]
        stale = stale_assets(instance, build(edited, workspace))
        assert stale == expected | ({"catalogue"} if expected else set())
        assert run(edited) == expected
        assert stale_assets(instance, build(edited, workspace)) == set()


def test_other_code_makes_all_stale_and_all_again(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = [described(tmp_path, name) for name in (MADE, SECOND)]
    with dg.DagsterInstance.ephemeral() as instance:
        run = Run(instance, workspace, monkeypatch)
        made = run(datasets)
        monkeypatch.setattr(fingerprints, "digest_code", lambda: "other code")
        stale = stale_assets(instance, build(datasets, workspace))
        assert stale == made | {"made_projects/raw", "second_projects/raw", "catalogue"}
        assert run(datasets) == made
        assert stale_assets(instance, build(datasets, workspace)) == set()


def test_new_bytes_make_stale_what_comes_from_them(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = [described(tmp_path, name) for name in (MADE, SECOND)]
    expected = {"second_projects/normalised", "second_projects/package"}
    with dg.DagsterInstance.ephemeral() as instance:
        run = Run(instance, workspace, monkeypatch)
        run(datasets)
        add_made(workspace, SECOND, b"id\nS1\nS2\n", "2026-03-01")
        assert run(datasets, only="second_projects/raw") == set()
        assert stale_assets(instance, build(datasets, workspace)) == expected | {"catalogue"}
        assert run(datasets) == expected
        assert stale_assets(instance, build(datasets, workspace)) == set()
        assert run(datasets) == set(), "the new release is what the tables are judged against, not made from"
