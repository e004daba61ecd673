"""Mutants of a published table: for every constraint, key and type of its schema one row that breaks just
that.

A new descriptor is covered without a new line here; a kind of constraint that is unknown here is an error.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Row = dict[str, str]
ROW = 2  # position of the row that is broken
UNREADABLE = {
    "integer": "1.5",
    "number": "1,5",
    "boolean": "yes",
    "date": "2024-02-30",
    "datetime": "2024-02-30T00:00:00Z",
    "time": "25:00:00",
    "year": "20x4",
    "yearmonth": "2024-13",
}
TEXTS = ("", "§", " ", "x", "0", "§" * 2000, "no such text", "a\nb")


@dataclass(frozen=True)
class Mutant:
    """A table with one fault, and the error that must be found: type, row, field, words of the note."""

    name: str
    rows: list[Row]
    type: str
    row_number: int
    field: str | None
    words: str


def mutants(
    schema: Mapping[str, Any], rows: Sequence[Row], foreign: Mapping[str, set[tuple[str, ...]]]
) -> Iterator[Mutant]:
    """All mutants. `foreign`: the known values of each foreign key, by its fields joined with commas."""
    for field in schema["fields"]:
        yield from field_mutants(field, rows)
    key = schema.get("primaryKey") or ()
    pairs = len(rows) > 1  # a table of one row, such as a list of one code, has no row to be like
    if key:
        if pairs:
            yield key_mutant("primaryKey", key, rows, "primary-key", "the same as in the row")
        row = dict.fromkeys(key, "")
        yield broken(rows, row, f"primaryKey {key} null", "primary-key", None, "are all")
    for unique in (schema.get("uniqueKeys") or ()) if pairs else ():
        yield key_mutant("uniqueKeys", unique, rows, "unique-error", "the same as in the row")
    for foreign_key in schema.get("foreignKeys") or ():
        fields = foreign_key["fields"]
        yield foreign_mutant(fields, rows, foreign[",".join(fields)])


def field_mutants(field: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Mutant]:
    """One mutant for the type, for each constraint and for the categories of a field."""
    name, kind = field["name"], field["type"]
    if kind in UNREADABLE:
        yield broken(rows, {name: UNREADABLE[kind]}, f"{name} type", "type-error", name, f'type is "{kind}')
    for constraint, written in (field.get("constraints") or {}).items():
        if constraint == "required":
            if written:
                yield broken(rows, {name: ""}, f"{name} required", "constraint-error", name, '"required"')
        elif constraint == "unique":
            cells = {name: next(row[name] for row in earlier(rows) if row[name])}
            yield broken(rows, cells, f"{name} unique", "unique-error", name, "the same as in the row")
        else:
            cell = violation(kind, constraint, written)
            words = f'constraint "{constraint}"'
            yield broken(rows, {name: cell}, f"{name} {constraint}", "constraint-error", name, words)
    if field.get("categories"):
        yield broken(rows, {name: "§"}, f"{name} categories", "constraint-error", name, '"categories"')


def violation(kind: str, constraint: str, written: Any) -> str:
    """A cell that can be read and breaks one constraint; raises `NotImplementedError` for one that is not
    known.
    """
    if constraint == "enum":
        return "§" if kind in ("string", "any") else "987654321"
    if constraint == "pattern":
        return next(text for text in TEXTS if text and not re.fullmatch(written, text))
    if constraint == "maxLength":
        return "§" * (int(written) + 1)
    if constraint == "minLength":
        return "§" * (int(written) - 1)
    steps = {"minimum": -1, "maximum": 1, "exclusiveMinimum": 0, "exclusiveMaximum": 0}
    if constraint in steps and kind in ("integer", "number", "year"):
        return f"{Decimal(str(written)) + steps[constraint]:f}"
    if constraint in steps and kind in ("date", "datetime"):
        text = str(written)
        year = int(text[:4]) + steps[constraint]
        return f"{year:04d}{text[4:].replace('-02-29', '-02-28')}"
    raise NotImplementedError(f"no mutant for {constraint} of {kind}")


def key_mutant(kind: str, key: Sequence[str], rows: Sequence[Row], error: str, words: str) -> Mutant:
    """A row with the key of a row before it. Of keys that may be null only those without null are compared:
    where no row has one (tables of several keys in one ledger), the first row gets it from the others.
    """
    other = next((row for row in earlier(rows) if all(row[name] for name in key)), None)
    if other is None:
        other = rows[0] | {name: next(row[name] for row in rows if row[name]) for name in key}
        rows = [other, *rows[1:]]
    return broken(rows, {name: other[name] for name in key}, f"{kind} {list(key)}", error, None, words)


def foreign_mutant(fields: Sequence[str], rows: Sequence[Row], known: set[tuple[str, ...]]) -> Mutant:
    """A row that refers to nothing, by values that stand in the table where that is possible: each is
    known, the pair is not.
    """
    for other in rows:
        cells = {
            **{name: rows[min(ROW, len(rows) - 1)][name] for name in fields},
            fields[0]: other[fields[0]],
        }
        if len(fields) > 1 and all(cells.values()) and tuple(cells.values()) not in known:
            break
    else:
        numbers = all(key[-1].isdecimal() for key in known)  # the cell is of the field's type all the same
        strange = "987654321" if numbers and known else "§"
        cells = {name: rows[min(ROW, len(rows) - 1)][name] or "x" for name in fields} | {fields[-1]: strange}
    return broken(
        rows, cells, f"foreignKey {list(fields)}", "foreign-key", None, f'for "{", ".join(fields)}"'
    )


def earlier(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows before the one that is broken."""
    return rows[: min(ROW, len(rows) - 1)]


def broken(
    rows: Sequence[Row], cells: Mapping[str, str], name: str, kind: str, field: str | None, words: str
) -> Mutant:
    """The table with other cells in one row."""
    changed, place = [dict(row) for row in rows], min(ROW, len(rows) - 1)
    changed[place] |= cells
    return Mutant(name, changed, kind, place + 2, field, words)
