"""The whole verdict on one cell: missing, then type, then each constraint, as frictionless-py orders them.

What a reader or a constraint does belongs to its own module.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from assets.validate.cells.constraints import constraint_check, enum_check, readable
from assets.validate.cells.readers import cell_reader
from assets.validate.table_schema import FieldPlan, plan_field

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
    judge_items = array_items(field)

    def judge(cell: Any) -> Verdict:
        if cell is None or str(cell) in field.missing:
            return Verdict(None, null_errors)
        value = read(cell)
        if value is None:
            return Verdict(None, wrong_type)
        errors = tuple((CONSTRAINT_ERROR, text) for text, check in checks if not check(value))
        return Verdict(value, errors) if errors or judge_items is None else judge_items(value)

    return judge


def note(name: str, written: Any) -> str:
    """How frictionless-py words a constraint that does not hold."""
    return f'constraint "{name}" is "{written}"'


def type_note(field: FieldPlan) -> str:
    """How frictionless-py words a wrong type."""
    if field.type == "list":
        return f'expected item type is "{field.options.get("itemType") or "string"}"'
    return f'type is "{field.type}/{field.format}"'


def array_items(field: FieldPlan) -> Callable[[list[Any]], Verdict] | None:
    """The verdict on an array's items by `arrayItem` (frictionless-py's own property), each kind of error
    once.
    """
    described = field.options.get("arrayItem")
    if field.type != "array" or not described:
        return None
    item = {"name": field.name, "type": "any"} | {k: v for k, v in described.items() if k != "arrayItem"}
    judge = cell_judge(plan_field(item, frozenset({""}), []))

    def judge_items(value: list[Any]) -> Verdict:
        verdicts = [judge(part) for part in value]
        found = dict.fromkeys(error for verdict in verdicts for error in verdict.errors)
        errors = tuple((kind, f"array item {text}") for kind, text in found)
        return Verdict([verdict.value for verdict in verdicts], errors)

    return judge_items
