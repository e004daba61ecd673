"""Units that a JSON-stat answer states of its contents: the column `UNIT`, and what must hold of it.

Which field is made of the column, and which unit is which code of ours, is the descriptor's matter; where the
answer says it is the reader's.
"""

import polars as pl

from assets.descriptor import UNIT, Resource
from assets.errors import MappingError
from assets.normalise.readers.source_table import SourceTable


def add_stated_units(table: SourceTable) -> SourceTable:
    """The table with the column `UNIT` (String), null where the answer states no unit; as it is where the
    source states none at all.

    Units stand in `category.unit` of the dimension of contents (JSON-stat 2.0, role `metric`).
    """
    units = table.metadata.get("units") or {}
    metric = (table.metadata.get("roles") or {}).get("metric", ())
    names = [name for name in metric if units.get(name)] or [name for name in units if units[name]]
    if len(names) != 1:
        return table
    stated = (
        pl.col(names[0])
        .cast(pl.String)
        .replace_strict(dict(units[names[0]]), default=None, return_dtype=pl.String)
    )
    return table._replace(frame=table.frame.with_columns(stated.alias(UNIT)))


def check_units(resource: Resource, frame: pl.DataFrame, where: str) -> None:
    """Stop where figures have different units and no field says which, or where a unit is asked of an answer
    that states none.
    """
    names = [field.name for field in resource.fields]
    if any(field.source_column == UNIT for field in resource.fields):
        if UNIT not in frame.columns or frame[UNIT].has_nulls():
            raise MappingError(
                f"{where}: the answer states no unit of some figures; say it in the descriptor: a unit for "
                'each code of the indicator, or unit: "PC" on obs_value where all have one'
            )
    elif "obs_value" in names and "unit" not in names and UNIT in frame.columns:
        found = frame[UNIT].drop_nulls().unique().sort().to_list()
        if len(found) > 1:
            shown = ", ".join(map(repr, found[:5]))
            raise MappingError(
                f"{where}: the figures have different units ({shown}), and no field says which; "
                "add the field unit"
            )
