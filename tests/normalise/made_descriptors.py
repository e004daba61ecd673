"""Small descriptors for tests, made in Python: what the loader would make of YAML."""

from typing import Any

import polars as pl

from assets.descriptor import Code, Field, Resource, Source

SOURCE = Source(provider="eurostat", table="made", connector="eurostat", format="tsv")


def make_field(name: str, source_column: str | None = None, type: str = "string", **given: Any) -> Field:
    """A field; `codes="A B"` is its code list, other arguments are those of `Field`."""
    codes = tuple(Code(code, {"en": code}) for code in given.pop("codes", "").split())
    return Field(name, type, {}, {}, source_column=source_column, codes=codes, **given)


def make_resource(*fields: Field, key: str = "", **given: Any) -> Resource:
    """A resource with these fields; `key="a b"` is its primary key."""
    return Resource("made", {}, {}, given.pop("sources", (SOURCE,)), fields, tuple(key.split()), **given)


OBSERVATION = (
    make_field("obs_value", "OBS_VALUE", "number"),
    make_field("obs_status"),
    make_field("obs_flag", "OBS_FLAG"),
)


def make_observations(**columns: list[Any]) -> pl.DataFrame:
    """A statistics reader's frame: text columns, `OBS_VALUE` Float64 (0 to n), `OBS_FLAG` String (null)."""
    height = len(next(iter(columns.values())))
    filled = {"OBS_VALUE": list(range(height)), "OBS_FLAG": [None] * height} | columns
    dtypes = {name: pl.Float64 if name == "OBS_VALUE" else pl.String for name in filled}
    return pl.DataFrame(filled, schema=dtypes, strict=False)
