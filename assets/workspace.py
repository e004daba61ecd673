"""The places of one run: store, bundle, intermediate tables, published tree.

How they are found (flags, environment) belongs to `orchestration`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assets.descriptor import Dataset
from assets.store.snapshots import bundle_root

if TYPE_CHECKING:
    from assets.fetch.states import SourceState


@dataclass(frozen=True)
class Workspace:
    """Where one run reads and writes, and the address under which its tree will be served."""

    home: Path
    out: Path
    base_url: str
    chosen: frozenset[str] = frozenset()  # datasets whose snapshots this run has chosen already
    upstream: "Callable[[Dataset], Sequence[SourceState]] | None" = None  # asks the providers; None: no
    go_back: Mapping[str, str] = field(default_factory=dict)  # dataset -> why it may go to an older input

    @property
    def roots(self) -> tuple[Path, Path]:
        """The snapshot stores to look in: the user's own, then the bundle."""
        return self.store, bundle_root()

    @property
    def is_pinned(self) -> bool:
        """Whether the store was given what one release is made from, and nothing else is to be missed."""
        return False

    @property
    def store(self) -> Path:
        """The user's snapshot store."""
        return self.home / "snapshots"

    def manifest(self, dataset: str) -> Path:
        """The choice of snapshots that the raw step hands to the later ones."""
        return self.home / "manifests" / f"{dataset}.json"

    def normalised(self, dataset: str, resource: str) -> Path:
        """The Parquet file that hands a normalised table from its step to the package's step."""
        return self.home / "normalised" / dataset / f"{resource}.parquet"

    def released(self, dataset: str) -> Path:
        """What the last run that released `dataset` left to know it again by."""
        return self.home / "released" / f"{dataset}.json"
