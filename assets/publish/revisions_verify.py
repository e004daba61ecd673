"""Whether the ledgers of a dataset are true: each is walked back through and compared with the release that
it leads to.

From each release one step back must give the statistics of the release before exactly, and the rows of
earlier releases must be those that were there before; so every earlier state follows from the newest.
Changes nothing; files, hashes and rows are checked by `verify`.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import polars as pl

from assets.errors import PublishError
from assets.publish.diff import Frames, Package, diff_packages, read_frames
from assets.publish.layout import parse_version
from assets.publish.revisions import data_tables, is_statistic, ledger_rows, step_back
from assets.publish.revisions_ledger import Ledger, read_ledger
from assets.publish.version import LEDGER, row_key, shape

FILE = f"{LEDGER}.parquet"


def verify_ledgers(folder: Path, packages: Mapping[str, Package]) -> Iterator[str]:
    """The faults of the ledgers in a dataset's folder. `packages`: its complete releases, oldest first."""
    ledgers: dict[str, Ledger | None] = {}
    for version, package in packages.items():
        try:
            ledgers[version] = read_ledger(folder / version, package)
        except PublishError:
            return  # told already: the file is missing or cannot be read
    versions = list(packages)
    for before, after in pairwise(versions):
        try:
            found = list(verify_step(folder, packages, ledgers, before, after))
        except PublishError:
            continue  # told already
        yield from (f"{after}/{FILE}: {problem}" for problem in found)


def verify_step(
    folder: Path,
    packages: Mapping[str, Package],
    ledgers: Mapping[str, Ledger | None],
    before: str,
    after: str,
) -> Iterator[str]:
    """The faults of one release's ledger, against the release before."""
    ledger, known = ledgers[after], ledgers[before]
    if ledger is None:
        if known is not None:
            yield f"missing, version {before} has one"
        return
    later = [one for one in set(ledger.frame["release"]) if parse_version(one) > parse_version(after)]
    if later:
        yield f"tells of {', '.join(sorted(later))}, which came later"
    if known is not None and not keeps_rows(known, ledger, after):
        yield f"the rows of earlier releases are not those of version {before}"
    own = ledger.frame.filter(pl.col("release") == after)
    pair = (packages[before], packages[after])
    tables = data_tables(packages[after])
    continued = [
        name
        for name, since in ledger.since.items()
        if name in tables and parse_version(since) <= parse_version(before)
    ]
    unknown = sorted(set(own["resource"]) - set(continued))
    if unknown:
        yield f"has rows of {', '.join(unknown)}, of which version {before} is no earlier state"
    sides = [read_frames(folder / version, packages[version]) for version in (before, after)]
    for name in continued:
        entry, old = tables[name], data_tables(packages[before]).get(name)
        if old is None or shape(old) != shape(entry):
            yield f"leads back past another shape of {name}"
            continue
        rows = own.filter(pl.col("resource") == name)
        if is_statistic(entry):
            was = step_back(sides[1][name], rows, row_key(entry))
            same = was.equals(sides[0][name].sort(row_key(entry)))
        else:
            same = has_register_rows(name, rows, pair, (sides[0], sides[1]), after)
        if not same:
            yield f"walking back from {after} does not give {name} of version {before}"


def keeps_rows(known: Ledger, ledger: Ledger, after: str) -> bool:
    """Whether the rows of earlier releases are the same, for tables that go on."""
    names = [name for name, since in ledger.since.items() if since == known.since.get(name)]
    columns = [name for name in known.frame.columns if name in ledger.frame.columns]
    old = known.frame.filter(pl.col("resource").is_in(names)).select(columns)
    new = ledger.frame.filter(pl.col("resource").is_in(names), pl.col("release") != after).select(columns)
    return old.equals(new)


def has_register_rows(
    name: str,
    rows: pl.DataFrame,
    packages: tuple[Package, Package],
    frames: tuple[Frames, Frames],
    after: str,
) -> bool:
    """Whether a register's rows of the ledger are the differences of its two releases."""
    only = tuple(
        {**package, "resources": [one for one in package["resources"] if one["name"] == name]}
        for package in packages
    )
    (table,) = diff_packages((only[0], only[1]), frames).tables
    if table.change is None:
        return False
    expected = ledger_rows(table.change, after, "", rows.schema)
    return expected.drop("snapshot").equals(rows.drop("snapshot"))
