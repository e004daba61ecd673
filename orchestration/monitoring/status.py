"""How every dataset stands, from the published tree and the store alone: Dagster is not asked.

How it is printed belongs to `cli`; what a run came to belongs to `run_summary`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.descriptor import Dataset
from assets.errors import DescriptorError
from assets.fetch.states import FAILED, QUARANTINED, STALE, SourceState, read_states
from assets.store.snapshots import read_moment
from assets.workspace import Workspace
from orchestration.cadence import overdue_after
from orchestration.monitoring.last_outcomes import read_remembered
from orchestration.monitoring.run_summary import shorten_message
from orchestration.outcomes import BAD

OK, NOT_PUBLISHED, OVERDUE, BEHIND = "ok", "not published", "overdue", "behind"
STALE_STATES = (STALE, OVERDUE, BEHIND)
BAD_STATES = (FAILED, QUARANTINED, "held back")


@dataclass(frozen=True)
class DatasetStatus:
    """How a dataset stands.

    `state`: ok; not published (never was); overdue (its sources were not asked for three times as long as
    they should be); behind (made from an earlier release of an input); stale-but-served; held back,
    quarantined, failed (its last good release stays). `data_age_days` counts from the provider's update.
    """

    dataset: str
    state: str
    version: str | None = None
    modified: str | None = None
    data_age_days: int | None = None
    asked: str | None = None
    message: str = ""


def read_statuses(
    datasets: Sequence[Dataset],
    broken: Mapping[str, DescriptorError],
    workspace: Workspace,
    now: datetime | None = None,
) -> list[DatasetStatus]:
    """How each dataset stands; `broken`: those whose descriptor is wrong."""
    moment = now or datetime.now(UTC)
    states = read_states(workspace.store)
    remembered = read_remembered(workspace.home)
    found = [
        read_status(
            dataset,
            [state for state in states if state.dataset == dataset.name],
            remembered.get(dataset.name, {}),
            workspace.out,
            moment,
        )
        for dataset in datasets
    ]
    wrong = [
        DatasetStatus(name, FAILED, message=shorten_message(str(error))) for name, error in broken.items()
    ]
    return sorted([*found, *wrong], key=lambda status: status.dataset)


def read_status(
    dataset: Dataset,
    states: Sequence[SourceState],
    remembered: Mapping[str, Any],
    out: Path,
    now: datetime,
) -> DatasetStatus:
    """How one dataset stands, the gravest thing first."""
    release = read_release_facts(out, dataset.name)
    asked = max((state.checked for state in states if state.checked), default=None)
    state, message = find_problem(dataset, states, remembered, release, out, now)
    if state == OK and release is None:
        state = NOT_PUBLISHED
    return DatasetStatus(
        dataset.name,
        state,
        version=release.get("version") if release else None,
        modified=(release.get("modified") or release.get("created")) if release else None,
        data_age_days=data_age(release, now),
        asked=asked,
        message=message,
    )


def find_problem(
    dataset: Dataset,
    states: Sequence[SourceState],
    remembered: Mapping[str, Any],
    release: Mapping[str, Any] | None,
    out: Path,
    now: datetime,
) -> tuple[str, str]:
    """The state of a dataset and why, without whether it is published."""
    if dataset.is_withdrawn:
        return OK, "no longer updated"
    said = str(remembered.get("state", ""))
    for wanted in (FAILED, QUARANTINED):
        if problem := first_problem(states, wanted):
            return wanted, problem
    if said in BAD:
        return said, shorten_message(remembered.get("message"))
    if problem := first_problem(states, STALE):
        return STALE, problem
    windows = overdue_after(dataset)
    asked = [read_moment(state.checked) for state in states if state.checked]
    if windows and asked and now - min(asked) > windows[1]:
        return (
            OVERDUE,
            f"its sources were asked {(now - min(asked)).days} days ago, {windows[1].days} at most",
        )
    older = older_inputs(dataset, release, out)
    return (BEHIND, f"made from an earlier release of {', '.join(older)}") if older else (OK, "")


def first_problem(states: Iterable[SourceState], wanted: str) -> str:
    """The message of the first source in a state, with its name; empty where none is."""
    found = (state for state in states if state.state == wanted)
    return next((f"{state.provider}/{state.table}: {shorten_message(state.message)}" for state in found), "")


def older_inputs(dataset: Dataset, release: Mapping[str, Any] | None, out: Path) -> list[str]:
    """The datasets of which a derived one's release is not made from the newest release."""
    if not dataset.is_derived or release is None:
        return []
    older = set()
    for entry in release.get("innoregio:provenance", []):
        newest = read_release_facts(out, entry["table"])
        if newest and f"/{entry['table']}/{newest['version']}/" not in entry["obtained_from"]:
            hashes = {resource.get("hash") for resource in newest["resources"]}
            if f"sha256:{entry['sha256']}" not in hashes:
                older.add(entry["table"])
    return sorted(older)


def read_release_facts(out: Path, dataset: str) -> dict[str, Any] | None:
    """The descriptor of a dataset's newest release; None where there is none that can be read."""
    try:
        package = json.loads((out / dataset / "datapackage.json").read_bytes())
    except (OSError, ValueError):
        return None
    return package if isinstance(package, dict) else None


def data_age(release: Mapping[str, Any] | None, now: datetime) -> int | None:
    """Whole days since the provider last updated what a release is made from, as far as known."""
    entries = (release or {}).get("innoregio:provenance", [])
    known = [
        entry.get("updated") or entry.get("retrieved") or entry.get("recorded_before") for entry in entries
    ]
    days = [read_moment(text) for text in known if text]
    return (now - max(days)).days if days else None


def status_exit_code(statuses: Iterable[DatasetStatus]) -> int:
    """0 all is well, 1 something failed, is in quarantine or held back, 3 something is old (1 wins)."""
    found = {status.state for status in statuses}
    if found & set(BAD_STATES):
        return 1
    return 3 if found & set(STALE_STATES) else 0
