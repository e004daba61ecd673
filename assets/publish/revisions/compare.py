"""Two releases of a table compared row by row: added, gone, changed. Frames in, frames out.

Exact and linear: keys become numbers in the order of the rows, so that two sorted tables are merged, not
joined. What a difference is called and where it is written belongs to `revisions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul

import polars as pl

NARROW = 1 << 31  # products below it fit 32 bits
WIDEST = 1 << 62  # the largest product of key values that fits a signed 64-bit number


@dataclass(frozen=True)
class Comparison:
    """The rows in which two tables differ, each frame with the columns of the tables, sorted as they were."""

    added: pl.DataFrame  # rows of the new table whose key the old one does not have
    gone: pl.DataFrame  # rows of the old table whose key the new one does not have
    before: pl.DataFrame  # rows with the same key and another value, as they were
    after: pl.DataFrame  # the same rows as they are, in the same order

    @property
    def is_empty(self) -> bool:
        """Whether both tables have the same rows."""
        return not (self.added.height or self.gone.height or self.before.height)


def compare_tables(old: pl.DataFrame, new: pl.DataFrame, key: Sequence[str]) -> Comparison:
    """Compare two tables with the same columns and dtypes by `key`; null is a value like any other.

    Sorted by key (as published tables are) it takes little more than reading them; in another order they are
    sorted first. Fastest where text is Categorical, of the same categories in both.
    """
    if old.height == new.height and all(old[name].eq_missing(new[name]).all() for name in key):
        changed = changed_rows(old, new, key)
        return Comparison(new.clear(), old.clear(), old.filter(changed), new.filter(changed))
    codes = key_codes(old, new, key)
    if codes is None:
        return _by_join(old, new, key)
    old, old_codes = sort_by_code(old, codes[0])
    new, new_codes = sort_by_code(new, codes[1])
    kept, stays = common_rows(old_codes, new_codes)
    values = [name for name in old.columns if name not in key]
    if not values:
        return Comparison(new.filter(~stays), old.filter(~kept), old.clear(), new.clear())
    changed = changed_rows(old.select(values).filter(kept), new.select(values).filter(stays), key)
    before = pl.arg_where(kept, eager=True).filter(changed)
    after = pl.arg_where(stays, eager=True).filter(changed)
    return Comparison(new.filter(~stays), old.filter(~kept), old[before], new[after])


def key_codes(old: pl.DataFrame, new: pl.DataFrame, key: Sequence[str]) -> tuple[pl.Series, pl.Series] | None:
    """The key of each row as one number, the same for equal keys; None where the numbers would not fit.

    Numbers grow in the order of the key's texts, nulls first.
    """
    kinds = {name: pl.Categorical(pl.Categories.random()) for name in key if not is_coded(old[name])}
    parts = [
        frame.lazy()
        .select(pl.col(name).cast(pl.String).cast(kinds[name]) if name in kinds else name for name in key)
        .collect()
        for frame in (old, new)
    ]
    ranks = {name: rank_values(pl.concat([part[name].unique() for part in parts])) for name in key}
    steps = list(accumulate((rank.len() + 1 for rank in reversed(ranks.values())), mul, initial=1))
    count = steps.pop()
    if count >= WIDEST:
        return None
    kind = pl.Int32 if count < NARROW else pl.Int64
    weighed = {
        name: (ranks[name] * step).cast(kind) for name, step in zip(reversed(ranks), steps, strict=True)
    }
    places = [
        pl.lit(rank).gather(pl.col(name).to_physical()).fill_null(0)
        for name, rank in weighed.items()
        if rank.len()
    ]
    code = pl.sum_horizontal(places).alias("code") if places else pl.repeat(0, pl.len()).alias("code")
    codes = [part.lazy().select(code).collect().to_series() for part in parts]
    return codes[0], codes[1]


def is_coded(column: pl.Series) -> bool:
    """Whether a column's texts are categories already."""
    return isinstance(column.dtype, pl.Categorical)


def rank_values(values: pl.Series) -> pl.Series:
    """The rank of each category among the texts of a column, by its physical number; null counts as none."""
    known = values.drop_nulls().unique()
    if not known.len():
        return pl.Series(dtype=pl.Int64)
    places = known.to_physical().cast(pl.Int64)
    ranked = pl.DataFrame({"place": places, "rank": known.cast(pl.String).rank("ordinal").cast(pl.Int64)})
    every = pl.select(place=pl.int_range(int(places.sort()[-1]) + 1))
    return every.join(ranked, on="place", how="left", maintain_order="left")["rank"].fill_null(0)


def sort_by_code(frame: pl.DataFrame, codes: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """The rows in the order of their codes; most tables are already."""
    if not codes.is_sorted():
        order = codes.arg_sort()
        frame, codes = frame[order], codes.gather(order)
    return frame, codes.set_sorted()


def common_rows(old: pl.Series, new: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Which of the sorted codes of one table the other has too, each code being once in a table."""
    sides = [
        pl.LazyFrame({"code": codes, "is_new": pl.repeat(side, codes.len(), dtype=pl.Boolean, eager=True)})
        for side, codes in enumerate((old, new))
    ]
    merged = sides[0].merge_sorted(sides[1], key="code").collect()
    code = pl.col("code")
    twice = merged.select(
        "is_new", both=(code == code.shift()).fill_null(False) | (code == code.shift(-1)).fill_null(False)
    )
    is_new = twice["is_new"]
    return twice["both"].filter(~is_new), twice["both"].filter(is_new)


def changed_rows(old: pl.DataFrame, new: pl.DataFrame, key: Sequence[str]) -> pl.Series:
    """Which rows differ outside the key, of two tables with the same keys in the same order."""
    changed = pl.repeat(False, old.height, eager=True)
    for name in old.columns:
        if name not in key:
            changed |= old[name].ne_missing(new[name])
    return changed


def _by_join(old: pl.DataFrame, new: pl.DataFrame, key: Sequence[str]) -> Comparison:
    """The same by joins, for keys with too many values to be numbered."""
    on = list(key)
    before = old.join(new, on=on, how="semi", nulls_equal=True, maintain_order="left")
    after = before.select(on).join(new, on=on, how="left", nulls_equal=True, maintain_order="left")
    after = after.select(new.columns)
    changed = changed_rows(before, after, on)
    return Comparison(
        new.join(old, on=on, how="anti", nulls_equal=True, maintain_order="left"),
        old.join(new, on=on, how="anti", nulls_equal=True, maintain_order="left"),
        before.filter(changed),
        after.filter(changed),
    )
