"""What a run remembers of a table for the next one, apart from what fetching needs, so that states load fast.

What it means belongs to the connectors, where it is kept to `states`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Known:
    """What is remembered of a table from the last run that got it whole."""

    mark: str = ""  # the provider's listing said this of it
    checked: str = ""  # RFC 3339: when that answer was asked for
    validators: Mapping[str, str] = field(default_factory=dict)
    place: str = ""  # where the table was found at the provider
