"""What the pages need to know of each dataset, read once and without a language: tables, share of values,
flags, preview rows, figures.

Reads the published tree; the words and the layout belong to `pages` and the templates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
import polars as pl

from assets.errors import PublishError
from assets.publish.catalogue.packages import Package
from assets.publish.release.layout import REPORT
from assets.publish.site.areas import Area, Focus, area_names
from assets.publish.site.completeness import Coverage, read_coverage
from assets.publish.site.figures import Figure, read_figure

PREVIEW_ROWS = 8


@dataclass(frozen=True)
class Table:
    """One table of a dataset: its two files' entries, and what its rows say of themselves."""

    csv: Mapping[str, Any]
    parquet: Mapping[str, Any]
    shares: Mapping[str, float]  # column -> share of rows with a value
    flags: Mapping[str, int]  # flag -> rows
    preview: Sequence[Sequence[Any]]
    preview_of_focus: bool
    newest: str | None  # newest time_period
    figure: Figure | None

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.csv["name"])

    @property
    def fields(self) -> Sequence[Mapping[str, Any]]:
        """The Table Schema's fields."""
        return list(self.csv["schema"]["fields"])


@dataclass(frozen=True)
class View:
    """One dataset."""

    package: Package
    tables: Sequence[Table]
    known: Mapping[Area, Mapping[str, str]]
    folder: Path
    report: Mapping[str, Any] | None  # the release's report.json
    coverage: Sequence[Coverage] = ()

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.package.name

    @property
    def providers(self) -> list[str]:
        """The providers of its sources, in order of first use."""
        return list(dict.fromkeys(source["provider"] for source in self.provenance if source.get("provider")))

    @property
    def provenance(self) -> Sequence[Mapping[str, Any]]:
        """Where its figures come from."""
        return list(self.package.content.get("innoregio:provenance", []))

    @property
    def newest(self) -> str | None:
        """The newest period of any table."""
        return max((table.newest for table in self.tables if table.newest), default=None)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(int(table.csv["innoregio:rows"]) for table in self.tables)


def read_view(
    out: Path, package: Package, focus: Focus, made: Mapping[tuple[str, str], Figure] = MappingProxyType({})
) -> View:
    """What the pages show of one dataset. `made`: figures of tables that are no observations, by dataset and
    table. Raises `PublishError` when a published file cannot be read.
    """
    folder = out / package.name
    entries = {entry["name"]: entry for entry in package.content["resources"]}
    try:
        codes = next((name for name in ("codes-geo", "areas") if name in entries), None)
        known = area_names(folder / entries[codes]["path"]) if codes else {}
        tables = [
            read_table(folder, entry, entries[f"{name}-parquet"], known, focus, made)
            for name, entry in entries.items()
            if f"{name}-parquet" in entries
        ]
        report = read_release_report(folder, package)
        coverage = read_coverage(folder, package)
    except (OSError, pl.exceptions.PolarsError, KeyError, ValueError) as error:
        raise PublishError(f"{folder}: a published file cannot be read ({error}); run verify") from error
    return View(package, tables, known, folder, report, coverage)


def read_release_report(folder: Path, package: Package) -> Mapping[str, Any] | None:
    """The verdict that a release carries, None where an older release has none."""
    listed = {file["path"] for file in package.content.get("innoregio:files", [])}
    path = next((name for name in sorted(listed) if name.rsplit("/", 1)[-1] == REPORT), None)
    found: Mapping[str, Any] | None = orjson.loads((folder / path).read_bytes()) if path else None
    return found


def read_table_of(out: Path, package: Package | None, table: str) -> pl.DataFrame | None:
    """A published table, None where it is not there."""
    entries = package.content["resources"] if package else []
    found = next((entry for entry in entries if entry["name"] == f"{table}-parquet"), None)
    return pl.read_parquet(out / package.name / found["path"]) if package and found else None


def read_table(
    folder: Path,
    csv: Mapping[str, Any],
    parquet: Mapping[str, Any],
    known: Mapping[Area, Mapping[str, str]],
    focus: Focus,
    made: Mapping[tuple[str, str], Figure],
) -> Table:
    """What one table says of itself."""
    frame = pl.read_parquet(folder / parquet["path"])
    rows = max(frame.height, 1)
    shares = {name: 1 - count / rows for name, count in frame.null_count().row(0, named=True).items()}
    flags: dict[str, int] = {}
    if "obs_flag" in frame.columns:
        counted = frame.filter(pl.col("obs_flag").is_not_null()).group_by("obs_flag").len().sort("obs_flag")
        flags = dict(counted.iter_rows())
    newest = frame["time_period"].max() if "time_period" in frame.columns and frame.height else None
    preview, of_focus = preview_rows(frame, known, focus)
    return Table(
        csv,
        parquet,
        shares,
        flags,
        preview.rows(),
        of_focus,
        None if newest is None else str(newest),
        made.get((folder.name, str(csv["name"]))) or read_figure(folder.name, parquet, frame, known, focus),
    )


def preview_rows(
    frame: pl.DataFrame, known: Mapping[Area, Mapping[str, str]], focus: Focus
) -> tuple[pl.DataFrame, bool]:
    """Some rows of the focus region, newest period first, or the first rows of a table without it."""
    if {"geo", "geo_classification"} <= set(frame.columns):
        schemes = [scheme for scheme in frame["geo_classification"].unique().to_list() if scheme]
        codes = {scheme: focus.code_in(scheme, known) for scheme in schemes}
        wanted = [
            pl.col("geo_classification").eq(s) & pl.col("geo").eq(code) for s, code in codes.items() if code
        ]
        found = frame.filter(pl.any_horizontal(wanted)) if wanted else frame.clear()
        if found.height:
            if "time_period" in found.columns:
                found = found.sort("time_period", descending=True, maintain_order=True)
            return found.head(PREVIEW_ROWS), True
    return frame.head(PREVIEW_ROWS), False
