"""The whole verdict on one cell: missing, then type, then each constraint, as frictionless-py orders them.

What a reader or a constraint does belongs to its own module.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from assets.validate.cells.constraints import constraint_check, enum_check, readable
from assets.validate.cells.readers import cell_reader
from assets.validate.table_schema import FieldPlan

TYPE_ERROR, CONSTRAINT_ERROR = "type-error", "constraint-error"


class Verdict(NamedTuple):
    """What a cell holds (None: no value, or none that can be read), and its errors as (type, note)."""

    value: Any
    errors: tuple[tuple[str, str], ...] = ()


Judge = Callable[[Any], Verdict]


def cell_judge(field: FieldPlan) -> Judge:
    """The judge of `field`'s cells: text, a value of a typed column, or None for a cell that is not there.

    Raises `ValueError` when a constraint of the descriptor cannot be read as the field's type.
    """
    read = cell_reader(field)
    checks = [
        (note(name, written), constraint_check(name, written, read)) for name, written in field.constraints
    ]
    if field.categories is not None:
        listed = [readable(value, read) for value in field.categories]
        checks.append((note("categories", list(field.categories)), enum_check(listed)))
    null_errors = tuple(
        (CONSTRAINT_ERROR, note(name, written))
        for name, written in field.constraints
        if name == "required" and written
    )
    wrong_type = ((TYPE_ERROR, type_note(field)),)
    item_errors = array_items(field)

    def judge(cell: Any) -> Verdict:
        if cell is None or str(cell) in field.missing:
            return Verdict(None, null_errors)
        value = read(cell)
        if value is None:
            return Verdict(None, wrong_type)
        errors = tuple((CONSTRAINT_ERROR, text) for text, check in checks if not check(value))
        return Verdict(value, errors or item_errors(value))

    return judge


def note(name: str, written: Any) -> str:
    """How frictionless-py words a constraint that does not hold."""
    return f'constraint "{name}" is "{written}"'


def type_note(field: FieldPlan) -> str:
    """How frictionless-py words a wrong type."""
    if field.type == "list":
        return f'expected item type is "{field.options.get("itemType") or "string"}"'
    return f'type is "{field.type}/{field.format}"'


def array_items(field: FieldPlan) -> Callable[[Any], tuple[tuple[str, str], ...]]:
    """The errors of an array's items against `arrayItem` (frictionless-py's own property), each kind once."""
    described = field.options.get("arrayItem")
    if field.type != "array" or not described:
        return lambda value: ()
    from assets.validate.table_schema import plan_field

    item = {"name": field.name, "type": "any"} | {k: v for k, v in described.items() if k != "arrayItem"}
    judge = cell_judge(plan_field(item, frozenset({""}), []))

    def errors(value: list[Any]) -> tuple[tuple[str, str], ...]:
        found = {error: None for part in value for error in judge(part).errors}
        return tuple((kind, f"array item {text}") for kind, text in found)

    return errors
