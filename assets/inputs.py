"""Our own releases as inputs: the published tables that a derived dataset is worked out of, as snapshots.

They are taken into the store, so that the dataset can be made again from what it was made of. How tables are
worked out belongs to `derive`.
"""

from pathlib import Path

from assets.descriptor import Dataset
from assets.errors import StoreError
from assets.fetch.snapshots import SnapshotMissing, table_sources
from assets.publish.release.last_release import read_last_release
from assets.store.snapshots import Provenance, Snapshot, add_snapshot

MEDIA_TYPES = {".csv": "text/csv", ".parquet": "application/vnd.apache.parquet"}


def take_releases(dataset: Dataset, out: Path, base_url: str, store: Path) -> tuple[Snapshot, ...]:
    """The tables of the newest releases in the tree `out` that a derived `dataset` names, sorted by address.

    The address says dataset and version of each. Raises `SnapshotMissing` where an input is not published
    yet, `StoreError` where a release does not have the table.
    """
    taken = []
    for (_, name), sources in sorted(table_sources(dataset).items()):
        release = read_last_release(out, name)
        if release is None:
            raise SnapshotMissing(f"{dataset.name}: no release of {name} in {out}; publish it first")
        entries = {entry["name"]: entry for entry in release["resources"]}
        for part in sorted({part for source in sources for part in source.parts}):
            entry = entries.get(f"{part}-parquet") or entries.get(part)
            if entry is None:
                raise StoreError(
                    f"{dataset.name}: release {release['version']} of {name} has no table {part}"
                )
            provenance = Provenance(
                provider="innoregio",
                table=name,
                part=part,
                obtained_from=f"{base_url}{name}/{release['version']}/{entry['path']}",
                licence=release["licenses"][0]["name"],
                media_type=MEDIA_TYPES[Path(entry["path"]).suffix],
                updated=release.get("modified") or release.get("created"),
            )
            taken.append(add_snapshot(store, out / name / release["version"] / entry["path"], provenance))
    return tuple(taken)
