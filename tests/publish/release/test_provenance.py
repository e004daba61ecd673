"""Dates and upstream versions: from snapshots and descriptor, never from a clock."""

from dataclasses import replace

import pytest

from assets.descriptor import load_datasets
from assets.errors import PublishError
from assets.fetch.snapshots import fetch_snapshots
from assets.publish.release.provenance import (
    describe_snapshots,
    describe_sources,
    parse_moment,
    release_dates,
    sort_snapshots,
)
from assets.store.snapshots import bundle_root
from tests.publish.release.made_dataset import SNAPSHOT, changed_snapshot


def test_created_is_the_newest_upstream_update_in_utc() -> None:
    older = changed_snapshot(updated="2023-01-01")
    assert release_dates([older, SNAPSHOT], None) == ("2024-05-20T21:00:00Z", "2024-05-20T21:00:00Z")


def test_else_retrieval_else_the_date_of_the_copy() -> None:
    retrieved = changed_snapshot(updated=None, retrieved="2024-06-01T10:00:00Z")
    copied = changed_snapshot(updated=None)
    assert release_dates([copied, retrieved], None)[0] == "2024-06-01T10:00:00Z"
    later_copy = changed_snapshot(updated=None, recorded_before="2026-03-02")
    assert release_dates([SNAPSHOT, later_copy], None)[0] == "2026-03-02T00:00:00Z"
    assert release_dates([copied], None)[0] == "2024-05-24T00:00:00Z"
    assert release_dates([], None) == (None, None)


@pytest.mark.parametrize(
    ("revised", "modified"), [("2025-02-01", "2025-02-01T00:00:00Z"), ("2020-02-01", "2024-05-20T21:00:00Z")]
)
def test_modified_is_our_own_revision_when_that_is_later(revised: str, modified: str) -> None:
    assert release_dates([SNAPSHOT], revised) == ("2024-05-20T21:00:00Z", modified)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2012", "2012-01-01T00:00:00+00:00"),
        ("2012-03", "2012-03-01T00:00:00+00:00"),
        ("2012-03-04T08:00:00+0300", "2012-03-04T05:00:00+00:00"),
        ("2012-03-04T08:00:00.5Z", "2012-03-04T08:00:00.500000+00:00"),
    ],
)
def test_dates_of_every_length(text: str, iso: str) -> None:
    assert parse_moment(text).isoformat() == iso


def test_what_is_no_date_is_named() -> None:
    with pytest.raises(PublishError, match="'11/07/24' is no date"):
        parse_moment("11/07/24")


def test_each_source_has_the_versions_of_the_tables_that_it_names() -> None:
    other = changed_snapshot(table="11re", updated="2025-01-01", provider="statfin", sha256="cd" * 32)
    older = changed_snapshot(part="b", updated="2023-01-01", recorded_before=None, sha256="ef" * 32)
    sources = [
        {"title": "11re, made_1", "innoregio:tables": ["eurostat/made_1"]},
        {"title": "Population", "innoregio:tables": ["statfin/11re", "statfin/made_1"]},
        {"title": "made_1", "version": "47", "innoregio:lists": ["codelists/sex.csv"]},
    ]
    first, second, third = describe_sources(sources, [SNAPSHOT, older, other])
    assert first["version"] == "2024-05-20T23:00:00+02:00"
    assert [one["sha256"] for one in first["innoregio:snapshots"]] == ["ab" * 32, "ef" * 32]
    assert first["innoregio:snapshots"][1] == {
        "table": "eurostat/made_1",
        "part": "b",
        "updated": "2023-01-01",
        "sha256": "ef" * 32,
    }
    assert second["version"] == "2025-01-01" and len(second["innoregio:snapshots"]) == 1
    assert third == sources[2]


@pytest.mark.parametrize(
    ("provider", "table", "title"),
    [
        ("eurostat", "nuts", "Eurostat, NUTS"),
        ("statfin", "municipality-keys", "Statistics Finland, classifications"),
        ("statfin", "municipality-population", "Statistics Finland, population"),
        ("jrc", "nuts-matrices", "European Commission, Joint Research Centre"),
    ],
)
def test_a_dated_snapshot_dates_its_own_source_of_regions_alone(
    provider: str, table: str, title: str
) -> None:
    """Words would not do: `nuts` is in three titles, the municipality keys in none."""
    regions = next(dataset for dataset in load_datasets()[0] if dataset.name == "regions")
    found = fetch_snapshots(regions, [bundle_root()])
    assert not any(snapshot.provenance.updated for snapshot in found)
    dated = [
        replace(one, provenance=replace(one.provenance, updated="2026-10-01"))
        if (one.provenance.provider, one.provenance.table) == (provider, table)
        else one
        for one in found
    ]
    sources = describe_sources(regions.raw["sources"], dated)
    versions = {source["title"]: source.get("version") for source in sources}
    (known,) = (source for source, version in versions.items() if version == "2026-10-01")
    assert known.startswith(title)
    assert set(versions.values()) == {"2026-10-01", "47", None}
    told = [one["sha256"] for source in sources for one in source.get("innoregio:snapshots", ())]
    assert sorted(told) == sorted(snapshot.provenance.sha256 for snapshot in found)


def test_provenance_says_also_what_is_not_known() -> None:
    (entry,) = describe_snapshots([SNAPSHOT])
    assert entry["retrieved"] is None and entry["recorded_before"] == "2024-05-24"
    assert entry["selection"]["en"] == "Made areas only." and entry["sha256"] == "ab" * 32
    assert list(entry)[:3] == ["provider", "table", "part"]


def test_order_does_not_depend_on_who_found_them() -> None:
    other = changed_snapshot(part="2")
    assert sort_snapshots([other, SNAPSHOT]) == sort_snapshots([SNAPSHOT, other])
