"""A rule on figures and the same figures in the last release: none of them is in another unit.

A jump is seen in the median of a group, so that a revision of one figure is none, and in figures that are an
exact power of ten of what they were, so that a few rows of one source are seen among many. Other rules that
compare figures belong to `figure_rules`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from assets.validate.findings import Given, RuleResult, dimensions, select_figures

JUMPS = (10.0, 100.0, 1000.0, 1_000_000.0)
JUMP_WIDTH = 1.25  # how far from a power of ten a jump may be: growth and inflation
LEAST_FIGURES = 5  # of a group that is not declared, and of figures that jumped exactly
MOST_GROUPS = 200  # values of a column that is no key and still tells groups of rows apart
NO_GROUP = ("geo_classification", "obs_status", "obs_flag")


def check_unit_jump(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`unit_jump`: nothing is ten, a hundred, a thousand or a million times what it was in the last release,
    or that part of it. Looked at is each column of figures (or `value` alone): as a whole, by the fields in
    `by` together (default indicator and unit), and by each field that tells groups of rows apart.
    """
    if given.previous is None:
        return RuleResult([], 0)
    key = [name for name in dimensions(given) if name in given.previous.columns]
    notes, compared = [], 0
    for value in [expectation["value"]] if "value" in expectation else figure_columns(given, key):
        selection = {**expectation, "value": value}
        before = select_figures(given, selection, given.previous).select(
            *key, pl.col("figure").alias("before")
        )
        both = select_figures(given, selection).join(before, on=key, nulls_equal=True)
        both = both.filter((pl.col("before") != 0) & (pl.col("figure") != 0))
        both = both.with_columns((pl.col("figure") / pl.col("before")).alias("ratio"))
        compared += both.height
        by = [str(name) for name in expectation.get("by") or ()]
        found = [*group_jumps(both, by or [n for n in key if n in ("indicator", "unit")], key)]
        of = "" if value == "obs_value" else f"{value} of "
        if found:
            (name, ratio), *others = found
            more = f" (so are {len(others)} other groups of rows)" if others else ""
            notes.append(
                f"{of}{name} is {ratio:g} times what it was in the last release{more}: another unit?"
            )
        else:
            notes += [
                f"{of}{count} of {both.height} figures is exactly {jump:g} times what it was in the last "
                "release: another unit?"
                for jump, count in exact_jumps(both)
            ]
    return RuleResult(notes, compared)


def figure_columns(given: Given, key: Sequence[str]) -> list[str]:
    """The columns of figures that the last release has too: numbers that are no part of a key."""
    had = given.previous.columns if given.previous is not None else []
    numbers = [field.name for field in given.resource.fields if field.type in ("number", "integer")]
    return [name for name in numbers if name in given.frame.columns and name in had and name not in key]


def group_jumps(both: pl.DataFrame, by: Sequence[str], key: Sequence[str]) -> Iterator[tuple[str, float]]:
    """The groups whose median ratio is a jump, in words, with that ratio: the widest first."""
    if both.is_empty():
        return
    if is_jump(whole := float(both.select(pl.col("ratio").median()).item())):
        yield "the table", whole
        return
    singles = [[name] for name in group_columns(both, key) if [name] != list(by)]
    seen: list[tuple[int, str, float]] = []
    for names, least in [(list(by), 1), *((single, LEAST_FIGURES) for single in singles)]:
        if not names:
            continue
        groups = both.group_by(names).agg(pl.col("ratio").median(), pl.len().alias("count"))
        for row in groups.filter(pl.col("count") >= least).sort(names).iter_rows(named=True):
            if is_jump(row["ratio"]):
                seen.append((row["count"], ", ".join(str(row[name]) for name in names), row["ratio"]))
    for _, name, ratio in sorted(seen, key=lambda jump: -jump[0]):
        yield name, ratio


def group_columns(both: pl.DataFrame, key: Sequence[str]) -> list[str]:
    """The columns that tell groups of rows apart: those of the key, and texts with few values."""
    texts = both.select(pl.selectors.string(), pl.selectors.boolean(), pl.selectors.categorical())
    few = [name for name in texts.columns if texts[name].n_unique() <= MOST_GROUPS]
    return [name for name in dict.fromkeys([*key, *few]) if name not in NO_GROUP]


def exact_jumps(both: pl.DataFrame) -> Iterator[tuple[float, int]]:
    """By which powers of ten so many figures jumped exactly that it is no chance, and how many did.

    Only figures of three digits and more count: of round ones tenfold is a change like any other.
    """
    before = pl.col("before").abs()
    scaled = before / pl.lit(10.0).pow(before.log10().floor() - 1)
    telling = both.filter((scaled - scaled.round()).abs() > 1e-6)
    for jump in all_jumps():
        count = telling.filter((pl.col("ratio") / jump - 1).abs() < 1e-9).height
        if count >= LEAST_FIGURES:
            yield jump, count


def is_jump(ratio: float) -> bool:
    """Whether a ratio is near a power of ten that units differ by."""
    return any(jump / JUMP_WIDTH <= ratio <= jump * JUMP_WIDTH for jump in all_jumps())


def all_jumps() -> tuple[float, ...]:
    """The powers of ten that units differ by, both ways."""
    return (*JUMPS, *(1 / jump for jump in JUMPS))
