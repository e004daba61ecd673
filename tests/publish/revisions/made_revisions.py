"""Releases of `rd-expenditure` after the bundled one, from answers of the provider that are made.

The tree that `innoregio publish` makes is taken as it is; the store gets answers in which figures of the
first area and year are others.
"""

import shutil
from pathlib import Path

from assets.authoring.example import BASE, PART, RESEARCH, Change, add_revision, drop_figure, raise_figures
from assets.descriptor import Dataset, load_datasets
from assets.pipeline import choose_snapshots, normalise_table, package_dataset
from assets.workspace import Workspace

__all__ = ["BASE", "PART", "RESEARCH"]


def research() -> Dataset:
    """The descriptor of `rd-expenditure`."""
    return next(dataset for dataset in load_datasets()[0] if dataset.name == RESEARCH)


def revise(workspace: Workspace, day: int, change: Change) -> str:
    """Publish after the provider changed its answer on a day of December; the new version."""
    add_revision(research(), workspace, day, change)
    choose_snapshots(research(), workspace)
    for resource in research().resources:
        normalise_table(research(), resource, workspace)
    return package_dataset(research(), workspace).version


def publish_revisions(published: Path, folder: Path) -> Workspace:
    """Three releases below `folder`: as bundled, two figures revised, one of them no longer given."""
    for name in (RESEARCH, "regions"):
        shutil.copytree(published / name, folder / "public" / name)
    shutil.copytree(published.parent / "data", folder / "data")
    workspace = Workspace(folder / "data", folder / "public", BASE)
    assert revise(workspace, 1, raise_figures) == "1.0.1"
    assert revise(workspace, 2, drop_figure) == "1.1.0"
    return workspace
