"""What Eurostat's lists say from one NUTS version to the next: the same land, wholly part of, and the notes
that say of what an area is made.

Reading the table `changes` for relations belongs here. What another source says against them belongs to
`contested`, weights to `crosswalk`.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

import polars as pl

EQUATION = re.compile(r"([A-Z0-9]{3,5}(?: *\+ *[A-Z0-9]{3,5})*) *= *([A-Z0-9]{3,5}(?: *\+ *[A-Z0-9]{3,5})*)")
Step = tuple[str, str]  # two neighbouring versions, the older first


def find_same(areas: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """The areas of neighbouring versions that differ by code or name only, by the lists: `one`, `other` (the
    versions), `old`, `new`."""
    nuts = areas.filter(pl.col("level") > 0)
    codes = {str(name): set(group["geo"]) for (name,), group in nuts.group_by("geo_classification")}
    rows: list[tuple[str, str, str, str]] = []
    for one, other in pairwise(sorted(name for name in codes if name.startswith("nuts-"))):
        step = changes.filter(from_classification=one, to_classification=other)
        only = pl.col("change").is_in(["recoded", "renamed"]) & pl.all_horizontal(
            pl.col("old", "new").is_not_null()
        )
        kept, broken = step.filter(only), step.filter(~only)
        named = set(step["old"].drop_nulls()) | set(step["new"].drop_nulls())
        gone, made = set(broken["old"].drop_nulls()), set(broken["new"].drop_nulls())
        pairs = [(code, code) for code in codes[one] & codes[other] - named]
        pairs += [
            (old, new) for old, new in kept.select("old", "new").rows() if old not in gone and new not in made
        ]
        rows += [(one, other, old, new) for old, new in sorted(pairs)]
    return pl.DataFrame(rows, schema=["one", "other", "old", "new"], orient="row")


def find_whole(changes: pl.DataFrame, one: str, other: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The areas that merged into another from one version to the next, and those that were split off one,
    each named once: `old`, `new`."""
    both = pl.all_horizontal(pl.col("old", "new").is_not_null())
    step = changes.filter(both, from_classification=one, to_classification=other)
    merged = step.filter(pl.col("old").is_unique() & (pl.col("change") == "merged"))
    split = step.filter(pl.col("new").is_unique() & (pl.col("change") == "new"))
    return merged.select("old", "new"), split.select("old", "new")


def read_equations(areas: pl.DataFrame, changes: pl.DataFrame) -> dict[Step, list[tuple[set[str], set[str]]]]:
    """The notes that say of which areas others are made (`FI1B + FI1C = FI18`), as the older and the newer
    codes, by step. Notes that speak of parts, or of areas of two levels, say nothing of all flows."""
    codes = {str(name): set(group["geo"]) for (name,), group in areas.group_by("geo_classification")}
    found: dict[Step, list[tuple[set[str], set[str]]]] = {}
    notes = changes.drop_nulls("note").select("from_classification", "to_classification", "note").unique()
    for one, other, note in notes.sort(pl.all()).iter_rows():
        for left, right in _sides(note):
            if len({len(code) for code in left | right}) > 1:
                continue
            for old, new in ((left, right), (right, left)):
                if old <= codes[one] and new <= codes[other] and not old & new:
                    found.setdefault((one, other), []).append((old, new))
                    break
    return found


def _sides(note: str) -> Iterator[tuple[set[str], set[str]]]:
    for text in note.split(";"):
        if equation := EQUATION.fullmatch(text.strip()):
            left, right = (set(re.split(r" *\+ *", side)) for side in equation.groups())
            yield left, right


def trace(
    same: Mapping[Step, Mapping[str, str]], versions: list[str], source: str, target: str
) -> dict[str, str]:
    """The code that each area of one version has in another by an unbroken chain of relations; `same` is, for
    each step of neighbours in either direction, code -> code."""
    first, last = versions.index(source), versions.index(target)
    way = versions[first : last + 1] if first <= last else versions[last : first + 1][::-1]
    found: dict[str, str] | None = None
    for step in pairwise(way):
        found = (
            dict(same[step])
            if found is None
            else {code: same[step][then] for code, then in found.items() if then in same[step]}
        )
    return found or {}
