"""The campus rule: its own indicator, beside the figures by seat."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from assets.derive.campuses import count_campuses
from assets.derive.conversion_weights import GeographyError
from assets.descriptor import load_dataset
from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.regions.lists import read_region_list
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import bundle_root

LUT, LAB, HELSINKI = "999591209", "949269355", "999994535"


@pytest.fixture(scope="module")
def participations(areas: pl.LazyFrame) -> pl.DataFrame:
    dataset = load_dataset(Path(__file__).parents[2] / "schemas/datasets/framework-projects.yaml")
    resource = next(r for r in dataset.resources if r.name == "participations")
    return normalise_resource(resource, fetch_snapshots(dataset, [bundle_root()]), areas).collect()


def test_the_three_universities(participations: pl.DataFrame) -> None:
    found = {row["organisation"]: row for row in count_campuses(participations).iter_rows(named=True)}
    assert set(found) == {LUT, LAB, HELSINKI}
    assert {row["municipality"] for row in found.values()} == {"KU398"}
    assert {pic: row["seat_geo"] for pic, row in found.items()} == {
        LUT: "FI1C5", LAB: "FI1C5", HELSINKI: "FI"
    }  # fmt: skip
    for pic, row in found.items():
        own = participations.filter(organisation=pic)
        assert (row["projects"], row["participations"]) == (own["project"].n_unique(), own.height)
        assert row["ec_contribution_whole"] == sum(own["ec_contribution"].drop_nulls(), Decimal(0))


def test_the_counts_by_the_csv_module(participations: pl.DataFrame, shared: Path) -> None:
    projects: dict[str, set[str]] = defaultdict(set)
    money: dict[str, Decimal] = defaultdict(Decimal)
    with (shared / "upstream/cordis/horizon-fi-2025-12/organization.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter=";"):
            if row["organisationID"] in (LUT, LAB, HELSINKI) and row["role"] != "isRegisteredBy":
                projects[row["organisationID"]].add(row["projectID"])
                money[row["organisationID"]] += Decimal(row["ecContribution"] or 0)
    for row in count_campuses(participations).iter_rows(named=True):
        assert row["projects"] == len(projects[row["organisation"]])
        assert row["ec_contribution_whole"] == money[row["organisation"]]


def test_no_money_moves(participations: pl.DataFrame) -> None:
    """The rows by seat are the register's, before and after; none of the three is at Päijät-Häme."""
    before = participations.clone()
    count_campuses(participations)
    assert participations.equals(before)
    seats = participations.filter(pl.col("geo") == "FI1C6")["organisation"]
    assert not set(seats) & {LUT, LAB, HELSINKI}


def test_an_organisation_without_rows_or_amounts() -> None:
    row = {"project": "1", "organisation": LAB, "geo": None, "ec_contribution": None}
    schema = {
        "project": pl.String,
        "organisation": pl.String,
        "geo": pl.String,
        "ec_contribution": pl.Decimal(18, 2),
    }
    found = count_campuses(pl.DataFrame([row], schema=schema)).rows_by_key("organisation", named=True)
    assert found[LAB][0]["ec_contribution_whole"] is None
    assert (found[LUT][0]["projects"], found[LUT][0]["seat_geo"]) == (0, None)
    with pytest.raises(GeographyError, match="no column geo"):
        count_campuses(pl.DataFrame(schema=schema).drop("geo"))


def test_every_campus_has_a_source() -> None:
    listed = read_region_list("campuses")
    assert listed["source"].str.len_chars().min() > 20  # type: ignore[operator]
    assert listed.select("organisation", "municipality").is_unique().all()
