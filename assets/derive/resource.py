"""The stage's entry: a derived resource's inputs, our own published tables, to its table.

A function that a descriptor names in `innoregio:derive` is `module.function` of this package: it gets the
derivation, the input tables by `dataset/resource` and the dated geography (None where no territory is asked
for), and returns a frame with exactly the resource's fields. Which releases the inputs are belongs to
`pipeline`.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from assets.derive.conversion_weights import Geography
from assets.descriptor import Resource
from assets.descriptor.derivation import GEOGRAPHY, Derivation
from assets.errors import MappingError
from assets.store.snapshots import Snapshot


class Named(dict[str, Any]):
    """What a descriptor gives a function by name; a name that it lacks is a `MappingError` with one line."""

    def __init__(self, given: Mapping[str, Any], where: str) -> None:
        super().__init__(given)
        self.where = where

    def __missing__(self, name: str) -> Any:
        there = ", ".join(sorted(self)) or "nothing"
        raise MappingError(f"{self.where} lacks {name}, which the table needs; it has {there}")


DTYPES = {"string": pl.String, "number": pl.Float64, "integer": pl.Int64, "boolean": pl.Boolean}


def derive_resource(resource: Resource, snapshots: Sequence[Snapshot]) -> pl.LazyFrame:
    """The table, sorted by its key; fields in order, with the dtypes of their types (String, Float64, Int64,
    Boolean; a Decimal stays one).

    Raises `MappingError` where the function does not exist, asks for an input or a parameter that the
    descriptor does not name, or makes other columns or a key twice.
    """
    derivation = resource.derivation
    assert derivation is not None
    tables = {
        f"{snapshot.provenance.table}/{snapshot.provenance.part}": _scan(snapshot.path)
        for snapshot in snapshots
    }
    where = f"{resource.name}: innoregio:derive"
    named = replace(derivation, parameters=Named(derivation.parameters, f"{where}.parameters"))
    frame: pl.DataFrame = _find_function(derivation, resource.name)(
        named, Named(tables, f"{where}.inputs"), _read_geography(derivation, tables)
    )
    names = [field.name for field in resource.fields]
    if sorted(frame.columns) != sorted(names):
        raise MappingError(
            f"{resource.name}: {derivation.build} makes the columns {', '.join(frame.columns)}; "
            f"the fields are {', '.join(names)}"
        )
    typed = frame.select(
        field.name if frame.schema[field.name].is_decimal() else pl.col(field.name).cast(DTYPES[field.type])
        for field in resource.fields
    )
    key = list(resource.row_key)
    if key and typed.select(key).is_duplicated().any():
        twice = typed.filter(typed.select(key).is_duplicated()).select(key).row(0)
        raise MappingError(f"{resource.name}: two rows have the key {' '.join(map(str, twice))}")
    return typed.sort(key).lazy() if key else typed.lazy()


def _scan(path: Path) -> pl.LazyFrame:
    """A published table; one that is CSV only, as text."""
    return pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, infer_schema=False)


def _find_function(derivation: Derivation, where: str) -> Any:
    module, _, name = derivation.build.rpartition(".")
    try:
        found = getattr(importlib.import_module(f"assets.derive.{module}"), name, None)
    except ModuleNotFoundError:
        found = None
    if not callable(found):
        raise MappingError(
            f"{where}: '{derivation.build}' is not a function of assets.derive; write it as module.function"
        )
    return found


def _read_geography(derivation: Derivation, tables: dict[str, pl.LazyFrame]) -> Geography | None:
    if derivation.territory is None:
        return None
    return Geography(*(tables[f"regions/{name}"].collect() for name in GEOGRAPHY))
