"""What the catalogue's tests are given of a published tree."""

from pathlib import Path
from typing import NamedTuple

from rdflib import Graph


class Read(NamedTuple):
    """A published tree, its address, and what `catalog.ttl` says."""

    out: Path
    base: str
    graph: Graph
