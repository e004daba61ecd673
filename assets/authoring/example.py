"""An example tree with several releases, for who wants to see what a revision looks like before one comes.

The first release has the bundled figures of `rd-expenditure`, the later ones figures that are made here; so
the example has a folder of its own, and its titles and descriptions say what it is. Publishing belongs to
`pipeline`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from assets.descriptor import LANGUAGES, Dataset
from assets.errors import SettingError
from assets.fetch.snapshots import fetch_snapshots
from assets.files import replace_if_new
from assets.overlay import find_schema
from assets.store.snapshots import add_snapshot
from assets.workspace import Workspace

RESEARCH = "rd-expenditure"
PART = "2022-2024"  # its first year is in no other part, so that one answer alone may be revised
BASE = "http://127.0.0.1:8000/"
MADE = {
    "fi": "ESIMERKKI, luvut osin keksittyjä",
    "sv": "EXEMPEL, delvis påhittade siffror",
    "en": "EXAMPLE, some figures are made up",
}
_CATALOGUE = {
    "publisher": {"name_translated": MADE, "type": "NonProfitOrganisation"},
    "base_url": BASE,
    "datasets": [RESEARCH],
}

Change = Callable[[list[float | None]], None]


def write_example_config(folder: Path) -> Path:
    """Writes the settings of the example below `folder`, which must be empty or not there; their folder.

    Raises `SettingError` where it holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingError(f"{folder} is not empty; give a new folder")
    path = find_schema(f"datasets/{RESEARCH}.yaml")
    assert path is not None, "the packaged schemas have it"
    descriptor = yaml.safe_load(path.read_text("utf-8"))
    for name in ("title_translated", "description_translated"):
        texts = descriptor[name]
        descriptor[name] = {la: f"{MADE[la]}: {texts[la]}" for la in LANGUAGES}
    config = folder / "config"
    written = {"catalogue.yaml": _CATALOGUE, f"datasets/{RESEARCH}.yaml": descriptor}
    for name, content in written.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
        replace_if_new(config / name, text.encode())
    return config


def raise_figures(values: list[float | None]) -> None:
    """The expenditure of all sectors in the first area and year, and that of its enterprises."""
    for place in (0, 3):
        values[place] = (values[place] or 0) + 1


def drop_figure(values: list[float | None]) -> None:
    """The one of the enterprises."""
    values[3] = None


REVISIONS: Sequence[Change] = (raise_figures, drop_figure)


def add_revision(dataset: Dataset, workspace: Workspace, day: int, change: Change) -> None:
    """Adds an answer to the store as if the provider had changed figures on a day of December 2025."""
    snapshots = fetch_snapshots(dataset, workspace.roots)
    newest = next(snapshot for snapshot in snapshots if snapshot.provenance.part == PART)
    answer = json.loads(newest.path.read_bytes())
    change(answer["value"])
    provenance = replace(
        newest.provenance, updated=f"2025-12-{day:02}T06:00:00Z", obtained_from="made by innoregio example"
    )
    add_snapshot(workspace.store, json.dumps(answer).encode(), provenance)
