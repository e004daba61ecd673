"""Publications of a made dataset, one after the other."""

from pathlib import Path
from typing import Any

from assets.descriptor import Dataset
from assets.publish.release.tree import publish_dataset
from tests.publish.release.made_dataset import (
    AREAS,
    BASE,
    DATASET,
    FIGURE_ROWS,
    SNAPSHOT,
    tables,
)


def publish(out: Path, dataset: Dataset = DATASET, rows: list[Any] | None = None) -> None:
    publish_dataset(dataset, tables(rows), [SNAPSHOT], AREAS, out, BASE)


def first(out: Path) -> None:
    """A first release into an empty folder."""
    publish(out)


def revise(out: Path) -> None:
    """A release with revised figures."""
    publish(out, rows=[(*FIGURE_ROWS[0][:4], 7.5, "A", None), *FIGURE_ROWS[1:]])
