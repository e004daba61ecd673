"""What a run made of each dataset. How it is found out belongs to `run` and `publishing`, printing to
`printing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

BAD = ("failed", "quarantined", "held back")


@dataclass(frozen=True)
class Outcome:
    """What a run made of one dataset.

    `state`: published (a new release), unchanged, waiting (for its first
    fetch), skipped (what it is made from is not at hand), failed, quarantined (what came
    from upstream is not what the descriptor says), or held back (something that it needs failed). After the
    last three the last good release stays; where there was none, a quarantined dataset is published from the
    bundle, with its `version`.

    `old_inputs`: the datasets that this one is worked out of and that came to nothing in the run; where it
    was made all the same, their last good releases were used.
    """

    dataset: str
    state: str
    version: str | None = None
    change: str | None = None
    rows: int | None = None
    message: str | None = None
    trace: str | None = None
    old_inputs: tuple[str, ...] = ()


def waiting_message(names: Sequence[str]) -> str:
    """What to say of datasets that wait for their first fetch, and the command that ends it."""
    state, how = f"{len(names)} wait for their first fetch", "innoregio fetch --all"
    if len(names) == 1:
        state = f"{names[0]} waits for its first fetch"
        how = f"innoregio fetch {names[0]}, or from a file: innoregio snapshot add {names[0]} FILE"
    return f"{state}: {how}"
