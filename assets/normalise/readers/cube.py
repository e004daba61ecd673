"""Cells of a cube by position -> one column per dimension. Shared by the formats that number their cells
(JSON-stat, PX). Where values come from does not belong here.
"""

import math

import polars as pl

# beyond this a cube that says one thing of all its cells is no table but a bomb: a gigabyte from a few bytes
MOST_CELLS = 20_000_000
Codes = dict[str, list[str]]


def position_type(count: int) -> type[pl.UInt32] | type[pl.Int64]:
    """The type that holds the positions of a cube of `count` cells."""
    return pl.UInt32 if count < 2**32 else pl.Int64


def cube_columns(codes: Codes, positions: pl.Series) -> list[pl.Series]:
    """One Enum column per dimension for row-major `positions`; the last dimension runs fastest.

    Where most series have a cell, the outer dimensions are looked up once per series and not once per cell.
    """
    if not codes:
        return []
    *outer, last = codes
    width = len(codes[last])
    count = math.prod(len(categories) for categories in codes.values())
    if not count:
        return [pl.Series(name, [], dtype=pl.Enum(categories)) for name, categories in codes.items()]
    if len(outer) < 2 or count // width > positions.len():
        return _columns_by_division(codes, positions)
    series = positions // width
    whole = pl.int_range(count // width, eager=True, dtype=position_type(count))
    columns = _columns_by_division({name: codes[name] for name in outer}, whole)
    return [
        *pl.DataFrame(columns)[series].get_columns(),
        _look_up(last, codes[last], positions - series * width),
    ]


def _columns_by_division(codes: Codes, positions: pl.Series) -> list[pl.Series]:
    columns: list[pl.Series] = []
    for name, categories in reversed(codes.items()):
        outer = positions // len(categories)
        columns.append(_look_up(name, categories, positions - outer * len(categories)))
        positions = outer
    return columns[::-1]


def _look_up(name: str, categories: list[str], places: pl.Series) -> pl.Series:
    """The category at each place. A frame's rows are taken faster than a column's."""
    return pl.DataFrame({name: pl.Series(categories, dtype=pl.Enum(categories))})[places].to_series()
