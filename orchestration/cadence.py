"""How often, and when in the day, the sources of a dataset are asked: from the update frequency of its
descriptor and the hours at which its providers publish. What Dagster makes of that belongs to `schedules`.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from assets.descriptor import Dataset, read_providers

ZONE = "Europe/Helsinki"
# Codes of the EU's authority table frequency. The day of a release is not known before: what comes once a
# month is asked for every day, which costs one conditional question; what comes once a year every week.
DAILY = frozenset({"DAILY", "WEEKLY_2", "WEEKLY", "MONTHLY"})
DAY_MINUTES = 24 * 60
AFTER_RELEASE = range(
    15, 195
)  # minutes after the provider's hour, so that it is done and all don't ask at once
LEAP_HOUR = 3  # does not exist on one day of spring, and is there twice on one of autumn


def days_between(dataset: Dataset) -> int | None:
    """After how many days the sources of `dataset` are asked again; None: never, its series are closed or
    nobody is asked.
    """
    if not dataset.is_fetched or dataset.update_frequency == "NEVER":
        return None
    return 1 if dataset.update_frequency in DAILY else 7


def cron_schedule(dataset: Dataset) -> str | None:
    """When the sources of `dataset` are asked, as a line of cron in Helsinki's time; None: never.

    The minute, and the day of the week where it is asked weekly, follow from the dataset's name alone.
    """
    days = days_between(dataset)
    if days is None:
        return None
    minute = minute_of_day(dataset.name, release_minutes(dataset))
    hour = minute // 60
    weekday = "*" if days == 1 else str(1 + name_number(f"{dataset.name} weekday") % 5)
    return f"{minute % 60} {hour} * * {weekday}"


def minute_of_day(name: str, releases: Sequence[int]) -> int:
    """A minute for the dataset `name`: soon after one of the minutes `releases`, anywhere without them."""
    number = name_number(name)
    if releases:
        start = releases[number % len(releases)] + AFTER_RELEASE.start
        minute = (start + number // len(releases) % len(AFTER_RELEASE)) % DAY_MINUTES
    else:
        minute = number % DAY_MINUTES
    return minute + 60 if minute // 60 == LEAP_HOUR else minute


def release_minutes(dataset: Dataset) -> list[int]:
    """The minutes of Helsinki's day at which the providers of `dataset` publish; empty where none says."""
    providers = read_providers()
    names = {source.provider for resource in dataset.resources for source in resource.sources}
    stated = (providers[name].releases for name in names if name in providers and providers[name].releases)
    return sorted({helsinki_minute(time, said["zone"]) for said in stated for time in said["times"]})


def helsinki_minute(time: str, zone: str) -> int:
    """The minute of Helsinki's day that a time of day in another zone is, in winter."""
    hour, minute = map(int, time.split(":"))
    there = datetime(2026, 1, 15, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo(ZONE))
    return there.hour * 60 + there.minute


def overdue_after(dataset: Dataset) -> tuple[timedelta, timedelta] | None:
    """How long ago the sources of `dataset` may have been asked before that is a warning, and an error."""
    days = days_between(dataset)
    return (timedelta(days=2 * days), timedelta(days=3 * days)) if days else None


def name_number(text: str) -> int:
    """A number that a text always gives, and other texts don't."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
