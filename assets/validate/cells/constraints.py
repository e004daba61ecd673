"""The exact check of each constraint on a value that a reader gave.

Constraints on rows and columns (unique, keys) do not belong here.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

Check = Callable[[Any], bool]
COMPARE = {"minimum": ge, "maximum": le, "exclusiveMinimum": gt, "exclusiveMaximum": lt}
YEARS = [datetime(1696, 9, 1), datetime(1697, 2, 1), datetime(1903, 3, 1), datetime(1903, 7, 1)]


def constraint_check(name: str, written: Any, read: Callable[[Any], Any]) -> Check:
    """The check of constraint `name`, whose descriptor says `written`, on values that are not null.

    Bounds and the values of `enum` are read as cells of the field are. Raises `ValueError` when one
    cannot be.
    """
    if name in COMPARE:
        return bound_check(name, readable(written, read))
    if name == "minLength":
        return lambda value: len(value) >= int(written)
    if name == "maxLength":
        return lambda value: len(value) <= int(written)
    if name == "pattern":
        return pattern_check(str(written))
    if name == "enum":
        return enum_check([readable(item, read) for item in written])
    if name == "jsonSchema":
        return json_schema_check(written)
    return lambda value: True  # `required` speaks of null only


def readable(written: Any, read: Callable[[Any], Any]) -> Any:
    """A value of the descriptor, read as a cell; raises `ValueError` when it is none of the field's type."""
    value = read(written)
    if value is None:
        raise ValueError(f'"{written}" is no value of the field')
    return value


def bound_check(name: str, bound: Any) -> Check:
    """`minimum`, `maximum` and their exclusive forms. NaN is outside every bound.

    A moment without a zone is compared as one in UTC. Durations with months are compared as XML Schema
    does: in all of four reference years.
    """
    compare = COMPARE[name]

    def check(value: Any) -> bool:
        if isinstance(value, Decimal | float) and value != value:
            return False
        if isinstance(value, datetime | time):
            return bool(compare(zoned(value), zoned(bound)))
        if hasattr(value, "tdelta") or hasattr(bound, "tdelta") or isinstance(value, timedelta):
            return all(compare(year + value, year + bound) for year in YEARS)
        return bool(compare(value, bound))

    return check


def zoned(moment: Any) -> Any:
    """`moment` with a zone: its own, or UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def pattern_check(pattern: str) -> Check:
    """The whole text matches, as XML Schema means it: `a|b` is not `^a` or `b$`."""
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def enum_check(values: list[Any]) -> Check:
    """The value equals one of the list."""
    try:
        known = frozenset(values)
    except TypeError:  # objects and arrays have no hash
        return lambda value: value in values
    return lambda value: value in known


def json_schema_check(schema: Any) -> Check:
    """The value conforms to a JSON Schema (v2, on objects and arrays)."""
    from jsonschema.validators import validator_for

    validator = validator_for(schema)(schema)
    return lambda value: bool(validator.is_valid(value))
