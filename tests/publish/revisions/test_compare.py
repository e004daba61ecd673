"""Two tables compared: the same differences as a plain look-up of every key finds, whatever the keys are."""

import random
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from assets.publish.revisions import compare as revisions_compare
from assets.publish.revisions.compare import Comparison, compare_tables

KEY = ("geo", "size", "time_period")
SCHEMA = {
    "geo": pl.String,
    "size": pl.String,
    "time_period": pl.String,
    "value": pl.Float64,
    "flag": pl.String,
}
Rows = list[tuple[Any, ...]]


def frame(rows: Rows) -> pl.DataFrame:
    """A table sorted by its key, as tables are published."""
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort(KEY)


def some_rows(seed: int, count: int) -> Rows:
    """Rows with a key each: gaps in it, signs beyond ASCII, values that are missing."""
    dice = random.Random(seed)
    keys = {
        (dice.choice(["FI", "FI1", "Å", "a b", "é", None]), dice.choice(["", "x", None, "1-9"]), str(year))
        for year in range(2000, 2000 + count)
        for _ in range(4)
    }
    return [(*key, dice.choice([None, 1.0, 2.5]), dice.choice([None, "p"])) for key in sorted(keys, key=repr)]


def plain(old: Rows, new: Rows) -> dict[str, set[Any]]:
    """What a person would find with a dictionary."""
    sides: list[Mapping[Any, Any]] = [{row[:3]: row for row in rows} for rows in (old, new)]
    before, after = sides
    both = [key for key in before if key in after and before[key] != after[key]]
    return {
        "added": {after[key] for key in after if key not in before},
        "gone": {before[key] for key in before if key not in after},
        "before": {before[key] for key in both},
        "after": {after[key] for key in both},
    }


def found(comparison: Comparison) -> dict[str, set[Any]]:
    return {name: set(getattr(comparison, name).rows()) for name in ("added", "gone", "before", "after")}


def coded(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col(pl.String).cast(pl.Categorical))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("form", ["plain", "coded", "in no order", "too many keys to number", "joined"])
def test_the_differences_are_those_of_a_plain_look_up(
    seed: int, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = some_rows(seed, 12), some_rows(seed + 100, 12)
    tables = [frame(old), frame(new)]
    if form == "coded":
        tables = [coded(table) for table in tables]
    if form == "in no order":
        tables = [table.sample(fraction=1.0, shuffle=True, seed=seed) for table in tables]
    if form == "too many keys to number":
        monkeypatch.setattr(revisions_compare, "NARROW", 1)
    if form == "joined":
        monkeypatch.setattr(revisions_compare, "WIDEST", 1)
    result = compare_tables(tables[0], tables[1], KEY)
    assert found(result) == plain(old, new)
    assert result.before.select(KEY).equals(result.after.select(KEY))
    if form != "in no order":
        assert result.added.select(KEY).equals(result.added.select(KEY).sort(KEY))


def test_equal_tables_have_no_difference() -> None:
    table = frame(some_rows(1, 20))
    assert compare_tables(table, table.clone(), KEY).is_empty
    assert not compare_tables(table, table.with_columns(value=pl.lit(7.0)), KEY).is_empty


def test_null_is_a_value_like_any_other() -> None:
    one = frame([("FI", None, "2020", None, None), ("FI", "x", "2020", 1.0, None)])
    other = frame([("FI", None, "2020", 0.0, None), ("FI", "x", "2020", 1.0, None)])
    result = compare_tables(one, other, KEY)
    assert result.before["value"].to_list() == [None] and result.after["value"].to_list() == [0.0]


@pytest.mark.parametrize("side", [0, 1])
def test_against_an_empty_table(side: int) -> None:
    tables = [frame([]), frame(some_rows(2, 5))]
    result = compare_tables(tables[side], tables[1 - side], KEY)
    heights = {name: len(rows) for name, rows in found(result).items()}
    assert heights == {
        "added": tables[1].height if side == 0 else 0,
        "gone": tables[1].height if side else 0,
        "before": 0,
        "after": 0,
    }


def test_keys_of_every_type_and_tables_of_keys_only() -> None:
    old = pl.DataFrame({"id": [1, 2, 30], "open": [True, False, True]}).sort("id")
    new = pl.DataFrame({"id": [2, 4, 30], "open": [False, True, False]}).sort("id")
    result = compare_tables(old, new, ["id"])
    assert (result.added["id"].to_list(), result.gone["id"].to_list()) == ([4], [1])
    assert result.after.rows() == [(30, False)]
    keys = compare_tables(old.select("id"), new.select("id"), ["id"])
    assert (keys.added["id"].to_list(), keys.gone["id"].to_list(), keys.after.height) == ([4], [1], 0)
