"""Random typed tables with random schemas, for the comparison of one table in several forms."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

# Each type: how it is stored, values (few, so that some repeat), and what bounds are made of.
KINDS: dict[str, tuple[pl.DataType, list[Any], list[Any]]] = {
    "integer": (pl.Int64(), [0, 1, 2, -7, 10**15], [-1, 0, 1, "2"]),
    "number": (pl.Float64(), [0.0, 0.1, 0.30000000000000004, -2.5, 1e300, 1e-9], [0, "0.1", "0.3", 1]),
    "money": (pl.Decimal(18, 2), [Decimal("0.00"), Decimal("0.10"), Decimal("-3.20")], [0, "0.10", 5]),
    "string": (pl.String(), ["a", "ab", "ä", "a,b", 'say "x"', "two\nlines", " a"], []),
    "date": (pl.Date(), [date(2020, 1, 1), date(1999, 12, 31), date(1, 1, 1)], ["2020-01-01"]),
    "datetime": (
        pl.Datetime("us", "UTC"),
        [datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, 3, 4, 5, 600000, tzinfo=UTC)],
        ["2020-01-01T00:00:00Z"],
    ),
    "time": (pl.Time(), [time(0), time(20, 0, 1)], ["20:00:00"]),
    "boolean": (pl.Boolean(), [True, False], []),
    "year": (pl.Int32(), [2000, 2024, 1999], [1999, "2000"]),
}
BOUNDS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]


@st.composite
def made_frames(draw: st.DrawFn) -> tuple[dict[str, Any], pl.DataFrame]:
    """A schema of two to five fields and a frame of up to ten rows."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=2, max_size=5))
    names = [f"f{number}" for number in range(len(kinds))]
    fields = [draw(made_fields(name, kind)) for name, kind in zip(names, kinds, strict=True)]
    schema: dict[str, Any] = {"fields": fields}
    if draw(st.booleans()):
        schema["primaryKey"] = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    if draw(st.integers(0, 2)) == 0:
        schema["uniqueKeys"] = [draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))]
    if draw(st.integers(0, 2)) == 0:
        own, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        schema["foreignKeys"] = [{"fields": [own], "reference": {"resource": "", "fields": [other]}}]
    height = draw(st.integers(0, 10))
    columns = []
    for name, kind in zip(names, kinds, strict=True):
        dtype, pool, _ = KINDS[kind]
        cells = st.sampled_from([*pool, None] if draw(st.booleans()) else pool)
        values = draw(st.lists(cells, min_size=height, max_size=height))
        columns.append(pl.Series(name, values, dtype=dtype))
    return schema, pl.DataFrame(columns)


@st.composite
def made_fields(draw: st.DrawFn, name: str, kind: str) -> dict[str, Any]:
    """A field with some constraints, which some of the values break."""
    _, pool, bounds = KINDS[kind]
    constraints: dict[str, Any] = {}
    for flag in ("required", "unique"):
        if draw(st.integers(0, 2)) == 0:
            constraints[flag] = True
    if bounds and draw(st.booleans()):
        constraints[draw(st.sampled_from(BOUNDS))] = draw(st.sampled_from(bounds))
    if kind in ("integer", "string", "year", "date") and draw(st.integers(0, 2)) == 0:
        constraints["enum"] = [str(value) for value in pool[: draw(st.integers(1, len(pool)))]]
    if kind == "string" and draw(st.booleans()):
        constraints |= draw(st.sampled_from([{"minLength": 2}, {"maxLength": 1}, {"pattern": "[a-z]+"}]))
    field = {"name": name, "type": "number" if kind == "money" else kind}
    return field | ({"constraints": constraints} if constraints else {})
