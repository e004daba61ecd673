"""What a run came to, in a word, in a line, and in a line a dataset. Where it goes belongs to `notices` and
to Dagster's `reports`; the exit code belongs to `publishing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assets.fetch.states import FAILED, QUARANTINED, STALE, SourceState
from orchestration.outcomes import BAD, Outcome
from orchestration.publishing import publish_exit_code

GOOD, SERVED_STALE, FAILED_RUN = "good", "served stale", "failed"
WORDS = {0: GOOD, 3: SERVED_STALE, 1: FAILED_RUN}
ORDER = ("published", "unchanged", "waiting", "skipped", "quarantined", "held back", "failed")


@dataclass(frozen=True)
class RunSummary:
    """What a run came to: `result` is good, served stale or failed; `line` says how many of what, `problems`
    each dataset that is not well.
    """

    result: str
    line: str
    problems: tuple[str, ...]


def summarise_run(outcomes: Sequence[Outcome], states: Sequence[SourceState]) -> RunSummary:
    """The summary of a run; `states`: what became of the sources that it asked."""
    result = WORDS[publish_exit_code(outcomes, states)]
    counts = [f"{sum(o.state == state for o in outcomes)} {state}" for state in ORDER]
    parts = [count for count in counts if not count.startswith("0 ")]
    if stale := sum(state.state == STALE for state in states):
        parts.append(f"{stale} sources stale but served")
    if bad := sum(state.state in (FAILED, QUARANTINED) for state in states):
        parts.append(f"{bad} sources failed or in quarantine")
    problems = {line.split(" ", 1)[0]: line for line in source_problem_lines(states)}
    problems |= {line.split(" ", 1)[0]: line for line in outcome_problems(outcomes)}
    named = f" ({', '.join(sorted(problems))})" if problems else ""
    return RunSummary(
        result, f"{result}: {', '.join(parts) or 'nothing to do'}{named}", tuple(problems.values())
    )


def outcome_problems(outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each dataset that is not as it should be."""
    return [
        f"{outcome.dataset} {outcome.state}: {shorten_message(outcome.message)}"
        for outcome in outcomes
        if outcome.state in BAD or outcome.old_inputs
    ]


def source_problem_lines(states: Sequence[SourceState]) -> list[str]:
    """A line for each dataset with sources that are not good: all of them in it."""
    lines: dict[str, list[str]] = {}
    for state in states:
        if not state.is_good:
            age = "" if state.age() is None else f", {state.age()} days old"
            detail = f"{state.provider}/{state.table} {state.state}{age}: {shorten_message(state.message)}"
            lines.setdefault(state.dataset, []).append(detail)
    return [f"{dataset} {'; '.join(parts)}" for dataset, parts in lines.items()]


def shorten_message(text: str | None) -> str:
    """A message without line breaks, at most 300 characters."""
    line = " ".join((text or "no reason is known").split())
    return line if len(line) <= 300 else line[:299] + "…"
