"""Exact readers of the types whose values are numbers: integer, number, boolean, year.

Values are int, Decimal and bool, so that no digit is lost.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from assets.validate.table_schema import FieldPlan

NOT_BARE = re.compile(r"((^[^-\d]*)|(\D*$))")
TRUE_VALUES = ("true", "True", "TRUE", "1")
FALSE_VALUES = ("false", "False", "FALSE", "0")


def integer_reader(field: FieldPlan) -> Callable[[Any], int | None]:
    """Reads `int`; text may have blanks around, a sign, other scripts' digits, and the `groupChar` of v2."""
    group, bare = str(field.options.get("groupChar") or ""), field.options.get("bareNumber", True)

    def read(cell: Any) -> int | None:
        if isinstance(cell, str):
            text = cell.strip()
            if not bare:
                text = NOT_BARE.sub("", text)
            try:
                return int(text.replace(group, "") if group else text)
            except ValueError:
                return None
        if isinstance(cell, bool):
            return None
        if isinstance(cell, int):
            return cell
        if isinstance(cell, float) and cell.is_integer():
            return int(cell)
        if isinstance(cell, Decimal) and cell.is_finite() and cell % 1 == 0:
            return int(cell)
        return None

    return read


def number_reader(field: FieldPlan) -> Callable[[Any], Decimal | None]:
    """Reads `Decimal`; a float counts as the shortest text that names it."""
    options = field.options
    decimal_char, group = str(options.get("decimalChar") or "."), str(options.get("groupChar") or "")
    bare = options.get("bareNumber", True)

    def read(cell: Any) -> Decimal | None:
        if isinstance(cell, str):
            text = cell.strip()
            if not bare:
                text = NOT_BARE.sub("", text)
            if group:
                text = text.replace(group, "")
            if decimal_char != ".":
                if "." in text:
                    return None
                text = text.replace(decimal_char, ".")
            try:
                return Decimal(text)
            except ArithmeticError:
                return None
        if isinstance(cell, bool):
            return None
        if isinstance(cell, Decimal):
            return cell
        if isinstance(cell, (int, float)):
            return Decimal(str(cell))
        return None

    return read


def boolean_reader(field: FieldPlan) -> Callable[[Any], bool | None]:
    """Reads `bool`: exactly the texts of `trueValues` and `falseValues`."""
    texts: dict[str, bool] = dict.fromkeys(field.options.get("trueValues", TRUE_VALUES), True)
    texts |= dict.fromkeys(field.options.get("falseValues", FALSE_VALUES), False)

    def read(cell: Any) -> bool | None:
        if isinstance(cell, bool):
            return cell
        return texts.get(cell) if isinstance(cell, str) else None

    return read


def year_reader(field: FieldPlan) -> Callable[[Any], int | None]:
    """Reads `int` from 0 to 9999; a text has four characters."""

    def read(cell: Any) -> int | None:
        if isinstance(cell, str):
            if len(cell) != 4:
                return None
            try:
                cell = int(cell)
            except ValueError:
                return None
        return int(cell) if isinstance(cell, int) and 0 <= cell <= 9999 else None

    return read
