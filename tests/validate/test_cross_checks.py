"""Figures that two published tables have of the same agree, and a changed one is told with both sides."""

import json
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Resource, load_datasets
from assets.errors import DescriptorError
from assets.published import read_others
from assets.validate.findings import Given
from assets.validate.other_tables import check_cross_check
from assets.workspace import Workspace

DATASETS = load_datasets()[0]
DECLARED = [
    (dataset, resource, rule)
    for dataset in DATASETS
    for resource in dataset.resources
    for rule in resource.expectations
    if rule["rule"] == "cross_check"
]
PAIRS = {(f"{dataset.name}/{resource.name}", rule["with"]) for dataset, resource, rule in DECLARED}


def resource_of(name: str) -> Resource:
    dataset, _, table = name.partition("/")
    (found,) = (one for d in DATASETS if d.name == dataset for one in d.resources if one.name == table)
    return found


def rule_of(name: str, other: str) -> dict[str, object]:
    (found,) = (
        rule
        for d, resource, rule in DECLARED
        if f"{d.name}/{resource.name}" == name and rule["with"] == other
    )
    return dict(found)


def test_both_tables_declare_a_check_so_that_it_runs_with_either() -> None:
    assert len(PAIRS) >= 10 and {(there, here) for here, there in PAIRS} == PAIRS
    for here, there in PAIRS:
        one, other = rule_of(here, there), rule_of(there, here)
        assert one.get("where", {}).items() >= other.get("other", {}).items()  # type: ignore[attr-defined]
        assert one.get("tolerance") == other.get("tolerance")
        assert one.get("years", 0) == -int(str(other.get("years", 0)))
        assert float(str(one.get("factor", 1))) == pytest.approx(1 / float(str(other.get("factor", 1))))


@pytest.mark.slow  # of datasets that the plain tests do not publish
@pytest.mark.parametrize(("here", "there"), sorted(PAIRS))
def test_the_published_figures_agree_and_a_changed_one_is_told(
    published: Path, here: str, there: str
) -> None:
    agree_and_bite(published, here, there)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("population/population-by-age", "foreign-born/foreign-born"),
        ("foreign-born/foreign-born", "population/population-by-age"),
        ("population/population-statfin", "population/population-by-age"),
        ("employment-by-industry/employment-by-industry", "employment-nuts3/employment-nuts3"),
    ],
)
def test_those_of_the_sample_agree_and_bite(published: Path, here: str, there: str) -> None:
    agree_and_bite(published, here, there)


def agree_and_bite(published: Path, here: str, there: str) -> None:
    resource, rule = resource_of(here), rule_of(here, there)
    (dataset,) = (one for one in DATASETS if one.name == here.split("/")[0])
    workspace = Workspace(published.parent / "data", published, "http://127.0.0.1:8000/")
    others = read_others(dataset, resource, workspace)
    assert there in others
    table = pl.read_parquet(published / f"{here}.parquet")
    notes, compared = check_cross_check(Given(table, resource, others=others), rule)
    assert notes == [] and compared > 0
    apart = others[there].with_columns(pl.col("obs_value") * 1.05)
    (note,) = check_cross_check(Given(table, resource, others={there: apart}), rule).notes
    source = resource.sources[0]
    assert (
        f"{source.provider}/{source.table}" in note and there in note and "here" in note and "there" in note
    )


def test_the_changed_figure_stands_in_the_message_with_both_sides(published: Path) -> None:
    here, there = "foreign-born/foreign-born", "population/population-by-age"
    table = pl.read_parquet(published / f"{here}.parquet")
    one = (pl.col("geo") == "FI1C3") & (pl.col("indicator") == "POPULATION")
    changed = table.with_columns(obs_value=pl.when(one).then(119146.0).otherwise("obs_value"))
    others = {there: pl.scan_parquet(published / f"{there}.parquet")}
    rule = rule_of(here, there)
    (note,) = check_cross_check(Given(changed, resource_of(here), others=others), rule).notes
    assert note == (
        "1 of 17 figures differ by more than 0.20% from those of population/population-by-age in its newest "
        "release, the first at FI1C3 2021: 119146 here (from eurostat/cens_21cob_r3), "
        "199146 there (FI1C3 2021)"
    )


def test_without_a_release_of_the_other_nothing_is_found(published: Path) -> None:
    here = "foreign-born/foreign-born"
    table = pl.read_parquet(published / f"{here}.parquet")
    rule = rule_of(here, "population/population-by-age")
    notes, compared = check_cross_check(Given(table, resource_of(here)), rule)
    assert notes == [] and compared > 0


def test_several_figures_of_one_area_and_period_are_refused(published: Path) -> None:
    here = "foreign-born/foreign-born"
    table = pl.read_parquet(published / f"{here}.parquet")
    rule = {
        name: value
        for name, value in rule_of(here, "population/population-by-age").items()
        if name != "where"
    }
    with pytest.raises(DescriptorError, match="has several figures; select one by"):
        check_cross_check(Given(table, resource_of(here)), rule)


def test_the_rules_are_in_the_published_descriptor(published: Path) -> None:
    package = json.loads((published / "foreign-born" / "datapackage.json").read_bytes())
    (entry,) = (one for one in package["resources"] if one["name"] == "foreign-born")
    assert any(rule["rule"] == "cross_check" for rule in entry["innoregio:expectations"])


def test_before_its_first_release_the_other_is_the_table_that_the_run_made(
    published: Path, tmp_path: Path
) -> None:
    """A first run makes all tables before it releases any."""
    here, there = "foreign-born/foreign-born", "population/population-by-age"
    (dataset,) = (one for one in DATASETS if one.name == "foreign-born")
    workspace = Workspace(tmp_path / "data", tmp_path / "public", "http://127.0.0.1:8000/")
    assert read_others(dataset, resource_of(here), workspace) == {}
    made = workspace.normalised(*there.split("/"))
    made.parent.mkdir(parents=True)
    made.write_bytes((published / f"{there}.parquet").read_bytes())
    assert list(read_others(dataset, resource_of(here), workspace)) == [there]
