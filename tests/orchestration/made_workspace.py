"""A workspace with made datasets, some of which can be published."""

from pathlib import Path

from assets.descriptor import Dataset, load_dataset
from assets.store.snapshots import Provenance, add_snapshot
from assets.workspace import Workspace
from tests.publish.catalogue.made_withdrawn import DESCRIPTOR

BASE = "https://data.example.org/"


GOOD, BROKEN, ABSENT = "made-projects", "broken-projects", "absent-projects"


def described(folder: Path, name: str) -> Dataset:
    path = folder / f"{name}.yaml"
    text = DESCRIPTOR.replace("made-projects", name).replace("table: projects", f"table: {name}")
    path.write_text(text.replace("made/projects", f"made/{name}"), encoding="utf-8")
    return load_dataset(path)


def make_workspace(folder: Path) -> Workspace:
    """A store with a good snapshot, and one that cannot be read as its descriptor says."""
    workspace = Workspace(folder / "data", folder / "public", BASE)
    for name, content in ((GOOD, b"id\nP1\nP2\n"), (BROKEN, b"another header\nP1\n")):
        add_made(workspace, name, content, "2026-01-01")
    return workspace


def add_made(workspace: Workspace, name: str, content: bytes, day: str) -> None:
    """A snapshot of the source of the dataset `name`, updated on a day."""
    provenance = Provenance(
        provider="made",
        table=name,
        part="data",
        obtained_from="https://example.org/p.csv",
        licence="CC-BY-4.0",
        media_type="text/csv",
        updated=f"{day}T00:00:00Z",
    )
    add_snapshot(workspace.store, content, provenance)


def break_projects(workspace: Workspace) -> None:
    """A newer snapshot of `framework-projects` that cannot be read."""
    provenance = Provenance(
        provider="cordis",
        table="horizon",
        part="project",
        obtained_from="https://example.org/project.csv",
        licence="CC-BY-4.0",
        media_type="text/csv",
        updated="2027-01-01T00:00:00Z",
    )
    add_snapshot(workspace.store, b"no register\n", provenance)
