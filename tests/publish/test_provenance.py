"""Dates and upstream versions: from snapshots and descriptor, never from a clock."""

import pytest
from made_dataset import SNAPSHOT, changed_snapshot

from assets.errors import PublishError
from assets.publish.provenance import (
    describe_snapshots,
    describe_sources,
    parse_moment,
    release_dates,
    sort_snapshots,
)


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


def test_each_source_has_the_version_of_its_own_table() -> None:
    other = changed_snapshot(table="11re", updated="2025-01-01")
    sources = [
        {"title": "Eurostat, made_1", "path": "https://example.org/"},
        {"title": "Statistics Finland, population", "path": "https://example.org/statfin_vaerak_pxt_11re.px"},
        {"title": "Another"},
    ]
    assert [source.get("version") for source in describe_sources(sources, [SNAPSHOT, other])] == [
        "2024-05-20T23:00:00+02:00",
        "2025-01-01",
        None,
    ]


def test_one_source_takes_every_snapshot_and_a_stated_version_stays() -> None:
    assert describe_sources([{"title": "Some"}], [SNAPSHOT])[0]["version"] == "2024-05-20T23:00:00+02:00"
    assert describe_sources([{"title": "Some", "version": "3"}], [SNAPSHOT])[0]["version"] == "3"


def test_provenance_says_also_what_is_not_known() -> None:
    (entry,) = describe_snapshots([SNAPSHOT])
    assert entry["retrieved"] is None and entry["recorded_before"] == "2024-05-24"
    assert entry["selection"]["en"] == "Made areas only." and entry["sha256"] == "ab" * 32
    assert list(entry)[:3] == ["provider", "table", "part"]


def test_order_does_not_depend_on_who_found_them() -> None:
    other = changed_snapshot(part="2")
    assert sort_snapshots([other, SNAPSHOT]) == sort_snapshots([SNAPSHOT, other])
