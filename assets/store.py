"""Snapshots: where the bytes that providers published live, with their provenance.

Finding, adding and verifying snapshots in a store folder (the user's store and the bundle have one layout) belongs here; asking a provider for
new bytes belongs to `fetch`, reading them into rows to `normalise`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Provenance:
    """What is known of a snapshot (contracts: source, address, times, licence, hash, media type)."""

    provider: str
    table: str
    part: str  # one part of a table's snapshot set: a query slice, a member of an archive
    obtained_from: str  # address; for a copy "https://github.com/<repository>/blob/<commit>/<path>"
    licence: str
    media_type: str
    retrieved: str | None = None  # RFC 3339, when we asked the provider; None for a recorded copy
    recorded_before: str | None = None  # ISO date, for a recorded copy
    updated: str | None = None  # the provider's own update time, RFC 3339 or ISO date
    selection: Mapping[str, str] | None = (
        None  # language -> what the snapshot was restricted to; None: the whole answer
    )
    sha256: str = ""
    bytes: int = 0


@dataclass(frozen=True)
class Snapshot:
    """Bytes as published (or a stated selection of them), found in a store, and their provenance."""

    path: Path
    provenance: Provenance
