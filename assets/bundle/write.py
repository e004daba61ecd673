"""Writes the bundle, the snapshots that ship: `python -m assets.bundle.write RECORDED [TABLE…]`.

RECORDED is the folder of recorded upstream files (the one with `INDEX.tsv`); with tables named, only those
are made anew. Writing, replacing and measuring belong here; which files and rows a provider's snapshots are
made from belongs to the module of the provider.
"""

import importlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from assets.bundle.recorded import read_index
from assets.errors import InnoregioError, StoreError
from assets.store.snapshots import Provenance, add_snapshot, bundle_root

PROVIDERS = ("eurostat", "statfin", "cordis", "regions", "selected", "accessibility", "h2020")
LIMIT = 12_000_000  # bytes: the bundle ships with every installation


def bundled(recorded: Path) -> Iterator[tuple[bytes, Provenance]]:
    """The snapshots of all providers, made from recorded files; raises what their modules raise."""
    read_index(recorded)  # says in one line what the folder should be
    for module in PROVIDERS:
        yield from importlib.import_module(f"assets.bundle.{module}").snapshots(recorded)


def write_bundle(recorded: Path, root: Path, tables: Sequence[str] = ()) -> list[Path]:
    """Makes the snapshots of `tables` (default: all) anew, in place of those in `root`; returns the files.

    The same recorded files give the same bytes. A table is replaced as a whole, so that a part that is gone
    does not stay; nothing is replaced before everything is made. Raises `StoreError` for an unknown table and
    for a bundle over `LIMIT`.
    """
    with tempfile.TemporaryDirectory(prefix="innoregio-bundle-") as temporary:
        made = Path(temporary)
        known: set[str] = set()
        for content, provenance in bundled(recorded):
            known.add(provenance.table)
            if not tables or provenance.table in tables:
                add_snapshot(made, content, provenance)
        unknown = sorted(set(tables) - known)
        if unknown:
            raise StoreError(f"{', '.join(unknown)}: no such table; there are {', '.join(sorted(known))}")
        replaced = sorted(made.glob("*/*"))
        places = [root / folder.relative_to(made) for folder in replaced]
        leaving = [root] if not tables else places
        size = _size([made]) + _size([root]) - _size(leaving)
        if size > LIMIT:
            raise StoreError(f"{root}: {size:,} bytes, more than {LIMIT:,}; restrict a selection")
        for folder in leaving:
            shutil.rmtree(folder, ignore_errors=True)
        for folder, place in zip(replaced, places, strict=True):
            shutil.copytree(folder, place)
        return [root / path.relative_to(made) for path in sorted(made.rglob("*")) if path.is_file()]


def _size(folders: Sequence[Path]) -> int:
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


def main(arguments: Sequence[str]) -> int:
    """The command: 0 when the bundle is written, 1 when it cannot be made, 2 for wrong usage."""
    if not arguments or arguments[0].startswith("-"):
        print("usage: python -m assets.bundle.write RECORDED [TABLE…]", file=sys.stderr)
        return 2
    try:
        for path in write_bundle(Path(arguments[0]), bundle_root(), arguments[1:]):
            print(f"{path.stat().st_size:>9,}  {path.relative_to(bundle_root())}")
    except InnoregioError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
