"""Releases of `rd-expenditure` after the bundled one, from answers of the provider that are made.

The tree that `innoregio publish` makes is taken as it is; the store gets answers in which figures of the
first area and year are others.
"""

import functools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assets import descriptor
from assets.descriptor import Dataset
from assets.fetch.snapshots import fetch_snapshots
from assets.pipeline import normalise_table, package_dataset
from assets.store.snapshots import add_snapshot
from assets.workspace import Workspace

RESEARCH = "rd-expenditure"
PART = "2022-2024"  # its first year is in no other part, so that one answer alone may be revised
BASE = "http://127.0.0.1:8000/"

load_once = functools.cache(descriptor.load_datasets)  # most of the time of a command on a small dataset


def research() -> Dataset:
    """The descriptor of `rd-expenditure`."""
    return next(dataset for dataset in load_once()[0] if dataset.name == RESEARCH)


def revise(workspace: Workspace, day: int, change: Callable[[list[float | None]], None]) -> str:
    """Publish after the provider changed its answer on a day of December; the new version."""
    snapshots = fetch_snapshots(research(), workspace.roots)
    newest = next(one for one in snapshots if one.provenance.part == PART)
    answer = json.loads(newest.path.read_bytes())
    change(answer["value"])
    updated = replace(newest.provenance, updated=f"2025-12-{day:02}T06:00:00Z")
    add_snapshot(workspace.store, json.dumps(answer).encode(), updated)
    for resource in research().resources:
        normalise_table(research(), resource, workspace)
    return package_dataset(research(), workspace).version


def raise_figures(values: list[float | None]) -> None:
    """The expenditure of all sectors in the first area and year, and that of its enterprises."""
    for place in (0, 3):
        values[place] = (values[place] or 0) + 1


def drop_figure(values: list[float | None]) -> None:
    """The one of the enterprises."""
    values[3] = None


def publish_revisions(published: Path, folder: Path) -> Workspace:
    """Three releases below `folder`: as bundled, two figures revised, one of them no longer given."""
    for name in (RESEARCH, "regions"):
        shutil.copytree(published / name, folder / "public" / name)
    shutil.copytree(published.parent / "data", folder / "data")
    workspace = Workspace(folder / "data", folder / "public", BASE)
    assert revise(workspace, 1, raise_figures) == "1.0.1"
    assert revise(workspace, 2, drop_figure) == "1.1.0"
    return workspace
