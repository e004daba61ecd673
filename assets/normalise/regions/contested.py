"""Where two sources contradict each other: Eurostat's lists say that an area stayed the same land, and a
conversion matrix sends a part of its inhabitants elsewhere.

The comparison and its tolerance belong here. Neither source is taken to be right: the list does not speak of
municipalities that merged across a border, and the matrix knows borders by a grid. An official note that
says what an area is made of stands above both.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise

import polars as pl

from assets.normalise.regions.nuts_matrices import INHABITANTS, Matrix, add_upper_levels, measure_shares
from assets.normalise.regions.nuts_steps import Step, find_same, find_whole, read_equations, trace

# What share of an area's inhabitants may be elsewhere by the matrix. Below it the difference is that of
# borders drawn on a grid, above it are the moves of Finnish municipalities that are known (Längelmäki 0.2 %).
TOLERANCE = 0.001
SLIVER = 0.01  # what a note denies is a sliver below this share of the inhabitants of both areas
SCHEMA = {
    "one": pl.String,
    "other": pl.String,
    "old": pl.String,
    "new": pl.String,
    "other_source": pl.String,
    "share": pl.Float64,
    "share_back": pl.Float64,
}


def prepare_matrices(areas: pl.DataFrame, changes: pl.DataFrame, matrices: Iterable[Matrix]) -> list[Matrix]:
    """The matrices with levels 2 and 1, without the flows that an official note denies: those out of areas
    that it says became others as a whole, and into areas that it says were made of others."""
    versions = _versions(areas)
    relations = _relations(areas, changes, versions)
    equations = read_equations(areas, changes)
    prepared = []
    for matrix in add_upper_levels(matrices, areas):
        flows = matrix.flows
        people = pl.col(INHABITANTS)
        shares = [people / people.sum().over(end) for end in ("old", "new")]
        is_sliver = pl.all_horizontal((share < SLIVER) | (people == 0) for share in shares)
        for (one, other), sides in equations.items():
            if not matrix.one <= one < other <= matrix.other:
                continue
            before = trace(relations, versions, matrix.one, one)
            after = trace(relations, versions, matrix.other, other)
            then, now = (
                pl.col(end).replace_strict(codes, default=None, return_dtype=pl.String)
                if codes
                else pl.col(end)
                for end, codes in (("old", before), ("new", after))
            )
            for old, new in sides:
                denied = then.is_in(list(old)) != now.is_in(list(new))
                flows = flows.filter(~(denied & is_sliver).fill_null(False))
        prepared.append(matrix._replace(flows=flows))
    return prepared


def find_contested(areas: pl.DataFrame, changes: pl.DataFrame, matrices: Iterable[Matrix]) -> pl.DataFrame:
    """The areas of neighbouring versions that are the same land by the lists and not by a matrix: `one`,
    `other`, `old`, `new`, `other_source` (the part of the matrix), `share` (of the inhabitants of `old` that
    are in `new`), `share_back` (of those of `new` that were in `old`).

    A matrix that spans several steps contests those of them that no matrix of a shorter span confirms, unless
    shorter ones that are contested explain the difference. `matrices` are those of `prepare_matrices`.
    """
    versions = _versions(areas)
    same = _by_step(find_same(areas, changes), versions)
    found: dict[tuple[str, str, str], tuple[str, str, float, float]] = {}  # (versions, old) -> new …
    confirmed: set[tuple[str, str, str]] = set()
    for matrix in sorted(matrices, key=lambda m: versions.index(m.other) - versions.index(m.one)):
        steps = list(pairwise(versions[versions.index(matrix.one) : versions.index(matrix.other) + 1]))
        to = trace(same, versions, matrix.one, matrix.other)
        measured = measure_shares(matrix, areas).drop_nulls()
        for old, new, share, share_back in measured.iter_rows():
            if to.get(old) != new:
                continue
            chain, code = [], old
            for step in steps:
                chain.append((*step, code))
                code = same[step][code]
            least = min(share, share_back)
            if least >= 1 - TOLERANCE:
                confirmed.update(chain)
                continue
            known = [link for link in chain if link in found]
            explained = 1.0
            for link in known:
                explained *= min(found[link][2:])
            if known and least >= explained - TOLERANCE:
                continue
            for link in chain:
                if link not in confirmed and link not in found:
                    found[link] = (same[link[:2]][link[2]], matrix.name, share, share_back)
    rows = [(*link[:2], link[2], *rest) for link, rest in sorted(found.items())]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def contest_pairs(pairs: pl.DataFrame, matrix: Matrix, areas: pl.DataFrame) -> pl.DataFrame:
    """Of pairs `old`, `new` that are the same land by the lists, those that a matrix between their versions
    contests, with `other_source`, `share`, `share_back`."""
    measured = pairs.join(measure_shares(matrix, areas).drop_nulls(), on=["old", "new"])
    least = pl.min_horizontal("share", "share_back")
    return measured.filter(least < 1 - TOLERANCE).with_columns(other_source=pl.lit(matrix.name))


def _versions(areas: pl.DataFrame) -> list[str]:
    names = areas["geo_classification"].unique().sort()
    return names.filter(names.str.starts_with("nuts-")).to_list()


def _by_step(same: pl.DataFrame, versions: list[str]) -> dict[Step, dict[str, str]]:
    found: dict[Step, dict[str, str]] = {}
    for one, other in pairwise(versions):
        pairs = same.filter(one=one, other=other).select("old", "new").rows()
        found[(one, other)] = dict(pairs)
        found[(other, one)] = {new: old for old, new in pairs}
    return found


def _relations(
    areas: pl.DataFrame, changes: pl.DataFrame, versions: list[str]
) -> Mapping[Step, Mapping[str, str]]:
    """The same land by the lists, and what is wholly part of another area."""
    found = _by_step(find_same(areas, changes), versions)
    for one, other in pairwise(versions):
        merged, split = find_whole(changes, one, other)
        found[(one, other)] = {**dict(merged.rows()), **found[(one, other)]}
        found[(other, one)] = {**{new: old for old, new in split.rows()}, **found[(other, one)]}
    return found
