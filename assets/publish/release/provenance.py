"""Where a release comes from: dates, upstream versions and snapshots, for the published descriptor.

No date here comes from a clock: a release of the same snapshots says the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from assets.errors import PublishError
from assets.store.snapshots import Provenance, Snapshot

ORDER = (
    "provider",
    "table",
    "part",
    "obtained_from",
    "retrieved",
    "recorded_before",
    "updated",
    "licence",
    "media_type",
    "sha256",
    "bytes",
    "selection",
)
SOURCE_SNAPSHOTS = "innoregio:snapshots"  # of a source in the published descriptor


def sort_snapshots(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """Snapshots in one order for every run: provider, table, part, hash."""
    return sorted(
        snapshots,
        key=lambda s: (s.provenance.provider, s.provenance.table, s.provenance.part, s.provenance.sha256),
    )


def describe_snapshots(snapshots: Sequence[Snapshot]) -> list[dict[str, Any]]:
    """`innoregio:provenance`, one object a snapshot; `retrieved`, `recorded_before` also as null."""
    entries = []
    for snapshot in snapshots:
        known = asdict(snapshot.provenance)
        kept = {
            key: known[key]
            for key in ORDER
            if known[key] is not None or key in ("retrieved", "recorded_before")
        }
        entries.append(
            {key: dict(value) if isinstance(value, Mapping) else value for key, value in kept.items()}
        )
    return entries


def describe_sources(
    sources: Iterable[Mapping[str, Any]], snapshots: Sequence[Snapshot]
) -> list[dict[str, Any]]:
    """The descriptor's `sources`, each with the snapshots of the tables that it names (`innoregio:tables`).

    `version` is the upstream update, else the retrieval, of the newest of them; `innoregio:snapshots` has
    table, part, what is known of dates, and sha256 of each. A source whose tables have no snapshot is left
    out: they are optional and were not fetched before this release, so nothing in it is of them.
    """
    written = []
    for source in map(dict, sources):
        tables = source.get("innoregio:tables", ())
        own = [s.provenance for s in snapshots if f"{s.provenance.provider}/{s.provenance.table}" in tables]
        if version := upstream_version(own):
            source["version"] = version
        if own:
            source[SOURCE_SNAPSHOTS] = [describe_origin(provenance) for provenance in own]
        if own or not tables:
            written.append(source)
    return written


def describe_origin(provenance: Provenance) -> dict[str, str]:
    """A snapshot as its source describes it; all that is known stands in `innoregio:provenance`."""
    dates = {name: getattr(provenance, name) for name in ("updated", "retrieved", "recorded_before")}
    return {
        "table": f"{provenance.provider}/{provenance.table}",
        "part": provenance.part,
        **{name: date for name, date in dates.items() if date},
        "sha256": provenance.sha256,
    }


def upstream_version(provenances: Sequence[Provenance]) -> str | None:
    """The newest update time as the provider wrote it, else the newest retrieval, else None."""
    for name in ("updated", "retrieved"):
        known = [value for p in provenances if (value := getattr(p, name))]
        if known:
            return str(max(known, key=parse_moment))
    return None


def release_dates(snapshots: Sequence[Snapshot], revised: str | None) -> tuple[str | None, str | None]:
    """`created` and `modified` as RFC 3339 in UTC.

    Created: the date of the newest snapshot, which is its upstream update, else its retrieval, else the date
    before which the copy was recorded. Modified: the same, or `innoregio:revised` when that is later.
    """
    dates = [p.updated or p.retrieved or p.recorded_before for p in (s.provenance for s in snapshots)]
    created = max((parse_moment(date) for date in dates if date), default=None)
    revision = parse_moment(revised) if revised else None
    modified = max((moment for moment in (created, revision) if moment), default=None)
    return _text(created), _text(modified)


def _text(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def parse_moment(text: str) -> datetime:
    """A year, month, day or RFC 3339 time as a moment in UTC, the first of the span."""
    try:
        padded = text + {4: "-01-01", 7: "-01"}.get(len(text), "")
        moment = datetime.fromisoformat(padded)
    except ValueError as error:
        raise PublishError(
            f"provenance: {text!r} is no date or time; write RFC 3339 (2024-05-01T06:00:00Z)"
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
