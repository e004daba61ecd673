"""The conversion matrices of the Joint Research Centre: how much of an area lies in which area of another
NUTS version, by a grid of inhabitants and surface.

Reading matrices, adding them up to the levels above, and leaving out what an official note denies belongs
here. What the lists say belongs to `nuts_steps`; which of the two counts to `contested` and `crosswalk`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import polars as pl

from assets.errors import MappingError

MATRIX_PART = re.compile(r"n([123])-(\d{4})-(\d{4})")  # level and versions
MATRIX_WEIGHTS = (  # column of a matrix -> kind and year of the weight
    ("pop18", "population", 2018),
    ("pop11", "population", 2011),
    ("areaKm", "area", None),
    ("artif_surf18", "built-up", 2018),
    ("artif_surf12", "built-up", 2012),
)
MEASURES = [column for column, *_ in MATRIX_WEIGHTS]
INHABITANTS = "pop18"  # what shares are compared by


class Matrix(NamedTuple):
    """The flows between two versions at one level: `old`, `new` and a column per weight (Float64).

    `name` is that of the part it was read from (`n3-2016-2021`). `partial_old` and `partial_new` are the
    areas of which flows are missing.
    """

    one: str
    other: str
    level: int
    name: str
    flows: pl.DataFrame
    partial_old: pl.Series = pl.Series(dtype=pl.String)
    partial_new: pl.Series = pl.Series(dtype=pl.String)


def read_matrices(tables: Mapping[str, pl.LazyFrame]) -> list[Matrix]:
    """The matrices among the tables (parts `n3-2016-2021` …), sorted by versions and level.

    Raises `MappingError` where there is none or a column is missing or no number.
    """
    found = []
    for part, table in tables.items():
        if not (named := MATRIX_PART.fullmatch(part)):
            continue
        level, first, last = named.groups()
        columns = [f"code_v{first}", f"code_v{last}", *MEASURES]
        if missing := set(columns) - set(table.collect_schema().names()):
            raise MappingError(f"regions: part {part} has no column {', '.join(sorted(missing))}")
        try:
            frame = table.select(
                pl.col(columns[0]).alias("old"),
                pl.col(columns[1]).alias("new"),
                pl.col(columns[2:]).cast(pl.Float64),
            ).collect()
        except pl.exceptions.InvalidOperationError as error:
            raise MappingError(f"regions: part {part} has a weight that is no number ({error})") from error
        found.append(Matrix(f"nuts-{first}", f"nuts-{last}", int(level), part, frame))
    if not found:
        raise MappingError("regions: no part n3-… among the tables; fetch jrc/nuts-matrices")
    return sorted(found, key=lambda matrix: matrix[:3])


def add_upper_levels(matrices: Iterable[Matrix], areas: pl.DataFrame) -> list[Matrix]:
    """The matrices, and of levels 2 and 1 those that have none of their own, added up from level 3.

    An area above of which the matrix lacks a part, or has it under a code that is not of the list, is
    partial.
    """
    every = list(matrices)
    have = {matrix[:3] for matrix in every}
    for one, other, level, name, flows, *_ in list(every):
        for above in (2, 1):
            if level == 3 and (one, other, above) not in have:
                up = pl.col("old", "new").str.head(above + 2)
                summed = flows.group_by(up, maintain_order=True).agg(pl.col(MEASURES).sum())
                partial = [
                    areas.filter(
                        ~pl.col("geo").is_in(flows[side].implode()), geo_classification=version, level=3
                    )["geo"].str.head(above + 2)
                    for side, version in (("old", one), ("new", other))
                ]
                every.append(Matrix(one, other, above, name, summed, *partial))
    return sorted(every, key=lambda matrix: matrix[:3])


def read_flows(matrix: Matrix, areas: pl.DataFrame, source: str) -> pl.DataFrame:
    """The flows out of the areas of `source`, one of the two versions: `from_geo`, `to_geo`, weights.

    Only those of areas all of whose flows are known and go to areas that Eurostat's lists have: the matrices
    also name countries, and codes that the lists of those years have not.
    """
    forward = matrix.one == source
    names, target = (("old", "new"), matrix.other) if forward else (("new", "old"), matrix.one)
    flows = matrix.flows.rename({names[0]: "from_geo", names[1]: "to_geo"})
    partial = matrix.partial_old if forward else matrix.partial_new
    to = areas.filter(geo_classification=target).select(to_geo="geo")
    lost = flows.join(to, on="to_geo", how="anti")
    own = areas.filter(~pl.col("geo").is_in(partial.implode()), geo_classification=source)
    return flows.join(lost, on="from_geo", how="anti").join(
        own, left_on="from_geo", right_on="geo", how="semi"
    )


def measure_shares(matrix: Matrix, areas: pl.DataFrame) -> pl.DataFrame:
    """What share of the inhabitants of an area of the older version is in one of the newer (`share`), and the
    other way round (`share_back`), with `old` and `new`; null where one is not known."""
    share = pl.col(INHABITANTS) / pl.col(INHABITANTS).sum().over("from_geo")
    forth, back = (read_flows(matrix, areas, name).with_columns(share=share) for name in matrix[:2])
    both = forth.select(old="from_geo", new="to_geo", share="share").join(
        back.select(old="to_geo", new="from_geo", share_back="share"),
        on=["old", "new"],
        how="full",
        coalesce=True,
    )
    return both.sort("old", "new")
