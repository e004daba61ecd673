"""What a result was made from, in one line of hexadecimal digits: equal ones need no work.

Everything that can change a table or a release goes in: bytes and provenance of snapshots, the descriptor
with its code lists, our code, the areas. A digest too many costs work, one too few a wrong result; so whole
things are taken, not chosen parts. Where fingerprints are kept belongs to `pipeline` and `publish.released`.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl

from assets.descriptor import Dataset, Resource, load_catalogue
from assets.descriptor.coverage import coverage_resource
from assets.overlay import digest_config, packaged_schemas
from assets.store.snapshots import Snapshot


def fingerprint_table(resource: Resource, snapshots: Sequence[Snapshot], others: Sequence[str]) -> str:
    """Of a normalised table. `snapshots`: the dataset's; `others`: fingerprints of the tables looked into."""
    return digest(version_table(resource), digest_snapshots(snapshots), *others)


def fingerprint_release(
    dataset: Dataset, snapshots: Sequence[Snapshot], areas: str, out: Path, base_url: str
) -> str:
    """Of a dataset's release in the tree `out`. `areas`: the fingerprint of `regions/areas`."""
    return digest(version_release(dataset), digest_snapshots(snapshots), areas, str(out), base_url)


def version_choice(dataset: Dataset) -> str:
    """Of what chooses the snapshots of a dataset: the code, and the sources that its descriptor names."""
    return digest(digest_code(), *(repr(resource.sources) for resource in dataset.resources))


def version_table(resource: Resource) -> str:
    """Of what makes a table from its snapshots: the code, and the resource with its code lists."""
    return digest(digest_code(), chosen_country([resource]), repr(resource))


def version_release(dataset: Dataset) -> str:
    """Of what makes a release from tables: the code, and the descriptor, wherever it lies, with the columns
    that the table of coverage has in every package."""
    written = repr(replace(dataset, path=None)), repr(coverage_resource([]))
    return digest(digest_code(), chosen_country(dataset.resources), *written)


def version_catalogue(names: Collection[str]) -> str:
    """Of what makes the catalogue from packages: the code, the settings, the datasets that are kept up."""
    return digest(digest_code(), repr(load_catalogue()), *sorted(names))


def digest_snapshots(snapshots: Sequence[Snapshot]) -> str:
    """Of bytes and provenance of snapshots, in order."""
    return digest(*(repr(snapshot.provenance) for snapshot in snapshots))


def digest_code() -> str:
    """Of the code that makes tables and releases, of the lists that it reads, the operator's own among them
    (`overlay`), and of Polars."""
    return digest(digest_files(), digest_config(), pl.__version__)


@cache
def digest_files() -> str:
    """Of the code that makes tables and releases and of the lists that it reads, whatever it runs on: the
    same in a checkout and in what was installed from it."""
    folders = (Path(__file__).parent, packaged_schemas() / "regions")
    files = {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in (".py", ".csv", ".json", ".yaml")
    }
    found = hashlib.sha256()
    for name in sorted(files):
        if not name.startswith(("assets/snapshots/", "assets/bundle/")):  # data; and in no wheel
            found.update(name.encode() + b"\0" + hashlib.sha256(files[name].read_bytes()).digest())
    return found.hexdigest()


def digest(*texts: str) -> str:
    """A digest of texts in order."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32]


def chosen_country(resources: Sequence[Resource]) -> str:
    """The country in focus, where rows are chosen by it."""
    return load_catalogue().focus[:2] if any(resource.row_filter for resource in resources) else ""
