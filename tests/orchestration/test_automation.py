"""Automation asks for what is made from something whose content changed, and for nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from assets.descriptor import load_datasets
from orchestration.definitions import build
from orchestration.factory import input_keys
from orchestration.publishing import required_datasets

AREAS, ACCOUNTS = "regions/normalised/areas", "regional_accounts/package"


class Clock:
    """Definitions whose assets are made by saying so, and looked at by automation every half minute."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        found = load_datasets()[0]
        wanted = [one for one in found if one.name in ("indicators", "indicators-newest")]
        self.datasets = required_datasets([*wanted, *[d for d in found if d.name == "rd-expenditure"]], found)
        self.definitions, self.instance = build(self.datasets), instance
        self.now, self.cursor = datetime(2026, 11, 24, 8, 0, tzinfo=UTC), None
        graph = self.definitions.resolve_asset_graph()
        self.keys = {key.to_user_string() for key in graph.get_all_asset_keys()}

    def make(self, key: str, version: str) -> None:
        tags = {"dagster/data_version": version}
        made = dg.AssetMaterialization(dg.AssetKey(key.split("/")), tags=tags)
        self.instance.report_runless_asset_event(made)

    def look(self) -> set[str]:
        """What is asked for now."""
        self.now += timedelta(seconds=30)
        result = dg.evaluate_automation_conditions(
            self.definitions, self.instance, evaluation_time=self.now, cursor=self.cursor
        )
        self.cursor = result.cursor
        return {key for key in self.keys if result.get_num_requested(dg.AssetKey(key.split("/")))}


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Everything was made once, and automation has looked at that."""
    with dg.DagsterInstance.ephemeral() as instance:
        clock = Clock(instance)
        for key in sorted(clock.keys):
            clock.make(key, "1.0.0")
        assert clock.look() == set(), "switching it on starts nothing"
        yield clock


def test_a_changed_release_makes_what_is_worked_out_of_it_and_nothing_else(clock: Clock) -> None:
    clock.make(ACCOUNTS, "1.0.0")
    assert clock.look() == set(), "made again with the same content"
    clock.make(ACCOUNTS, "1.0.1")
    asked = clock.look()
    derived = {
        one.name.replace("-", "_")
        for one in clock.datasets
        if ACCOUNTS in {key.to_user_string() for key in input_keys(one).values()}
    }
    assert "indicators" in derived and {key.split("/")[0] for key in asked} == derived
    assert asked == {key for key in clock.keys if key.split("/")[0] in derived}, "all steps, in one run"
    for key in sorted(asked):
        clock.make(key, "1.0.0")
    assert clock.look() == set(), "they came out the same: nothing that is made from them runs"


def test_what_changes_goes_on_to_what_is_worked_out_of_that(clock: Clock) -> None:
    clock.make("indicators/package", "1.1.0")
    assert {key.split("/")[0] for key in clock.look()} == {"indicators_newest"}


def test_changed_areas_make_the_tables_that_they_place(clock: Clock) -> None:
    clock.make(AREAS, "2.0.0")
    asked = clock.look()
    assert {"rd_expenditure/normalised", "rd_expenditure/package"} <= asked
    assert "rd_expenditure/raw" not in asked and "indicators/package" not in asked
