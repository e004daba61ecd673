"""Tables of counts made from matrices: areas in rows, activities in columns."""

from collections.abc import Sequence

import polars as pl

Matrix = Sequence[Sequence[float | None]]


def list_cells(matrix: Matrix, area: str = "R", activity: str = "I") -> pl.DataFrame:
    """`geo` (R1 …), `geo_classification`, `activity` (I1 …), `count` and `area_total`, the sum of the row."""
    rows = [
        {
            "geo": f"{area}{place}",
            "geo_classification": "made-2020",
            "activity": f"{activity}{number}",
            "count": count,
            "area_total": float(sum(cell or 0 for cell in row)),
        }
        for place, row in enumerate(matrix, 1)
        for number, count in enumerate(row, 1)
    ]
    return pl.DataFrame(rows, schema_overrides={"count": pl.Float64})


def sum_columns(matrix: Matrix) -> pl.DataFrame:
    """The reference: all areas together."""
    sums = [sum(cell or 0 for cell in column) for column in zip(*matrix, strict=True)]
    return pl.DataFrame(
        {
            "activity": [f"I{number}" for number in range(1, len(sums) + 1)],
            "activity_total": [float(total) for total in sums],
            "reference_total": [float(sum(sums))] * len(sums),
        }
    )


def list_ones(matrix: Matrix) -> pl.DataFrame:
    """The cells that are 1: advantages."""
    return list_cells(matrix).filter(pl.col("count") == 1).select("geo", "geo_classification", "activity")


def read_matrix(
    cells: pl.DataFrame, value: str, row: str = "geo", column: str = "activity"
) -> list[list[float]]:
    """The cells as rows of numbers, in the order of the names; 0 where there is no cell."""
    wide = cells.sort(row, column).pivot(column, index=row, values=value, sort_columns=True)
    return [list(values) for values in wide.drop(row).fill_null(0).rows()]
