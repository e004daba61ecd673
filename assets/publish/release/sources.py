"""`sources.json` of the published tree: what became of each source when it was last asked, for status pages.

Written only by a run that asks upstream. It holds no clock: what dates the data are the times of the
snapshots that are served, from which a reader counts the age. A source that gives the same again keeps the
entry that it had (`updated` stays `updated`), so that a run without news changes no byte; entries of datasets
that were not asked stay. What the states mean belongs to `fetch`.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assets.files import replace_if_new

SOURCES = "sources.json"
GOOD = ("unchanged", "updated", "retried")
SHOWN = ("dataset", "provider", "table", "state", "message", "retrieved", "updated")
OWN_FAULT = "a fault on our side; the last release stands"  # the log says which: it may name our folders


def write_sources(out: Path, states: Iterable[Mapping[str, Any]], datasets: Iterable[str]) -> bool:
    """Brings the file up to the `states` (as dicts); True when a byte changed.

    `datasets`: all that there are; entries of others go.
    """
    path = out / SOURCES
    before = read_sources(out)
    entries = {key: entry for key, entry in before.items() if key[0] in set(datasets)}
    for state in states:
        entry = {name: state.get(name) for name in SHOWN}
        entry["message"] = OWN_FAULT if entry["state"] == "failed" else entry["message"] or None
        key = (str(entry["dataset"]), str(entry["provider"]), str(entry["table"]))
        entries[key] = entries[key] if key in entries and _is_same(entries[key], entry) else entry
    content = json.dumps({"sources": [entries[key] for key in sorted(entries)]}, ensure_ascii=False, indent=2)
    return replace_if_new(path, f"{content}\n".encode())


def _is_same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a source is well now as it was, and gives the same data."""
    well = old.get("state") in GOOD and new["state"] == "unchanged"
    return well and all(old.get(name) == new[name] for name in ("retrieved", "updated"))


def read_sources(out: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What the file says of each source, by dataset, provider and table; empty where no run has asked."""
    try:
        entries = json.loads((out / SOURCES).read_bytes())["sources"]
        return {(entry["dataset"], entry["provider"], entry["table"]): entry for entry in entries}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
