"""Schedules follow from the update frequency of the descriptor and the provider's hours of release."""

from dataclasses import replace
from datetime import UTC, datetime

import dagster as dg
import pytest

from assets.descriptor import Dataset, load_datasets
from orchestration.cadence import cron_schedule, days_between, minute_of_day, overdue_after, release_minutes
from orchestration.definitions import build


@pytest.fixture(scope="module")
def datasets() -> dict[str, Dataset]:
    return {dataset.name: dataset for dataset in load_datasets()[0]}


def test_every_dataset_that_is_fetched_has_a_schedule_and_no_other(datasets: dict[str, Dataset]) -> None:
    repository = build(list(datasets.values())).get_repository_def()
    expected = {
        f"fetch_{name.replace('-', '_')}"
        for name, one in datasets.items()
        if not one.is_derived and one.update_frequency != "NEVER"
    }
    assert {one.name for one in repository.schedule_defs} == expected
    assert "fetch_indicators" not in expected and "fetch_rd_expenditure" in expected
    for schedule in repository.schedule_defs:
        assert schedule.execution_timezone == "Europe/Helsinki"
        assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED


def test_a_tick_asks_for_the_dataset_its_areas_and_the_catalogue() -> None:
    definitions = build()
    schedule = definitions.resolve_schedule_def("fetch_rd_expenditure")
    moment = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
    repository = definitions.get_repository_def()
    context = dg.build_schedule_context(scheduled_execution_time=moment, repository_def=repository)
    (request,) = schedule.evaluate_tick(context).run_requests or []
    assert [key.to_user_string() for key in request.asset_selection or []] == [
        "regions/raw",
        "regions/normalised/areas",
        "rd_expenditure/raw",
        "rd_expenditure/normalised",
        "rd_expenditure/package",
        "catalogue",
    ]
    assert request.run_config["resources"]["workspace"]["config"]["fetch"] is True


@pytest.mark.parametrize(
    ("frequency", "days"), [("DAILY", 1), ("MONTHLY", 1), ("ANNUAL", 7), ("IRREG", 7), ("NEVER", None)]
)
def test_how_often(datasets: dict[str, Dataset], frequency: str, days: int | None) -> None:
    dataset = replace(datasets["rd-expenditure"], update_frequency=frequency)
    assert days_between(dataset) == days
    line = cron_schedule(dataset)
    assert (line is None) == (days is None) == (overdue_after(dataset) is None)
    assert line is None or line.endswith("* * *") == (days == 1)


def test_soon_after_the_provider_publishes(datasets: dict[str, Dataset]) -> None:
    """Statistics Finland publishes at 8 in Helsinki, Eurostat at 11 and 23 in Brussels."""
    assert release_minutes(datasets["rd-expenditure"]) == [8 * 60]
    assert release_minutes(datasets["regional-accounts"]) == [0, 12 * 60]
    for name in map(str, range(500)):
        assert 8 * 60 + 15 <= minute_of_day(name, [8 * 60]) < 8 * 60 + 195
        minute = minute_of_day(name, [])
        assert minute // 60 != 3 and 0 <= minute < 24 * 60, "03:30 is not there on one day of spring"


def test_spread_over_the_day_always_the_same() -> None:
    minutes = [minute_of_day(f"dataset-{number}", []) for number in range(240)]
    hours = [sum(minute // 60 == hour for minute in minutes) for hour in range(24)]
    assert max(hours) < 30, "some ten an hour"
    assert minutes[7] == 300, "on every machine"
