"""Every expectation of every descriptor is met by the published table, looks at something, and bites."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Resource
from assets.descriptor.complete import DEFAULT_RULES
from assets.published import read_others
from assets.validate.engine import validate
from assets.validate.expectations import RULES, check_expectation, check_expectations
from assets.validate.findings import Given
from assets.workspace import Workspace
from tests.shipped import slow_beyond_sample, with_figures
from tests.validate.expectation_breakers import BREAKERS, breakers

QUICK = ("education-and-training", "rd-expenditure", "regional-accounts", "yearbook-2026")  # every rule
RESOURCES = [(dataset.name, resource) for dataset in with_figures() for resource in dataset.resources]


def test_every_rule_has_a_breaker() -> None:
    assert set(BREAKERS) == set(RULES)


def test_every_rule_is_in_the_plain_run() -> None:
    asked = {rule["rule"] for name, one in RESOURCES if name in QUICK for rule in one.expectations}
    assert asked >= {rule["rule"] for _, one in RESOURCES for rule in one.expectations}


@pytest.mark.parametrize(("dataset", "resource"), slow_beyond_sample(RESOURCES, QUICK))
def test_every_expectation_is_met_and_bites(
    published: Path, published_names: list[str], dataset: str, resource: Resource
) -> None:
    table = pl.read_parquet(published / dataset / f"{resource.name}.parquet")
    others = {
        f"{one}/{other.name}": pl.scan_parquet(published / one / f"{other.name}.parquet")
        for one, other in RESOURCES
        if one != dataset and one in published_names and not other.derivation
    }
    assert resource.expectations
    for expectation in resource.expectations:
        found, compared = check_expectation(
            Given(table, resource, previous=table, others=others), expectation
        )
        assert not found, expectation
        if not compared and expectation["reason"] in DEFAULT_RULES.values():
            continue  # a rule that every statistic has may find nothing to compare
        assert compared or "maximum_age" in expectation, expectation
        broken = list(breakers(expectation, table))
        assert broken
        for what, frame, previous, as_of, strangers in broken:
            found, _ = check_expectation(Given(frame, resource, as_of, previous, strangers), expectation)
            assert found, f"{what} is not seen by {dict(expectation)}"
            assert expectation["reason"] in found[0].note


def test_what_is_not_met_has_its_severity(published: Path) -> None:
    resource = next(resource for _, resource in RESOURCES if resource.name == "rd-expenditure")
    whole = pl.read_parquet(published / "rd-expenditure" / "rd-expenditure.parquet").lazy()
    for expectation in resource.expectations:
        if "maximum_age" not in expectation:
            continue
        for severity, result in (("error", "failed"), ("warn", "warned")):
            one = replace(resource, expectations=({**expectation, "severity": severity},))
            (finding,), (told,) = check_expectations(whole, one, date(2100, 1, 1))
            assert finding.severity == severity and told.result == result


@pytest.mark.usefixtures("extent")
def test_the_job_compares_with_every_published_statistic_of_other_datasets(
    published: Path, published_names: list[str], tmp_path: Path
) -> None:
    """The same table published under a second name is refused, whatever the name."""
    datasets = {dataset.name: dataset for dataset in with_figures()}
    workspace = Workspace(tmp_path, published, "http://127.0.0.1:8000/")
    accounts = datasets["regional-accounts"]
    statistics = {
        f"{dataset}/{one.name}"
        for dataset, one in RESOURCES
        if dataset in published_names and "obs_value" in {f.name for f in one.fields} and not one.derivation
    }
    own = {"regional-accounts/regional-accounts"}
    assert set(read_others(accounts, accounts.resources[0], workspace)) == statistics - own
    copy = replace(accounts, name="patents-by-mistake")
    others = read_others(copy, copy.resources[0], workspace)
    assert set(others) == statistics
    table = pl.scan_parquet(published / "regional-accounts" / "regional-accounts.parquet")
    report = validate(table, copy.resources[0], published=others)
    assert report.totals == {"expectation": 1}
    assert "MIO_EUR = regional-accounts/regional-accounts MIO_EUR" in report.errors[0].note
    without = replace(copy.resources[0], expectations=())
    assert read_others(copy, without, workspace) == {}
