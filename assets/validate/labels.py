"""The header of a table against the fields of its schema: which field reads which column, and what is wrong.

Rows do not belong here. Labels and fields are paired by position (`exact`) or by name (the other four
values of `fieldsMatch`), as frictionless-py pairs them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assets.validate.report import RowError
from assets.validate.table_schema import FieldPlan, TablePlan

TOLERATE_EXTRA = ("subset", "partial")
TOLERATE_MISSING = ("superset", "partial")


@dataclass(frozen=True)
class Header:
    """The field of each column, in the order of the data, and the errors of the labels.

    A column without a field is read as `any`; a field without a column is not there.
    """

    fields: tuple[FieldPlan, ...]
    errors: tuple[RowError, ...] = ()


def match_labels(labels: Sequence[str], plan: TablePlan, case: bool = True) -> Header:
    """The header of a table with these labels; no labels at all means that there is no header."""
    if not labels:
        return Header(plan.fields)
    keys = [folded(label, case) for label in labels]
    if plan.fields_match == "exact":
        columns: list[FieldPlan | None] = [*plan.fields[: len(labels)]]
        columns += [None] * (len(labels) - len(columns))
        unmatched = plan.fields[len(labels) :]
        errors = extra_labels(labels, columns) + missing_labels(len(labels), unmatched)
        errors += [error for i, f in enumerate(columns) if f for error in label_errors(labels, i, f, case)]
    else:
        by_name: dict[str, FieldPlan] = {}
        for field in plan.fields:
            by_name.setdefault(folded(field.name, case), field)
        columns = [by_name.get(key) for key in keys]
        unmatched = tuple(field for field in plan.fields if folded(field.name, case) not in keys)
        errors = name_errors(labels, columns, unmatched, plan, case)
    return Header(named(labels, columns), tuple(errors))


def folded(name: str, case: bool) -> str:
    """The form in which labels and names are compared."""
    return name if case else name.lower()


def name_errors(
    labels: Sequence[str],
    columns: list[FieldPlan | None],
    unmatched: Sequence[FieldPlan],
    plan: TablePlan,
    case: bool,
) -> list[RowError]:
    """The errors of labels paired by name. A label twice is an error here: the pairing is not clear."""
    errors = [] if plan.fields_match in TOLERATE_EXTRA else extra_labels(labels, columns)
    if plan.fields_match == "partial" and plan.fields and not any(columns):
        errors.append(RowError("unmatched-header", ""))
    if plan.fields_match in TOLERATE_MISSING:
        unmatched = [field for field in unmatched if field.required or field.name in plan.primary_key]
    errors += missing_labels(len(labels), unmatched)
    keys = [folded(label, case) for label in labels]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            field = columns[index]
            errors.append(duplicate(labels, index, field.name if field else "", keys))
    return errors


def extra_labels(labels: Sequence[str], columns: Sequence[FieldPlan | None]) -> list[RowError]:
    """A label that no field goes with."""
    return [
        RowError("extra-label", "", field_number=number, cell=label)
        for number, (label, field) in enumerate(zip(labels, columns, strict=True), start=1)
        if field is None
    ]


def missing_labels(count: int, fields: Sequence[FieldPlan]) -> list[RowError]:
    """A field that no label goes with; it is numbered after the labels."""
    return [
        RowError("missing-label", "", field_name=field.name, field_number=number)
        for number, field in enumerate(fields, start=count + 1)
    ]


def label_errors(labels: Sequence[str], index: int, field: FieldPlan, case: bool) -> list[RowError]:
    """What is wrong with the label at `index`, whose field is found by position."""
    label = labels[index]
    if not label:
        return [RowError("blank-label", "", field_name=field.name, field_number=index + 1)]
    if label in labels[:index]:
        return [duplicate(labels, index, field.name, labels)]
    if folded(label, case) != folded(field.name, case):
        return [RowError("incorrect-label", "", None, field.name, index + 1, label)]
    return []


def duplicate(labels: Sequence[str], index: int, name: str, keys: Sequence[str]) -> RowError:
    """The error of a label that stands earlier, too."""
    places = ", ".join(str(n) for n, key in enumerate(keys[:index], start=1) if key == keys[index])
    return RowError("duplicate-label", f'at position "{places}"', None, name, index + 1, labels[index])


def named(labels: Sequence[str], columns: Sequence[FieldPlan | None]) -> tuple[FieldPlan, ...]:
    """The fields of the columns; one without a field is `any` under its label, made unique by a number."""
    used: set[str] = set()
    fields = []
    for label, field in zip(labels, columns, strict=True):
        base = name = label if field is None else field.name
        suffix = 2
        while name in used:
            name, suffix = f"{base}{suffix}", suffix + 1
        used.add(name)
        fields.append(FieldPlan(name) if field is None or name != field.name else field)
    return tuple(fields)
