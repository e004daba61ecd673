"""What publishing a dataset returns. How a release is written belongs to `tree`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Release:
    """A dataset's newest release in the published tree, and whether this run made it."""

    dataset: str
    version: str
    folder: Path  # public/<dataset>/<version>
    changed: bool  # False: nothing new in the content, no file touched
    change: str | None  # major, minor, patch; None for the first release and where nothing changed
    rows: dict[str, int]  # resource -> rows
