"""Cells of a cube by position -> one column per dimension. Shared by the formats that number their cells
(JSON-stat, PX). Where values come from does not belong here.
"""

import math

import polars as pl

# beyond this a cube is no table but a bomb: 1e9 rows are 20 GB in memory at the least
MOST_CELLS = 1_000_000_000


def cube_columns(codes: dict[str, list[str]], positions: pl.Series) -> list[pl.Series]:
    """One Enum column per dimension for row-major `positions`; the last dimension runs fastest."""
    stride = math.prod(len(categories) for categories in codes.values())
    columns: list[pl.Series] = []
    for dimension, categories in codes.items():
        kind = pl.Enum(categories)
        if not stride:
            columns.append(pl.Series(dimension, [], dtype=kind))
            continue
        stride //= len(categories)
        columns.append(
            pl.Series(dimension, categories, dtype=kind).gather(positions // stride % len(categories))
        )
    return columns
