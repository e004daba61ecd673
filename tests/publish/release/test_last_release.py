"""What is older than a release: by the provider's dates, and by rows where those tell nothing."""

from dataclasses import replace

import polars as pl
import pytest

from assets.errors import StoreError
from assets.publish.release.last_release import check_rows, compare_dates, released_snapshots
from assets.publish.release.provenance import describe_snapshots
from assets.store.snapshots import Provenance, Snapshot, bundle_root, find_snapshots

ONE = Provenance("made", "table", "data", "https://example.org/", "CC-BY-4.0", "text/csv", sha256="1" * 64)
KEY = ["geo", "time_period"]


def dated(
    updated: str | None = None, recorded: str | None = None, retrieved: str | None = None
) -> Provenance:
    return replace(ONE, updated=updated, recorded_before=recorded, retrieved=retrieved)


@pytest.mark.parametrize(
    ("before", "now", "age"),
    [
        (dated("2026-03-01"), dated("2026-02-28"), "older"),
        (dated("2026-03-01"), dated("2026-03-02"), "newer"),
        (dated("2026-03-01"), dated("2026-03-01T06:00:00Z"), None),  # the same day
        (dated("2026-03-01T06:00:00Z"), dated("2026-03-01T05:59:59Z"), "older"),
        (dated("2026-03-01"), dated(recorded="2024-05-24"), "older"),
        (dated("2024-05-23"), dated(recorded="2024-05-24"), None),  # it may be of the same update, or later
        (dated(recorded="2024-05-24"), dated("2026-03-01"), "newer"),
        (dated(recorded="2024-05-24"), dated("2024-05-20"), None),
        (dated(recorded="2024-05-24"), dated(recorded="2023-05-24"), None),
        (dated(recorded="2024-05-24"), dated(recorded="2026-04-01"), "newer"),  # a later bundle
        (dated(retrieved="2026-03-01T00:00:00Z"), dated(retrieved="2006-03-01T00:00:00Z"), None),  # our clock
        (dated("2026-03-01"), dated(retrieved="2046-03-01T00:00:00Z"), None),
    ],
)
def test_only_the_providers_dates_count(before: Provenance, now: Provenance, age: str | None) -> None:
    assert compare_dates([before], [now]) == age


def test_one_part_without_a_date_leaves_the_table_without_one() -> None:
    assert compare_dates([dated("2026-03-01")], [dated("2026-01-01"), dated()]) is None
    assert compare_dates([dated("2026-03-01")], [dated("2026-01-01"), dated("2026-04-01")]) == "newer"


def rows(areas: int, *years: str) -> pl.LazyFrame:
    return pl.LazyFrame([(f"FI{area}", year) for year in years for area in range(areas)], KEY, orient="row")


@pytest.mark.parametrize(
    ("now", "is_older"),
    [
        (rows(100, "2022", "2023"), False),
        (rows(100, "2022", "2023", "2024"), False),
        (rows(100, "2022"), True),
        (rows(98, "2022", "2023"), True),
        (rows(99, "2022", "2023"), False),
        (pl.concat([rows(100, "2022"), rows(99, "2023")]), False),
        (pl.concat([rows(100, "2022"), rows(100, "2021")]), True),
    ],
)
def test_rows_that_are_gone(now: pl.LazyFrame, is_older: bool) -> None:
    problem = StoreError("older")
    if is_older:
        with pytest.raises(StoreError, match="older"):
            check_rows(now, rows(100, "2022", "2023"), KEY, problem)
    else:
        check_rows(now, rows(100, "2022", "2023"), KEY, problem)
    check_rows(now, None, KEY, problem)
    check_rows(now, rows(3, "2024").rename({"geo": "area"}), KEY, problem)  # of another key


def test_a_release_tells_what_it_was_made_from() -> None:
    found: tuple[Snapshot, ...] = find_snapshots([bundle_root()], "eurostat", "nama_10r_3gdp")
    told = released_snapshots({"innoregio:provenance": describe_snapshots(found)})
    assert told == tuple(snapshot.provenance for snapshot in found)
    assert released_snapshots(None) == released_snapshots({}) == ()
