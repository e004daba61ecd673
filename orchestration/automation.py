"""When an asset is made again without a person: on content, that is where the data version of what it is made
from changed. The sensor that asks for the runs belongs to `schedules`.
"""

import dagster as dg

from assets.descriptor import Dataset


def when_inputs_change(made_from: dg.AssetSelection) -> "dg.AutomationCondition":  # type: ignore[type-arg]
    """Where the content of one of the assets `made_from` changed since this one was made or asked for, or one
    of them was made for the first time; not while a run is making one of them or this one.
    """
    condition = dg.AutomationCondition
    changed = condition.any_deps_match(condition.data_version_changed()).allow(made_from)
    waits = condition.any_deps_in_progress() | condition.in_progress() | condition.any_deps_missing()
    return (changed.since_last_handled() & ~waits).with_label("content of an input changed")


def with_its_dataset(dataset: Dataset, group: str) -> "dg.AutomationCondition":  # type: ignore[type-arg]
    """Where an asset of the same dataset that it is made from is asked for at the same time: one run makes
    all.
    """
    condition = dg.AutomationCondition
    asked = condition.any_deps_match(condition.will_be_requested()).allow(dg.AssetSelection.groups(group))
    return (asked & ~condition.in_progress()).with_label(f"{dataset.name} is made again")
