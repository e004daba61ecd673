"""Fields and cells of every type, and the comparison of both ways to judge one."""

from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

from assets.validate.batch_check import plan_column
from assets.validate.key_values import Interner, KeyValues
from assets.validate.table_schema import FieldPlan, plan_table
from tests.validate.made_tables import POOLS

FIELDS: list[dict[str, Any]] = [
    *({"type": kind} for kind in sorted(POOLS)),
    {"type": "string", "format": "email"},
    {"type": "string", "format": "uri"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "format": "binary"},
    {"type": "string", "constraints": {"minLength": 2, "maxLength": 3, "pattern": r"[\wå]+\d?"}},
    {"type": "string", "constraints": {"enum": ["a", "ab", "1"]}},
    {"type": "integer", "bareNumber": False},
    {"type": "integer", "constraints": {"minimum": 0, "maximum": 42, "enum": [0, 1, "7", 99]}},
    {"type": "number", "decimalChar": ",", "groupChar": "."},
    {"type": "number", "groupChar": ","},
    {"type": "number", "bareNumber": False},
    {"type": "number", "constraints": {"minimum": 0, "exclusiveMaximum": "0.3"}},
    {
        "type": "number",
        "constraints": {"exclusiveMinimum": "0.1", "maximum": 10, "enum": ["0.1", 1.5, 10, "3.14"]},
    },
    {"type": "boolean", "trueValues": ["yes", "x"], "falseValues": ["no", "x"]},
    {"type": "date", "format": "%d.%m.%Y"},
    {"type": "date", "format": "any"},
    {"type": "date", "constraints": {"minimum": "2000-01-01", "maximum": "2024-02-29"}},
    {"type": "datetime", "format": "%Y-%m-%d %H:%M"},
    {"type": "datetime", "format": "any"},
    {"type": "time", "format": "%H:%M"},
    {"type": "time", "format": "any"},
    {"type": "year", "constraints": {"minimum": 1999, "exclusiveMaximum": "2021"}},
    {"type": "list", "itemType": "integer", "delimiter": ";"},
    {"type": "list", "itemType": "date", "constraints": {"minLength": 2}},
    {"type": "array", "arrayItem": {"type": "integer", "constraints": {"minimum": 1}}},
    {"type": "geopoint", "format": "array"},
    {"type": "geopoint", "format": "object"},
    {"type": "geojson", "format": "topojson"},
]


ODD_TEXTS = [
    *(
        "someone@example.com",
        "a.b+c@ex-ample.co",
        "a@b",
        "Å@example.com",
        "a@example.com.",
        '"q q"@example.com',
        "a@b@c.fi",
    ),
    *(
        "https://a.fi/x?y=1#z",
        "urn:a:b",
        "a/b",
        "mailto:x@y.z",
        "http://[::1]/",
        "http://exa mple.com",
        "a+b://c",
        "1a://b",
    ),
    *(
        "2bc1c94f-0deb-43e9-92a1-4775189ec9f8",
        "2bc1c94f0deb43e992a14775189ec9f8",
        "{2bc1c94f-0deb-43e9-92a1-4775189ec9f8}",
    ),
    *("YQ==", "YWI=", "YWJj", "YWI", "====", "Y Q==", "é"),
    *("01.02.2020", "1.2.2020", "Jan 5 2020", "2020-05-05 05:05", "10:11", "noon", "20200102", "2020-W01-1"),
    *(
        "1;2;3",
        "1;x",
        "2020-01-02,2020-01-03",
        "[1, 0]",
        "[1, 2]",
        '["x"]',
        "[90.5, 45]",
        '{"lon": 1, "lat": 2}',
    ),
    *(
        '{"lon": 1}',
        '{"lon": "1", "lat": "2"}',
        "[1, 2, 3]",
        "[181, 0]",
        '["1", "2"]',
        "€5",
        "EUR 1,000",
        "95%",
        "-5 %",
    ),
    *(
        "1.234,5",
        "1.234",
        "1,234.5",
        "12.5",
        "1_0",
        "٣",
        "0x1",
        "1e5",
        "1E-5",
        "- 1",
        "",
        "None",
        "nan",
        "\x00",
        "a\n",
        "𝒳",
    ),
    '{"type": "Topology", "objects": {"a": {"type": "Point", "coordinates": [1, 2]}}, "arcs": []}',
    '{"type": "Topology", "objects": {}, "arcs": [[[1, 2], [3, 4]]]}',
    '{"type": "Topology", "objects": {}, "arcs": [[[1, 2], null]]}',
    '{"type": "Topology", "objects": {}, "arcs": [], "transform": {"scale": [1, 1], "translate": [0, 0]}}',
    '{"type": "LineString", "arcs": [1.0, 2]}',
    '{"type": "Topology", "objects": {}, "arcs": [[[1, 2]]]}',
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, "properties": null}]}',
    '{"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]}',
    '{"type": "Point", "coordinates": [1, 2], "crs": {"type": "name", "properties": {"name": "x"}}}',
    '{"type": "Point", "coordinates": [1, 2], "crs": {"type": "link", "properties": {}}}',
    '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}',
    '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}',
    '{"type": "MultiPolygon", "coordinates": []}',
]


