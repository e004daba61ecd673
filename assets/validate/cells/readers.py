"""The exact reader of a field, found by its type.

The table of types is all that belongs here; each reader is beside its kin.
"""

from collections.abc import Callable
from typing import Any

from assets.validate.cells import numbers, structures, texts, times
from assets.validate.table_schema import FieldPlan

Reader = Callable[[Any], Any]
READERS: dict[str, Callable[[FieldPlan], Reader]] = {
    "any": texts.any_reader,
    "array": structures.array_reader,
    "boolean": numbers.boolean_reader,
    "date": times.date_reader,
    "datetime": times.datetime_reader,
    "duration": times.duration_reader,
    "geojson": structures.geojson_reader,
    "geopoint": structures.geopoint_reader,
    "integer": numbers.integer_reader,
    "number": numbers.number_reader,
    "object": structures.object_reader,
    "string": texts.string_reader,
    "time": times.time_reader,
    "year": numbers.year_reader,
    "yearmonth": times.yearmonth_reader,
}


def cell_reader(field: FieldPlan) -> Reader:
    """The reader of `field`: a cell (text, or a value of a typed column) to its value, None when it is
    none.
    """
    if field.type == "list":
        item = FieldPlan(field.name, str(field.options.get("itemType") or "string"))
        return structures.list_reader(field, READERS[item.type](item))
    return READERS[field.type](field)
