"""What a run made of each dataset. How it is found out belongs to `run` and `publishing`, printing to
`printing`.
"""

from dataclasses import dataclass

BAD = ("failed", "quarantined", "held back")


@dataclass(frozen=True)
class Outcome:
    """What a run made of one dataset.

    `state`: published (a new release), unchanged, skipped (no snapshot yet), failed, quarantined (what came
    from upstream is not what the descriptor says), or held back (something that it needs failed). After the
    last three the last good release stays; where there was none, a quarantined dataset is published from the
    bundle, with its `version`.
    """

    dataset: str
    state: str
    version: str | None = None
    change: str | None = None
    rows: int | None = None
    message: str | None = None
    trace: str | None = None
