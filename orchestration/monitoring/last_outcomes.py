"""What the last run made of each dataset, kept beside the store for who asks later. What a run came to is
read by `read_events` and `publishing`; what is made of it belongs to `status`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.errors import StoreError
from assets.files import replace_file
from orchestration.outcomes import Outcome

FILE = "outcomes.json"


def remember_outcomes(home: Path, outcomes: Sequence[Outcome]) -> None:
    """Writes down what became of the datasets of a run, beside what is known of others. A folder that takes
    nothing is no reason to fail once all is published.
    """
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    known = dict(read_remembered(home))
    for outcome in outcomes:
        known[outcome.dataset] = {
            "state": outcome.state,
            "message": outcome.message,
            "old_inputs": list(outcome.old_inputs),
            "at": moment,
        }
    text = json.dumps(known, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    try:
        home.mkdir(parents=True, exist_ok=True)
        replace_file(home / FILE, text.encode(), durable=False)
    except (OSError, StoreError):
        return


def read_remembered(home: Path) -> Mapping[str, Mapping[str, Any]]:
    """What the last run made of each dataset, by name; nothing where no run wrote it down."""
    try:
        known = json.loads((home / FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
