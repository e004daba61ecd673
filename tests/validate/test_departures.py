"""Where we follow version 2 of the standard and frictionless-py does not: each row of the table in
docs/validation.md, with both verdicts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from frictionless import FrictionlessException

from tests.validate.referee import Place, frictionless_places, our_places, our_report

Errors = set[tuple[str, int | None, int | None]]
DOCS = Path(__file__).parents[2] / "docs" / "validation.md"


@dataclass(frozen=True)
class Departure:
    """One difference: a table, what frictionless-py says of it, and what we say."""

    name: str  # as in the docs
    fields: list[dict[str, Any]]
    text: str
    theirs: Errors | type[Exception] | str  # errors, what it stops with, or the type of its one error
    ours: Errors
    schema: dict[str, Any] = field(default_factory=dict)
    dialect: dict[str, Any] = field(default_factory=dict)


CONSTRAINT, TYPE, UNIQUE = "constraint-error", "type-error", "unique-error"
DEPARTURES = [
    Departure(
        "categories",
        [{"name": "a", "type": "string", "categories": ["x", {"value": "y", "label": "Y"}]}],
        "a\nx\nz\n",
        set(),
        {(CONSTRAINT, 3, 1)},
    ),
    Departure(
        "uniqueKeys",
        [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}],
        "a,b\nx,1\nx,1\nx,\nx,\n",
        set(),
        {(UNIQUE, 3, None)},
        schema={"uniqueKeys": [["a", "b"]]},
    ),
    Departure(
        "groupChar of integers",
        [{"name": "a", "type": "integer", "groupChar": ","}],
        'a\n"1,000"\n',
        {(TYPE, 2, 1)},
        set(),
    ),
    Departure(
        "pattern means the whole text",
        [{"name": "a", "type": "string", "constraints": {"pattern": "x|y"}}],
        'a\nx\nxz\n"y\n"\n',
        set(),
        {(CONSTRAINT, 3, 1), (CONSTRAINT, 4, 1)},
    ),
    Departure(
        "jsonSchema",
        [{"name": "a", "type": "object", "constraints": {"jsonSchema": {"required": ["v"]}}}],
        'a\n"{""v"": 1}"\n{}\n',
        FrictionlessException,
        {(CONSTRAINT, 3, 1)},
    ),
    Departure(
        "bounds of durations",
        [{"name": "a", "type": "duration", "constraints": {"minimum": "P1M", "maximum": "P1Y"}}],
        "a\nP30D\nP31D\nP6M\nP2Y\n",
        FrictionlessException,
        {(CONSTRAINT, 2, 1), (CONSTRAINT, 5, 1)},
    ),
    Departure(
        "enum of lists",
        [{"name": "a", "type": "list", "constraints": {"enum": ["x,y"]}}],
        'a\n"x,y"\nx\n',
        FrictionlessException,
        {(CONSTRAINT, 3, 1)},
    ),
    Departure(
        "moments with and without zone",
        [{"name": "a", "type": "datetime", "constraints": {"minimum": "2020-01-01T00:00:00Z"}}],
        "a\n2020-01-01T00:00:00\n2019-12-31T23:59:59\n",
        TypeError,
        {(CONSTRAINT, 3, 1)},
    ),
    Departure(
        "unique arrays and objects",
        [{"name": "a", "type": "array", "constraints": {"unique": True}}],
        "a\n[1]\n[1]\n[ 1 ]\n[2]\n",
        TypeError,
        {(UNIQUE, 3, 1), (UNIQUE, 4, 1)},
    ),
    Departure(
        "the same label twice under fieldsMatch",
        [{"name": "a", "type": "string"}],
        "a,a\nx,y\n",
        "error",
        {("duplicate-label", None, 2)},
        schema={"fieldsMatch": "subset"},
    ),
    Departure(
        "nullSequence",
        [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}],
        "a,b\n-,1\n",
        {(TYPE, 2, 1)},
        set(),
        dialect={"nullSequence": "-"},
    ),
    Departure(
        "wkt",
        [{"name": "a", "type": "string", "format": "wkt"}],
        "a\nPOINT (1 2)\n",
        "error",  # without the extra package that it needs
        {("schema-error", None, None)},
    ),
    Departure(
        "lineTerminator",
        [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}],
        "a,b;1,2;3,4",
        {("extra-label", None, 3), ("extra-label", None, 4), ("incorrect-label", None, 2)},
        set(),
        dialect={"lineTerminator": ";"},
    ),
]


def places(found: Any) -> Errors:
    return {(kind, row, number) for kind, row, number, _ in found}


@pytest.mark.parametrize("departure", DEPARTURES, ids=lambda departure: departure.name)
def test_both_verdicts_are_as_the_table_says(tmp_path: Path, departure: Departure) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(departure.text.encode())
    schema = {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json", "fields": departure.fields}
    schema |= departure.schema
    report = our_report(path, schema, departure.dialect)
    assert (places(our_places(report)) or {(kind, None, None) for kind in report.totals}) == departure.ours

    def ask() -> Any:
        return frictionless_places(path, schema, departure.dialect)

    expect(ask, departure.theirs)


def expect(ask: Callable[[], Any], theirs: Errors | type[Exception] | str) -> None:
    if isinstance(theirs, type):
        with pytest.raises(theirs):
            ask()
    elif isinstance(theirs, str):
        found: list[Place] = list(ask())
        assert {kind for kind, *_ in found} == {theirs}
    else:
        assert places(ask()) == theirs


def test_the_docs_name_every_departure() -> None:
    text = DOCS.read_text("utf-8")
    assert [d.name for d in DEPARTURES if f"| {d.name} |" not in text] == []
