"""What a run remembers of a table for the next one, apart from what fetching needs, so that states load fast.

What it means belongs to the connectors, where it is kept to `states`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

TRUST = timedelta(days=30)  # so long a server is believed that says "not changed"


@dataclass(frozen=True)
class CacheEntry:
    """What is remembered of a table from the last run that got it whole."""

    change_token: str = ""  # the provider's listing said this of it
    checked: str = ""  # RFC 3339: when that answer was asked for
    validators: Mapping[str, str] = field(default_factory=dict)
    place: str = ""  # where the table was found at the provider


def is_trusted(checked: str, now: datetime) -> bool:
    """Whether an answer of then (RFC 3339) is young enough for "not changed" to be believed.

    A server may keep one ETag whatever happens to the file. It is asked for all of it now and then. A date
    that is still to come is of a clock that went wrong, and is no reason to trust for longer.
    """
    try:
        return abs(now - datetime.fromisoformat(checked)) <= TRUST
    except (ValueError, TypeError):
        return False
