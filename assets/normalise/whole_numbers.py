"""Whole numbers of a copy that was made by multiplying decimals: 64.37 thousand became 64370.00000000001.

Only what a binary fraction adds goes; rounding of figures that a provider states does not belong here.
"""

import polars as pl

from assets.descriptor.model import Resource
from assets.errors import MappingError

NOISE = 1e-6


def restore_whole_numbers(frame: pl.LazyFrame, resource: Resource) -> pl.LazyFrame:
    """The frame with whole numbers in `obs_value` (Float64); a hook for descriptors.

    Raises `MappingError` where a value is farther than a millionth from a whole number.
    """
    whole = pl.col("obs_value").round()
    wrong = frame.filter((pl.col("obs_value") - whole).abs() > NOISE).head(1).collect()
    if wrong.height:
        raise MappingError(f"{resource.name}: obs_value: {wrong['obs_value'][0]} is no whole number")
    return frame.with_columns(whole)