TEXTS = sorted({text for pool in POOLS.values() for text in pool} | set(ODD_TEXTS))


NUMERIC = st.text(alphabet="0123456789+-. _eE,%", min_size=1, max_size=24)


TEMPORAL = st.text(alphabet="0123456789-:TZ .+", min_size=1, max_size=26)


cells = st.sampled_from(TEXTS) | NUMERIC | TEMPORAL | st.text(max_size=6)


def described(field: dict[str, Any]) -> dict[str, Any]:
    return {"name": "f", **field}


def plan_of(field: dict[str, Any]) -> FieldPlan:
    plan = plan_table({"fields": [described(field)]})
    assert plan.problems == ()
    return plan.fields[0]


def equal(ours: Any, theirs: Any) -> bool:
    """Equal, or NaN both; tuples and lists part by part."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(equal, ours, theirs))
    if isinstance(ours, Decimal) and isinstance(theirs, Decimal) and ours.is_nan():
        return theirs.is_nan()
    return bool(ours == theirs)


def compare_cell(judge: Any, read: Any, text: str) -> None:
    verdict = judge(text)
    value, notes = read(text)
    notes = dict(notes or {})
    if "pattern" in notes or any("pattern" in note for _, note in verdict.errors):
        return  # anchored otherwise, see test_departures
    assert {note for _, note in verdict.errors} == set(notes.values()), text
    if not any(kind == "type-error" for kind, _ in verdict.errors):
        assert equal(verdict.value, value), text


def check_acceptance(field: dict[str, Any], as_key: bool, texts: list[str]) -> None:
    plan = plan_of(field)
    values = KeyValues(plan.type, Interner()) if as_key else None
    column = plan_column(plan, 1, "c0", pl.String(), values)
    frame = pl.DataFrame({"c0": texts})
    ok = [True] * len(texts)
    if column.vector.ok is not None:
        ok = frame.select(column.vector.ok.fill_null(False)).to_series().to_list()
    verdicts = [column.judge(text) for text in texts]
    wrong = [text for text, accepted, v in zip(texts, ok, verdicts, strict=True) if accepted and v.errors]
    assert wrong == []
    if values is not None and column.vector.value is not None:
        accepted = frame.select(column.vector.value.alias("k")).filter(ok).to_series().to_list()
        held = [values.held(verdict.value) for verdict, fine in zip(verdicts, ok, strict=True) if fine]
        exact = [verdict.value for verdict, fine in zip(verdicts, ok, strict=True) if fine]
        assert accepted == held
        assert [
            value for value, key in zip(exact, held, strict=True) if key is None and value is not None
        ] == []
