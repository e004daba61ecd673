"""Figures in another unit than in the last release: of a whole table, a series, a region, one programme."""

from typing import Any

import polars as pl
import pytest

from assets.descriptor import Field, Resource
from assets.validate.expectations import check_expectations

KEY = ("project", "organisation")
AMOUNTS = ("ec_contribution", "total_cost")
FIELDS = tuple(Field(name, "string", {}, {}) for name in (*KEY, "programme")) + tuple(
    Field(name, "number", {}, {}) for name in AMOUNTS
)
PROGRAMMES = {"HORIZON": 3000, "H2020": 2000, "FP7": 200}


def register(with_programme: bool = True) -> pl.DataFrame:
    """Participations of three programmes, one of them small; two to a project; costs are often not told."""
    rows = [
        (f"{name}-{number // 2}", f"{number % 7}", name, 1000.37 + 913.5 * number, 1250.5 * number or None)
        for name, count in PROGRAMMES.items()
        for number in range(count)
    ]
    frame = pl.DataFrame(rows, schema=[*KEY, "programme", *AMOUNTS], orient="row")
    return frame if with_programme else frame.drop("programme")


def changed(frame: pl.DataFrame, where: pl.Expr, column: str, factor: float) -> pl.DataFrame:
    return frame.with_columns(pl.when(where).then(pl.col(column) * factor).otherwise(column).alias(column))


def notes(now: pl.DataFrame, before: pl.DataFrame, **more: Any) -> list[str]:
    fields = tuple(field for field in FIELDS if field.name in now.columns)
    resource = Resource("table", {}, {}, (), fields, KEY, expectations=({"rule": "unit_jump", **more},))
    found, _ = check_expectations(now.lazy(), resource, previous=before.lazy())
    return [finding.note for finding in found]


@pytest.mark.parametrize("column", AMOUNTS)
@pytest.mark.parametrize("factor", [1000, 0.001, 100, 0.1])
@pytest.mark.parametrize("with_programme", [True, False])
def test_one_small_programme_in_another_unit(column: str, factor: float, with_programme: bool) -> None:
    """Whether a column of the table names the programme or not: participations do not have one."""
    before = register(with_programme)
    now = changed(before, pl.col("project").str.starts_with("FP7"), column, factor)
    (note,) = notes(now, before)
    assert note.startswith(f"unit_jump: {column} of ")
    assert f"{factor:g} times" in note
    assert ("FP7 is" in note) == with_programme
    assert notes(before, before) == []


def test_each_column_of_figures_is_told() -> None:
    before = register()
    now = changed(changed(before, pl.lit(True), "total_cost", 10), pl.lit(True), "ec_contribution", 1000)
    assert [note.split(" is ")[0] for note in notes(now, before)] == [
        "unit_jump: ec_contribution of the table",
        "unit_jump: total_cost of the table",
    ]
    assert len(notes(now, before, value="total_cost")) == 1


def test_revisions_are_no_jumps() -> None:
    """Tenfold of one project, of round figures, of a few rows; growth; rows that came and went."""
    before = register()
    one = changed(before, pl.col("project") == "FP7-3", "ec_contribution", 10)
    assert notes(one, before) == []
    round_ones = before.with_columns(pl.lit(100.0).alias("ec_contribution"))
    few = (pl.col("project").str.ends_with("7")) & (pl.col("organisation") == "1")
    assert notes(changed(round_ones, few, "ec_contribution", 10), round_ones) == []
    assert notes(changed(before, pl.lit(True), "ec_contribution", 3), before) == []
    assert notes(before.filter(pl.col("programme") == "FP7"), before) == []
    assert notes(before, before.head(0)) == []
