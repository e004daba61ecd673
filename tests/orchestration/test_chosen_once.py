"""A run chooses its snapshots once: each file is hashed once, and later steps read what was written down."""

import json
from collections import Counter
from pathlib import Path

import pytest

from assets import pipeline as steps
from assets.descriptor import Dataset
from assets.errors import StoreError
from assets.store import snapshots
from assets.workspace import Workspace
from orchestration.publishing import publish_datasets
from tests.orchestration.made_workspace import GOOD, add_made, described, make_workspace

SECOND = "second-projects"


@pytest.fixture
def datasets(tmp_path: Path) -> list[Dataset]:
    return [described(tmp_path, name) for name in (GOOD, SECOND)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_workspace(tmp_path)
    add_made(made, SECOND, b"id\nS1\n", "2026-02-01")
    return made


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a table's snapshots were looked for, and a file of a store hashed."""
    counts: Counter[str] = Counter()
    whole, fetch = snapshots.is_file_whole, steps.fetch_snapshots

    def is_whole(path: Path, sha256: str, size: int) -> bool:
        counts[f"hashed {path.name}"] += 1
        return whole(path, sha256, size)

    def fetch_snapshots(dataset, roots):  # type: ignore[no-untyped-def]
        counts[f"chosen {dataset.name}"] += 1
        return fetch(dataset, roots)

    monkeypatch.setattr(snapshots, "is_file_whole", is_whole)
    monkeypatch.setattr(steps, "fetch_snapshots", fetch_snapshots)
    return counts


@pytest.mark.parametrize("environment", [{}, {"DAGSTER_HOME": "kept"}])
def test_a_run_of_two_datasets_chooses_and_hashes_once(
    datasets: list[Dataset],
    workspace: Workspace,
    counted: Counter[str],
    environment: dict[str, str],
) -> None:
    for states in ({"published"}, {"unchanged"}):
        outcomes, _ = publish_datasets(datasets, {}, [GOOD, SECOND], workspace, environment, quiet=True)
        assert {one.state for one in outcomes} == states
        assert len(counted) == 4 and set(counted.values()) == {1}, counted
        counted.clear()


def test_later_steps_read_the_choice_and_not_the_store(datasets: list[Dataset], workspace: Workspace) -> None:
    """What comes into the store meanwhile is for the next run."""
    dataset = datasets[1]
    (resource,) = dataset.resources
    steps.choose_snapshots(dataset, workspace)
    add_made(workspace, SECOND, b"id\nS1\nS2\n", "2026-03-01")
    assert steps.normalise_table(dataset, resource, workspace).frame.collect().height == 1
    assert steps.package_dataset(dataset, workspace).rows == {resource.name: 1}
    steps.choose_snapshots(dataset, workspace)
    assert steps.normalise_table(dataset, resource, workspace).frame.collect().height == 2


def test_the_manifest_says_addresses_and_hashes(datasets: list[Dataset], workspace: Workspace) -> None:
    (snapshot,) = steps.choose_snapshots(datasets[0], workspace)
    (entry,) = json.loads(workspace.manifest(GOOD).read_bytes())["snapshots"]
    sha256 = snapshot.provenance.sha256
    assert (entry["store"], entry["address"]) == ("store", f"made/{GOOD}/data/{sha256[:16]}.csv")
    assert entry["sha256"] == sha256 and entry["bytes"] == 9
    assert steps.chosen_snapshots(datasets[0], workspace) == (snapshot,)


def test_what_is_wrong_with_a_choice_is_one_line(datasets: list[Dataset], workspace: Workspace) -> None:
    dataset = datasets[0]
    with pytest.raises(StoreError, match=f"^{GOOD}: no snapshots are chosen yet; run its raw step first$"):
        steps.normalise_table(dataset, dataset.resources[0], workspace)
    (snapshot,) = steps.choose_snapshots(dataset, workspace)
    snapshot.path.unlink()
    with pytest.raises(StoreError, match=r"is gone since it was chosen; run its raw step first$"):
        steps.normalise_table(dataset, dataset.resources[0], workspace)
    workspace.manifest(GOOD).write_text("{")
    with pytest.raises(StoreError, match=r"damaged, it is no choice of snapshots; run its raw step first$"):
        steps.package_dataset(dataset, workspace)
    assert steps.find_release(dataset, workspace) is None


def test_a_snapshot_of_the_bundle_is_kept_when_it_is_released(
    datasets: list[Dataset], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, counted: Counter[str]
) -> None:
    """Copied, not hashed again; and found in the store from then on."""
    bundle = workspace.home / "bundle"
    workspace.store.rename(bundle)
    monkeypatch.setattr("assets.workspace.bundle_root", lambda: bundle)
    publish_datasets(datasets[:1], {}, [GOOD], workspace, {}, quiet=True)
    assert set(counted.values()) == {1}, counted
    (snapshot,) = steps.choose_snapshots(datasets[0], workspace)
    assert snapshot.path.is_relative_to(workspace.store)
    assert snapshot.path.read_bytes() == b"id\nP1\nP2\n"
