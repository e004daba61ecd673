"""`innoregio:classification` as a rule: one value, by period, back-cast or assumed; seen in what is made."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.derive.conversion_weights import Geography
from assets.derive.series import series
from assets.descriptor.classification import build_classification
from assets.descriptor.rules.classification import rule_problems
from assets.errors import MappingError
from assets.normalise.geography import tag_by_period

IITTI = {"periods": [{"value": "maakunta-2020", "last": "2020"}, {"value": "maakunta-2021", "first": "2021"}]}


def made_13tn() -> pl.DataFrame:
    """Made: euros of the region under its code, 2011 to 2021, as a table of the divisions of each year."""
    years = [str(year) for year in range(2011, 2022)]
    return pl.DataFrame({"geo": ["MK07"] * 11 + ["FI"] * 11, "time_period": years * 2}).with_columns(
        obs_value=pl.int_range(pl.len())
    )


def test_series_breaks_where_iitti_joined(areas: pl.LazyFrame, geography: Geography) -> None:
    rule = build_classification(IITTI)
    assert rule is not None
    tagged = tag_by_period(made_13tn(), areas, rule)
    assert tagged.drop("geo_classification").equals(made_13tn())
    found = dict(tagged.filter(geo="MK07").select("time_period", "geo_classification").iter_rows())
    assert found == {str(y): "maakunta-2020" if y < 2021 else "maakunta-2021" for y in range(2011, 2022)}
    assert set(tagged.filter(geo="FI")["geo_classification"]) == {"country"}
    picked = series(tagged, geography, [("maakunta-2021", "MK07"), ("maakunta-2020", "MK07")])
    assert picked["time_period"].to_list() == [str(year) for year in range(2011, 2022)]
    assert picked.drop_nulls("break").select("time_period", "break").rows() == [("2021", "territory")]
    one = build_classification("maakunta-2025")
    assert one is not None
    whole = series(tag_by_period(made_13tn(), areas, one), geography, [("maakunta-2025", "MK07")])
    assert whole["break"].null_count() == 11  # what the rule is for


def test_parts_of_a_year_are_in_the_year(areas: pl.LazyFrame) -> None:
    rule = build_classification(IITTI)
    assert rule is not None
    quarters = pl.DataFrame({"geo": ["MK07"] * 3, "time_period": ["2020-Q4", "2021-Q1", "2021-12"]})
    assert tag_by_period(quarters, areas, rule)["geo_classification"].to_list() == [
        "maakunta-2020", "maakunta-2021", "maakunta-2021",
    ]  # fmt: skip


def test_a_period_that_no_rule_covers_stops(areas: pl.LazyFrame) -> None:
    rule = build_classification({"periods": [{"value": "maakunta-2020", "first": "2015", "last": "2020"}]})
    assert rule is not None
    with pytest.raises(MappingError, match="says nothing of 2011, 2012, 2013, 2014, 2021: add a period"):
        tag_by_period(made_13tn(), areas, rule)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"value": "maakunta-2025"}, None),
        (IITTI, None),
        ({**IITTI, "value": "maakunta-2025"}, "value and periods"),
        ({"basis": "stated"}, "value and periods, or neither"),
        ({"value": "maakunta-2025", "basis": "assumed"}, "basis assumed without a statement"),
        ({"value": "maakunta-2025", "statement": {}}, "a statement"),
        ({"periods": [{"value": "maakunta-2020"}, {"value": "maakunta-2021"}]}, "after"),
        ({"periods": [{"value": "a", "last": "2021"}, {"value": "b", "first": "2021"}]}, "after '2021'"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_followed(rule: dict[str, Any], found: str | None) -> None:
    problems = [text for _, text, _ in rule_problems(rule, ("made",), ["geo", "time_period"])]
    assert problems == [] if found is None else found in problems[0]


def test_an_assumed_division_is_seen_in_the_published_column(published: Path) -> None:
    """In the description that a reader sees, and as a word that code reads."""
    bases = {}
    for dataset, resource in (
        ("rd-expenditure", "rd-expenditure"),
        ("education-and-training", "educational-attainment"),
        ("population", "population-statfin"),
        ("regional-accounts", "regional-accounts"),
    ):
        package = json.loads((published / dataset / "datapackage.json").read_bytes())
        for table in package["resources"]:
            if table["name"] in (resource, f"{resource}-parquet"):
                field = next(f for f in table["schema"]["fields"] if f["name"] == "geo_classification")
                bases[table["name"]] = field.get("innoregio:basis")
                if field.get("innoregio:basis") == "assumed":
                    assert "is an assumption" in field["description"]
                    assert "oletus" in field["description_translated"]["fi"]
                    assert table["innoregio:classification"]["basis"] == "assumed"
    assert bases["rd-expenditure"] == bases["educational-attainment"] == "assumed"
    assert bases["population-statfin"] == "back-cast" and bases["regional-accounts"] is None
